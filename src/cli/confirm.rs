//! Asking before a bucket is changed.

use std::io::{BufRead, IsTerminal};

use super::args::apply::{CopyArgs, DoubtfulArg};
use super::context::Context;
use super::exit::say;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;
use crate::plan::{Plausibility, Sums};
use crate::report::{uncertainty, warning_text};

/// What a command would do that has to be asked for, and what to do before `--yes`.
pub(super) type Asked = (&'static str, &'static str);

/// A bucket is changed.
pub(super) const CHANGE: Asked = ("change a bucket", "look at it with asof diff first");

/// Fails at once where nobody could be asked.
pub(super) fn can_ask(yes: bool, (what, first): Asked) -> Result<()> {
    if yes || std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::usage(format!("this would {what}, and there is no terminal to ask on"))
        .hint(format!("{first}; then add --yes")))
}

/// Has the name of what is changed typed: a bucket's, a directory's. Anything else changes nothing.
pub(super) async fn confirm(context: &Context, kind: &str, name: &str) -> Result<()> {
    if is_typed(context, &format!("the name of the {kind} that is changed"), name).await? {
        return Ok(());
    }
    Err(Error::usage(format!("that is not the name of the {kind} {name}; nothing was changed")))
}

/// What a restore needs before it changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Consent {
    /// Nothing more.
    Given,
    /// The name of what is changed is typed.
    Name,
    /// The number of keys that are deleted is typed.
    Count,
    /// `--allow-mass-delete`.
    Flag,
}

/// What a restore needs before it changes anything:
///
/// | deletes more than half of the keys | `--allow-mass-delete` | `--yes` | consent |
/// |---|---|---|---|
/// | no | | yes | given |
/// | no | | no | name |
/// | yes | yes | yes | given |
/// | yes | yes | no | name |
/// | yes | no | no | count |
/// | yes | no | yes | flag: it is refused |
fn consent(plausibility: Plausibility, allowed: bool, yes: bool) -> Consent {
    match (plausibility.is_mass_delete() && !allowed, yes) {
        (false, true) => Consent::Given,
        (false, false) => Consent::Name,
        (true, false) => Consent::Count,
        (true, true) => Consent::Flag,
    }
}

/// Gets the consent that is needed to change a bucket. Anything but the right answer changes nothing.
pub(super) async fn confirm_restore(
    context: &Context,
    bucket: &str,
    plausibility: Plausibility,
    (allowed, yes): (bool, bool),
) -> Result<()> {
    match consent(plausibility, allowed, yes) {
        Consent::Given => Ok(()),
        Consent::Name => confirm(context, "bucket", bucket).await,
        Consent::Count => {
            let deletes = plausibility.deletes;
            let question = format!("to go on, type the number of keys that are deleted ({deletes}): ");
            if typed(context, &question).await?.replace(',', "") == deletes.to_string() {
                return Ok(());
            }
            Err(Error::usage("that is not the number of keys that are deleted; nothing was changed"))
        }
        Consent::Flag => Err(mass_delete(plausibility)
            .hint("--allow-mass-delete allows it together with --yes; without --yes, the number of keys is asked for")),
    }
}

/// The refusal of a restore that deletes more than half of the keys.
pub(super) fn mass_delete(plausibility: Plausibility) -> Error {
    let warnings: Vec<_> = plausibility.warnings().iter().map(warning_text).collect();
    Error::new(ErrorKind::Refused, warnings.join("; "))
        .hint(format!("check the target time: {}", plausibility.at.human()))
}

/// Asks for a name, which is `what`. Whether it was typed.
pub(super) async fn is_typed(context: &Context, what: &str, name: &str) -> Result<bool> {
    Ok(typed(context, &format!("to go on, type {what} ({name}): ")).await? == name)
}

/// Asks what is done about keys of which it is in doubt what they held, where that was not said and somebody is there to
/// ask. Anything but `skip` and `trust` leaves it unsaid.
pub(super) async fn ask_doubtful(
    context: &Context,
    sums: &Sums,
    (at, yes): (Instant, bool),
    copies: &mut CopyArgs,
) -> Result<()> {
    let (None, Some(what)) = (copies.doubtful, uncertainty(sums)) else { return Ok(()) };
    if yes || !std::io::stdin().is_terminal() {
        return Ok(());
    }
    say(&format!("it is in doubt what was there at {}: {what}\n", at.human()));
    let question = "skip leaves these keys as they are, trust takes the listing for the whole truth; skip, trust or stop: ";
    copies.doubtful = match typed(context, question).await?.as_str() {
        "skip" => Some(DoubtfulArg::Skip),
        "trust" => Some(DoubtfulArg::Trust),
        _ => None,
    };
    Ok(())
}

/// A line that is typed after a question.
async fn typed(context: &Context, question: &str) -> Result<String> {
    say(question);
    let typed = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    tokio::select! {
        line = typed => Ok(line.map_err(std::io::Error::other)??.trim().to_owned()),
        () = context.cancel.stopped() => Err(Error::interrupted()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds() {
        for (deletes, allowed, yes, expected) in [
            (1, false, true, Consent::Given),
            (1, true, true, Consent::Given),
            (1, false, false, Consent::Name),
            (1, true, false, Consent::Name),
            (2, true, true, Consent::Given),
            (2, true, false, Consent::Name),
            (2, false, false, Consent::Count),
            (2, false, true, Consent::Flag),
        ] {
            let plausibility = Plausibility {
                at: Instant::default(),
                oldest: Some(Instant::default()),
                present: deletes + 1,
                deletes,
            };
            assert_eq!(consent(plausibility, allowed, yes), expected, "{deletes} {allowed} {yes}");
        }
    }
}
