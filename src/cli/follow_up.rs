//! What restored databases lack of their sources: the commands that a person may run after a recovery.

use super::context::Output;
use crate::db::Database;
use crate::engine::recover::Recovery;
use crate::recover::{Ending, FollowUp};
use crate::report::shell_word;

/// The commands, once everything is restored. That a database cannot be asked is told, and is no failure: it is restored.
pub(super) async fn follow_ups(
    output: Output,
    ending: Ending,
    (recovery, databases): (&Recovery, &[Database]),
) -> Vec<FollowUp> {
    if !matches!(ending, Ending::Done | Ending::Inconsistent) {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (n, database) in databases.iter().enumerate() {
        let name = database.name();
        match database.follow_ups(&recovery.errand_of(n)).await {
            Ok(found) => all.extend(found.into_iter().map(|found| {
                let words: Vec<_> = found.command.iter().map(|word| shell_word(word)).collect();
                FollowUp { database: name.to_owned(), what: found.what, command: words.join(" ") }
            })),
            Err(e) => output.note(&format!(
                "database {name}: unknown which IAM roles and read replicas it lacks: {}",
                e.in_one_line()
            )),
        }
    }
    all
}

/// Names them among the last words.
pub(super) fn name(output: Output, follow_ups: &[FollowUp]) {
    for FollowUp { database, what, command } in follow_ups {
        output.note(&format!("database {database}: not carried over: {what}; to add it: {command}"));
    }
}
