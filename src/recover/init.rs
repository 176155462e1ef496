//! The template that `asof recover --init` writes.

/// A recovery file with every setting, most of them commented out.
pub(crate) const TEMPLATE: &str = r#"# Buckets, databases and other stores to restore to the same second.
#   asof recover FILE --at 2026-11-17T14:30:05Z    (--dry-run previews it)
#   asof drill FILE      (rehearses it; needs targets that are all scratch copies)
#   asof mark FILE       (quiesces the application briefly and records a time to recover to)

# By default the quiesce hook runs when the databases that are restored beside those in use are available (kind rds or
# cluster, or a command with a source and another target). "early" runs it before anything is restored:
# quiesce = "early"
# deadline = "12h"               # stop a recovery or a drill after this time

[[bucket]]
source = "s3://prod-uploads"
target = "in-place"              # or "s3://scratch/somewhere" or, for a drill that copies nothing, "view"
# endpoint-url = "https://s3.example.com"
# region = "eu-west-1"
# profile = "prod"
# path-style = true
# expected-bucket-owner = "111122223333"
# request-payer = "requester"
# allow-mass-delete = true       # allow a recovery to delete more than half of the keys
# allow-empty = true             # allow a drill to find no keys at the target time

# Any database, restored by commands. A command is a list of words and runs without a shell; to use a shell, write
# { shell = "…" }. All commands run in the directory of this file.
# Environment: ASOF_AT (2026-11-17T14:30:05Z), ASOF_AT_EPOCH (1794925805), ASOF_RUN (the ID of this recovery: tag with it
# everything that you create), ASOF_DATABASE, ASOF_SOURCE, ASOF_TARGET.
[[database]]
kind = "command"
name = "orders"
source = "orders"
target = "orders_restored"
# Prints the earliest and the latest restorable time, or - for an unknown one:
# window = ["./db-window"]
# Restores the database, or starts the restore. Runs again after an interruption unless progress prints restoring or
# available:
restore = ["./db-restore"]
# Prints none, restoring [PERCENT], available, failed [REASON] or foreign [OWNER]; required for a drill:
# progress = ["./db-progress"]
# Or a command that exits when the restore is done:
# wait = ["./db-wait"]
# Prints the address of the restored database, HOST:PORT or a URL without a password (it appears in the report). The hooks
# and the references command get it as ASOF_ENDPOINT, ASOF_HOST, ASOF_PORT and ASOF_DBNAME (of the first database) and as
# ASOF_ENDPOINT_ORDERS, ASOF_HOST_ORDERS … (of the database named orders):
# endpoint = ["./db-endpoint"]
# Removes the restored database, but only if it carries the tag in ASOF_RUN; required for a drill:
# teardown = ["./db-teardown"]
# Checks the restored database, for any kind of database; a failure is a finding, exit code 4:
# check = ["./db-check"]

# [[database]]
# kind = "rds"                   # an instance; or "cluster"
# source = "prod"                # or source-resource-id = "db-ABC…", or source-backup-arn = "arn:aws:rds:…"
# target = "prod-restored"
# like-source = true             # copy security groups, parameter group, class, Multi-AZ … from the source
# region = "eu-west-1"
# cut-over = "rename"            # before the resume hook, rename prod to prod-before-TIME and prod-restored to prod
# [database.overrides]
# db-instance-class = "db.r7g.large"

# Anything else that has state: a queue, a volume, a table, a search index. The commands are those of a database of kind
# "command", with ASOF_STORE instead of ASOF_DATABASE and, for a mark, the snapshot's ID in ASOF_SNAPSHOT.
# [[store]]
# name = "volume"
# source = "vol-0123"
# target = "volume-restored"
# window = ["./volume-window"]   # or "marks": restorable to marks only, the default with a snapshot command
# snapshot = ["./volume-snapshot"]  # run by asof mark for all stores at once; prints the ID of the snapshot
# release = ["./volume-release"] # removes the snapshot in ASOF_SNAPSHOT
# restore = ["./volume-restore"]
# progress = ["./volume-progress"]
# wait = ["./volume-wait"]
# endpoint = ["./volume-endpoint"]
# teardown = ["./volume-teardown"]
# check = ["./volume-check"]
# order = "with"                 # before-buckets, after-buckets or after-references: when it is restored

# Each hook runs once. A hook that was interrupted runs again, so hooks must be idempotent.
[hooks]
# quiesce = ["kubectl", "scale", "deploy/app", "--replicas=0"]
# after-database = ["./grant-and-migrate"]
# resume = ["kubectl", "scale", "deploy/app", "--replicas=3"]
# deadline = "1h"                # kill a quiesce or resume hook after this time; it then counts as failed

# Prints the keys that the rows of the restored database point to, one per line; dangling references are findings. With
# one such table, [references] without a name will do.
# [[references]]
# name = "uploads"
# command = { shell = "psql -h \"${ASOF_HOST:?}\" -p \"$ASOF_PORT\" -d \"$ASOF_DBNAME\" -XAtc 'select object_key from uploads'" }
# bucket = "s3://prod-uploads"
# null = false                   # true: keys end in NUL instead of a line feed
# heal = "30s"                   # also restore objects that arrived within this time after T
# orphans = false                # true: also report objects without rows
# allow-empty = false            # true: no keys are not a finding
# [[references]]
# name = "messages"
# command = ["./print-object-of-each-message"]
# strip-prefix = "https://cdn.example.com/"   # the text before every key
# bucket = "s3://prod-uploads"   # optional if between names these references
# [[references]]
# between = ["messages", "uploads"]           # every key of messages must be one of uploads
# orphans = true                 # also report keys of uploads that messages lacks

[mark]
# dump = { shell = "pg_dump orders > orders-$ASOF_MARK.sql" }
# deadline = "5m"                # resume the application after this time at the latest

[drill]
# Tests the application on the restored databases (ASOF_HOST …) and, if the target of a bucket is "view", on the buckets
# at T (AWS_ENDPOINT_URL_S3, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY); a failure is a finding, exit code 4:
# check = ["./smoke-test"]
# Run after the verdict, with ASOF_SUMMARY (one line), ASOF_EXIT_CODE and ASOF_REPORT (the path of the report as JSON):
# on-success = ["./notify"]      # the drill passed
# on-failure = ["./notify"]      # it did not, for any reason
"#;

#[cfg(test)]
mod tests;
