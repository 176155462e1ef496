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
    /// What can only be set now is set.
    Settle(usize),
    /// A bucket is restored.
    Bucket(usize),
    /// A bucket's copy is compared with the past.
    Verify(usize),
    /// The hook that prepares the restored databases.
    AfterDatabase,
    /// The rows' keys are compared with the bucket.
    References,
    /// The hook that lets the application go on.
    Resume,
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
    /// Copies of buckets are compared with the past.
    pub verify: bool,
    /// How many databases.
    pub databases: usize,
    /// Of each bucket, whether it is restored in place.
    pub in_place: Vec<bool>,
}

impl Shape {
    /// Every step, in an order in which they could be taken one after another.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let optional = |there: bool, step: Step| there.then_some(step);
        steps.extend(optional(self.quiesce, Step::Quiesce));
        for n in 0..self.databases {
            steps.extend([Step::Start(n), Step::Wait(n), Step::Settle(n)]);
        }
        for n in 0..self.in_place.len() {
            steps.push(Step::Bucket(n));
            steps.extend(optional(self.verify, Step::Verify(n)));
        }
        steps.extend(optional(self.after_database, Step::AfterDatabase));
        steps.extend(optional(self.references, Step::References));
        steps.extend(optional(self.resume, Step::Resume));
        steps
    }

    /// The steps that must be done before this one.
    ///
    /// | step | waits for |
    /// |---|---|
    /// | quiesce | nothing |
    /// | start | quiesce |
    /// | wait | its start |
    /// | settle | its wait |
    /// | bucket, elsewhere, or with a quiesce hook | quiesce |
    /// | bucket, in place, without one | every settle: while a database may still fail, nothing in use is changed |
    /// | verify | its bucket |
    /// | after-database | every settle |
    /// | references | after-database or every settle, every bucket, every verify: what is healed would be told as a difference |
    /// | resume | all others |
    pub fn needs(&self, step: Step) -> Vec<Step> {
        let steps = self.steps();
        let all = |is: &dyn Fn(&Step) -> bool| steps.iter().copied().filter(|step| is(step)).collect();
        let is_settle = |step: &Step| matches!(step, Step::Settle(_));
        match step {
            Step::Quiesce => Vec::new(),
            Step::Start(_) => all(&|step| *step == Step::Quiesce),
            Step::Wait(n) => vec![Step::Start(n)],
            Step::Settle(n) => vec![Step::Wait(n)],
            Step::Bucket(n) => {
                let careful = !self.quiesce && self.in_place.get(n) == Some(&true);
                all(&|step| *step == Step::Quiesce || (careful && is_settle(step)))
            }
            Step::Verify(n) => vec![Step::Bucket(n)],
            Step::AfterDatabase => all(&|step| *step == Step::Quiesce || is_settle(step)),
            Step::References => all(&|step| {
                is_settle(step)
                    || matches!(step, Step::AfterDatabase | Step::Bucket(_) | Step::Verify(_) | Step::Quiesce)
            }),
            Step::Resume => all(&|step| *step != Step::Resume),
        }
    }

    /// The steps that can be begun now: not done, not failed, and what they wait for is done.
    pub fn ready(&self, state: &State) -> Vec<Step> {
        let done = |step: &Step| matches!(state.status(*step), Some(Status::Done));
        let open = |step: &Step| matches!(state.status(*step), None | Some(Status::Begun));
        self.steps().into_iter().filter(open).filter(|step| self.needs(*step).iter().all(done)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        use Step::{Bucket, Quiesce, References, Resume, Settle, Start, Wait};
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
    }

    proptest! {
        /// Whatever it consists of, its steps can all be taken, each once, and the last is resume.
        #[test]
        fn every_step_is_reached(
            (quiesce, resume, after_database) in any::<(bool, bool, bool)>(),
            (references, verify) in any::<(bool, bool)>(),
            databases in 0_usize..4,
            in_place in proptest::collection::vec(any::<bool>(), 0..4),
        ) {
            let shape = Shape { quiesce, resume, after_database, references, verify, databases, in_place };
            let mut done = Vec::new();
            loop {
                let ready = shape.ready(&State::played(&shape, &done));
                let Some(step) = ready.first() else { break };
                done.push(*step);
            }
            let mut all = shape.steps();
            prop_assert_eq!(done.last() == Some(&Step::Resume), resume);
            all.sort();
            done.sort();
            prop_assert_eq!(done, all);
        }
    }
}
