//! The deadline of a recovery: a hanging recovery must not keep a cron job from ever starting the next one.

use std::pin::pin;
use std::time::Duration;

use super::execute::execute;
use super::step::StepContext;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::recover::{Ending, RecoveryOutcome};
use crate::state::Recovery;

/// Takes all remaining steps, like [`execute`], until the deadline of the recovery file.
///
/// | at the deadline | |
/// |---|---|
/// | steps are left | no step is begun; those in progress end as soon as they can |
/// | a hook or a command is running | it may finish, and is killed after [`limits::DEADLINE_GRACE`] |
///
/// The same command resumes the rest, with a new deadline.
pub(crate) async fn execute_by(recovery: &Recovery, parts: &StepContext<'_>) -> RecoveryOutcome {
    let deadline = parts.file.deadline.unwrap_or(limits::RECOVERY_DEADLINE);
    // Boxed because the future is large.
    let ended = by(Box::pin(execute(recovery, parts)), deadline, limits::DEADLINE_GRACE, parts.cancel).await;
    told(ended, deadline, recovery.state().may_be_quiesced())
}

/// The outcome to report: reaching the deadline is a failure, not an interruption. `quiesced` tells whether the
/// application may be quiesced.
fn told(ended: Ended<RecoveryOutcome>, deadline: Duration, quiesced: bool) -> RecoveryOutcome {
    let late = || {
        let message = format!("cannot finish within the deadline of {}", in_words(deadline));
        Error::new(ErrorKind::Local, message)
            .hint("allow more time with --deadline, or deadline in the recovery file")
    };
    match ended {
        Ended::Late(carried @ RecoveryOutcome { ending: Ending::Interrupted, .. }) => {
            let trouble = carried.trouble.or_else(|| Some(late()));
            RecoveryOutcome { ending: Ending::Failed, trouble, ..carried }
        }
        Ended::InTime(carried) | Ended::Late(carried) => carried,
        Ended::Abandoned => {
            let minutes = limits::DEADLINE_GRACE.as_secs() / 60;
            let trouble =
                late().hint(format!("a hook or command was killed {minutes} minutes after the deadline"));
            RecoveryOutcome {
                ending: Ending::Failed,
                still_quiesced: quiesced,
                resumed: false,
                running: None,
                trouble: Some(trouble),
            }
        }
    }
}

/// The outcome of a future with a deadline.
#[derive(Debug, PartialEq, Eq)]
enum Ended<T> {
    /// Before the deadline.
    InTime(T),
    /// After it was asked to stop.
    Late(T),
    /// Not even within the grace period.
    Abandoned,
}

async fn by<T>(
    going: impl Future<Output = T>,
    deadline: Duration,
    grace: Duration,
    cancel: &Cancel,
) -> Ended<T> {
    let mut going = pin!(going);
    if let Ok(ended) = tokio::time::timeout(deadline, &mut going).await {
        return Ended::InTime(ended);
    }
    cancel.stop();
    tokio::time::timeout(grace, going).await.map_or(Ended::Abandoned, Ended::Late)
}

/// Formats a duration as typed: `90m`, `12h`.
pub(super) fn in_words(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        s if s > 0 && s % 3600 == 0 => format!("{}h", s / 3600),
        s if s > 0 && s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

#[cfg(test)]
mod tests;
