//! Help of `asof work`.

use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_work() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "work"), @r"
    exit code 0
    --- stdout
    Apply one shard of a plan set, or resume it: the command of a task in an array job

    Usage: asof work [OPTIONS] <SET>

    Arguments:
      <SET>
              Plan set: a directory or s3://BUCKET/PREFIX, as in asof diff --out

    Options:
          --shard <INDEX>
              Index of the shard, from 0 [default: the array index in the environment]

              Without it, asof reads JOB_COMPLETION_INDEX (Kubernetes), AWS_BATCH_JOB_ARRAY_INDEX or
              SLURM_ARRAY_TASK_ID.

          --parallelism <N>
              Number of workers at the same time; --rate is divided by it

              [default: 1]

      -y, --yes
              Apply the shard without a confirmation prompt; required

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
    Server: as in restore
    Output: as in restore
    Examples:
      asof work /shared/incident --shard 3 --yes --state-dir /shared/state
      asof work /shared/incident --yes --state-dir /shared/state --parallelism 16
      asof work /shared/incident --yes --state-dir /shared/state --doubtful skip --format json
    ");
}
