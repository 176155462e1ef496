use super::super::record::Record;
use super::super::steps::Step;
use super::*;

const AT: Instant = Instant::from_millis(1000);
const OTHER: Instant = Instant::from_millis(2000);

fn asked() -> Asked {
    Asked {
        typed: "1h".into(),
        at: Some(AT),
        now: Instant::from_millis(1_000_000_000),
        file: "app.toml".into(),
        about: vec!["bucket b".into()],
        targets: vec!["b".into()],
        holds: vec![file()],
        shape: shape(),
    }
}

fn file() -> Resource {
    Resource::File { path: "app.toml".into() }
}

fn shape() -> Shape {
    Shape { quiesce: true, resume: true, in_place: vec![true], ..Shape::default() }
}

fn ago(longest: bool) -> Instant {
    let longest = limits::SAME_COMMAND.as_millis() + u128::from(longest);
    Instant::from_millis(asked().now.millis() - i64::try_from(longest).unwrap())
}

fn manifest(at: Instant, too_old: bool) -> RecoveryManifest {
    let Asked { file, about, targets, holds, .. } = asked();
    let manifest = RecoveryManifest::new(Purpose::Recover, &file, about, "1h", at, ago(too_old));
    RecoveryManifest { targets, holds, ..manifest }
}

#[test]
fn what_the_newest_open_recovery_is() {
    let about =
        |about: &str, at, too_old| RecoveryManifest { about: vec![about.into()], ..manifest(at, too_old) };
    let fewer = Shape { resume: false, ..shape() };
    let bucket = |url: &str| {
        let location = "s3://prod".parse().unwrap();
        Resource::bucket(Some(url.to_owned().into()), &location)
    };
    let on = |url| RecoveryManifest { holds: vec![bucket(url)], ..manifest(AT, false) };
    let target =
        |target: &str| Resource::Database { service: "rds".into(), region: None, target: target.into() };
    let into = |name| RecoveryManifest { holds: vec![bucket("aws"), target(name)], ..manifest(AT, false) };
    let asked = || Asked { holds: vec![bucket("aws"), target("restored-2"), file()], ..asked() };
    for (manifest, shape, aborting, expected) in [
        (about("bucket b", AT, false), shape(), false, Earlier::Resumed),
        (about("bucket b", AT, true), shape(), false, Earlier::Resumed),
        (about("bucket b", OTHER, false), shape(), false, Earlier::Resumed),
        (about("bucket b", OTHER, true), shape(), false, Earlier::OtherTime),
        (about("bucket c", AT, false), shape(), false, Earlier::OtherAbout),
        (on("aws"), shape(), false, Earlier::Resumed),
        (on("https://s3.example.com"), shape(), false, Earlier::OtherServer),
        (into("restored"), shape(), false, Earlier::Resumed),
        (about("bucket b", AT, false), fewer, false, Earlier::FewerSteps("a resume hook".to_owned())),
        (about("bucket b", AT, false), shape(), true, Earlier::Aborting),
    ] {
        let mut state = RecoveryState::played(&shape, &[]);
        if aborting {
            state.apply(&Record::Aborting { at: AT }).unwrap();
        }
        assert_eq!(asked().to_open(&manifest, &state), expected, "{manifest:?}");
    }
}

/// A recovery may have compared its references already: an added comparison would not be made.
#[test]
fn added_comparisons_and_checks_are_no_part_of_a_begun_recovery() {
    let comparing = |labels: &[&str]| Shape {
        references: true,
        comparisons: labels.iter().map(|&label| label.to_owned()).collect(),
        ..shape()
    };
    let checking = |checks: &[bool]| Shape { databases: 2, checks: checks.to_vec(), ..shape() };
    let (rows, messages) = ("rows in s3://prod", "messages in rows");
    let added = Some(format!("another comparison: the references {messages}"));
    for (now, begun, expected) in [
        (comparing(&[rows]), comparing(&[rows]), None),
        (comparing(&[rows]), comparing(&[messages, rows]), None),
        (comparing(&[rows, messages]), comparing(&[rows]), added),
        (comparing(&[rows, messages]), comparing(&[]), None),
        (checking(&[true, false]), checking(&[true, true]), None),
        (checking(&[true, true]), checking(&[true, false]), Some("another check command".to_owned())),
    ] {
        let asked = Asked { shape: now.clone(), ..asked() };
        let state = RecoveryState::played(&begun, &[]);
        let expected = expected.map_or(Earlier::Resumed, Earlier::FewerSteps);
        assert_eq!(asked.to_open(&manifest(AT, false), &state), expected, "{now:?} {begun:?}");
    }
}

#[test]
fn what_an_ended_recovery_is() {
    for (at, too_old, told, taken, expected) in [
        (AT, false, false, false, Earlier::Ended),
        (AT, true, false, false, Earlier::Ended),
        (AT, true, true, true, Earlier::Ended),
        (AT, false, true, false, Earlier::Unrelated),
        (OTHER, false, false, false, Earlier::Ended),
        (OTHER, true, false, false, Earlier::Unrelated),
        (OTHER, false, true, true, Earlier::Unrelated),
    ] {
        let found = asked().to_ended(&manifest(at, true), ago(too_old), AfterEnd { told, taken });
        assert_eq!(found, expected, "{at:?} {too_old} {told} {taken}");
    }
}

#[test]
fn what_any_other_recovery_is() {
    let quiesced = [Record::Begun { step: Step::Quiesce, at: AT }];
    let ended = [Record::Aborting { at: AT }, Record::Aborted { at: AT }];
    let own = || manifest(AT, false);
    let drill = RecoveryManifest { purpose: Purpose::Drill, ..own() };
    let elsewhere = RecoveryManifest { file: "other.toml".into(), holds: Vec::new(), ..own() };
    let beside = RecoveryManifest { file: "other.toml".into(), ..own() };
    for (manifest, records, is_overtaken, expected) in [
        (own(), &[][..], false, Earlier::Closes),
        (own(), &quiesced, false, Earlier::InTheWay),
        (own(), &quiesced, true, Earlier::Closes),
        (beside, &quiesced, true, Earlier::InTheWay),
        (own(), &ended, false, Earlier::Unrelated),
        (drill, &quiesced, false, Earlier::Unrelated),
        (elsewhere, &quiesced, false, Earlier::Unrelated),
    ] {
        let mut state = RecoveryState::played(&shape(), &[]);
        records.iter().try_for_each(|record| state.apply(record)).unwrap();
        assert_eq!(asked().to_other(&manifest, &state, is_overtaken), expected, "{manifest:?} {records:?}");
    }
}
