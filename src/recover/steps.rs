//! The steps of a recovery and their order.

use serde::{Deserialize, Serialize};

use super::journal::{RecoveryState, Status};

/// A step of a recovery. Numbers are those of databases or buckets in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// Runs the quiesce hook.
    Quiesce,
    /// Requests the restore of a database.
    Start(usize),
    /// Waits for the database.
    Wait(usize),
    /// Applies the settings that the application needs and the restore has not set.
    Settle(usize),
    /// Restores a bucket.
    Bucket(usize),
    /// Compares a bucket's copy with the state at T.
    Verify(usize),
    /// Runs the hook that prepares the restored databases.
    AfterDatabase,
    /// Runs a database's check command.
    Check(usize),
    /// Compares the keys that rows name with the bucket.
    References,
    /// Runs the check command of a drill.
    DrillCheck,
    /// Gives a database its source's name.
    Swap(usize),
    /// Runs the resume hook.
    Resume,
    /// Applies the settings of a database that the application does not need to wait for.
    Configure(usize),
}

/// The place of a store's restore in the order of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// It is available before any bucket begins.
    BeforeBuckets,
    /// Side by side with the buckets, as every database.
    #[default]
    With,
    /// It begins when all buckets are at T.
    AfterBuckets,
    /// It begins when the references, and everything they need, are done.
    AfterReferences,
}

/// The parts that a recovery consists of, which decide its steps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part is there")]
pub(crate) struct Shape {
    /// True if there is a quiesce hook.
    pub quiesce: bool,
    /// True if there is a resume hook.
    pub resume: bool,
    /// True if there is an after-database hook.
    pub after_database: bool,
    /// True if references are compared.
    pub references: bool,
    /// The comparisons of the references by label; a journal without this field may have any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<String>,
    /// For each database, whether a command checks it.
    #[serde(default)]
    pub checks: Vec<bool>,
    /// The place of each database and store in the order of steps; a journal without this field has no stores.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub orders: Vec<Order>,
    /// For each database, whether it takes its source's name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub swaps: Vec<bool>,
    /// True if copies of buckets are compared with the state at T.
    pub verify: bool,
    /// For each bucket, true if it is read through a view instead of being copied.
    #[serde(default, skip_serializing_if = "is_none")]
    pub views: Vec<bool>,
    /// True if a command checks the whole drill.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill_check: bool,
    /// The number of databases and stores.
    pub databases: usize,
    /// For each database, whether it is restored beside the one in use while the application runs. A journal without
    /// this field belongs to a recovery that quiesced first.
    #[serde(default)]
    pub beside: Vec<bool>,
    /// For each bucket, whether it is restored in place.
    pub in_place: Vec<bool>,
}

fn is_none(views: &[bool]) -> bool {
    !views.contains(&true)
}

/// Returns true if everything is restored side by side with the buckets.
fn is_usual(orders: &[Order]) -> bool {
    orders.iter().all(|order| *order == Order::With)
}

