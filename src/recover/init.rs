//! The template that `asof recover --init` writes.

/// A recovery file with every setting, most of them commented out.
pub(crate) const TEMPLATE: &str = r#"# Buckets and databases that are restored to the same second.
#   asof recover FILE --at 2026-11-17T14:30:05Z    (--dry-run shows what it would do)
#   asof drill FILE      (into scratch copies; no target may then be in use)
#   asof mark FILE       (quiesces the application briefly and records a time to restore to)

# The quiesce hook runs once databases that are restored beside the ones in use (kind rds or cluster, or a command with a
# source and another target) are available; "early" runs it before anything is restored:
# quiesce = "early"
# deadline = "12h"               # a recovery or a drill stops after this, finished or not

[[bucket]]
source = "s3://prod-uploads"
target = "in-place"              # or "s3://scratch/somewhere"
# endpoint-url = "https://s3.example.com"
# region = "eu-west-1"
# profile = "prod"
# path-style = true
# expected-bucket-owner = "111122223333"
# request-payer = "requester"
# allow-mass-delete = true       # allow a recovery to delete more than half of its keys
# allow-empty = true             # a drill accepts that it had no keys at that time

# Any database, by commands. A command is a list of words and runs without a shell; for a shell, use { shell = "…" }. All
# commands run in the directory of this file.
# Environment: ASOF_AT (2026-11-17T14:30:05Z), ASOF_AT_EPOCH (1763389805), ASOF_RUN (unique to
# this recovery: tag what you create with it), ASOF_DATABASE, ASOF_SOURCE, ASOF_TARGET.
[[database]]
kind = "command"
name = "orders"
source = "orders"
target = "orders_restored"
# Prints the earliest and the latest restorable time, or - if unknown:
# window = ["./db-window"]
# Restores it, or starts to. Run again if interrupted, unless progress reports that it is restoring or available:
restore = ["./db-restore"]
# Prints none, restoring [PERCENT], available, failed [WHY] or foreign [WHOSE]; required by a drill:
# progress = ["./db-progress"]
# Or a command that exits when the restore is done:
# wait = ["./db-wait"]
# Prints where the restored database answers, HOST:PORT or a URL, without a password, for the report tells it; the hooks and
# the references' command find it as ASOF_ENDPOINT, and its parts as ASOF_HOST, ASOF_PORT and ASOF_DBNAME (the first
# database's), and as ASOF_ENDPOINT_ORDERS, ASOF_HOST_ORDERS …:
# endpoint = ["./db-endpoint"]
# Removes the restored database, only if it is tagged with ASOF_RUN; required by a drill:
# teardown = ["./db-teardown"]
# Checks the restored database; a failure is a finding, exit code 4. For any kind of database:
# check = ["./db-check"]

# [[database]]
# kind = "rds"                   # an instance; or "cluster"
# source = "prod"                # or source-resource-id = "db-ABC…", or source-backup-arn = "arn:aws:rds:…"
# target = "prod-restored"
# like-source = true             # copy security groups, parameter group, class, Multi-AZ … from the source
# region = "eu-west-1"
# cut-over = "rename"            # before the resume hook, prod is renamed to prod-before-TIME, and the restored one to prod
# [database.overrides]
# db-instance-class = "db.r7g.large"

# Hooks run once; a hook that is interrupted runs again, so it must be idempotent.
[hooks]
# quiesce = ["kubectl", "scale", "deploy/app", "--replicas=0"]
# after-database = ["./grant-and-migrate"]
# resume = ["kubectl", "scale", "deploy/app", "--replicas=3"]
# deadline = "1h"                # a quiesce or resume hook that takes longer is killed and fails

# Prints the keys that rows of the restored database name, one per line; dangling references are findings.
# [references]
# command = { shell = "psql -h \"${ASOF_HOST:?}\" -p \"$ASOF_PORT\" -d \"$ASOF_DBNAME\" -XAtc 'select object_key from uploads'" }
# bucket = "s3://prod-uploads"
# null = false                   # true: keys end in NUL instead of a line feed
# heal = "30s"                   # also restores objects that arrived this soon after T
# orphans = false                # true: also reports objects that no row names
# allow-empty = false            # true: no rows is not a finding

[mark]
# dump = { shell = "pg_dump orders > orders-$ASOF_MARK.sql" }
# deadline = "5m"                # the application is resumed after this at the latest
"#;

#[cfg(test)]
mod tests;
