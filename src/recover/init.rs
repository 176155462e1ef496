//! The recovery file that `asof recover --init` writes.

/// Everything that a recovery file may hold, most of it commented out.
pub(crate) const TEMPLATE: &str = r#"# What belongs together: buckets and databases that are put back to the same second.
#   asof recover FILE --at 2026-11-17T14:30:05Z    (--dry-run shows what it would do)
#   asof drill FILE      (into scratch copies; every target has to be elsewhere then)
#   asof mark FILE       (stops the application for a moment, and notes a time to go back to)

# The quiesce hook runs when databases that are restored beside those in use (kind rds or cluster, or a command with a source and
# another target) are there; "early" runs it before anything is restored:
# quiesce = "early"
# deadline = "12h"               # a recovery or a drill stops after this, whatever has been done

[[bucket]]
source = "s3://prod-uploads"
target = "in-place"              # or "s3://scratch/somewhere"
# endpoint-url = "https://s3.example.com"
# region = "eu-west-1"
# profile = "prod"
# path-style = true
# expected-bucket-owner = "111122223333"
# request-payer = "requester"
# allow-mass-delete = true       # lets a recovery delete more than half of its keys
# allow-empty = true             # it may have held no keys at that time: a drill of it finds nothing wrong with that

# Any database, by commands. A command is a list of words and runs without a shell; for a shell, { shell = "…" }. All run in
# the directory of this file.
# Each finds in its environment: ASOF_AT (2026-11-17T14:30:05Z), ASOF_AT_EPOCH (1763389805), ASOF_RUN (a name that no
# other recovery has: mark with it what you make), ASOF_DATABASE, ASOF_SOURCE, ASOF_TARGET.
[[database]]
kind = "command"
name = "orders"
source = "orders"
target = "orders_restored"
# Prints the earliest and the latest time that can be restored, or - for one that is not known:
# window = ["./db-window"]
# Restores it, or begins to. Run again if it is cut off, unless progress tells that it is under way or done:
restore = ["./db-restore"]
# Prints none, restoring [PERCENT], available, failed [WHY] or foreign [WHOSE]; a drill needs it:
# progress = ["./db-progress"]
# Or: a command that ends when the restore is done:
# wait = ["./db-wait"]
# Prints where the restored database answers, HOST:PORT or a URL, without a password, for the report tells it; the hooks and
# the references' command find it as ASOF_ENDPOINT, and its parts as ASOF_HOST, ASOF_PORT and ASOF_DBNAME (the first
# database's), and as ASOF_ENDPOINT_ORDERS, ASOF_HOST_ORDERS …:
# endpoint = ["./db-endpoint"]
# Removes what was restored, and only what carries ASOF_RUN; a drill needs it:
# teardown = ["./db-teardown"]
# Looks whether the restored database is as it should be; that it fails is a finding, exit code 4. Of any kind of database:
# check = ["./db-check"]

# [[database]]
# kind = "rds"                   # an instance; or "cluster"
# source = "prod"                # or source-resource-id = "db-ABC…", or source-backup-arn = "arn:aws:rds:…"
# target = "prod-restored"
# like-source = true             # security groups, parameter group, class, Multi-AZ … as the source has them
# region = "eu-west-1"
# cut-over = "rename"            # before the resume hook, prod is renamed to prod-before-TIME, and the restored one to prod
# [database.overrides]
# db-instance-class = "db.r7g.large"

# Hooks run once; one that is cut off while it runs is run again, so it must bear that.
[hooks]
# quiesce = ["kubectl", "scale", "deploy/app", "--replicas=0"]
# after-database = ["./grant-and-migrate"]
# resume = ["kubectl", "scale", "deploy/app", "--replicas=3"]
# deadline = "1h"                # after this the quiesce or the resume hook is killed, and has failed

# The keys that the rows of the restored database name, one a line: a row whose object is missing is found.
# [references]
# command = { shell = "psql -h \"${ASOF_HOST:?}\" -p \"$ASOF_PORT\" -d \"$ASOF_DBNAME\" -XAtc 'select object_key from uploads'" }
# bucket = "s3://prod-uploads"
# null = false                   # true: keys end in NUL, not in a line break
# heal = "30s"                   # restores objects too that arrived so soon after the time
# orphans = false                # true: objects that no row names are counted too
# allow-empty = false            # true: that there are no rows is no finding

[mark]
# dump = { shell = "pg_dump orders > orders-$ASOF_MARK.sql" }
# deadline = "5m"                # after this the application goes on, whatever has been done
"#;

#[cfg(test)]
mod tests;
