//! Deletes databases: refuses those that are protected, in use or still being created; a deleted one disappears after
//! two more descriptions.

use super::describe::{self, Element};
use super::engines;
use super::form::Form;
use super::handler::{Outcome, Refusal, needed, no_cluster, no_instance};
use super::store::{Database, Store, states};

pub(super) fn instance(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = needed(form, "DBInstanceIdentifier")?;
    let instance = store.instances.get_mut(id).ok_or_else(|| no_instance(id))?;
    check(instance, form, "InvalidDBInstanceState")?;
    if instance.cluster.is_some() && engines::is_multi_az(&instance.engine) {
        let message = "An instance of a Multi-AZ DB cluster cannot be deleted.";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    // The backups of its instances are those of the cluster.
    let retained = form.get("DeleteAutomatedBackups") == Some("false") && instance.cluster.is_none();
    instance.states = states(&["deleting", "deleting"]);
    let instance = instance.clone();
    if retained {
        store.retained.insert(instance.resource_id.clone(), (instance.clone(), now));
    }
    Ok(vec![describe::instance(&instance, now)])
}

pub(super) fn cluster(store: &mut Store, now: i64, form: &Form) -> Outcome<Vec<Element>> {
    let id = needed(form, "DBClusterIdentifier")?;
    let cluster = store.clusters.get(id).ok_or_else(|| no_cluster(id))?.clone();
    check(&cluster, form, "InvalidDBClusterStateFault")?;
    if engines::is_multi_az(&cluster.engine) {
        let members = store.instances.values_mut().filter(|member| member.cluster.as_deref() == Some(id));
        members.for_each(|member| member.states = states(&["deleting", "deleting"]));
    }
    if store.members(id).any(|member| member.state() != "deleting") {
        let message = "Cluster cannot be deleted, it still contains DB instances in non-deleting state.";
        return Err(Refusal::new("InvalidDBClusterStateFault", message));
    }
    if form.get("DeleteAutomatedBackups") == Some("false") {
        store.retained.insert(cluster.resource_id.clone(), (cluster.clone(), now));
    }
    if let Some(cluster) = store.clusters.get_mut(id) {
        cluster.states = states(&["deleting", "deleting"]);
    }
    Ok(vec![describe::cluster(store, &cluster, now)])
}

fn check(database: &Database, form: &Form, busy: &'static str) -> Outcome<()> {
    if database.state() == "deleting" {
        return Err(Refusal::new(busy, format!("{} is already being deleted.", database.id)));
    }
    if database.state() == "creating" {
        return Err(Refusal::new(busy, format!("{} is not currently in the available state.", database.id)));
    }
    if database.is("DeletionProtection") {
        let message =
            "Cannot delete protected DB Instance, please disable deletion protection and try again.";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    let in_cluster = database.cluster.is_some();
    if !in_cluster && !form.is("SkipFinalSnapshot") && form.get("FinalDBSnapshotIdentifier").is_none() {
        let message = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    Ok(())
}
