//! The environment variables of hooks and commands.

use crate::db::{Connection, Noun};
use crate::program::Environment;
use crate::recover::{DatabaseKind, RecoveryState, Step, StepResult};
use crate::state::Recovery;

/// The target time, the tag, and the connection of each available database: under `ASOF_HOST` and so on for the first,
/// and by name for each, as in `ASOF_HOST_ORDERS`.
pub(super) fn environment(recovery: &Recovery, databases: &[DatabaseKind]) -> Environment {
    let restore_request = recovery.restore_request();
    let mut variables = vec![
        ("ASOF_AT".to_owned(), restore_request.at.to_string()),
        ("ASOF_AT_EPOCH".to_owned(), restore_request.at.second().to_string()),
        ("ASOF_RUN".to_owned(), restore_request.tag),
    ];
    let state = recovery.state();
    for (n, database) in databases.iter().enumerate() {
        for (what, value) in reached(&state, n) {
            if n == 0 && database.noun() == Noun::Database {
                variables.push((format!("ASOF_{what}"), value.clone()));
            }
            variables.push((database.variable(what), value));
        }
    }
    variables
}

/// The same for a command about one database, whose connection the variables without a name then describe.
pub(super) fn environment_of(recovery: &Recovery, databases: &[DatabaseKind], n: usize) -> Environment {
    let mut variables = environment(recovery, databases);
    let first = reached(&recovery.state(), 0);
    variables.retain(|(name, _)| !first.iter().any(|(what, _)| *name == format!("ASOF_{what}")));
    variables.extend(databases.get(n).map(|one| (one.noun().variable().to_owned(), one.name().to_owned())));
    let own = reached(&recovery.state(), n);
    variables.extend(own.into_iter().map(|(what, value)| (format!("ASOF_{what}"), value)));
    variables
}

/// The result of a step that makes a database available.
pub(super) fn reached_by(connection: Connection) -> StepResult {
    let note = connection.endpoint.clone();
    let connection = Some(connection).filter(|connection| !connection.is_empty());
    StepResult { note, connection, ..StepResult::default() }
}

/// The connection of a database if it is available, under its source's name once it has that. A journal of an older
/// asof records only the endpoint.
fn reached(state: &RecoveryState, n: usize) -> Vec<(&'static str, String)> {
    let swapped = state.swap(n).and_then(|_| state.result(Step::Swap(n)));
    let swapped = swapped.filter(|result| **result != StepResult::default());
    let Some(result) = swapped.or_else(|| state.result(Step::Settle(n))) else { return Vec::new() };
    let noted = || Connection { endpoint: result.note.clone(), ..Connection::default() };
    result.connection.clone().unwrap_or_else(noted).variables()
}
