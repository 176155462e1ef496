//! The commands that a command suggests. Each repeats the options that were typed and that it takes too: without them it
//! would be about other keys, would ask another server, or would not find the run.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, CommandFactory};

mod commands;

pub(super) use commands::*;

use super::args::Cli;
use crate::engine::{Only, Selected, Server};
use crate::model::{Destination, Instant, Location};
use crate::report::{shell_path, shell_word};

/// Options that say how a command goes, not what it is about.
const MANNERS: &[&str] = &["verbose", "yes", "dry_run", "all"];
/// Options under these headings: the first are manners too, the second say which server is asked.
const OUTPUT: &str = "Output";
const SERVER: &str = "Server";

/// A command to be suggested.
#[derive(Clone)]
pub(super) struct Suggestion {
    verb: &'static str,
    /// Typed first: positional arguments, and options of its own.
    words: String,
    /// The options among them.
    own: Vec<String>,
    /// Typed options that are not repeated.
    without: Vec<String>,
    /// Only the options are repeated that say which server is asked and where state is kept.
    place_only: bool,
    typed: Typed,
}

/// The command that this process was started with.
#[derive(Clone)]
struct Typed {
    verb: String,
    matches: ArgMatches,
}

/// A command that repeats what was typed.
pub(super) fn suggest(verb: &'static str) -> Suggestion {
    // `main` has parsed the same arguments.
    Suggestion::after(&Cli::command().try_get_matches().unwrap_or_default(), verb)
}

impl Suggestion {
    fn after(typed: &ArgMatches, verb: &'static str) -> Self {
        let (name, matches) =
            typed.subcommand().map_or_else(Default::default, |(name, matches)| (name, matches.clone()));
        let typed = Typed { verb: name.to_owned(), matches };
        let (words, own, without) = (String::new(), Vec::new(), Vec::new());
        Self { verb, words, own, without, place_only: false, typed }
    }

    /// A positional argument.
    pub(super) fn word(mut self, word: &str) -> Self {
        self.words += " ";
        self.words += &shell_word(word);
        self
    }

    /// A positional argument that is a path.
    pub(super) fn path(mut self, path: &Path) -> Self {
        self.words += " ";
        self.words += &shell_path(path);
        self
    }

    /// A place and a past time.
    pub(super) fn about(self, location: &Location, at: Instant) -> Self {
        self.word(&location.to_string()).option("at", at.to_string())
    }

    /// The place restored to.
    pub(super) fn to(self, to: &Destination) -> Self {
        match to {
            Destination::Bucket(to) => self.option("to", to.to_string()),
            Destination::Directory(path) => self.option("to", path),
        }
    }

    /// An option of its own, in place of that which was typed.
    pub(super) fn option(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.words += &option(name, value.as_ref());
        self.own.push(id_of(name));
        self
    }

    /// A flag of its own.
    pub(super) fn flag(mut self, name: &str) -> Self {
        self.words += " --";
        self.words += name;
        self.own.push(id_of(name));
        self
    }

    /// Nobody is asked again, if nobody was.
    pub(super) fn again(self) -> Self {
        let yes = self.typed.matches.try_get_one::<bool>("yes").ok().flatten().copied();
        if yes == Some(true) { self.flag("yes") } else { self }
    }

    /// These options are not repeated.
    pub(super) fn without(mut self, names: &[&str]) -> Self {
        self.without.extend(names.iter().map(|name| id_of(name)));
        self
    }

    /// Only the server and the state directory are repeated: the command is about something else.
    pub(super) fn place_only(mut self) -> Self {
        self.place_only = true;
        self
    }

    /// The options that chose a plan's keys.
    pub(super) fn keys_of(self, selected: &Selected, trust_etag: bool) -> Self {
        let keys = [("include", &selected.include), ("exclude", &selected.exclude)];
        let each = |with: Self, (name, values): (&str, &Vec<String>)| {
            values.iter().fold(with, |with, value| with.option(name, value))
        };
        let mut with = keys.into_iter().fold(self, each);
        if let Some(file) = &selected.keys_from {
            with = with.option("keys-from", file);
        }
        if trust_etag { with.flag("trust-etag") } else { with }
    }

    /// The kinds of change that it is limited to.
    pub(super) fn only(self, only: &Only) -> Self {
        let kinds: Vec<_> = only.named().iter().map(|action| action.name()).collect();
        if kinds.is_empty() { self } else { self.option("only", kinds.join(",")) }
    }

