//! Asks for confirmation before anything is changed.

use std::fmt::Display;
use std::io::{BufRead, IsTerminal};

use super::say;
use crate::cancel::Cancel;
use crate::engine::{Consent, OnDoubt, Plausibility, RestoreOptions, Said, Sums, mass_delete};
use crate::error::{Error, Result};
use crate::model::Instant;

/// An action that needs confirmation.
pub(crate) struct Asked {
    /// The action: a verb and its object.
    pub does: &'static str,
    /// The advice to follow before using `--yes`.
    pub first: &'static str,
}

/// Changing a bucket.
pub(crate) const CHANGE: Asked = Asked { does: "change a bucket", first: "review it with asof diff first" };

/// Fails immediately if confirmation is needed and stdin is not a terminal.
pub(crate) fn can_ask(yes: bool, Asked { does, first }: Asked) -> Result<()> {
    if yes || std::io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::usage(format!("this would {does}, and there is no terminal to confirm on"))
        .hint(format!("{first}; then add --yes")))
}

/// Asks the user, until the command is cancelled.
#[derive(Clone, Copy)]
pub(crate) struct Prompt<'a>(pub(crate) &'a Cancel);

impl Prompt<'_> {
    /// Asks the user to type the name of the bucket or directory that is changed. Returns an error for anything else.
    pub(crate) async fn name(self, kind: &str, name: &str) -> Result<()> {
        let otherwise = format!("confirmation does not match the {kind} name {name}; nothing was changed");
        self.typed(&format!("the {kind} name"), name, otherwise).await
    }

    /// Asks the user to type `answer`, which is `what`; returns the error `otherwise` for anything else.
    pub(crate) async fn typed(self, what: &str, answer: &str, otherwise: impl Display) -> Result<()> {
        let typed = self.line(&format!("Type {what} ({answer}) to confirm: ")).await?;
        if typed == answer { Ok(()) } else { Err(Error::usage(otherwise.to_string())) }
    }

    /// Asks for the confirmation needed to change a bucket. Returns an error for a wrong answer.
    pub(crate) async fn consent(self, bucket: &str, plausibility: Plausibility, said: Said) -> Result<()> {
        match Consent::needed(plausibility, said) {
            Consent::Given => Ok(()),
            Consent::Name => self.name("bucket", bucket).await,
            Consent::Count => {
                let deletes = plausibility.deletes;
                let question = format!("Type the number of keys to delete ({deletes}) to confirm: ");
                if self.line(&question).await?.replace(',', "") == deletes.to_string() {
                    return Ok(());
                }
                Err(Error::usage(
                    "confirmation does not match the number of keys to delete; nothing was changed",
                ))
            }
            Consent::Flag => Err(mass_delete(plausibility)
                .hint("add --allow-mass-delete to --yes; without --yes, asof asks for the number of keys")),
        }
    }

    /// Asks what to do about uncertain keys, if no option says so and stdin is a terminal. Answers other than `skip`
    /// and `trust` change nothing.
    pub(crate) async fn doubtful(self, sums: &Sums, at: Instant, options: &mut RestoreOptions) -> Result<()> {
        let (OnDoubt::Refuse, Some(what)) = (options.on_doubt, sums.uncertainty()) else { return Ok(()) };
        if !std::io::stdin().is_terminal() {
            return Ok(());
        }
        say(&format!("the state at {} is uncertain: {what}\n", at.human()));
        let question =
            "skip leaves these keys unchanged, trust assumes the listing is complete; skip, trust or stop: ";
        options.on_doubt = match self.line(question).await?.as_str() {
            "skip" => OnDoubt::Skip,
            "trust" => OnDoubt::Trust,
            _ => OnDoubt::Refuse,
        };
        Ok(())
    }

    /// Asks a question and reads a line.
    async fn line(self, question: &str) -> Result<String> {
        say(question);
        let typed = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line).map(|_| line)
        });
        tokio::select! {
            line = typed => Ok(line.map_err(std::io::Error::other)??.trim().to_owned()),
            () = self.0.stopped() => Err(Error::interrupted()),
        }
    }
}
