//! A database or a store restored by commands: Cloud SQL, a self-hosted server, a queue, a volume, or anything else.
//!
//! | command | prints | if absent |
//! |---|---|---|
//! | `window` | two times, the earliest and the latest, `-` if unknown | any time is tried; with `snapshot`, only the times of marks |
//! | `snapshot` | stores only: the ID of the snapshot that it took for a mark | marks have no snapshot of it |
//! | `release` | | required with `snapshot` |
//! | `restore` | | required |
//! | `progress` | `none`, `restoring [PERCENT]`, `available`, `failed [WHY]` or `foreign [WHOSE]` | `restore` (and `wait`) return when the database is ready; a drill is refused |
//! | `wait` | | |
//! | `endpoint` | the database's address | the address stays unknown |
//! | `teardown` | | a drill is refused, unless `--keep` |
//!
//! Every command gets these environment variables: `ASOF_AT` (RFC 3339), `ASOF_AT_EPOCH`, `ASOF_RUN` (the tag),
//! `ASOF_DATABASE` or `ASOF_STORE`, `ASOF_SOURCE`, `ASOF_TARGET` and, at a mark, `ASOF_SNAPSHOT`.
//!
//! An interrupted `restore` is run again with the same `ASOF_RUN`, unless `progress` reports the restore under way or
//! done.

use std::time::Duration;

use super::{Connection, Found, Noun, Request, RestoreProgress, RestoreRequest, Window};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, printable};
use crate::program::{Environment, Program, RunLimits};

mod snapshot;

pub(crate) use snapshot::{Snapshot, SnapshotCommands};

/// The settings of a database or a store in the recovery file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub noun: Noun,
    pub name: String,
    /// The source to restore, passed to the commands.
    pub source: Option<String>,
    /// The target to restore into, passed to the commands.
    pub target: Option<String>,
    pub window: Restorable,
    /// Takes and removes the snapshots of a store.
    pub snapshots: Option<Box<SnapshotCommands>>,
    /// Runs or starts the restore.
    pub restore: Program,
    /// Prints the restore's progress.
    pub progress: Option<Program>,
    /// Returns when the restore is done.
    pub wait: Option<Program>,
    /// Prints the restored database's address.
    pub endpoint: Option<Program>,
    /// Removes the restored database.
    pub teardown: Option<Program>,
}

/// The restorable times of a database or a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Restorable {
    /// Unknown: any time is tried.
    AnyTime,
    /// The times of marks with a snapshot, and no others.
    Marks,
    /// Printed by this command.
    Printed(Program),
}

impl Settings {
    pub(crate) fn programs(&mut self) -> Vec<&mut Program> {
        let Self { noun: _, name: _, source: _, target: _, window, snapshots, restore, .. } = self;
        let Self { progress, wait, endpoint, teardown, .. } = self;
        let window = match window {
            Restorable::Printed(program) => Some(program),
            Restorable::AnyTime | Restorable::Marks => None,
        };
        let others = [progress, wait, endpoint, teardown].into_iter().flatten();
        let of_snapshots = snapshots.iter_mut().flat_map(|commands| {
            let SnapshotCommands { take, release } = &mut **commands;
            [take, release]
        });
        std::iter::once(restore).chain(window).chain(of_snapshots).chain(others).collect()
    }
}

#[derive(Debug)]
pub(crate) struct Database {
    settings: Settings,
    /// The snapshots that marks have of a store, oldest first.
    snapshots: Vec<Snapshot>,
    cancel: Cancel,
}

