//! `asof jobs`: the array job of each platform, and the refusals.

use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use super::stage::{Asof, Stage};

const DIFF: &str =
    "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --out shared/set --shards 3 --quiet --region us-east-1";

/// After the incident, with a plan set and its ID.
fn cut() -> (Stage, String) {
    let stage = Stage::after_incident();
    std::fs::create_dir(stage.path("shared")).unwrap();
    stage.asof(DIFF).changes_nothing();
    let manifest = std::fs::read(stage.path("shared/set/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    (stage, manifest["id"].as_str().unwrap().to_owned())
}

/// `asof jobs` of the set with this ID.
fn jobs<'a>(stage: &'a Stage, set: &str, words: &str) -> Asof<'a> {
    let asof = stage.asof(&format!("jobs shared/set {words}"));
    asof.hide(set, "SET").hide(&set.to_lowercase(), "SET")
}

#[test]
fn on_slurm() {
    let (stage, set) = cut();
    let words = "--on slurm --state-dir shared/state --parallelism 2 --rate 500/s --doubtful skip";
    assert_snapshot!(jobs(&stage, &set, words).changes_nothing(), @r"
    exit code 0
    --- stdout
    #!/bin/bash
    # Applies the plan set SET in 3 shards:
    # s3://prod-uploads at 2024-05-06T07:08:09Z
    # Submit it: asof jobs … | sbatch
    # Submitted again, it resumes: shards that are done are recognized.
    # Exit codes of a task:
    #   0        done
    #   1, 130   failed or interrupted: submit these tasks again with --array=INDEX,…
    #   2, 3, 5  wrong usage, incomplete or refused: read the log first
    #SBATCH --job-name=asof-SET
    #SBATCH --array=0-2%2
    #SBATCH --requeue
    #SBATCH --open-mode=append
    exec asof work HOME/shared/set --yes --parallelism 2 --state-dir HOME/shared/state --rate 500/s --doubtful skip
    ");
}

#[test]
fn on_kubernetes() {
    let (stage, set) = cut();
    let volume = format!("--volume nfs:{}/shared", stage.home().display());
    let words = format!("--on kubernetes --state-dir shared/state --image asof:0.1 {volume}");
    assert_snapshot!(jobs(&stage, &set, &words).changes_nothing(), @r#"
    exit code 0
    --- stdout
    # Applies the plan set SET in 3 shards:
    # s3://prod-uploads at 2024-05-06T07:08:09Z
    # Submit it: asof jobs … | kubectl apply -f -
    # Submitted again, it resumes: shards that are done are recognized.
    # To submit it again, delete it first: kubectl delete job asof-SET
    apiVersion: batch/v1
    kind: Job
    metadata:
      name: asof-SET
    spec:
      completionMode: Indexed
      completions: 3
      parallelism: 3
      backoffLimitPerIndex: 5
      podReplacementPolicy: Failed
      podFailurePolicy:
        rules:
          # Evicted or preempted: does not count as a retry.
          - action: Ignore
            onPodConditions:
              - type: DisruptionTarget
                status: "True"
          # Wrong usage, incomplete or refused: a person decides. Other exit codes, such as 1 and 130, are retried.
          - action: FailIndex
            onExitCodes:
              containerName: worker
              operator: In
              values: [2, 3, 5]
      template:
        spec:
          restartPolicy: Never
          serviceAccountName: asof
          containers:
            - name: worker
              # The entry point of the image must be asof.
              image: asof:0.1
              args:
                - work
                - HOME/shared/set
                - --yes
                - --parallelism
                - "3"
                - --state-dir
                - HOME/shared/state
              resources:
                requests:
                  memory: 256Mi
                limits:
                  memory: 256Mi
              volumeMounts:
                - name: shared
                  mountPath: HOME/shared
          volumes:
            - name: shared
              persistentVolumeClaim:
                claimName: nfs
    "#);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one snapshot")]
fn on_aws_batch() {
    let (stage, set) = cut();
    let volume = format!("--volume fs-12345678:{}/shared", stage.home().display());
    let words = format!(
        "--on aws-batch --state-dir shared/state --image asof:0.1 {volume} --job-queue restores --job-role arn:aws:iam::123456789012:role/asof"
    );
    assert_snapshot!(jobs(&stage, &set, &words).changes_nothing(), @r#"
    exit code 0
    --- stdout
    # Applies the plan set SET in 3 shards:
    # s3://prod-uploads at 2024-05-06T07:08:09Z
    # Submit it: asof jobs … | bash -e
    # Submitted again, it resumes: shards that are done are recognized.
    # The entry point of the image must be asof.
    # AWS Batch does not limit the children of a job: let the compute environment run 3 at a time.
    aws batch register-job-definition --cli-input-json file:///dev/stdin <<'JSON'
    {
      "containerProperties": {
        "command": [
          "work",
          "HOME/shared/set",
          "--yes",
          "--parallelism",
          "3",
          "--state-dir",
          "HOME/shared/state"
        ],
        "image": "asof:0.1",
        "jobRoleArn": "arn:aws:iam::123456789012:role/asof",
        "mountPoints": [
          {
            "containerPath": "HOME/shared",
            "readOnly": false,
            "sourceVolume": "shared"
          }
        ],
        "resourceRequirements": [
          {
            "type": "VCPU",
            "value": "1"
          },
          {
            "type": "MEMORY",
            "value": "256"
          }
        ],
        "volumes": [
          {
            "efsVolumeConfiguration": {
              "fileSystemId": "fs-12345678",
              "transitEncryption": "ENABLED"
            },
            "name": "shared"
          }
        ]
      },
      "jobDefinitionName": "asof-SET",
      "retryStrategy": {
        "attempts": 6,
        "evaluateOnExit": [
          {
            "action": "EXIT",
            "onExitCode": "2"
          },
          {
            "action": "EXIT",
            "onExitCode": "3"
          },
          {
            "action": "EXIT",
            "onExitCode": "5"
          },
          {
            "action": "RETRY",
            "onReason": "*"
          }
        ]
      },
      "type": "container"
    }
    JSON
    aws batch submit-job --cli-input-json file:///dev/stdin <<'JSON'
    {
      "arrayProperties": {
        "size": 3
      },
      "jobDefinition": "asof-SET",
      "jobName": "asof-SET",
      "jobQueue": "restores"
    }
    JSON
    "#);
}

#[test]
fn what_a_platform_cannot_do_is_refused() {
    let (stage, set) = cut();
    let before = stage.lab.requests().total();
    let told = |words: &str| jobs(&stage, &set, words).changes_nothing();
    assert_snapshot!(told("--on slurm"), @r"
    exit code 2
    --- stderr
    error: cannot describe a job on Slurm: workers need a state directory that all of them share
      hint: add --state-dir
    ");
    assert_snapshot!(told("--on slurm --state-dir s --image asof:0.1"), @r"
    exit code 2
    --- stderr
    error: cannot describe a job on Slurm: --image does not apply
      hint: leave it out
    ");
    assert_snapshot!(told("--on kubernetes --state-dir s"), @r"
    exit code 2
    --- stderr
    error: cannot describe a job on Kubernetes: containers need a volume with the directory HOME/shared/set
      hint: add --volume NAME:DIR, with the directory where workers mount the volume
    ");
    assert_snapshot!(told("--on kubernetes --state-dir s --volume nfs:/mnt"), @r"
    exit code 2
    --- stderr
    error: cannot describe a job on Kubernetes: HOME/shared/set is not in the volume at /mnt
      hint: put the plan set and the state directory into one volume, or into S3
    ");
    assert_snapshot!(told("--on kubernetes --state-dir s --volume nfs"), @r"
    exit code 2
    --- stderr
    error: invalid value 'nfs' for '--volume <NAME:DIR>': nfs is not a volume and a directory
      hint: write it as NAME:/DIRECTORY, with the directory where workers mount the volume

    For more information, try '--help'.
    ");
    assert_snapshot!(told("--on slurm --state-dir s --rate 2/s"), @r"
    exit code 2
    --- stderr
    error: --rate 2/s is less than one key per second for 3 workers
      hint: increase --rate, or reduce --parallelism
    ");
    assert_snapshot!(told("--on nomad --state-dir s"), @r"
    exit code 2
    --- stderr
    error: invalid value 'nomad' for '--on <PLATFORM>'
      [possible values: kubernetes, aws-batch, slurm]

    For more information, try '--help'.
    ");
    assert_eq!(stage.lab.requests().total(), before, "refused before any request");
}

#[test]
fn a_set_that_every_worker_would_refuse() {
    let stage = Stage::after_incident();
    stage
        .asof("diff s3://prod-uploads --at 2024-03-31T00:00:00Z --out set --shards 2 --quiet")
        .changes_nothing();
    let told = stage.asof("jobs set --on slurm --state-dir state").changes_nothing();
    assert_snapshot!(told, @r"
    exit code 5
    --- stderr
    error: the target time is before the oldest version here (2024-04-01 09:00:00 UTC): no keys existed then; a restore to this time deletes all 5 keys
      hint: check the target time: 2024-03-31 00:00:00 UTC
      hint: add --allow-mass-delete if it is right
    ");
    let allowed = "jobs set --on slurm --state-dir state --allow-mass-delete --doubtful trust";
    let told = stage.asof(allowed).changes_nothing();
    assert!(told.starts_with("exit code 0") && told.contains(" --allow-mass-delete"), "{told}");
    std::fs::remove_file(stage.path("set/shard-00001.plan")).unwrap();
    let told = stage.asof(allowed).changes_nothing();
    assert!(told.starts_with("exit code 2") && told.contains("shard-00001.plan"), "{told}");
}

/// The words that bash passes to asof, as the script has them.
#[test]
fn names_with_odd_characters_reach_the_worker() {
    let (stage, _) = cut();
    let odd = "it's \"a\" $(set) `x`\t!";
    std::fs::rename(stage.path("shared/set"), stage.path(odd)).unwrap();
    let script = stage.asof("jobs").arg(odd).arg("--state-dir").arg(odd).arg("--on").arg("slurm");
    let script = { script }.command.output().unwrap().stdout;
    let bin = stage.path("bin");
    std::fs::create_dir(&bin).unwrap();
    let asof = stage.file("bin/asof", b"#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    std::fs::set_permissions(asof, std::fs::Permissions::from_mode(0o755)).unwrap();
    let script = stage.file("job.sh", &script);
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let run = std::process::Command::new("bash").arg(script).env("PATH", path).output().unwrap();
    let place = stage.path(odd);
    let place = place.display();
    let expected = format!("work\n{place}\n--yes\n--parallelism\n3\n--state-dir\n{place}\n");
    assert_eq!(String::from_utf8(run.stdout).unwrap(), expected, "{}", String::from_utf8_lossy(&run.stderr));
}
