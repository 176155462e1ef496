//! Array jobs, validated by the schemas and the service model that their platforms publish and
//! `tests/servers/validators.sh` installs.

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::cli::stage::Stage;

/// A name that every format has to quote.
const ODD: &str = "it's \"a\" $(HOME) `x` \u{e9}\u{202e}: #- {}";

/// After an incident, with a plan set in a directory of an odd name.
fn stage(shards: u32) -> Stage {
    let stage = Stage::after_incident();
    let diff = "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --quiet";
    let diff = stage.asof(diff).arg("--shards").arg(&shards.to_string()).arg("--out").arg(ODD);
    assert!(diff.changes_nothing().starts_with("exit code 0"));
    stage
}

/// Returns the output of `asof jobs` for the set, whose state is in the same directory.
fn described(stage: &Stage, words: &str) -> String {
    let asof = stage.asof(&format!("jobs {words}")).arg(ODD).arg("--state-dir").arg(ODD);
    let output = { asof }.command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The words that a worker has to get after the program's name.
fn words(stage: &Stage, workers: u32) -> Vec<String> {
    let place = stage.path(ODD).to_str().unwrap().to_owned();
    let workers = workers.to_string();
    ["work", &place, "--yes", "--parallelism", &workers, "--state-dir", &place].map(str::to_owned).into()
}

/// Returns the output of a program for this input.
fn fed(program: &mut Command, input: &str) -> String {
    let pipes = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}\n{input}");
    String::from_utf8(output.stdout).unwrap()
}

fn python() -> String {
    std::env::var("ASOF_TEST_VALIDATORS").expect("ASOF_TEST_VALIDATORS is not set: see tests/run.sh")
}

const VALIDATE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/validate.py");

/// The requests that the commands of AWS Batch send, validated in place of the AWS CLI.
fn requests(stage: &Stage, commands: &str) -> Vec<Value> {
    let aws = format!("#!/bin/sh\nexec '{}' '{VALIDATE}' aws \"$@\"\n", python());
    std::fs::create_dir(stage.path("bin")).unwrap();
    let aws = stage.file("bin/aws", aws.as_bytes());
    std::fs::set_permissions(&aws, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", stage.path("bin").display());
    let printed = fed(Command::new("bash").arg("-e").env("PATH", path), commands);
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Returns a manifest as JSON, valid by the schemas of Kubernetes.
pub(crate) fn valid_manifest(manifest: &str) -> Value {
    let printed = fed(Command::new(python()).args([VALIDATE, "kubernetes"]), manifest);
    serde_json::from_str(&printed).unwrap()
}

fn on_kubernetes(stage: &Stage) -> String {
    let home = stage.home().display();
    described(stage, &format!("--on kubernetes --image registry.example.com/asof:0.1 --volume nfs:{home}"))
}

fn on_aws_batch(stage: &Stage) -> String {
    let home = stage.home().display();
    described(
        stage,
        &format!(
            "--on aws-batch --image asof:0.1 --volume fs-1:{home} --job-role {ROLE} --job-queue restores"
        ),
    )
}

const ROLE: &str = "arn:aws:iam::123456789012:role/asof";

#[test]
#[ignore = "needs tests/servers/validators.sh"]
fn manifest_of_kubernetes() {
    let stage = stage(3);
    let manifest = on_kubernetes(&stage);
    let parsed = valid_manifest(&manifest);
    let spec = &parsed[0]["spec"];
    let of_shards = [&spec["completions"], &spec["parallelism"], &spec["backoffLimitPerIndex"]];
    assert_eq!(of_shards, [&json!(3), &json!(3), &json!(5)]);
    assert_eq!(
        (&spec["completionMode"], &spec["podReplacementPolicy"]),
        (&json!("Indexed"), &json!("Failed"))
    );
    let rules = &spec["podFailurePolicy"]["rules"];
    // The first rule that matches decides.
    assert_eq!(rules[0]["onPodConditions"][0]["type"], "DisruptionTarget");
    assert_eq!(rules[1]["onExitCodes"]["values"], json!([2, 3, 5]));
    let container = &spec["template"]["spec"]["containers"][0];
    let expanded = |word: &str| word.replace('$', "$$");
    let expected: Vec<_> = words(&stage, 3).iter().map(|word| expanded(word)).collect();
    assert_eq!(container["args"], json!(expected));
    assert_eq!(container["volumeMounts"][0]["mountPath"], json!(stage.home()));
}

/// The validation detects the errors that it is meant to detect.
#[test]
#[ignore = "needs tests/servers/validators.sh"]
fn a_wrong_manifest_is_found() {
    let stage = stage(3);
    let manifest = on_kubernetes(&stage);
    for (right, wrong) in [
        ("backoffLimitPerIndex: 5", "backoffLimitPerIndex: five"),
        ("podReplacementPolicy", "podReplacementpolicy"),
        ("operator: In", ""),
    ] {
        assert!(manifest.contains(right), "{right}");
        let mut validator = Command::new(python());
        let pipes = validator.args([VALIDATE, "kubernetes"]).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = pipes.spawn().unwrap();
        child.stdin.take().unwrap().write_all(manifest.replace(right, wrong).as_bytes()).unwrap();
        assert!(!child.wait().unwrap().success(), "{wrong}");
    }
}

#[test]
#[ignore = "needs tests/servers/validators.sh"]
fn requests_of_aws_batch() {
    for (shards, array, index) in [(3, json!({"size": 3}), &[][..]), (1, Value::Null, &["--shard", "0"])] {
        let stage = stage(shards);
        let requests = requests(&stage, &on_aws_batch(&stage));
        let [definition, submission] = &requests[..] else { panic!("{requests:?}") };
        let definition = &definition["RegisterJobDefinition"];
        let submission = &submission["SubmitJob"];
        let mut expected = words(&stage, shards);
        expected.extend(index.iter().map(|word| (*word).to_owned()));
        assert_eq!(definition["containerProperties"]["command"], json!(expected));
        assert_eq!(definition["containerProperties"]["jobRoleArn"], ROLE);
        let rules = definition["retryStrategy"]["evaluateOnExit"].as_array().unwrap();
        let rules: Vec<_> = rules.iter().map(|rule| (&rule["onExitCode"], &rule["action"])).collect();
        let exit = json!("EXIT");
        let fatal = [json!("2"), json!("3"), json!("5")];
        let mut expected: Vec<_> = fatal.iter().map(|code| (code, &exit)).collect();
        let retry = json!("RETRY");
        expected.push((&Value::Null, &retry));
        assert_eq!(rules, expected);
        assert_eq!(submission["jobDefinition"], definition["jobDefinitionName"]);
        assert_eq!(submission["arrayProperties"], array);
    }
}

#[test]
#[ignore = "needs tests/servers/validators.sh"]
fn scripts_for_a_shell() {
    let stage = stage(3);
    for script in [described(&stage, "--on slurm"), on_aws_batch(&stage)] {
        fed(Command::new("shellcheck").args(["--shell=bash", "-"]), &script);
    }
}
