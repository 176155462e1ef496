//! The library's one error type: the action, its object, the cause, and hints about what to do next.
//!
//! A key that failed is data (a [`crate::apply::Outcome`]), not an [`Error`]: an `Error` ends the run.

use std::fmt;

/// The kind of an error. Decides the exit code and whether a retry can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The server asked for fewer requests (503 SlowDown or similar) for longer than asof was willing to wait.
    Throttled,
    /// A transient fault: connection, timeout, 5xx.
    Transient,
    /// A permission is missing.
    Denied,
    /// Credentials are missing, expired or rejected, or the server rejects signatures because this machine's clock is
    /// wrong. Every other request fails the same way.
    Credentials,
    /// The bucket, key or version does not exist.
    Missing,
    /// The key is no longer as the plan saw it.
    Precondition,
    /// The server does not support the request.
    Unsupported,
    /// The request or its input is wrong; sending it again gives the same answer.
    Invalid,
    /// A reply or a file cannot be right: a listing that loops, a page that ends early.
    Corrupt,
    /// Continuing could lose data or give an answer that cannot be trusted.
    Refused,
    /// Another worker has taken over the run.
    Overtaken,
    /// The user's input cannot be used.
    Usage,
    /// The user asked to stop.
    Interrupted,
    /// A local file, pipe or terminal failed.
    Local,
    /// A bug in asof: a state that its own rules exclude.
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

/// The result of every fallible operation in this library.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Creates an error whose `message` reads after "error: " and names the bucket and key.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), code: None, hints: Vec::new(), source: None }
    }

    /// Creates an error about unusable input; the message shows a correct form.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Creates an error about a bug: `what` breaks an invariant of asof. It ends the run, since no later result could
    /// be trusted.
    pub fn internal(what: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Internal, format!("internal error: {what}"))
            .hint("this is a bug in asof, and nothing more was changed; please report it with the output of the same command and -vv")
    }

    /// The error of a run that was stopped before it changed anything.
    pub fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted; nothing was changed")
    }

    /// The error of a request that was not sent because the run is stopping.
    pub fn stopping() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted before the request was sent")
    }

    /// Adds a next step for the user.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds the server's error code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the underlying error.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Copies the error without its source, for each of the many keys it affects.
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            kind: self.kind,
            message: self.message.clone(),
            code: self.code.clone(),
            hints: self.hints.clone(),
            source: None,
        }
    }

    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The server's error code (`NoSuchBucket`), if it sent one.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The next steps for the user, one sentence each.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }

    /// The message and the hints in one line.
    pub fn in_one_line(&self) -> String {
        let hints = self.hints.iter().map(String::as_str);
        std::iter::once(self.message.as_str()).chain(hints).collect::<Vec<_>>().join("; ")
    }

    /// Returns true if asking about an object again is pointless: it is encrypted with a customer-provided key (SSE-C)
    /// or a key that asof may not use, or the server's answer is malformed.
    pub fn is_unreadable_object(&self) -> bool {
        use ErrorKind::{Corrupt, Denied, Invalid, Unsupported};
        matches!(self.kind, Denied | Invalid | Unsupported | Corrupt)
    }

    /// Returns true if no other request can succeed, or none may be sent. A key with this error has not failed;
    /// `resume` handles it.
    pub fn ends_the_run(&self) -> bool {
        matches!(self.kind, ErrorKind::Credentials | ErrorKind::Interrupted | ErrorKind::Internal)
    }

    /// Returns true if the same request may succeed later.
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

/// A task ends without a result only if it panics: asof never aborts a task whose result it awaits.
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
