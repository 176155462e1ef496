//! The one error of the library: what was being done, to what, what went wrong, and what to do next.
//!
//! A key that failed is data (a [`crate::apply::Outcome`]), not an [`Error`]: an `Error` ends the run.

use std::fmt;

/// What kind of thing went wrong. Decides the exit code, and whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server asked for fewer requests (503 SlowDown and its like), longer than we were willing to wait.
    Throttled,
    /// A passing fault: connection, time-out, 5xx.
    Transient,
    /// A permission is missing.
    Denied,
    /// The credentials are missing, expired or not accepted, or signatures are refused because this machine's clock is wrong.
    /// Every other request fails the same way.
    Credentials,
    /// The bucket, key or version is not there.
    Missing,
    /// The key is not as the plan saw it.
    Precondition,
    /// The server does not know the request.
    Unsupported,
    /// The request or its input is wrong; the same again gives the same answer.
    Invalid,
    /// What the server or a file said cannot be right: a listing that loops, a page that ends early.
    Corrupt,
    /// Going on could lose data, or give an answer that cannot be trusted.
    Refused,
    /// What the person typed cannot be used.
    Usage,
    /// The person asked to stop.
    Interrupted,
    /// A file, pipe or terminal of this machine failed.
    Local,
    /// A bug in asof: something that cannot be, by its own rules.
    Internal,
}

/// An error that ends a run.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    code: Option<String>,
    hints: Vec<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything in this library that can fail as a whole.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error whose `message` is a fragment that reads after "error: ", naming bucket and key.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), code: None, hints: Vec::new(), source: None }
    }

    /// Input that cannot be used; the message shows a correct form.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// A bug: `what` is so by no rule of asof's own. It ends the run, since nothing that follows could be trusted.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, format!("internal error: {what}"))
            .hint("this is a bug in asof, and nothing more was changed; please report it with the output of the same command and -vv")
    }

    /// The error of a run that was stopped before anything was changed.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted; nothing was changed")
    }

    /// The error of a request that was not sent because the run is stopping.
    pub fn stopping() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted before the request was sent")
    }

    /// Adds what the person can do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the server's own error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the error below this one.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The same without the error below it, for each of many that it is about.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            kind: self.kind,
            message: self.message.clone(),
            code: self.code.clone(),
            hints: self.hints.clone(),
            source: None,
        }
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The server's error code (`NoSuchBucket`), where it gave one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// What the person can do next, one sentence each.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// What happened and what to do next, in one line.
    pub fn in_one_line(&self) -> String {
        let hints = self.hints.iter().map(String::as_str);
        std::iter::once(self.message.as_str()).chain(hints).collect::<Vec<_>>().join("; ")
    }

    /// Whether nothing is to be learnt of an object by asking again: the key that encrypts it is its writer's own (SSE-C), or
    /// one that we may not use, or the server does not give a proper answer.
    pub fn is_unreadable_object(&self) -> bool {
        use ErrorKind::{Corrupt, Denied, Invalid, Unsupported};
        matches!(self.kind, Denied | Invalid | Unsupported | Corrupt)
    }

    /// Whether no other request can succeed either, or none is to be sent: a key with this error is not a failed key, it is
    /// left for `resume`.
    pub fn ends_the_run(&self) -> bool {
        matches!(self.kind, ErrorKind::Credentials | ErrorKind::Interrupted | ErrorKind::Internal)
    }

    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind, ErrorKind::Throttled | ErrorKind::Transient)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|s| &**s as _)
    }
}

/// A task ends without its result only where it panics: nobody aborts one whose result is waited for.
impl From<tokio::task::JoinError> for Error {
    fn from(e: tokio::task::JoinError) -> Self {
        Self::internal(&e).because(e)
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self::new(ErrorKind::Local, e.to_string()).because(e)
    }
}
