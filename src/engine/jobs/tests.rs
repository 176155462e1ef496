use super::*;
use crate::error::ErrorKind;

fn options(on: Platform) -> JobOptions {
    JobOptions {
        on,
        workers: 2,
        image: None,
        service_account: None,
        job_role: None,
        job_queue: None,
        volume: None,
        set: "/shared/set".parse().unwrap(),
        state: Some("/shared/state".parse().unwrap()),
        command: ["work", "/shared/set"].map(OsString::from).into(),
    }
}

fn volume(text: &str) -> Volume {
    text.parse().unwrap()
}

fn on_aws(set: &str, state: &str, volume: Option<Volume>) -> JobOptions {
    let [image, job_role, job_queue] = ["i", "r", "q"].map(|text| Some(text.to_owned()));
    let (set, state) = (set.parse().unwrap(), Some(state.parse().unwrap()));
    JobOptions { image, job_role, job_queue, volume, set, state, ..options(Platform::AwsBatch) }
}

fn refusal<T: fmt::Debug>(result: Result<T>) -> String {
    let e = result.unwrap_err();
    assert_eq!((e.kind(), e.hints().len()), (ErrorKind::Usage, 1));
    e.to_string()
}

#[test]
fn reaction_to_exit_codes() {
    let expected = [
        (0, Reaction::Done),
        (1, Reaction::Retry),
        (2, Reaction::Fail),
        (3, Reaction::Fail),
        (4, Reaction::Retry),
        (5, Reaction::Fail),
        (130, Reaction::Retry),
        (137, Reaction::Retry),
        (255, Reaction::Retry),
    ];
    for (code, reaction) in expected {
        assert_eq!(Reaction::to(code), reaction, "{code}");
    }
    assert_eq!(Reaction::fatal().collect::<Vec<_>>(), [2, 3, 5]);
}

#[test]
fn options_of_each_platform() {
    use Platform::{AwsBatch, Kubernetes, Slurm};
    assert_eq!(options(Slurm).runner().unwrap(), Runner::Slurm);
    let given = |on, option: &str| {
        let value = |name| (option == name).then(|| "x".to_owned());
        let [image, service_account] = ["--image", "--service-account"].map(value);
        let [job_role, job_queue] = ["--job-role", "--job-queue"].map(value);
        JobOptions { image, service_account, job_role, job_queue, ..options(on) }
    };
    for (option, applies) in [
        ("--image", [true, true, false]),
        ("--service-account", [true, false, false]),
        ("--job-role", [false, true, false]),
        ("--job-queue", [false, true, false]),
    ] {
        for (on, applies) in [Kubernetes, AwsBatch, Slurm].into_iter().zip(applies) {
            let told = given(on, option).runner().map_err(|e| e.to_string());
            let refused = told.err().is_some_and(|e| e.ends_with(&format!("{option} does not apply")));
            assert_eq!(refused, !applies, "{option} {on}");
        }
    }
    let pods = JobOptions { volume: Some(volume("nfs:/shared")), ..given(Kubernetes, "--image") };
    let Runner::Kubernetes { service_account, volume: Some(_), .. } = pods.runner().unwrap() else {
        panic!()
    };
    assert_eq!(service_account, "asof");
    let bare = || on_aws("s3://abc/set", "s3://abc/state", None);
    for (missing, options) in [
        ("--image", JobOptions { image: None, ..bare() }),
        ("--job-role", JobOptions { job_role: None, ..bare() }),
        ("--job-queue", JobOptions { job_queue: None, ..bare() }),
    ] {
        let told = refusal(options.runner());
        assert_eq!(told, format!("cannot describe a job on AWS Batch: {missing} is missing"));
    }
}

#[test]
fn volume_of_directories() {
    let cases = [
        ("/efs/set", "/efs/state", Some("fs-1:/efs"), Ok(true)),
        ("/efs/set", "/efs/state", Some("fs-1:/"), Ok(true)),
        ("/efs", "/efs", Some("fs-1:/efs"), Ok(true)),
        ("s3://abc/set", "/efs/state", Some("fs-1:/efs"), Ok(true)),
        ("s3://abc/set", "s3://abc/state", None, Ok(false)),
        ("/efs/set", "/efsx/state", Some("fs-1:/efs"), Err("/efsx/state is not in the volume at /efs")),
        ("/efs/../set", "/efs/state", Some("fs-1:/efs"), Err("/efs/../set is not in the volume at /efs")),
        ("/efs/set", "/efs/state", None, Err("containers need a volume with the directory /efs/set")),
        ("s3://abc/set", "/efs/state", None, Err("containers need a volume with the directory /efs/state")),
        (
            "s3://abc/set",
            "s3://abc/state",
            Some("fs-1:/efs"),
            Err("--volume does not apply: plan set and state are in S3"),
        ),
    ];
    for (set, state, given, expected) in cases {
        let found = on_aws(set, state, given.map(volume)).runner();
        match expected {
            Ok(mounted) => {
                let Runner::AwsBatch { volume, .. } = found.unwrap() else { panic!() };
                assert_eq!(volume.is_some(), mounted, "{set} {state}");
            }
            Err(cause) => assert_eq!(refusal(found), format!("cannot describe a job on AWS Batch: {cause}")),
        }
    }
    let without = JobOptions { state: None, ..options(Platform::Slurm) };
    assert!(refusal(without.runner()).ends_with("workers need a state directory that all of them share"));
}

#[test]
fn volumes_are_a_name_and_a_directory() {
    let Volume { name, dir } = "nfs:/a b/c".parse().unwrap();
    assert_eq!((&*name, &*dir), ("nfs", "/a b/c"));
    for wrong in ["", "nfs", ":/a", "nfs:", "nfs:a", "nfs:/a:ro", "nfs:/a/../b"] {
        refusal(wrong.parse::<Volume>());
    }
}

#[test]
fn the_command_has_an_index_where_there_is_no_array() {
    let words = |on, shards| options(on).words(shards).unwrap().join(" ");
    assert_eq!(words(Platform::AwsBatch, 1), "work /shared/set --shard 0");
    assert_eq!(words(Platform::AwsBatch, 2), "work /shared/set");
    assert_eq!(words(Platform::Kubernetes, 1), "work /shared/set");
    assert_eq!(words(Platform::Slurm, 1), "work /shared/set");
}

#[test]
fn words_that_a_platform_cannot_pass_are_refused() {
    use std::os::unix::ffi::OsStringExt;
    let of = |on, word: &[u8]| {
        let command = vec![OsString::from_vec(word.to_vec())];
        JobOptions { command, ..options(on) }.words(2)
    };
    assert!(refusal(of(Platform::Slurm, b"/a\xff")).ends_with(" is not UTF-8"));
    assert!(refusal(of(Platform::AwsBatch, b"/Ref::a")).ends_with("which AWS Batch replaces"));
    of(Platform::Kubernetes, b"/Ref::a").unwrap();
}

#[test]
fn rates_are_divided_among_workers_that_exist() {
    assert_eq!([workers(16, 64), workers(64, 3), workers(1, 1)], [16, 3, 1]);
    assert_eq!(worker_rate(3000, 16).unwrap(), 187);
    assert!(refusal(worker_rate(15, 16)).starts_with("--rate 15/s is less than one key per second"));
}
