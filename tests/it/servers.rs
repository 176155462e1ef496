//! Which servers there are to test against, and where they listen.

use std::env;
use std::io::Write as _;

use crate::deviations::Behaviour;

/// A server that the contract suite knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Moto,
    Ministack,
    Rgw,
    /// Whatever `ASOF_TEST_ENDPOINT` names.
    Custom,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Moto => "moto",
            Self::Ministack => "ministack",
            Self::Rgw => "rgw",
            Self::Custom => "custom",
        }
    }

    /// The variables that hold its address, access key and secret.
    fn variables(self) -> [&'static str; 3] {
        match self {
            Self::Moto => ["ASOF_TEST_MOTO_URL", "ASOF_TEST_MOTO_KEY", "ASOF_TEST_MOTO_SECRET"],
            Self::Ministack => {
                ["ASOF_TEST_MINISTACK_URL", "ASOF_TEST_MINISTACK_KEY", "ASOF_TEST_MINISTACK_SECRET"]
            }
            Self::Rgw => ["ASOF_TEST_RGW_URL", "ASOF_TEST_RGW_KEY", "ASOF_TEST_RGW_SECRET"],
            Self::Custom => ["ASOF_TEST_ENDPOINT", "ASOF_TEST_KEY", "ASOF_TEST_SECRET"],
        }
    }
}

/// A server that is there.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// Its name in the table of deviations.
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) secret: String,
}

impl Server {
    /// The server, or nothing when its variable is not set; that is printed, and fails where no server may be missing.
    pub(crate) fn find(kind: Kind) -> Option<Self> {
        let [url, key, secret] = kind.variables();
        let Ok(address) = env::var(url) else {
            say(&format!("SKIPPED contract on {}: {url} is not set", kind.name()));
            let optional = kind == Kind::Custom;
            assert!(optional || env::var_os("ASOF_REQUIRE_ALL").is_none(), "{url} is not set");
            return None;
        };
        let name = match kind {
            Kind::Custom => env::var("ASOF_TEST_SERVER").unwrap_or_else(|_| kind.name().to_owned()),
            _ => kind.name().to_owned(),
        };
        let or_test = |name| env::var(name).unwrap_or_else(|_| "test".to_owned());
        Some(Self { name, url: address, key: or_test(key), secret: or_test(secret) })
    }

    /// Whether the server is known to do `behaviour` as AWS does. Prints the reason where it does not.
    pub(crate) fn holds(&self, behaviour: Behaviour) -> bool {
        let deviation = behaviour.deviation(&self.name);
        if let Some(reason) = deviation {
            say(&format!("NOT HELD {} to {behaviour:?}: {reason}", self.name));
        }
        deviation.is_none()
    }
}

/// Prints past the capture of the test harness, so that what was left out shows in every run.
pub(crate) fn say(line: &str) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "{line}").unwrap();
}
