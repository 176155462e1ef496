//! The variables that hooks and the references' command find.

use crate::db::Connection;
use crate::program::Environment;
use crate::recover::{DatabaseKind, RecoveryState, Step, StepResult};
use crate::state::Recovery;

/// The time, the tag, and how each database that is there is reached: the first as `ASOF_HOST`, and each by its name too,
/// as `ASOF_HOST_ORDERS`.
pub(super) fn environment(recovery: &Recovery, databases: &[DatabaseKind]) -> Environment {
    let errand = recovery.errand();
    let mut variables = vec![
        ("ASOF_AT".to_owned(), errand.at.to_string()),
        ("ASOF_AT_EPOCH".to_owned(), errand.at.second().to_string()),
        ("ASOF_RUN".to_owned(), errand.tag),
    ];
    let state = recovery.state();
    for (n, database) in databases.iter().enumerate() {
        for (what, value) in reached(&state, n) {
            if n == 0 {
                variables.push((format!("ASOF_{what}"), value.clone()));
            }
            variables.push((database.variable(what), value));
        }
    }
    variables
}

/// The same for a command about one database: it is the one that the variables without a name are of.
pub(super) fn environment_of(recovery: &Recovery, databases: &[DatabaseKind], n: usize) -> Environment {
    let mut variables = environment(recovery, databases);
    let first = reached(&recovery.state(), 0);
    variables.retain(|(name, _)| !first.iter().any(|(what, _)| *name == format!("ASOF_{what}")));
    variables.extend(databases.get(n).map(|one| ("ASOF_DATABASE".to_owned(), one.name().to_owned())));
    let own = reached(&recovery.state(), n);
    variables.extend(own.into_iter().map(|(what, value)| (format!("ASOF_{what}"), value)));
    variables
}

/// What came of a database that is there.
pub(super) fn reached_by(connection: Connection) -> StepResult {
    let note = connection.endpoint.clone();
    let connection = Some(connection).filter(|connection| !connection.is_empty());
    StepResult { note, connection, ..StepResult::default() }
}

/// How a database is reached, if it is there: by its source's name once it has that. A journal of an older asof has noted the
/// endpoint alone.
fn reached(state: &RecoveryState, n: usize) -> Vec<(&'static str, String)> {
    let swapped = state.swap(n).and_then(|_| state.result(Step::Swap(n)));
    let swapped = swapped.filter(|result| **result != StepResult::default());
    let Some(result) = swapped.or_else(|| state.result(Step::Settle(n))) else { return Vec::new() };
    let noted = || Connection { endpoint: result.note.clone(), ..Connection::default() };
    result.connection.clone().unwrap_or_else(noted).variables()
}
