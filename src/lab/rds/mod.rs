//! A small RDS: instances and clusters that are restored to a past second as in AWS, except for the data.
//!
//! A request is a form, a reply is XML ([`form`], [`describe`]). The settings of a restored database are in
//! [`defaults`], errors in [`handler`]. A created database passes through states, one further with each description, so
//! that a test sees them all and waits for none. Signatures are not checked.

mod action;
mod catalogue;
mod defaults;
mod describe;
mod engines;
mod form;
mod handler;
mod password;
mod remove;
mod rename;
mod store;

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use action::Action as RdsAction;
pub use store::{Hidden, Late};

use super::clock::Clock;
use super::cut::{CutOff, ReplyBody, respond};
use super::fault::{Fault, Faults};
use super::server::{self, Answer};
use crate::endpoint::reply::{Reply, request_id};
use form::Form;
use handler::Refusal;
use store::{Database, Store};

/// A running RDS on loopback. Dropping it stops it.
#[derive(Debug)]
pub struct Rds {
    serving: Arc<Serving>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// The state shared by all connections.
#[derive(Debug)]
struct Serving {
    clock: Clock,
    faults: Faults<RdsAction>,
    counts: Mutex<BTreeMap<RdsAction, usize>>,
    store: Mutex<Store>,
}

impl Rds {
    /// Starts an RDS on a free port. `clock` determines the latest restorable time.
    pub async fn start(clock: Clock) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = listener.local_addr()?;
        let serving = Arc::new(Serving {
            clock,
            faults: Faults::default(),
            counts: Mutex::default(),
            store: Mutex::default(),
        });
        let answering = Arc::clone(&serving);
        let answer = move |request| answer(Arc::clone(&answering), request);
        let accepting = tokio::spawn(server::accept(listener, answer));
        Ok(Self { serving, address, accepting })
    }

    /// Returns the endpoint, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the faults to inject: `SlowDown` becomes `Throttling`.
    pub fn faults(&self) -> Faults<RdsAction> {
        self.serving.faults.clone()
    }

    /// Returns how often an action was requested, including failures.
    pub fn asked(&self, action: RdsAction) -> usize {
        lock(&self.serving.counts).get(&action).copied().unwrap_or_default()
    }

    /// Returns the names of the requested actions.
    pub fn all_asked(&self) -> Vec<&'static str> {
        lock(&self.serving.counts).keys().map(|action| action.name()).collect()
    }

    /// Returns a handle to the same RDS, for use in hooks.
    pub fn handle(&self) -> RdsHandle {
        RdsHandle(Arc::clone(&self.serving))
    }

    /// Sets the states that restored instances and clusters pass through from now on.
    pub fn set_restoring(&self, states: &[&str]) {
        let mut store = lock(&self.serving.store);
        store.restoring = store::states(states);
        store.restoring_cluster = store::states(states);
    }

    /// Sets what is hidden at first of databases created from now on: RDS is eventually consistent.
    pub fn hide(&self, hidden: Hidden) {
        self.handle().hide(hidden);
    }

    /// Sets the states that an instance or a cluster passes through from now on.
    pub fn set_states(&self, id: &str, states: &[&str]) {
        self.handle().set_states(id, states);
    }
}

/// A handle to an RDS, whether it still runs or not.
#[derive(Clone, Debug)]
pub struct RdsHandle(Arc<Serving>);

impl RdsHandle {
    /// Like [`Rds::hide`].
    pub fn hide(&self, hidden: Hidden) {
        lock(&self.0.store).hidden = hidden;
    }

    /// Sets how late descriptions show a renaming from now on.
    pub fn rename_late(&self, late: Late) {
        lock(&self.0.store).late = late;
    }

    /// Removes a group, or an available class.
    pub fn remove(&self, name: &str) {
        lock(&self.0.store).catalogue.removed.insert(name.to_owned());
    }

    /// Sets the quota of instances.
    pub fn set_quota(&self, instances: usize) {
        lock(&self.0.store).catalogue.instances = instances;
    }

    /// Makes an instance the source of a blue/green deployment.
    pub fn deploy_blue_green(&self, id: &str) {
        lock(&self.0.store).catalogue.blue_green.insert(id.to_owned());
    }

    /// Creates an instance that does not belong to asof.
    pub fn occupy(&self, id: &str) {
        let made = defaults::make(defaults::Kind::Instance, &Form::default(), None);
        let instance = Database { id: id.to_owned(), ..made };
        lock(&self.0.store).instances.insert(id.to_owned(), instance);
    }

