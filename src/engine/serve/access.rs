//! The readers of a view: holders of an access key or, on loopback only, everybody.

use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::endpoint::Credentials;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// The readers of a view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Those who sign their requests with this key.
    Key(Credentials),
    /// Everybody.
    Anonymous,
}

impl Access {
    /// Creates an access key that nobody can guess.
    pub fn generate() -> Result<Self> {
        Ok(Self::Key(Credentials {
            access_key: format!("ASOF{}", random::<12>()?.replace(['-', '_'], "x").to_ascii_uppercase()),
            secret_key: random::<30>()?,
        }))
    }

    /// Reads an access key from a file that other users cannot read.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) if it cannot be read, or everybody can read it, or it holds no access key.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let wrong = |e: std::io::Error| Error::usage(format!("cannot read the access key file {name}: {e}"));
        let file = File::open(path).map_err(wrong)?;
        let mode = file.metadata().map_err(wrong)?.permissions().mode();
        if mode & 0o007 != 0 {
            return Err(Error::usage(format!(
                "cannot use the access key file {name}: every user can read it"
            ))
            .hint(format!("make it private: chmod 600 {name}")));
        }
        let mut text = String::new();
        file.take(limits::ACCESS_KEY_FILE).read_to_string(&mut text).map_err(wrong)?;
        let credentials = parse(&text).ok_or_else(|| {
            Error::usage(format!("cannot use the access key file {name}: it holds no access key")).hint(
                "write the access key ID and the secret access key on two lines, or as aws_access_key_id = … and \
                 aws_secret_access_key = …",
            )
        })?;
        Ok(Self::Key(credentials))
    }

    /// Returns the environment variables in which SDKs look for an access key; none for anonymous access.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Key(key) => vec![
                ("AWS_ACCESS_KEY_ID", key.access_key.clone()),
                ("AWS_SECRET_ACCESS_KEY", key.secret_key.clone()),
            ],
            Self::Anonymous => Vec::new(),
        }
    }

    /// Refuses to let everybody on the network read.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for anonymous access at an address other than loopback.
    pub fn require_fit(&self, listen: SocketAddr) -> Result<()> {
        if *self == Self::Anonymous && !listen.ip().is_loopback() {
            return Err(Error::usage(format!(
                "cannot serve without an access key on {listen}: anyone could read the buckets"
            ))
            .hint("leave out --anonymous, or listen on 127.0.0.1"));
        }
        Ok(())
    }
}

fn random<const BYTES: usize>() -> Result<String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|e| {
        Error::new(
            ErrorKind::Local,
            format!("cannot create an access key: the system has no random numbers: {e}"),
        )
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Reads an access key: of two lines that are not comments or sections, the ID and the secret, or of lines with names,
/// as in the files of the AWS CLI, the first of each.
fn parse(text: &str) -> Option<Credentials> {
    let lines = text.lines().map(str::trim);
    let lines: Vec<&str> =
        lines.filter(|line| !line.is_empty() && !line.starts_with(['#', ';', '['])).collect();
    let named = |name: &str| {
        let mut pairs = lines.iter().filter_map(|line| line.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    let (access_key, secret_key) = match (named("aws_access_key_id"), named("aws_secret_access_key"), &*lines)
    {
        (Some(id), Some(secret), _) => (id, secret),
        (None, None, [id, secret]) => (*id, *secret),
        _ => return None,
    };
    let is_word = |text: &str| !text.is_empty() && text.chars().all(|char| char.is_ascii_graphic());
    // A slash would end the ID in the scope of a signature.
    let fits = is_word(access_key) && is_word(secret_key) && !access_key.contains(['/', ',']);
    fits.then(|| Credentials { access_key: access_key.to_owned(), secret_key: secret_key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, secret: &str) -> Credentials {
        Credentials { access_key: id.to_owned(), secret_key: secret.to_owned() }
    }

    #[test]
    fn reads_both_formats() {
        assert_eq!(parse("AK\nse/cret+=\n"), Some(key("AK", "se/cret+=")));
        assert_eq!(parse("# mine\n\n AK \n s \n"), Some(key("AK", "s")));
        let profile = "[default]\naws_access_key_id = AK\naws_secret_access_key=s=\nregion = eu-west-1\n\n\
                       [other]\naws_access_key_id = B\naws_secret_access_key = t\n";
        assert_eq!(parse(profile), Some(key("AK", "s=")));
        for wrong in
            ["", "AK", "AK\n", "AK\ns\nt", "A K\ns", "A/K\ns", "aws_access_key_id = AK\n", "AK\n\u{7f}"]
        {
            assert_eq!(parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn keys_are_long_and_differ() {
        let (Ok(Access::Key(one)), Ok(Access::Key(other))) = (Access::generate(), Access::generate()) else {
            panic!("no key");
        };
        assert_eq!((one.access_key.len(), one.secret_key.len()), (20, 40));
        assert_ne!(one.secret_key, other.secret_key);
        assert!(one.access_key.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
    }

    #[test]
    fn without_a_key_only_on_loopback() {
        let fits = |listen: &str| Access::Anonymous.require_fit(listen.parse().unwrap()).is_ok();
        assert!(fits("127.0.0.1:1") && fits("[::1]:1") && fits("127.9.9.9:1"));
        assert!(!fits("0.0.0.0:1") && !fits("10.0.0.1:1") && !fits("[::]:1"));
        let Ok(key) = Access::generate() else { panic!("no key") };
        assert!(key.require_fit("0.0.0.0:1".parse().unwrap()).is_ok());
    }
}
