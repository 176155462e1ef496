//! Asking before a bucket is changed.

use std::io::{BufRead, IsTerminal};

use super::context::Context;
use super::exit::say;
use crate::engine::{Consent, OnDoubt, Plausibility, RestoreOptions, Said, Sums, mass_delete};
use crate::error::{Error, Result};
use crate::model::Instant;

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

/// Gets the consent that is needed to change a bucket. Anything but the right answer changes nothing.
pub(super) async fn confirm_restore(
    context: &Context,
    bucket: &str,
    plausibility: Plausibility,
    said: Said,
) -> Result<()> {
    match Consent::needed(plausibility, said) {
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

/// Asks for a name, which is `what`. Whether it was typed.
pub(super) async fn is_typed(context: &Context, what: &str, name: &str) -> Result<bool> {
    Ok(typed(context, &format!("to go on, type {what} ({name}): ")).await? == name)
}

/// Asks what is done about keys of which it is in doubt what they held, where that was not said and somebody is there to
/// ask. Anything but `skip` and `trust` leaves it unsaid.
pub(super) async fn ask_doubtful(
    context: &Context,
    sums: &Sums,
    at: Instant,
    options: &mut RestoreOptions,
) -> Result<()> {
    let (OnDoubt::Refuse, Some(what)) = (options.on_doubt, sums.uncertainty()) else { return Ok(()) };
    if !std::io::stdin().is_terminal() {
        return Ok(());
    }
    say(&format!("it is in doubt what was there at {}: {what}\n", at.human()));
    let question = "skip leaves these keys as they are, trust takes the listing for the whole truth; skip, trust or stop: ";
    options.on_doubt = match typed(context, question).await?.as_str() {
        "skip" => OnDoubt::Skip,
        "trust" => OnDoubt::Trust,
        _ => OnDoubt::Refuse,
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
