use super::*;
use crate::error::ErrorKind;
use crate::model::Server;
use crate::state::Replay;

fn order() -> RunManifest {
    let location = "s3://prod-uploads/a".parse().unwrap();
    let server = Server { region: Some("eu-west-1".into()), ..Server::default() };
    RunManifest::restore(location, Instant::default(), None, server, Instant::from_millis(1_763_389_805_000))
}

#[test]
fn a_run_is_found_again_and_belongs_to_one_process() {
    let dir = tempfile::tempdir().unwrap();
    assert!(Run::list(dir.path()).unwrap().is_empty());
    let run = Run::create(dir.path(), order()).unwrap();
    assert!(run.id().starts_with("20251117T143005Z-"), "{}", run.id());
    let refused = Run::open(dir.path(), run.id()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused);
    let id = run.id().to_owned();
    assert!(Run::list(dir.path()).unwrap()[0].worker == Worker::Running);
    drop(run);
    let unplanned = Run::open(dir.path(), &id).unwrap_err();
    assert!(unplanned.to_string().ends_with("it changed nothing"), "{unplanned}");
    fs::write(dir.path().join("runs").join(&id).join("plan"), "").unwrap();
    let opened = Run::open(dir.path(), &id).unwrap();
    assert_eq!(RunManifest { created: None, ..opened.manifest().clone() }, order());
    drop(opened);
    let glance = &Run::list(dir.path()).unwrap()[0];
    assert_eq!(
        (glance.id.as_str(), glance.worker, glance.state.is_none()),
        (id.as_str(), Worker::None, true)
    );
}

#[test]
fn what_is_no_run_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for id in ["", "..", "../x", "nothing"] {
        assert_eq!(Run::open(dir.path(), id).unwrap_err().kind(), ErrorKind::Usage, "{id}");
    }
    let id = Run::create(dir.path(), order()).unwrap().id().to_owned();
    let path = dir.path().join("runs").join(&id).join("run.json");
    fs::write(path.with_file_name("plan"), "").unwrap();
    let newer = fs::read_to_string(&path).unwrap().replace("\"format\": 1", "\"format\": 2");
    for text in ["", "{}", &newer] {
        fs::write(&path, text).unwrap();
        assert_eq!(Run::open(dir.path(), &id).unwrap_err().kind(), ErrorKind::Usage, "{text}");
    }
}

/// A run killed between any two of its first files has changed nothing, and resumes as if it had just started.
#[tokio::test]
async fn a_run_that_was_killed_before_its_first_record_is_resumed() {
    let dir = tempfile::tempdir().unwrap();
    let at = Instant::from_millis(1_763_389_805_000);
    let id = Run::create(dir.path(), order()).unwrap().id().to_owned();
    let place = dir.path().join("runs").join(&id);
    assert!(Run::has_changed_nothing(dir.path(), &id));
    fs::write(place.join("plan"), "").unwrap();
    assert!(!Run::open(dir.path(), &id).unwrap().has_begun());
    for torn in ["", "1c885569 {\"type\":\"sta"] {
        fs::write(place.join("journal"), torn).unwrap();
        let listed = Run::list(dir.path()).unwrap().remove(0);
        assert!(listed.state.is_none() && !listed.damaged, "{listed:?}");
        let run = Run::open(dir.path(), &id).unwrap();
        assert_eq!(run.read_state().unwrap().taken(), 0);
        let mut journal = run.open_journal(Begun::in_key_order(3), at).await.unwrap();
        assert_eq!((journal.state().started(), journal.state().resumed()), (Some(at), None));
        journal.take(0).await.unwrap();
        drop((journal, run));
        assert_eq!(Run::list(dir.path()).unwrap().remove(0).state.unwrap().taken(), 3);
    }
}

