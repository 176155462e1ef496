//! A plan set of a large incident, applied by an array job of a real Slurm. Tasks are killed, requeued and frozen at random
//! places of their journals; in the end the bucket is right, and no key was changed twice.
//!
//! `ASOF_SLURM_SEED` says which tasks meet which fate, and `ASOF_SLURM_KEYS` how many keys are restored on the lab.

use asof::lab::Operation;

use crate::servers::{Kind, Server, say};
use crate::support::{Subject, variable};

mod engine;
mod incident;
mod play;
mod state;

use engine::Slurm;
use incident::Incident;
use play::{Play, Stage, Struck};
use state::State;

const SEED: u64 = 20_261_122;
const KEYS: u64 = 100_000;
/// Of so many keys, a task must have been killed, or the test has shown nothing. Small jobs end soon.
const KEYS_PER_KILL: usize = 20_000;

/// The keys that an incident overwrites and deletes, and the array job that restores them.
#[derive(Debug, Clone, Copy)]
struct Size {
    keys: usize,
    shards: u32,
    /// Tasks at once.
    workers: u32,
}

/// The faults that the tasks of a play met, and the keys that were changed more than once.
#[derive(Debug)]
struct Played {
    struck: Struck,
    twice: Vec<String>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its servers have to be started: tests/run.sh"]
async fn on_the_lab() {
    let subject = Subject::new(Server::find(Kind::Lab).await);
    let keys = usize::try_from(variable("ASOF_SLURM_KEYS", KEYS)).unwrap();
    let size = Size { keys, shards: 64, workers: 16 };
    let incident = Incident::new(&subject, size.keys).await;
    subject.lab().requests().reset();
    let played = play(&subject, &incident, size, None).await;
    assert_eq!(played.twice, [""; 0], "changed twice: {:?}", played.struck);
    let requests = subject.lab().requests();
    let writes = requests.of(Operation::CopyObject) + requests.of(Operation::DeleteObjects);
    let least = incident.copies() + u64::from(size.shards);
    say(&format!("MEASURED lab: slurm: {writes} write requests, at least {least}"));
    assert!(writes * 100 <= least * 102, "{writes} write requests, at least {least}");
}

/// Whoever writes the next object of a journal takes the run over: a frozen task is overtaken, and stops when it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its servers have to be started: tests/run.sh"]
async fn on_the_lab_with_state_in_a_bucket() {
    let subject = Subject::new(Server::find(Kind::Lab).await);
    let keys = usize::try_from(variable("ASOF_SLURM_KEYS", KEYS)).unwrap();
    let size = Size { keys: keys / 3, shards: 16, workers: 8 };
    let incident = Incident::new(&subject, size.keys).await;
    let state = State::Bucket(subject.bucket().await);
    let played = play(&subject, &incident, size, Some(state)).await;
    assert_eq!(played.twice, [""; 0], "changed twice: {:?}", played.struck);
}

/// ministack elects one of several writers of an object, and ignores conditions on copies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its servers have to be started: tests/run.sh"]
async fn on_ministack_with_state_in_a_bucket() {
    let subject = Subject::new(Server::find(Kind::Ministack).await);
    let size = Size { keys: 4000, shards: 16, workers: 8 };
    let incident = Incident::new(&subject, size.keys).await;
    let state = State::Bucket(subject.bucket().await);
    let played = play(&subject, &incident, size, Some(state)).await;
    played.assert_few_twice(&subject);
}

/// Copies take longer there. They ignore conditions: one that is in flight when its task is killed can be made after the next
/// task has looked at the key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its servers have to be started: tests/run.sh"]
async fn on_ceph() {
    let subject = Subject::new(Server::find(Kind::Rgw).await);
    let size = Size { keys: 10_000, shards: 64, workers: 16 };
    let incident = Incident::new(&subject, size.keys).await;
    play(&subject, &incident, size, None).await.assert_few_twice(&subject);
}

impl Played {
    /// On a server that ignores conditions: no more keys were changed twice than were in progress when tasks were killed or frozen.
    fn assert_few_twice(&self, subject: &Subject) {
        let Self { struck, twice } = self;
        say(&format!("MEASURED {}: slurm: {} keys were changed twice", subject.server.name, twice.len()));
        assert!(
            twice.len() <= (struck.killed + struck.frozen) * play::CONCURRENCY,
            "{struck:?}, changed twice: {twice:?}"
        );
    }
}

/// Restores by a plan set, with the state in a shared directory unless a bucket is given.
async fn play(subject: &Subject, incident: &Incident, size: Size, state: Option<State>) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let slurm = &Slurm::find(dir.path().join("logs"));
    let (name, seed) = (&subject.server.name, variable("ASOF_SLURM_SEED", SEED));
    say(&format!("{name}: tasks meet their fate: ASOF_SLURM_SEED={seed}"));
    let state = state.unwrap_or_else(|| State::Directory(dir.path().join("state")));
    let mut play = Play::new(Stage { subject, slurm, size, state }, incident, dir.path()).await;
    play.perform(seed).await;
    let struck = std::mem::take(&mut play.struck);
    say(&format!("{name}: {struck:?}"));
    let least = (size.keys / KEYS_PER_KILL).max(1);
    assert!(struck.killed >= least && struck.requeued > 0 && struck.frozen > 0, "{struck:?}");
    for said in play.perform_again().await {
        assert!(said.contains("already applied: run "), "{said}");
    }
    let (url, at) = (incident.bucket.url(""), incident.at.to_string());
    let verified = subject.asof(&["verify", &url, "--at", &at, "--format", "json"]).await.expect_code(0);
    assert_eq!(verified.count("mismatched"), 0, "{verified}");
    Played { struck, twice: incident.assert_restored().await }
}