impl Database {
    /// Creates the database. `cancel` stops read-only commands; commands that change something run to their end.
    pub(crate) fn new(settings: Settings, snapshots: Vec<Snapshot>, cancel: Cancel) -> Self {
        Self { settings, snapshots, cancel }
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(super) fn noun(&self) -> Noun {
        self.settings.noun
    }

    pub(super) async fn window(&self) -> Result<Window> {
        let marks = self.snapshots.iter().map(|snapshot| snapshot.at).collect();
        let program = match &self.settings.window {
            Restorable::AnyTime => return Ok(Window { marks, ..Window::default() }),
            Restorable::Marks => return Ok(Window { range: None, marks }),
            Restorable::Printed(program) => program,
        };
        let what = self.what("window");
        let printed = program.read(&what, &self.environment(None), self.question()).await?;
        let window = read_window(&printed).ok_or_else(|| self.nonsense("window", &printed, WINDOW))?;
        Ok(Window { marks, ..window })
    }

    pub(super) async fn find(&self, request: &RestoreRequest) -> Result<Found> {
        if self.settings.progress.is_none() {
            return Ok(Found::Nothing);
        }
        self.ask_progress(request).await.map(|(found, _)| found)
    }

    pub(super) fn can_tell(&self) -> bool {
        self.settings.progress.is_some()
    }

    pub(super) async fn start(&self, request: &RestoreRequest) -> Result<Request> {
        let environment = self.environment(Some(request));
        self.settings.restore.run(&self.what("restore"), &environment, RunLimits::default()).await?;
        Ok(Request::Accepted(None))
    }

    pub(super) async fn progress(&self, request: &RestoreRequest) -> Result<RestoreProgress> {
        if self.settings.progress.is_some() {
            return Ok(match self.ask_progress(request).await? {
                (Found::Restoring, percent) => {
                    RestoreProgress::Restoring { percent, state: "restoring".to_owned() }
                }
                (Found::Available, _) => RestoreProgress::Available { endpoint: None },
                (Found::Failed(why), _) => RestoreProgress::Failed { why },
                // A server may not list the new database right after the request. Like RDS's "not found", this counts
                // as a failed answer, and a few failures in a row are tolerated.
                (Found::Nothing, _) => {
                    let message =
                        format!("{} prints none: the {} does not exist", self.what("progress"), self.noun());
                    return Err(Error::new(ErrorKind::Missing, message));
                }
                (Found::Foreign(whose), _) => RestoreProgress::Failed {
                    why: format!("another {} is in its place: {whose}", self.noun()),
                },
            });
        }
        if let Some(wait) = &self.settings.wait {
            let environment = self.environment(Some(request));
            let run_limits = RunLimits { cancel: Some(&self.cancel), deadline: None };
            match wait.run(&self.what("wait"), &environment, run_limits).await {
                Err(e) if e.kind() == ErrorKind::Local => {
                    return Ok(RestoreProgress::Failed { why: e.to_string() });
                }
                ended => ended?,
            }
        }
        Ok(RestoreProgress::Available { endpoint: None })
    }

    pub(super) async fn connection(&self, request: &RestoreRequest) -> Result<Connection> {
        let identifier = self.settings.target.clone();
        Ok(Connection { endpoint: self.endpoint(request).await?, identifier, ..Connection::default() })
    }

    async fn endpoint(&self, request: &RestoreRequest) -> Result<Option<String>> {
        let Some(program) = &self.settings.endpoint else { return Ok(None) };
        let what = self.what("endpoint");
        let printed = program.read(&what, &self.environment(Some(request)), self.question()).await?;
        Ok(Some(printed.trim().to_owned()).filter(|endpoint| !endpoint.is_empty()))
    }

    pub(super) async fn teardown(&self, request: &RestoreRequest) -> Result<()> {
        self.teardown_within(request, limits::LAST_COMMAND).await
    }

    /// Teardown runs even after a drill's deadline, so only its own deadline stops it.
    async fn teardown_within(&self, request: &RestoreRequest, deadline: Duration) -> Result<()> {
        let found = self.find(request).await?;
        if let Found::Foreign(whose) = &found {
            let title = self.title();
            let message = format!("the {title} was not torn down: it belongs to another recovery ({whose})");
            return Err(Error::new(ErrorKind::Refused, message));
        }
        // The database may have been removed by hand.
        if self.settings.teardown.is_none() && self.settings.progress.is_some() && found == Found::Nothing {
            return Ok(());
        }
        let Some(program) = &self.settings.teardown else {
            let message = format!("the {} has no teardown command", self.title());
            return Err(
                Error::usage(message).hint(format!("add one, or tear the {} down by hand", self.noun()))
            );
        };
        let run_limits = RunLimits { deadline: Some(deadline), cancel: None };
        program.run(&self.what("teardown"), &self.environment(Some(request)), run_limits).await
    }

    async fn ask_progress(&self, request: &RestoreRequest) -> Result<(Found, Option<u8>)> {
        let Some(program) = &self.settings.progress else { return Ok((Found::Nothing, None)) };
        let what = self.what("progress");
        let printed = program.read(&what, &self.environment(Some(request)), self.question()).await?;
        read_progress(&printed).ok_or_else(|| self.nonsense("progress", &printed, PROGRESS))
    }

    fn question(&self) -> RunLimits<'_> {
        RunLimits { deadline: Some(limits::QUESTION_TIMEOUT), cancel: Some(&self.cancel) }
    }

