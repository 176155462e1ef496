//! The typed options, and the selection of those that another command accepts.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use super::Suggestion;
use crate::engine::Server;
use crate::model::Destination;
use crate::report::{shell_path, shell_word};

/// Options for the behavior of a command, not for its subject.
const MANNERS: &[&str] = &["verbose", "yes", "dry_run", "all"];
/// The heading of output options, which are like these, and that of the options that select the server.
const OUTPUT: &str = "Output";
const SERVER: &str = "Server";

/// The typed command.
#[derive(Clone, Default)]
pub(super) struct Typed {
    pub(super) verb: String,
    pub(super) matches: ArgMatches,
}

impl Typed {
    pub(super) fn of(typed: &ArgMatches) -> Self {
        let (verb, matches) = typed.subcommand().unzip();
        Self { verb: verb.unwrap_or_default().to_owned(), matches: matches.cloned().unwrap_or_default() }
    }

    /// True if `--yes` was typed.
    pub(super) fn says_yes(&self) -> bool {
        self.matches.try_get_one("yes").ok().flatten() == Some(&true)
    }

    /// True if the option was typed.
    pub(super) fn is(&self, id: &str) -> bool {
        let known = self.matches.try_contains_id(id).unwrap_or(false);
        known && self.matches.value_source(id) == Some(ValueSource::CommandLine)
    }

    /// True if the state is in a bucket on the typed server, which must be known before the run can be read.
    pub(super) fn state_is_on_its_server(&self) -> bool {
        let in_bucket =
            |dir: &&OsStr| matches!(Destination::of_path((*dir).into()), Ok(Destination::Bucket(_)));
        self.is("state_dir") && self.raw("state_dir").iter().any(in_bucket) && !self.is("state_profile")
    }

    pub(super) fn raw(&self, id: &str) -> Vec<&OsStr> {
        self.matches.get_raw(id).into_iter().flatten().collect()
    }

    /// Returns the words of the option as typed.
    pub(super) fn again(&self, arg: &Arg) -> Vec<OsString> {
        let id = arg.get_id().as_str();
        let name = arg.get_long().unwrap_or(id);
        if !arg.get_action().takes_values() {
            return vec![format!("--{name}").into()];
        }
        let values = self.raw(id);
        if id == "state_dir" {
            // From another directory, a relative path would not be found, and the same command would start over.
            let place = |dir: &OsStr| Destination::of_path(dir.into()).ok()?.absolute().ok();
            return values
                .into_iter()
                .filter_map(place)
                .flat_map(|place| match place {
                    Destination::Directory(dir) => option(name, dir.as_os_str()),
                    Destination::Bucket(folder) => option(name, OsStr::new(&folder.to_string())),
                })
                .collect();
        }
        if arg.get_value_delimiter().is_some() {
            return option(name, &values.join(OsStr::new(",")));
        }
        values.into_iter().flat_map(|value| option(name, value)).collect()
    }
}

/// Returns the words of an option and its value.
pub(super) fn option(name: &str, value: &OsStr) -> Vec<OsString> {
    let name = format!("--{name}");
    let is_dashed = value.len() > 1 && value.as_encoded_bytes().starts_with(b"-");
    if !is_dashed {
        return vec![name.into(), value.into()];
    }
    let mut word = OsString::from(name + "=");
    word.push(value);
    vec![word]
}

/// Returns the words quoted for a shell, each with a space before it.
pub(super) fn line(words: &[OsString]) -> String {
    let typed = |word: &OsString| {
        // Only the value is quoted, which is easier to read.
        let (name, value) = word.to_str().and_then(|word| word.split_once('=')).unwrap_or_default();
        if name.starts_with("--") {
            format!(" {name}={}", shell_word(value))
        } else {
            format!(" {}", shell_path(Path::new(word)))
        }
    };
    words.iter().map(typed).collect()
}

pub(super) fn id_of(name: &str) -> String {
    name.replace('-', "_")
}

/// True if an option means the same in two commands: `--to` is a time in one and a place in another.
fn is_same(one: &Arg, other: &Arg) -> bool {
    let values = |arg: &Arg| -> Vec<String> {
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect()
    };
    one.get_id() == other.get_id()
        && one.get_value_names() == other.get_value_names()
        && values(one) == values(other)
}

/// Returns the server options that a run keeps; a flag has no value.
pub(super) fn kept(server: &Server) -> Vec<(String, Option<OsString>)> {
    // The resolved endpoint is not the value of an option.
    let server = Server { endpoint: None, ..server.clone() };
    let Ok(serde_json::Value::Object(kept)) = serde_json::to_value(server) else { return Vec::new() };
    let options = kept.into_iter().filter_map(|(id, value)| match value {
        serde_json::Value::String(value) => Some((id, Some(value.into()))),
        serde_json::Value::Bool(true) => Some((id, None)),
        _ => None,
    });
    options.collect()
}

impl Suggestion {
    /// True if the command repeats an option of the typed one.
    pub(super) fn repeats(&self, arg: &Arg, target: &Command) -> bool {
        let id = arg.get_id().as_str();
        let of_place = arg.get_help_heading() == Some(SERVER) || matches!(id, "state_dir" | "state_profile");
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
            // The page of another command would replace the one just written.
            && (id != "html" || self.verb == self.typed.verb)
            && same.get_help_heading() != Some(OUTPUT)
            && !is_listed(&self.own)
            && !is_listed(&self.without)
            && (of_place || !self.place_only)
            && !own().any(|own| conflicts(own, same) || conflicts(same, own))
    }
}
