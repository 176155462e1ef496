//! The reply to a client if the source does not do what it was asked.
//!
//! | the source | the client gets |
//! |---|---|
//! | throttles | 503 `SlowDown` |
//! | denies | 403 `AccessDenied`, with the permission that the view needs |
//! | has archived the object | 403 `InvalidObjectState` |
//! | has no such range | 416 `InvalidRange` |
//! | needs the key of the object's encryption | 400 `InvalidRequest` |
//! | has no such part | 400 `InvalidPart` |
//! | does not support the request | 501 `NotImplemented` |
//! | does not accept the view's credentials, is out of reach, or is wrong | 500 `InternalError` |
//!
//! Never 404: a key is missing only if it was seen not to have existed at T.

use crate::endpoint::error::{Code, Error};
use crate::error::{self, ErrorKind};

/// Converts an error of the source.
pub(super) fn of_source(e: &error::Error) -> Error {
    let code = match (e.kind(), e.code().unwrap_or_default()) {
        (ErrorKind::Throttled, _) => Code::SlowDown,
        (_, "InvalidObjectState") => Code::InvalidObjectState,
        (_, "InvalidRange" | "HTTP 416") => Code::InvalidRange,
        (_, "InvalidPart" | "InvalidPartNumber") => Code::InvalidPart,
        (_, "InvalidRequest" | "HTTP 400") => Code::InvalidRequest,
        (ErrorKind::Denied, _) => Code::AccessDenied,
        (ErrorKind::Unsupported, _) => Code::NotImplemented,
        _ => Code::InternalError,
    };
    Error::new(code, format!("asof serve: {}", e.in_one_line()))
}

/// Returns whether a version cannot be read because it is no longer there, or is another: its key is looked up again.
pub(super) fn is_gone(e: &error::Error) -> bool {
    let of_version = matches!(e.code(), Some("NoSuchVersion" | "NoSuchKey" | "NotFound" | "HTTP 404"));
    (e.kind() == ErrorKind::Missing && of_version) || e.kind() == ErrorKind::Precondition
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table() {
        use ErrorKind::{
            Corrupt, Credentials, Denied, Invalid, Missing, Precondition, Throttled, Transient, Unsupported,
        };
        for (kind, code, expected) in [
            (Throttled, "SlowDown", Code::SlowDown),
            (Denied, "AccessDenied", Code::AccessDenied),
            (Denied, "HTTP 403", Code::AccessDenied),
            (Invalid, "InvalidObjectState", Code::InvalidObjectState),
            (Invalid, "InvalidRange", Code::InvalidRange),
            (Invalid, "HTTP 416", Code::InvalidRange),
            (Invalid, "HTTP 400", Code::InvalidRequest),
            (Invalid, "InvalidPart", Code::InvalidPart),
            (Unsupported, "NotImplemented", Code::NotImplemented),
            (Credentials, "ExpiredToken", Code::InternalError),
            (Transient, "", Code::InternalError),
            (Corrupt, "", Code::InternalError),
            (Missing, "NoSuchBucket", Code::InternalError),
            (Missing, "NoSuchVersion", Code::InternalError),
            (Precondition, "PreconditionFailed", Code::InternalError),
        ] {
            let e =
                error::Error::new(kind, "cannot read s3://b/k").with_code(code).hint("needs s3:GetObject");
            let told = of_source(&e);
            assert_eq!(told.code, expected, "{kind:?} {code}");
            assert!(told.message.contains("needs s3:GetObject"), "{}", told.message);
        }
    }

    #[test]
    fn a_version_that_is_gone_is_looked_up_again() {
        let gone = |kind, code: &str| is_gone(&error::Error::new(kind, "").with_code(code));
        assert!(gone(ErrorKind::Missing, "NoSuchVersion") && gone(ErrorKind::Missing, "HTTP 404"));
        assert!(gone(ErrorKind::Precondition, "HTTP 412"));
        assert!(!gone(ErrorKind::Missing, "NoSuchBucket") && !gone(ErrorKind::Denied, "HTTP 403"));
    }
}