    fn what(&self, command: &str) -> String {
        format!("the {command} command of the {}", self.title())
    }

    fn title(&self) -> String {
        format!("{} {}", self.noun(), self.name())
    }

    fn nonsense(&self, command: &str, printed: &str, form: &str) -> Error {
        let quoted: String = printed.trim().chars().take(limits::QUOTED).collect();
        let message = format!("{} printed \"{}\"", self.what(command), printable(&quoted));
        Error::new(ErrorKind::Invalid, message).hint(format!("it must print {form}"))
    }

    fn environment(&self, request: Option<&RestoreRequest>) -> Environment {
        let mut variables = self.names();
        let mut set = |name: &str, value: Option<String>| {
            variables.extend(value.map(|value| (name.to_owned(), value)));
        };
        set("ASOF_AT", request.map(|request| request.at.to_string()));
        set("ASOF_AT_EPOCH", request.map(|request| request.at.second().to_string()));
        set("ASOF_RUN", request.map(|request| request.tag.clone()));
        let marked = |request: &RestoreRequest| self.snapshot_at(request.at).map(str::to_owned);
        let snapshot = request.and_then(|request| request.snapshot.clone().or_else(|| marked(request)));
        set("ASOF_SNAPSHOT", snapshot);
        variables
    }

    /// The variables that tell the commands which database or store they are for.
    fn names(&self) -> Environment {
        let Settings { noun, name, source, target, .. } = &self.settings;
        let given = [("ASOF_SOURCE", source), ("ASOF_TARGET", target)].into_iter();
        let given = given.filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)));
        std::iter::once((noun.variable().to_owned(), name.clone())).chain(given).collect()
    }
}

const WINDOW: &str = "the earliest and the latest restorable time, each as 2026-11-17T14:30:05Z or @1794925805, or - if unknown";
const PROGRESS: &str = "none, restoring [PERCENT], available, failed [WHY] or foreign [WHOSE]";

fn read_window(printed: &str) -> Option<Window> {
    let mut words = printed.split_whitespace();
    let mut time = || {
        let word = words.next()?;
        if word == "-" { Some(None) } else { Instant::parse_moment(word).map(Some) }
    };
    let window = Window::between(time()?, time()?);
    words.next().is_none().then_some(window)
}

/// Parses the state and the percentage done.
fn read_progress(printed: &str) -> Option<(Found, Option<u8>)> {
    let printed = printed.trim();
    let (word, rest) = printed.split_once(char::is_whitespace).unwrap_or((printed, ""));
    let rest = rest.trim();
    let told = || if rest.is_empty() { "no reason given".to_owned() } else { rest.to_owned() };
    Some(match word {
        "none" => (Found::Nothing, None),
        "restoring" => (Found::Restoring, rest.trim_end_matches('%').parse().ok().filter(|n| *n <= 100)),
        "available" => (Found::Available, None),
        "failed" => (Found::Failed(told()), None),
        "foreign" => (Found::Foreign(told()), None),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
