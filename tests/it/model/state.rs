//! The model: the whole state of a bucket after every event, by replaying the writes. It never reads a listing.

use std::collections::{BTreeMap, BTreeSet};

use asof::lab::{Content, Put};

use super::history::{Event, What};

/// The contents of a bucket, by key.
pub(crate) type State = BTreeMap<String, Content>;

/// The states of a bucket over time, each with its first second.
#[derive(Debug)]
pub(crate) struct Model(Vec<(i64, State)>);

impl Model {
    pub(crate) fn replay(events: &[Event]) -> Self {
        let mut model = Self(Vec::new());
        for Event { second, what } in events {
            match what {
                What::Put { key, object } => {
                    model.step(*second, |state| drop(state.insert(key.clone(), content(object))));
                }
                What::Delete { key } => model.step(*second, |state| drop(state.remove(key))),
                What::Copy { from, to, class } => model.step(*second, |state| {
                    if let Some(source) = state.get(from) {
                        state.insert(to.clone(), Content { storage_class: class.clone(), ..source.clone() });
                    }
                }),
                What::Upload { key, object, takes, meanwhile } => {
                    model.step(*second, |state| drop(state.insert(key.clone(), content(object))));
                    if let Some(object) = meanwhile {
                        let then = second + takes / 2;
                        model.step(then, |state| drop(state.insert(key.clone(), content(object))));
                    }
                }
            }
        }
        model
    }

    fn step(&mut self, second: i64, change: impl FnOnce(&mut State)) {
        let mut state = self.now();
        change(&mut state);
        self.0.push((second, state));
    }

    /// Takes down that the bucket holds this from a second on.
    pub(crate) fn becomes(&mut self, second: i64, state: State) {
        self.0.push((second, state));
    }

    pub(crate) fn now(&self) -> State {
        self.0.last().map(|(_, state)| state.clone()).unwrap_or_default()
    }

    /// Returns every key that ever existed.
    pub(crate) fn keys(&self) -> BTreeSet<String> {
        self.0.iter().flat_map(|(_, state)| state.keys().cloned()).collect()
    }

    /// The state at the end of a second.
    pub(crate) fn at(&self, second: i64) -> State {
        let held = self.0.iter().rev().find(|(since, _)| *since <= second);
        held.map(|(_, state)| state.clone()).unwrap_or_default()
    }
}

/// Returns the content of an object after it is put.
fn content(object: &Put) -> Content {
    let mut system = object.system.clone();
    let content_type = object.content_type.as_deref().unwrap_or("binary/octet-stream");
    system.insert("content-type".to_owned(), content_type.to_owned());
    Content {
        body: object.body.clone(),
        system,
        metadata: object.metadata.clone(),
        raw: object.raw.clone(),
        tags: object.tags.clone(),
        storage_class: object.storage_class.clone().unwrap_or_else(|| "STANDARD".to_owned()),
        redirect: None,
    }
}

/// Key and kind of every change that makes one state into another, in key order.
pub(crate) fn changes(now: &State, then: &State) -> Vec<(String, String)> {
    let keys: BTreeSet<_> = now.keys().chain(then.keys()).collect();
    let change = |key: &String| match (then.get(key), now.get(key)) {
        (Some(_), None) => Some("undelete"),
        (None, Some(_)) => Some("delete"),
        (then, now) => (then != now).then_some("revert"),
    };
    keys.into_iter().filter_map(|key| Some((key.clone(), change(key)?.to_owned()))).collect()
}
