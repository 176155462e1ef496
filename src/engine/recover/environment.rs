//! The variables that hooks and the references' command find.

use super::Recovery;
use crate::db::Connection;
use crate::program::Environment;
use crate::recover::{DatabaseKind, Step, StepResult};

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
        let Some(settled) = state.result(Step::Settle(n)) else { continue };
        for (what, value) in reached(settled) {
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
    let first: Vec<_> = recovery.state().result(Step::Settle(0)).map(reached).unwrap_or_default();
    variables.retain(|(name, _)| !first.iter().any(|(what, _)| *name == format!("ASOF_{what}")));
    variables.extend(databases.get(n).map(|one| ("ASOF_DATABASE".to_owned(), one.name().to_owned())));
    let own = recovery.state().result(Step::Settle(n)).map(reached).unwrap_or_default();
    variables.extend(own.into_iter().map(|(what, value)| (format!("ASOF_{what}"), value)));
    variables
}

/// What came of a database that is there.
pub(super) fn reached_by(connection: Connection) -> StepResult {
    let note = connection.endpoint.clone();
    let connection = Some(connection).filter(|connection| !connection.is_empty());
    StepResult { note, connection, ..StepResult::default() }
}

/// A journal of an older asof has noted the endpoint alone.
fn reached(settled: &StepResult) -> Vec<(&'static str, String)> {
    let noted = || Connection { endpoint: settled.note.clone(), ..Connection::default() };
    settled.connection.clone().unwrap_or_else(noted).variables()
}
