//! The steps of a recovery, and which waits for which.

use serde::{Deserialize, Serialize};

use super::journal::{State, Status};

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
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
pub struct Shape {
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
    pub fn steps(&self) -> Vec<Step> {
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
    pub fn swapped(&self) -> impl Iterator<Item = usize> {
        self.swaps.iter().enumerate().filter(|(_, swapped)| **swapped).map(|(n, _)| n)
    }

    pub(super) fn is_beside(&self, database: usize) -> bool {
        self.beside.get(database) == Some(&true)
    }

    /// Whether the application may write once a step is begun: it is resumed, or nothing holds it any more, or no quiesce hook
    /// has stopped it and the name that it knows is the restored database's.
    pub fn lets_go(&self, step: Step) -> bool {
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
    pub fn needs(&self, step: Step) -> Vec<Step> {
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
    pub fn ready(&self, state: &State) -> Vec<Step> {
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
mod tests {
    use proptest::prelude::*;

    use super::super::shapes::shapes;
    use super::*;

    fn shape(quiesce: bool) -> Shape {
        Shape {
            quiesce,
            resume: true,
            references: true,
            databases: 1,
            in_place: vec![true, false],
            ..Shape::default()
        }
    }

    #[test]
    fn a_bucket_in_place_waits_for_the_database_unless_writers_stand_still() {
        use Step::{Bucket, Configure, Quiesce, References, Resume, Settle, Start, Wait};
        let ready = |quiesce: bool, done: &[Step]| {
            let shape = shape(quiesce);
            let state = State::played(&shape, done);
            shape.ready(&state)
        };
        assert_eq!(ready(true, &[]), [Quiesce]);
        assert_eq!(ready(true, &[Quiesce]), [Start(0), Bucket(0), Bucket(1)]);
        assert_eq!(ready(false, &[]), [Start(0), Bucket(1)]);
        assert_eq!(ready(false, &[Start(0), Bucket(1), Wait(0)]), [Settle(0)]);
        assert_eq!(ready(false, &[Start(0), Bucket(1), Wait(0), Settle(0)]), [Bucket(0)]);
        let restored = [Start(0), Wait(0), Settle(0), Bucket(0), Bucket(1)];
        assert_eq!(ready(false, &restored), [References]);
        assert_eq!(ready(false, &[&restored[..], &[References]].concat()), [Resume]);
        assert_eq!(ready(false, &[&restored[..], &[References, Resume]].concat()), [Configure(0)]);
    }

    #[test]
    fn an_application_runs_until_what_is_restored_beside_is_there() {
        use Step::{AfterDatabase, Bucket, Quiesce, Settle, Start, Wait};
        let shape = Shape { databases: 2, beside: vec![true, false], after_database: true, ..shape(true) };
        let ready = |done: &[Step]| shape.ready(&State::played(&shape, done));
        assert_eq!(ready(&[]), [Start(0), Bucket(1)]);
        assert_eq!(ready(&[Bucket(1), Start(0), Wait(0)]), [Settle(0)]);
        let settled = [Bucket(1), Start(0), Wait(0), Settle(0)];
        assert_eq!(ready(&settled), [Quiesce]);
        let quiesced = [&settled[..], &[Quiesce]].concat();
        assert_eq!(ready(&quiesced), [Start(1), Bucket(0)]);
        let restored = [&quiesced[..], &[Start(1), Wait(1), Settle(1)]].concat();
        assert_eq!(ready(&restored), [Bucket(0), AfterDatabase]);
    }

    #[test]
    fn names_are_swapped_when_everything_is_proven_and_before_the_application_goes_on() {
        use Step::{Bucket, Check, Configure, Quiesce, References, Resume, Settle, Start, Swap, Wait};
        let swaps = vec![true, false];
        let checks = vec![false, true];
        let shape = Shape { databases: 2, swaps, checks, ..shape(true) };
        let ready = |done: &[Step]| shape.ready(&State::played(&shape, done));
        let restored =
            [Quiesce, Start(0), Wait(0), Settle(0), Start(1), Wait(1), Settle(1), Bucket(0), Bucket(1)];
        assert_eq!(ready(&restored), [Check(1), References]);
        let proven = [&restored[..], &[Check(1), References]].concat();
        assert_eq!(ready(&proven), [Swap(0)]);
        assert_eq!(ready(&[&proven[..], &[Swap(0)]].concat()), [Resume]);
        assert_eq!(ready(&[&proven[..], &[Swap(0), Resume]].concat()), [Configure(0), Configure(1)]);
        // Without a quiesce hook, the name is what lets the application write.
        for (quiesce, lets_go) in [(true, false), (false, true)] {
            assert_eq!(Shape { quiesce, ..shape.clone() }.lets_go(Swap(0)), lets_go);
        }
    }

    proptest! {
        /// Whatever it consists of, its steps can all be taken, each once; after resume, databases are configured and
        /// nothing else is done; and just before it, names are swapped.
        #[test]
        fn every_step_is_reached(shape in shapes()) {
            let mut done = Vec::new();
            loop {
                let ready = shape.ready(&State::played(&shape, &done));
                let Some(step) = ready.first() else { break };
                done.push(*step);
            }
            let mut all = shape.steps();
            let last = done.iter().rfind(|step| !matches!(step, Step::Configure(_)));
            prop_assert_eq!(last == Some(&Step::Resume), shape.resume);
            prop_assert!(done.iter().rev().take(shape.databases).all(|step| matches!(step, Step::Configure(_))));
            let later = |step: &&Step| matches!(step, Step::Swap(_) | Step::Resume | Step::Configure(_));
            let first = done.iter().position(|step| matches!(step, Step::Swap(_)));
            prop_assert!(done[first.unwrap_or(done.len())..].iter().all(|step| later(&step)));
            all.sort();
            done.sort();
            prop_assert_eq!(done, all);
        }
    }
}
