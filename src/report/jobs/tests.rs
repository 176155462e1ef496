use super::*;
use crate::engine::Volume;
use crate::model::Instant;

fn job(shards: u32, words: &[&str], runner: Runner) -> ArrayJob {
    ArrayJob {
        set: "20240506T080000Z-1a2b3c4d".to_owned(),
        location: "s3://prod-uploads/a\nb".parse().unwrap(),
        at: Instant::from_millis(1_714_979_289_000),
        shards,
        workers: 2,
        command: words.iter().map(|word| (*word).to_owned()).collect(),
        profile: None,
        runner,
    }
}

fn on_kubernetes(words: &[&str]) -> String {
    let (image, service_account) = ("asof:1".to_owned(), "asof".to_owned());
    let volume = Some(Volume { name: "nfs".to_owned(), dir: "/it's \"shared\"".to_owned() });
    text(&job(3, words, Runner::Kubernetes { image, service_account, volume }))
}

fn on_aws_batch(shards: u32, words: &[&str]) -> String {
    let [image, job_role, job_queue] = ["asof:1", "arn:aws:iam::1:role/asof", "q"].map(str::to_owned);
    text(&job(shards, words, Runner::AwsBatch { image, job_role, job_queue, volume: None }))
}

#[test]
fn words_are_quoted_for_yaml_and_not_expanded() {
    let words = ["work", "--yes", "16", "/it's \"$(HOME)\"", "-1", "on", "a:", "\u{7f}\u{202e}é", "", "---"];
    let manifest = on_kubernetes(&words);
    let expected = [
        "work",
        "--yes",
        "\"16\"",
        r#""/it's \"$$(HOME)\"""#,
        "\"-1\"",
        "\"on\"",
        "\"a:\"",
        "\"\\U0000007f\\U0000202eé\"",
        "\"\"",
        "\"---\"",
    ];
    let lines: Vec<_> = expected.iter().map(|word| format!("            - {word}\n")).collect();
    assert!(manifest.contains(&format!("args:\n{}          resources", lines.concat())), "{manifest}");
    assert!(manifest.contains("mountPath: \"/it's \\\"shared\\\"\"\n"), "{manifest}");
}

#[test]
fn words_are_quoted_for_a_shell() {
    let script = text(&job(3, &["work", "/it's \"$(HOME)\"", "a\nb"], Runner::Slurm));
    assert!(script.ends_with("exec asof work '/it'\\''s \"$(HOME)\"' $'a\\012b'\n"), "{script}");
}

#[test]
fn an_array_has_at_least_two_children() {
    assert!(on_aws_batch(2, &["work"]).contains("\"arrayProperties\": {\n    \"size\": 2\n"));
    assert!(!on_aws_batch(1, &["work"]).contains("arrayProperties"));
}

#[test]
fn comments_stay_comments() {
    for text in [on_kubernetes(&[]), on_aws_batch(2, &[]), text(&job(2, &[], Runner::Slurm))] {
        assert!(text.contains("# s3://prod-uploads/a\\u{a}b at 2024-05-06T07:08:09Z\n"), "{text}");
    }
}

#[test]
fn limits_that_the_set_exceeds_are_said() {
    let slurm = |shards| text(&job(shards, &[], Runner::Slurm));
    assert!(!slurm(1001).contains("MaxArraySize"));
    assert!(
        slurm(1002).contains("# Slurm allows 1,001 tasks by default: MaxArraySize must be at least 1,002.\n")
    );
    let with = ArrayJob { profile: Some("prod".to_owned()), ..job(1, &[], Runner::Slurm) };
    assert!(profile(&with).is_some_and(|note| note.contains("profile prod")));
}