impl Shape {
    /// Every step, in a valid sequential order.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let optional = |there: bool, step: Step| there.then_some(step);
        let of = |n: usize| [Step::Start(n), Step::Wait(n), Step::Settle(n)];
        let in_order = |order: Order| (0..self.databases).filter(move |n| self.order(*n) == order);
        let early = (0..self.databases).filter(|n| self.is_early(*n));
        let (before, after): (Vec<_>, Vec<_>) = early.partition(|n| self.is_beside(*n));
        steps.extend(before.into_iter().flat_map(of));
        steps.extend(optional(self.quiesce, Step::Quiesce));
        steps.extend(after.into_iter().flat_map(of));
        for n in 0..self.in_place.len() {
            steps.push(Step::Bucket(n));
            steps.extend(optional(self.verify && self.views.get(n) != Some(&true), Step::Verify(n)));
        }
        steps.extend(in_order(Order::AfterBuckets).flat_map(of));
        steps.extend(optional(self.after_database, Step::AfterDatabase));
        let (last, checked): (Vec<_>, Vec<_>) = self.checked().partition(|n| self.is_last(*n));
        steps.extend(checked.into_iter().map(Step::Check));
        steps.extend(optional(self.references, Step::References));
        steps.extend(in_order(Order::AfterReferences).flat_map(of));
        steps.extend(last.into_iter().map(Step::Check));
        steps.extend(optional(self.drill_check, Step::DrillCheck));
        steps.extend(self.swapped().map(Step::Swap));
        steps.extend(optional(self.resume, Step::Resume));
        steps.extend((0..self.databases).map(Step::Configure));
        steps
    }

    /// The databases that take their sources' names.
    pub(crate) fn swapped(&self) -> impl Iterator<Item = usize> {
        self.swaps.iter().enumerate().filter(|(_, swapped)| **swapped).map(|(n, _)| n)
    }

    /// The databases and stores that a command checks.
    pub(super) fn checked(&self) -> impl Iterator<Item = usize> {
        self.checks.iter().enumerate().filter(|(_, checked)| **checked).map(|(n, _)| n)
    }

    pub(super) fn is_beside(&self, database: usize) -> bool {
        self.beside.get(database) == Some(&true)
    }

    pub(super) fn order(&self, database: usize) -> Order {
        self.orders.get(database).copied().unwrap_or_default()
    }

    /// Returns true if it does not wait for the buckets.
    fn is_early(&self, database: usize) -> bool {
        matches!(self.order(database), Order::BeforeBuckets | Order::With)
    }

    /// Returns true if it waits for the references.
    pub(super) fn is_last(&self, database: usize) -> bool {
        self.order(database) == Order::AfterReferences
    }

    /// Returns true if the application may write once this step is begun: it is resumed, nothing holds it back any
    /// more, or no hook has quiesced it and the name it uses now belongs to the restored database.
    pub(crate) fn lets_go(&self, step: Step) -> bool {
        match step {
            Step::Resume | Step::Configure(_) => true,
            Step::Swap(_) => !self.quiesce,
            _ => false,
        }
    }

    /// The steps that must be done before this one.
    ///
    /// | step | waits for |
    /// |---|---|
    /// | quiesce | the settle of each early database restored beside the one in use: until then the application runs |
    /// | start, early, beside | nothing |
    /// | start, early, other | quiesce |
    /// | start, after buckets | every bucket; quiesce, unless beside |
    /// | start, after references | references, and what they wait for |
    /// | wait | its start |
    /// | settle | its wait |
    /// | any bucket | the settle of each store before buckets |
    /// | bucket, elsewhere, if any database is restored beside | nothing |
    /// | bucket, elsewhere, if none is | quiesce |
    /// | bucket, in place, with a quiesce hook | quiesce |
    /// | bucket, in place, without one | every early settle: nothing in use is changed while a database may still fail |
    /// | verify | its bucket |
    /// | after-database | every settle, except after references |
    /// | check | its settle, and after-database |
    /// | references | after-database, every settle except after references, every bucket, every verify, which would report a healed key as a difference |
    /// | drill check | all others except swap, resume and configure |
    /// | swap | all others except swap, resume and configure: an unverified database takes no name |
    /// | resume | all others except configure |
    /// | configure | all others: RDS may refuse it for hours |
    pub(crate) fn needs(&self, step: Step) -> Vec<Step> {
        let steps = self.steps();
        let all = |is: &dyn Fn(&Step) -> bool| steps.iter().copied().filter(|step| is(step)).collect();
        let is_settle = |step: &Step| matches!(step, Step::Settle(n) if !self.is_last(*n));
        let before_references = |step: &Step| {
            is_settle(step)
                || matches!(step, Step::AfterDatabase | Step::Bucket(_) | Step::Verify(_) | Step::Quiesce)
        };
        match step {
            Step::Quiesce => {
                all(&|step| matches!(step, Step::Settle(n) if self.is_beside(*n) && self.is_early(*n)))
            }
            Step::Start(n) => match self.order(n) {
                Order::BeforeBuckets | Order::With => {
                    all(&|step| *step == Step::Quiesce && !self.is_beside(n))
                }
                Order::AfterBuckets => all(&|step| {
                    matches!(step, Step::Bucket(_)) || (*step == Step::Quiesce && !self.is_beside(n))
                }),
                Order::AfterReferences => all(&|step| *step == Step::References || before_references(step)),
            },
            Step::Wait(n) => vec![Step::Start(n)],
            Step::Settle(n) => vec![Step::Wait(n)],
            Step::Bucket(n) => {
                let in_place = self.in_place.get(n) == Some(&true);
                let careful = !self.quiesce && in_place;
                let quiesced = in_place || !self.beside.contains(&true);
                let is_awaited = |database: usize| match self.order(database) {
                    Order::BeforeBuckets => true,
                    Order::With => careful,
                    Order::AfterBuckets | Order::AfterReferences => false,
                };
                all(&|step| match step {
                    Step::Quiesce => quiesced,
                    Step::Settle(n) => is_awaited(*n),
                    _ => false,
                })
            }
            Step::Verify(n) => vec![Step::Bucket(n)],
            Step::AfterDatabase => all(&|step| *step == Step::Quiesce || is_settle(step)),
            Step::Check(n) => all(&|step| *step == Step::Settle(n) || *step == Step::AfterDatabase),
            Step::References => all(&before_references),
            Step::DrillCheck => all(&|step| {
                !matches!(step, Step::DrillCheck | Step::Swap(_) | Step::Resume | Step::Configure(_))
            }),
            Step::Swap(_) => all(&|step| !matches!(step, Step::Swap(_) | Step::Resume | Step::Configure(_))),
            Step::Resume => all(&|step| !matches!(step, Step::Resume | Step::Configure(_))),
            Step::Configure(_) => all(&|step| !matches!(step, Step::Configure(_))),
        }
    }

    /// The steps that can begin now: neither done nor failed, with every step they wait for done. A name swap that was
    /// begun is finished first: until then names do not tell which database answers.
    pub(crate) fn ready(&self, state: &RecoveryState) -> Vec<Step> {
        let done = |step: &Step| matches!(state.status(*step), Some(Status::Done));
        let open = |step: &Step| matches!(state.status(*step), None | Some(Status::Begun));
        let swapping: Vec<_> =
            self.steps().into_iter().filter(|step| state.is_swapping(*step) && !done(step)).collect();
        if !swapping.is_empty() {
            return swapping.into_iter().filter(open).collect();
        }
        self.steps().into_iter().filter(open).filter(|step| self.needs(*step).iter().all(done)).collect()
    }
}

#[cfg(test)]
mod tests;
