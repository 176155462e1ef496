//! The servers to test against, and their addresses.

use std::env;
use std::io::Write as _;

use crate::deviations::Behaviour;

/// A server that the contract suite knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The lab, in process: as AWS.
    Lab,
    /// The lab with the ways of servers that keep versions and markers apart.
    LabGrouped,
    /// The lab with the ways of servers that cut pages short and honour no conditions.
    LabRagged,
    Moto,
    Ministack,
    Rgw,
    /// Whatever `ASOF_TEST_ENDPOINT` names.
    Custom,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::LabGrouped => "lab_grouped",
            Self::LabRagged => "lab_ragged",
            Self::Moto => "moto",
            Self::Ministack => "ministack",
            Self::Rgw => "rgw",
            Self::Custom => "custom",
        }
    }

    /// The variables that hold its address, access key and secret; nothing for the lab, which each test starts itself.
    fn variables(self) -> Option<[&'static str; 3]> {
        match self {
            Self::Lab | Self::LabGrouped | Self::LabRagged => None,
            Self::Moto => Some(["ASOF_TEST_MOTO_URL", "ASOF_TEST_MOTO_KEY", "ASOF_TEST_MOTO_SECRET"]),
            Self::Ministack => {
                Some(["ASOF_TEST_MINISTACK_URL", "ASOF_TEST_MINISTACK_KEY", "ASOF_TEST_MINISTACK_SECRET"])
            }
            Self::Rgw => Some(["ASOF_TEST_RGW_URL", "ASOF_TEST_RGW_KEY", "ASOF_TEST_RGW_SECRET"]),
            Self::Custom => Some(["ASOF_TEST_ENDPOINT", "ASOF_TEST_KEY", "ASOF_TEST_SECRET"]),
        }
    }
}

/// A server that is there.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its name in the table of deviations.
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) secret: String,
    /// Only the lab has a clock that can be moved.
    #[cfg(feature = "lab")]
    pub(crate) lab: Option<std::sync::Arc<asof::lab::Lab>>,
}

impl Server {
    /// The server. A test of one that has to be started is ignored unless it is asked for, and then fails without it.
    pub(crate) async fn find(kind: Kind) -> Self {
        let Some([url, key, secret]) = kind.variables() else { return Self::start_lab(kind).await };
        let address = env::var(url).unwrap_or_else(|_| panic!("{url} is not set: see tests/run.sh"));
        let name = match kind {
            Kind::Custom => env::var("ASOF_TEST_SERVER").unwrap_or_else(|_| kind.name().to_owned()),
            _ => kind.name().to_owned(),
        };
        let or_test = |name| env::var(name).unwrap_or_else(|_| "test".to_owned());
        Self {
            name,
            url: address,
            key: or_test(key),
            secret: or_test(secret),
            #[cfg(feature = "lab")]
            lab: None,
        }
    }

    #[cfg(not(feature = "lab"))]
    fn start_lab(kind: Kind) -> std::future::Ready<Self> {
        panic!("this build has no {}", kind.name())
    }

    #[cfg(feature = "lab")]
    async fn start_lab(kind: Kind) -> Self {
        Self::with_lab(kind.name(), quirks_of(kind)).await
    }

    /// A lab with these quirks, on this test's runtime. Its clock shows yesterday and moves only when the test sets it.
    #[cfg(feature = "lab")]
    pub(crate) async fn with_lab(name: &str, quirks: asof::lab::Quirks) -> Self {
        Self::with_options(name, asof::lab::Options { quirks, ..asof::lab::Options::default() }).await
    }

    /// The same with other options too.
    #[cfg(feature = "lab")]
    pub(crate) async fn with_options(name: &str, options: asof::lab::Options) -> Self {
        let lab = asof::lab::Lab::start(options).await.unwrap();
        let clock = lab.clock();
        clock.set(clock.now() - 24 * 60 * 60 * 1000);
        let credentials = lab.credentials().clone();
        Self {
            name: name.to_owned(),
            url: lab.url(),
            key: credentials.access_key,
            secret: credentials.secret_key,
            lab: Some(std::sync::Arc::new(lab)),
        }
    }

    /// Returns the same server for another subject.
    pub(crate) fn again(&self) -> Self {
        Self {
            name: self.name.clone(),
            url: self.url.clone(),
            key: self.key.clone(),
            secret: self.secret.clone(),
            #[cfg(feature = "lab")]
            lab: self.lab.clone(),
        }
    }

    /// Returns true if the server is known to do `behaviour` as AWS does. Prints the reason where it does not.
    pub(crate) fn holds(&self, behaviour: Behaviour) -> bool {
        let deviation = behaviour.deviation(&self.name);
        if let Some(reason) = deviation {
            say(&format!("NOT HELD {} to {behaviour:?}: {reason}", self.name));
        }
        deviation.is_none()
    }
}

#[cfg(feature = "lab")]
fn quirks_of(kind: Kind) -> asof::lab::Quirks {
    use asof::lab::{Grouping, Quirks};
    match kind {
        Kind::LabGrouped => Quirks {
            grouped: Some(Grouping::MarkersFirst),
            no_encoding_type: true,
            leaves_out_after_absent_marker: true,
            requires_storage_class_on_self_copy: true,
            ..Quirks::default()
        },
        Kind::LabRagged => Quirks {
            inclusive_key_marker: true,
            short_pages: Some(112),
            millisecond_times: true,
            drops_after_null_marker: true,
            copy_returns_no_version_id: true,
            ignores_conditions: true,
            roots_named_after_operations: true,
            ..Quirks::default()
        },
        _ => Quirks::default(),
    }
}

/// Prints past the capture of the test harness, so that what was left out shows in every run.
pub(crate) fn say(line: &str) {
    let mut stderr = std::io::stderr();
    writeln!(stderr, "{line}").unwrap();
}