    /// The server that a run was begun on, as far as no other was typed.
    fn on(self, server: &Server) -> Self {
        kept(server).into_iter().fold(self, |with, (id, value)| {
            if with.typed.is(&id) {
                return with;
            }
            let name = id.replace('_', "-");
            if let Some(value) = value { with.option(&name, value) } else { with.flag(&name) }
        })
    }

    /// A run knows its server: only another that was typed is repeated.
    fn knows(mut self, server: &Server) -> Self {
        for (id, value) in kept(server) {
            if self.typed.is(&id) && value.is_none_or(|value| self.typed.raw(&id) == [&*value]) {
                self.without.push(id);
            }
        }
        self
    }

    fn repeats(&self, arg: &Arg, target: &Command) -> bool {
        let id = arg.get_id().as_str();
        let of_place = arg.get_help_heading() == Some(SERVER) || id == "state_dir";
        let is_listed = |ids: &[String]| ids.iter().any(|listed| listed == id);
        let Some(same) = target.get_arguments().find(|other| is_same(arg, other)) else { return false };
        let own = || target.get_arguments().filter(|arg| self.own.iter().any(|id| arg.get_id() == id));
        let conflicts = |one: &Arg, other: &Arg| {
            target.get_arg_conflicts_with(one).iter().any(|arg| arg.get_id() == other.get_id())
        };
        self.typed.is(id)
            && !same.is_hide_set()
            && !same.is_positional()
            && !MANNERS.contains(&id)
            && same.get_help_heading() != Some(OUTPUT)
            && !is_listed(&self.own)
            && !is_listed(&self.without)
            && (of_place || !self.place_only)
            && !own().any(|own| conflicts(own, same) || conflicts(same, own))
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { verb, words, typed, .. } = self;
        write!(f, "asof {verb}{words}")?;
        let cli = Cli::command();
        let (Some(own), Some(target)) = (cli.find_subcommand(&typed.verb), cli.find_subcommand(verb)) else {
            return Ok(());
        };
        let mut repeated: Vec<_> = own.get_arguments().filter(|arg| self.repeats(arg, target)).collect();
        repeated.sort_by_key(|arg| typed.matches.index_of(arg.get_id().as_str()));
        repeated.into_iter().try_for_each(|arg| f.write_str(&typed.again(arg)))
    }
}

impl Typed {
    /// Whether the option was typed.
    fn is(&self, id: &str) -> bool {
        let known = self.matches.try_contains_id(id).unwrap_or(false);
        known && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    fn raw(&self, id: &str) -> Vec<&OsStr> {
        self.matches.get_raw(id).into_iter().flatten().collect()
    }

    /// The option as it was typed.
    fn again(&self, arg: &Arg) -> String {
        let id = arg.get_id().as_str();
        let name = arg.get_long().unwrap_or(id);
        if !arg.get_action().takes_values() {
            return format!(" --{name}");
        }
        let values = self.raw(id);
        if id == "state_dir" {
            // Typed elsewhere, a relative one would not be found, and the same command would begin anew.
            let dirs = values.iter().filter_map(|dir| std::path::absolute(dir).ok());
            return dirs.map(|dir| option(name, dir.as_os_str())).collect();
        }
        if arg.get_value_delimiter().is_some() {
            return option(name, &values.join(OsStr::new(",")));
        }
        values.into_iter().map(|value| option(name, value)).collect()
    }
}

/// An option and its value, with a space before it.
fn option(name: &str, value: &OsStr) -> String {
    let is_dashed = value.len() > 1 && value.as_encoded_bytes().starts_with(b"-");
    let sign = if is_dashed { '=' } else { ' ' };
    format!(" --{name}{sign}{}", shell_path(Path::new(value)))
}

fn id_of(name: &str) -> String {
    name.replace('-', "_")
}

/// Whether two commands mean the same by an option: `--to` is a time in one and a place in another.
fn is_same(one: &Arg, other: &Arg) -> bool {
    let values = |arg: &Arg| -> Vec<String> {
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
    };
    one.get_id() == other.get_id()
        && one.get_value_names() == other.get_value_names()
        && values(one) == values(other)
}

/// The options that a run keeps of its server; a flag has no value. The server that they meant is none.
fn kept(server: &Server) -> Vec<(String, Option<OsString>)> {
    let server = Server { endpoint: None, ..server.clone() };
    let Ok(serde_json::Value::Object(kept)) = serde_json::to_value(server) else { return Vec::new() };
    let options = kept.into_iter().filter_map(|(id, value)| match value {
        serde_json::Value::String(value) => Some((id, Some(value.into()))),
        serde_json::Value::Bool(true) => Some((id, None)),
        _ => None,
    });
    options.collect()
}

#[cfg(test)]
mod tests;
