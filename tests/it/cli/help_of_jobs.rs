//! Help of `asof jobs`.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_jobs() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "jobs"), @r"
    exit code 0
    --- stdout
    Print the array job that applies a plan set: for Kubernetes, AWS Batch or Slurm

    Usage: asof jobs [OPTIONS] --on <PLATFORM> <SET>

    Arguments:
      <SET>
              Plan set: a directory or s3://BUCKET/PREFIX, as in asof diff --out

    Options:
          --on <PLATFORM>
              Platform that runs the workers

              Possible values:
              - kubernetes: A manifest for kubectl: an Indexed Job
              - aws-batch:  Commands for bash: a job definition and an array job
              - slurm:      A script for sbatch: a job array

          --parallelism <N>
              Number of workers at the same time; --rate is divided by it

              [default: 16]

          --allow-mass-delete
              Allow the whole plan set to delete more than half of the keys in scope

          --on-conflict <HOW> (as in restore)
          --rate <N/s> (as in restore)
          --concurrency <N> (as in restore)
          --lanes <N> (as in restore)
          --state-dir <DIR> (as in restore)
          --state-profile <PROFILE> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Objects: as in restore
    Platform:
          --image <IMAGE>
              Container image whose entry point is asof; for Kubernetes and AWS Batch

          --volume <NAME:DIR>
              Volume with the plan set and the state directory, and where containers mount it

              On Kubernetes, NAME is a PersistentVolumeClaim; on AWS Batch, the ID of an EFS file
              system.

          --service-account <NAME>
              Service account of the pods, for Kubernetes [default: asof]

          --job-role <ARN>
              IAM role of the containers, for AWS Batch

          --job-queue <QUEUE>
              Job queue, for AWS Batch

    Server: as in restore
    Examples:
      asof jobs /shared/incident --on slurm --state-dir /shared/state | sbatch
      asof jobs /shared/incident --on kubernetes --state-dir /shared/state --image asof:0.1 --volume
      nfs:/shared
      asof jobs /efs/set --on aws-batch --state-dir /efs/state --image asof:0.1 --volume
      fs-12345678:/efs --job-queue q --job-role r
    ");
}
