//! The commands that a command suggests. Each repeats the typed options that it accepts: without them it would select
//! other keys, send requests to another server, or not find the run.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

use clap::{ArgMatches, CommandFactory};

mod commands;
mod typed;

pub(super) use commands::*;
use typed::{Typed, id_of, kept, line, option};

use super::args::Cli;
use crate::engine::Server;

/// A suggested command.
#[derive(Clone)]
pub(super) struct Suggestion {
    verb: &'static str,
    /// The first words: positional arguments, and options of its own.
    words: Vec<OsString>,
    /// The IDs of the options among them.
    own: Vec<String>,
    /// Typed options that are not repeated.
    without: Vec<String>,
    /// True if only the options of the server and the state directory are repeated.
    place_only: bool,
    typed: Typed,
}

/// The command that this process was started with; every suggestion repeats its options.
static TYPED: OnceLock<Typed> = OnceLock::new();

/// Remembers the typed command.
pub(super) fn remember(typed: &ArgMatches) {
    TYPED.get_or_init(|| Typed::of(typed));
}

/// Returns a command that repeats the typed options.
pub(super) fn suggest(verb: &'static str) -> Suggestion {
    Suggestion::after(TYPED.get().cloned().unwrap_or_default(), verb)
}

impl Suggestion {
    fn after(typed: Typed, verb: &'static str) -> Self {
        let (words, own, without) = (Vec::new(), Vec::new(), Vec::new());
        Self { verb, words, own, without, place_only: false, typed }
    }

    /// Adds a positional argument.
    pub(super) fn word(mut self, word: &str) -> Self {
        self.words.push(word.into());
        self
    }

    /// Adds a positional argument that is a path.
    pub(super) fn path(mut self, path: &Path) -> Self {
        self.words.push(path.into());
        self
    }

    /// Adds an option of its own, instead of the typed one.
    pub(super) fn option(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.words.extend(option(name, value.as_ref()));
        self.own.push(id_of(name));
        self
    }

    /// Adds a flag of its own.
    pub(super) fn flag(mut self, name: &str) -> Self {
        self.words.push(format!("--{name}").into());
        self.own.push(id_of(name));
        self
    }

    /// Adds `--yes` if it was typed, so that the command does not prompt either.
    pub(super) fn again(self) -> Self {
        if self.typed.says_yes() { self.flag("yes") } else { self }
    }

    /// Excludes these options from repetition.
    pub(super) fn without(mut self, names: &[&str]) -> Self {
        self.without.extend(names.iter().map(|name| id_of(name)));
        self
    }

    /// Repeats only the server and the state directory: the command has another subject.
    pub(super) fn place_only(mut self) -> Self {
        self.place_only = true;
        self
    }

    /// Adds the server of the run, except for options that were typed.
    fn on(self, server: &Server) -> Self {
        kept(server).into_iter().fold(self, |with, (id, value)| {
            if with.typed.is(&id) {
                return with;
            }
            let name = id.replace('_', "-");
            if let Some(value) = value { with.option(&name, value) } else { with.flag(&name) }
        })
    }

    /// Repeats the server only if another one was typed: a run knows its own.
    fn knows(mut self, server: &Server) -> Self {
        if self.typed.state_is_on_its_server() {
            return self;
        }
        for (id, value) in kept(server) {
            if self.typed.is(&id) && value.is_none_or(|value| self.typed.raw(&id) == [&*value]) {
                self.without.push(id);
            }
        }
        self
    }
}

impl Suggestion {
    /// Returns the words of the command after the program's name.
    pub(super) fn arguments(&self) -> Vec<OsString> {
        let Self { verb, words, typed, .. } = self;
        let mut all = vec![OsString::from(verb)];
        all.extend(words.iter().cloned());
        let cli = Cli::command();
        let (Some(own), Some(target)) = (cli.find_subcommand(&typed.verb), cli.find_subcommand(verb)) else {
            return all;
        };
        let mut repeated: Vec<_> = own.get_arguments().filter(|arg| self.repeats(arg, target)).collect();
        repeated.sort_by_key(|arg| typed.matches.index_of(arg.get_id().as_str()));
        all.extend(repeated.into_iter().flat_map(|arg| typed.again(arg)));
        all
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "asof{}", line(&self.arguments()))
    }
}

#[cfg(test)]
mod tests;
