//! The examples below the long help of each command. A test parses every line of them.

pub(super) const TIMELINE: &str = "\
Examples:
  asof timeline s3://prod-uploads --from 6h
  asof timeline s3://prod-uploads/invoices/ --from 2d --to 1d --step 1h
  asof timeline s3://prod-uploads --from 6h --html incident.html";

pub(super) const DIFF: &str = "\
Examples:
  asof diff s3://prod-uploads --at 2026-11-17T14:30:05Z
  asof diff s3://prod-uploads/invoices/ --at 2h --out incident.plan
  asof diff s3://prod-uploads --at 2d --versus 1d --format json
  asof diff s3://prod-uploads --at 2h --html diff.html
  asof diff s3://prod-uploads --at 2h --out /shared/incident --shards 64";

pub(super) const SERVE: &str = "\
Examples:
  asof serve s3://prod-uploads --at 2026-11-17T14:30:05Z
  asof serve s3://prod-uploads s3://prod-invoices --at 2h --preload
  asof serve recovery.toml --at mark:before-release --listen 127.0.0.1:0
  asof serve s3://prod-uploads --at 2h --listen 10.0.0.5:9444 --tls-cert cert.pem --tls-key key.pem";

pub(super) const RESTORE: &str = "\
Examples:
  asof restore s3://prod-uploads --at 2026-11-17T14:30:05Z
  asof restore s3://prod-uploads/invoices/ --at 2h --to s3://scratch/invoices/
  asof restore --plan incident.plan --yes";

pub(super) const RESUME: &str = "\
Examples:
  asof resume latest
  asof resume 20261117T143005Z-7f3a --on-conflict overwrite
  asof resume latest --rate 500/s --concurrency 32
  asof resume /shared/incident --yes --state-dir /shared/state";

pub(super) const UNDO: &str = "\
Examples:
  asof undo latest
  asof undo 20261117T143005Z-7f3a --yes
  asof undo latest --undelete copy
  asof undo /shared/incident --out /shared/undo --state-dir /shared/state";

pub(super) const WORK: &str = "\
Examples:
  asof work /shared/incident --shard 3 --yes --state-dir /shared/state
  asof work /shared/incident --yes --state-dir /shared/state --parallelism 16
  asof work /shared/incident --yes --state-dir /shared/state --doubtful skip --format json";

pub(super) const JOBS: &str = "\
Examples:
  asof jobs /shared/incident --on slurm --state-dir /shared/state | sbatch
  asof jobs /shared/incident --on kubernetes --state-dir /shared/state --image asof:0.1 --volume nfs:/shared
  asof jobs /efs/set --on aws-batch --state-dir /efs/state --image asof:0.1 --volume fs-12345678:/efs --job-queue q --job-role r";

pub(super) const VERIFY: &str = "\
Examples:
  asof verify s3://prod-uploads --at 2026-11-17T14:30:05Z
  asof verify s3://prod-uploads --at 2h --against s3://scratch
  asof verify s3://prod-uploads/invoices/ --at 2h --against ./invoices --all
  asof verify s3://prod-uploads --at 2h --html verify.html
  asof verify /shared/incident";

pub(super) const REFERENCES: &str = "\
Examples:
  asof references s3://prod-uploads --at 2026-11-17T14:30:05Z --keys-from keys.txt
  asof references s3://prod-uploads --at 2h --keys-from - --orphans
  asof references s3://prod-uploads --at 2h --keys-from keys.txt --heal 30s";

pub(super) const SHOW: &str = "\
Examples:
  asof show incident.plan
  asof show latest --all
  asof show incident.plan --format csv
  asof show /shared/incident";

pub(super) const RUNS: &str = "\
Examples:
  asof runs
  asof runs --format json
  asof runs --prune 90d --yes
  asof runs /shared/incident --state-dir /shared/state";

pub(super) const RECOVER: &str = "\
Examples:
  asof recover recovery.toml --init
  asof recover recovery.toml --init --recipe postgres-wal
  asof recover recovery.toml --at 2026-11-17T14:30:05Z --dry-run
  asof recover recovery.toml --at mark:before-deploy --html report.html";

pub(super) const DRILL: &str = "\
Examples:
  asof drill drill.toml
  asof drill drill.toml --at 2h --report drill.json --html drill.html
  asof drill drill.toml --sweep --yes";

pub(super) const MARK: &str = "\
Examples:
  asof mark recovery.toml --name before-deploy
  asof mark recovery.toml --deadline 2m
  asof mark --list
  asof mark recovery.toml --expire 30d";

pub(super) const HISTORY: &str = "\
Examples:
  asof history s3://prod-uploads/avatars/7/me.png
  asof history s3://prod-uploads/avatars/7/me.png --at 2h
  asof history s3://prod-uploads/avatars/7/me.png --changes
  asof history s3://prod-uploads/avatars/7/me.png --format csv";

pub(super) const LS: &str = "\
Examples:
  asof ls s3://prod-uploads --at 2026-11-17T14:30:05Z
  asof ls s3://prod-uploads/invoices/ --at 2h --recursive --human-readable --summarize
  asof ls s3://prod-uploads --at 2h --recursive --format csv";

pub(super) const CAT: &str = "\
Examples:
  asof cat s3://prod-uploads/avatars/7/me.png --at 2026-11-17T14:30:05Z > me.png
  asof cat s3://prod-uploads/config.json --at 2h | jq .
  asof cat s3://prod-uploads/video.mp4 --at 2h --range 0-99 | xxd";

pub(super) const CHECK: &str = "\
Examples:
  asof check s3://prod-uploads --at 2026-11-17T14:30:05Z
  asof check s3://prod-uploads --window 7d --database recovery.toml
  asof check s3://prod-uploads --iam restore";

pub(super) const MANUAL: &str = "\
Examples:
  asof manual
  asof manual runbooks
  asof manual recovery-file > recovery-file.md";

pub(super) const SCHEMA: &str = "\
Examples:
  asof schema
  asof schema > asof.schema.json
  asof schema | jq .oneOf";

pub(super) const COMPLETIONS: &str = "\
Examples:
  asof completions bash > /etc/bash_completion.d/asof
  asof completions zsh > ~/.zfunc/_asof
  asof completions fish > ~/.config/fish/completions/asof.fish";

pub(super) const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    failed
  2    usage error, or a plan that cannot be read
  3    incomplete: keys failed, or changed since the plan (conflicts)
  4    differences or findings (verify, references, drill, diff --exit-code)
  5    refused, to protect data
  130  interrupted

Read the manual: asof manual";