    /// Returns the master password of an instance or a cluster, once it is set.
    pub fn master_password(&self, id: &str) -> Option<String> {
        let store = lock(&self.0.store);
        let database = store.instances.get(id).or(store.clusters.get(id));
        database.and_then(|database| database.password.clone())
    }

    /// Adds an IAM role for a feature to an instance or a cluster.
    pub fn add_role(&self, id: &str, role: &str, feature: &str) {
        self.change(id, |database| database.roles.push((role.to_owned(), feature.to_owned())));
    }

    /// Adds a read replica to an instance.
    pub fn add_replica(&self, id: &str, replica: &str) {
        self.change(id, |database| database.replicas.push(replica.to_owned()));
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Database)) {
        let mut store = lock(&self.0.store);
        let Store { instances, clusters, .. } = &mut *store;
        if let Some(database) = instances.get_mut(id).or(clusters.get_mut(id)) {
            change(database);
        }
    }

    /// Adds a tag to an instance or a cluster.
    pub fn tag(&self, id: &str, key: &str, value: &str) {
        self.change(id, |database| drop(database.tags.insert(key.to_owned(), value.to_owned())));
    }

    /// Replaces an instance with another that has the same name and tags.
    pub fn replace(&self, id: &str) {
        let mut store = lock(&self.0.store);
        let resource_id = store.resource_id("db");
        if let Some(instance) = store.instances.get_mut(id) {
            instance.resource_id = resource_id;
        }
    }

    /// Makes an instance or a cluster older by this many milliseconds.
    pub fn backdate(&self, id: &str, by: i64) {
        self.change(id, |database| database.created -= by);
    }

    /// Enables deletion protection of an instance or a cluster, as another user would.
    pub fn protect(&self, id: &str) {
        self.change(id, |database| database.set("DeletionProtection", "true"));
    }

    /// Moves an instance to a security group, unless this was done before.
    pub fn move_once(&self, id: &str, group: &str) {
        let mut store = lock(&self.0.store);
        let moved = store.moved.insert(id.to_owned());
        match store.instances.get_mut(id) {
            Some(instance) if moved => instance.groups = vec![group.to_owned()],
            Some(_) => {}
            None => drop(store.moved.remove(id)),
        }
    }

    /// Sets the states that an instance or a cluster passes through from now on.
    pub fn set_states(&self, id: &str, states: &[&str]) {
        self.change(id, |database| database.states = store::states(states));
    }
}

impl Drop for Rds {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(serving: Arc<Serving>, request: hyper::Request<Incoming>) -> Answer {
    let id = request_id();
    let body = request.into_body().collect().await.map_err(|_| CutOff::Reset)?.to_bytes();
    let form = Form::parse(&body);
    let Some(action) = form.get("Action").and_then(RdsAction::parse) else {
        let refusal = Refusal::new("InvalidAction", "Could not find the operation");
        return Ok(respond(refused(&refusal, &id), &id).map(ReplyBody::from));
    };
    *lock(&serving.counts).entry(action).or_default() += 1;
    let verdict = serving.faults.judge(action, None);
    verdict.hooks.iter().for_each(|hook| hook());
    if !verdict.delay.is_zero() {
        tokio::time::sleep(verdict.delay).await;
    }
    let outcome = match verdict.fault {
        Some(Fault::Reset) => return Err(CutOff::Reset),
        Some(Fault::SlowDown) => Err(Refusal::new("Throttling", "Rate exceeded")),
        Some(Fault::InternalError) => Err(Refusal::with(500, "InternalFailure", "An internal error")),
        Some(Fault::AccessDenied) => {
            let user = "User: arn:aws:iam::000000000000:user/lab";
            let message = format!("{user} is not authorized to perform: rds:{}", action.name());
            Err(Refusal::with(403, "AccessDenied", message))
        }
        Some(Fault::ExpiredToken) => {
            Err(Refusal::with(403, "ExpiredToken", "The security token included in the request is expired"))
        }
        _ => handler::handle(&mut lock(&serving.store), serving.clock.now(), action, &form),
    };
    if verdict.fault == Some(Fault::ReplyLost) {
        return Err(CutOff::Reset);
    }
    let reply = match outcome {
        Ok(result) => Reply::xml(describe::reply(action, &result, &id)),
        Err(refusal) => refused(&refusal, &id),
    };
    let response = respond(reply, &id).map(ReplyBody::from);
    Ok(if verdict.fault == Some(Fault::Stalled) { response.map(ReplyBody::stalled) } else { response })
}

fn refused(refusal: &Refusal, id: &str) -> Reply {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    Reply { status, ..Reply::xml(describe::refusal(refusal, id)) }
}
