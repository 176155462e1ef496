//! Renames databases: for some descriptions, if configured, the old name is still available; then it is `renaming`,
//! then neither name exists for a moment, then the new one does, with another ARN and endpoint.
//!
//! <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RenameInstance.html>

use std::collections::BTreeMap;

use super::form::Form;
use super::handler::{Outcome, Refusal};
use super::store::{Database, Hidden, Late, Store, states};

/// The descriptions that show it as `renaming`, followed by those that do not know its new name yet.
const RENAMING: &[&str] = &["renaming", "renaming"];
const UNSEEN: usize = 1;

/// Returns the new name in a request, if it has one. Fails if the name is taken or too long.
pub(super) fn asked<'a>(
    form: &'a Form,
    parameter: &str,
    there: &BTreeMap<String, Database>,
    taken: &'static str,
) -> Outcome<Option<&'a str>> {
    let Some(name) = form.get(parameter) else { return Ok(None) };
    if !form.is("ApplyImmediately") {
        let message = format!("{parameter} waits for the maintenance window, which the lab has none of.");
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if name.len() > 63 || name.is_empty() || !name.chars().all(is_letter) {
        let message = format!("The parameter {parameter} is not a valid identifier.");
        return Err(Refusal::new("InvalidParameterValue", message));
    }
    if there.contains_key(name) || there.values().any(|other| other.renamed_to.as_deref() == Some(name)) {
        return Err(Refusal::new(taken, format!("{name} already exists")));
    }
    Ok(Some(name))
}

/// Starts to rename a database.
pub(super) fn begin(database: &mut Database, name: &str, Late { untold, pending }: Late) {
    database.renamed_to = Some(name.to_owned());
    database.untold = untold;
    let available = vec!["available"; untold + pending];
    database.states = states(&[&available[..], RENAMING].concat());
}

/// Returns true if a description of this name advances the renaming: either name does.
pub(super) fn is_named(database: &Database, id: &str) -> bool {
    database.id == id || database.renamed_to.as_deref() == Some(id)
}

/// Renames databases that have been `renaming` for long enough.
pub(super) fn finish(store: &mut Store) {
    for done in take_renamed(&mut store.instances) {
        store.instances.insert(done.id.clone(), done);
    }
    for (old, done) in take_renamed(&mut store.clusters).into_iter().map(|done| (done.former.clone(), done)) {
        let members = store.instances.values_mut().filter(|member| member.cluster == old);
        members.for_each(|member| member.cluster = Some(done.id.clone()));
        store.clusters.insert(done.id.clone(), done);
    }
}

fn take_renamed(there: &mut BTreeMap<String, Database>) -> Vec<Database> {
    let is_done = |database: &Database| database.renamed_to.is_some() && database.states.is_empty();
    let names: Vec<_> = there.values().filter(|one| is_done(one)).map(|one| one.id.clone()).collect();
    let mut done = Vec::new();
    for name in names {
        let Some(mut database) = there.remove(&name) else { continue };
        database.id = database.renamed_to.take().unwrap_or_default();
        database.former = Some(name);
        database.states = states(&["available"]);
        database.hidden = Hidden { descriptions: UNSEEN, ..Hidden::default() };
        done.push(database);
    }
    done
}
