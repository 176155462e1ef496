//! The steps of a recovery, and which waits for which.

use serde::{Deserialize, Serialize};

use super::journal::{RecoveryState, Status};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    /// The hook that stops the application.
    Quiesce,
    /// A database is asked for.
    Start(usize),
    /// It is waited for.
    Wait(usize),
    /// What the application needs before it uses the database, and the restore has not set, is set.
    Settle(usize),
    /// A bucket is restored.
    Bucket(usize),
    /// A bucket's copy is compared with the past.
    Verify(usize),
    /// The hook that prepares the restored databases.
    AfterDatabase,
    /// A database's own command looks whether it is as it should be.
    Check(usize),
    /// The rows' keys are compared with the bucket.
    References,
    /// A database's source gives it its name.
    Swap(usize),
    /// The hook that lets the application go on.
    Resume,
    /// The settings of a database are set for which the application does not wait.
    Configure(usize),
}

/// What a recovery consists of.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a part is there")]
pub(crate) struct Shape {
    /// There is a hook that stops the application.
    pub quiesce: bool,
    /// There is one that lets it go on.
    pub resume: bool,
    /// There is one for the restored databases.
    pub after_database: bool,
    /// References are compared.
    pub references: bool,
    /// Of each database, whether a command checks it.
    #[serde(default)]
    pub checks: Vec<bool>,
    /// Of each database, whether its source gives it its name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub swaps: Vec<bool>,
    /// Copies of buckets are compared with the past.
    pub verify: bool,
    /// How many databases.
    pub databases: usize,
    /// Of each database, whether it is restored beside the one in use, while the application runs. A journal that says nothing
    /// of it is of a recovery that quiesced first.
    #[serde(default)]
    pub beside: Vec<bool>,
    /// Of each bucket, whether it is restored in place.
    pub in_place: Vec<bool>,
}

impl Shape {
    /// Every step, in an order in which they could be taken one after another.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let optional = |there: bool, step: Step| there.then_some(step);
        let of = |n: usize| [Step::Start(n), Step::Wait(n), Step::Settle(n)];
        let (before, after): (Vec<_>, Vec<_>) = (0..self.databases).partition(|n| self.is_beside(*n));
        steps.extend(before.into_iter().flat_map(of));
        steps.extend(optional(self.quiesce, Step::Quiesce));
        steps.extend(after.into_iter().flat_map(of));
        for n in 0..self.in_place.len() {
            steps.push(Step::Bucket(n));
            steps.extend(optional(self.verify, Step::Verify(n)));
        }
        steps.extend(optional(self.after_database, Step::AfterDatabase));
        let checked = self.checks.iter().enumerate().filter(|(_, checked)| **checked);
        steps.extend(checked.map(|(n, _)| Step::Check(n)));
        steps.extend(optional(self.references, Step::References));
        steps.extend(self.swapped().map(Step::Swap));
        steps.extend(optional(self.resume, Step::Resume));
        steps.extend((0..self.databases).map(Step::Configure));
        steps
    }

    /// The databases whose sources give them their names.
    pub(crate) fn swapped(&self) -> impl Iterator<Item = usize> {
        self.swaps.iter().enumerate().filter(|(_, swapped)| **swapped).map(|(n, _)| n)
    }

    pub(super) fn is_beside(&self, database: usize) -> bool {
        self.beside.get(database) == Some(&true)
    }

    /// Whether the application may write once a step is begun: it is resumed, or nothing holds it any more, or no quiesce hook
    /// has stopped it and the name that it knows is the restored database's.
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
    /// | quiesce | the settle of each database that is restored beside: until then the application runs |
    /// | start, beside | nothing |
    /// | start, another | quiesce |
    /// | wait | its start |
    /// | settle | its wait |
    /// | bucket, elsewhere, if a database is restored beside | nothing |
    /// | bucket, elsewhere, if none is | quiesce |
    /// | bucket, in place, with a quiesce hook | quiesce |
    /// | bucket, in place, without one | every settle: while a database may still fail, nothing in use is changed |
    /// | verify | its bucket |
    /// | after-database | every settle |
    /// | check | its settle, and after-database |
    /// | references | after-database or every settle, every bucket, every verify: what is healed would be told as a difference |
    /// | swap | all others but swap, resume and configure: what is not proven gets nobody's name |
    /// | resume | all others but configure |
    /// | configure | all others: RDS may refuse it for hours |
    pub(crate) fn needs(&self, step: Step) -> Vec<Step> {
        let steps = self.steps();
        let all = |is: &dyn Fn(&Step) -> bool| steps.iter().copied().filter(|step| is(step)).collect();
        let is_settle = |step: &Step| matches!(step, Step::Settle(_));
        match step {
            Step::Quiesce => all(&|step| matches!(step, Step::Settle(n) if self.is_beside(*n))),
            Step::Start(n) => all(&|step| *step == Step::Quiesce && !self.is_beside(n)),
            Step::Wait(n) => vec![Step::Start(n)],
            Step::Settle(n) => vec![Step::Wait(n)],
            Step::Bucket(n) => {
                let in_place = self.in_place.get(n) == Some(&true);
                let careful = !self.quiesce && in_place;
                let quiesced = in_place || !self.beside.contains(&true);
                all(&|step| (quiesced && *step == Step::Quiesce) || (careful && is_settle(step)))
            }
            Step::Verify(n) => vec![Step::Bucket(n)],
            Step::AfterDatabase => all(&|step| *step == Step::Quiesce || is_settle(step)),
            Step::Check(n) => all(&|step| *step == Step::Settle(n) || *step == Step::AfterDatabase),
            Step::References => all(&|step| {
                is_settle(step)
                    || matches!(step, Step::AfterDatabase | Step::Bucket(_) | Step::Verify(_) | Step::Quiesce)
            }),
            Step::Swap(_) => all(&|step| !matches!(step, Step::Swap(_) | Step::Resume | Step::Configure(_))),
            Step::Resume => all(&|step| !matches!(step, Step::Resume | Step::Configure(_))),
            Step::Configure(_) => all(&|step| !matches!(step, Step::Configure(_))),
        }
    }

    /// The steps that can be begun now: not done, not failed, and what they wait for is done. A swap of names that was begun
    /// is finished before anything else: until then no name tells which database answers.
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