#[test]
fn an_undo_that_was_undone_leaves_the_run_in_force() {
    // Each run undoes the one before it.
    let chain = |done: &[bool]| -> Vec<RunStatus> {
        let status = |(n, done): (usize, &bool)| {
            let undoes = n.checked_sub(1).map(|before| before.to_string());
            let mut state = RunState::default();
            let changes = u64::from(!done);
            state.apply(&Record::Started { format: 1, at: Instant::default(), changes, lanes: 1 }).unwrap();
            let manifest = Some(RunManifest { undoes, ..order() });
            RunStatus {
                id: n.to_string(),
                manifest,
                state: Some(state),
                damaged: false,
                worker: Worker::None,
            }
        };
        done.iter().enumerate().map(status).collect()
    };
    for (done, in_force, undone_by) in [
        (&[true][..], &["0"][..], None),
        (&[true, true], &[], Some("1")),
        (&[true, false], &["0"], None),
        (&[true, true, true], &["2"], None),
        (&[true, true, false], &["2"], None),
        (&[true, false, true], &["2", "0"], None),
        (&[true, true, true, true], &[], Some("1")),
        (&[true, true, true, false], &["2"], None),
    ] {
        let all = chain(done);
        assert_eq!(RunStatus::in_force("0", &all), in_force, "{done:?}");
        assert_eq!(RunStatus::undone_by("0", &all), undone_by, "{done:?}");
    }
}

fn shard(index: u32) -> RunManifest {
    let shard = ShardId { set: "20251117T143005Z-1a2b3c4d".to_owned(), index, shards: 2 };
    RunManifest { shard: Some(shard), ..order() }
}

/// A shard has one run, whose ID follows from the set: a second worker must not begin it again.
#[test]
fn a_shard_has_one_run() {
    let dir = tempfile::tempdir().unwrap();
    let run = Run::create(dir.path(), shard(1)).unwrap();
    assert_eq!(run.id(), "20251117T143005Z-1a2b3c4d-00001");
    let busy = Run::create(dir.path(), shard(1)).unwrap_err();
    assert_eq!(busy.kind(), ErrorKind::Refused);
    assert_eq!(Run::create(dir.path(), shard(0)).unwrap().id(), "20251117T143005Z-1a2b3c4d-00000");
    // Killed before its plan was written, it is begun again.
    drop(run);
    let run = Run::create(dir.path(), shard(1)).unwrap();
    fs::write(run.plan(), "plan").unwrap();
    drop(run);
    let begun = Run::create(dir.path(), shard(1)).unwrap_err();
    assert_eq!(begun.kind(), ErrorKind::Refused);
    let run = Run::open(dir.path(), "20251117T143005Z-1a2b3c4d-00001").unwrap();
    assert_eq!(RunManifest { created: None, ..run.manifest().clone() }, shard(1));
}

/// The IDs of runs of the same second end in random digits.
#[test]
fn runs_of_the_same_second_are_in_the_order_of_their_creation() {
    let dir = tempfile::tempdir().unwrap();
    let created: Vec<_> = (0..8)
        .map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(3));
            Run::create(dir.path(), order()).unwrap().id().to_owned()
        })
        .collect();
    let listed: Vec<_> = Run::list(dir.path()).unwrap().into_iter().map(|run| run.id).collect();
    assert_eq!(listed, created);
    assert_eq!(Run::latest(dir.path()).unwrap().as_ref(), created.last());
}

/// The ID of a shard's run begins with the second of its set, which may be older than another run.
#[test]
fn the_latest_run_may_be_of_a_shard() {
    let dir = tempfile::tempdir().unwrap();
    let began = |seconds: i64| Instant::from_millis(1_763_389_805_000 + seconds * 1000);
    let run = |manifest: RunManifest| Run::create(dir.path(), manifest).unwrap().id().to_owned();
    run(RunManifest { began: began(60), ..order() });
    let newest = run(RunManifest { began: began(120), ..shard(0) });
    assert_eq!(Run::latest(dir.path()).unwrap(), Some(newest));
    let newest = run(RunManifest { began: began(180), ..order() });
    assert_eq!(Run::latest(dir.path()).unwrap(), Some(newest));
}
