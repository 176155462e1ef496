//! The deadline of a recovery: what hangs must not keep a cron job from ever beginning the next one.

use std::pin::pin;
use std::time::Duration;

use super::{Carried, Parts, Recovery, carry_on};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::recover::Ending;

/// Takes every step that is left, as [`carry_on`], until the deadline of the recovery file has passed.
///
/// | at the deadline | |
/// |---|---|
/// | steps are left | no step is begun any more; those under way end as soon as they can |
/// | a hook or a command is under way | it is let end, and killed after [`limits::DEADLINE_GRACE`] |
///
/// The same command takes up what is left, with a deadline of its own.
pub async fn carry_on_by(recovery: &Recovery, parts: &Parts<'_>) -> Carried {
    let deadline = parts.file.deadline.unwrap_or(limits::RECOVERY_DEADLINE);
    // Boxed: it is large.
    let ended = by(Box::pin(carry_on(recovery, parts)), deadline, limits::DEADLINE_GRACE, parts.cancel).await;
    told(ended, deadline, recovery.state().may_be_quiesced())
}

/// What is told of it: that the deadline ended it is no interruption. `quiesced` is whether the application may be.
fn told(ended: Ended<Carried>, deadline: Duration, quiesced: bool) -> Carried {
    let late = || {
        let message = format!("cannot finish within the deadline of {}", in_words(deadline));
        Error::new(ErrorKind::Local, message)
            .hint("give it more time with --deadline, or deadline in the recovery file")
    };
    match ended {
        Ended::Late(carried @ Carried { ending: Ending::Interrupted, .. }) => {
            let trouble = carried.trouble.or_else(|| Some(late()));
            Carried { ending: Ending::Failed, trouble, ..carried }
        }
        Ended::InTime(carried) | Ended::Late(carried) => carried,
        Ended::Abandoned => {
            let minutes = limits::DEADLINE_GRACE.as_secs() / 60;
            let trouble =
                late().hint(format!("a hook or a command was killed, {minutes} minutes after the deadline"));
            Carried {
                ending: Ending::Failed,
                stands_still: quiesced,
                resumed: false,
                running: None,
                trouble: Some(trouble),
            }
        }
    }
}

/// How something ended that had a deadline.
#[derive(Debug, PartialEq, Eq)]
enum Ended<T> {
    /// Before it.
    InTime(T),
    /// After it was asked to stop.
    Late(T),
    /// Not even then.
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

/// As it is typed: `90m`, `12h`.
pub(super) fn in_words(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        s if s > 0 && s % 3600 == 0 => format!("{}h", s / 3600),
        s if s > 0 && s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn what_hangs_is_stopped_and_then_left() {
        let cancel = Cancel::default();
        assert_eq!(by(std::future::ready(1), TIME, TIME, &cancel).await, Ended::InTime(1));
        assert!(!cancel.is_stopped());
        let heeds = async {
            cancel.stopped().await;
            2
        };
        assert_eq!(by(heeds, TIME, TIME, &cancel).await, Ended::Late(2));
        assert!(cancel.is_stopped());
        let cancel = Cancel::default();
        assert_eq!(by(std::future::pending::<u8>(), TIME, TIME, &cancel).await, Ended::Abandoned);
    }

    #[test]
    fn what_the_deadline_ended_has_failed_and_may_have_left_the_application_quiesced() {
        let deadline = Duration::from_secs(90);
        let carried =
            |ending| Carried { ending, stands_still: false, resumed: true, running: None, trouble: None };
        let in_time = told(Ended::InTime(carried(Ending::Interrupted)), deadline, true);
        assert_eq!((in_time.ending, in_time.stands_still), (Ending::Interrupted, false));
        let done = told(Ended::Late(carried(Ending::Done)), deadline, true);
        assert_eq!((done.ending, done.trouble.is_none()), (Ending::Done, true));
        let late = told(Ended::Late(carried(Ending::Interrupted)), deadline, true);
        assert_eq!((late.ending, late.stands_still, late.resumed), (Ending::Failed, false, true));
        assert_eq!(late.trouble.unwrap().to_string(), "cannot finish within the deadline of 90s");
        for quiesced in [true, false] {
            let killed = told(Ended::Abandoned, deadline, quiesced);
            assert_eq!(
                (killed.ending, killed.stands_still, killed.resumed),
                (Ending::Failed, quiesced, false)
            );
            assert_eq!(killed.trouble.unwrap().to_string(), "cannot finish within the deadline of 90s");
        }
    }

    #[test]
    fn a_length_is_told_as_it_is_typed() {
        let seconds = [43_200, 5400, 90, 0];
        let told = seconds.map(|seconds| in_words(Duration::from_secs(seconds)));
        assert_eq!(told, ["12h", "90m", "90s", "0s"]);
    }
}
