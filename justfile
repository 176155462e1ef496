# The recipes, this list.
help:
    @just --list --unsorted

# The gate before a change lands: what fails soonest comes first.
ci: format-check lint test

# Format the sources.
format:
    cargo fmt

# Fail if the sources are not formatted.
format-check:
    cargo fmt --check

# All lints as errors, with the embedded S3 and without.
lint:
    cargo clippy --all-targets --all-features -- -D warnings
    cargo clippy --no-default-features -- -D warnings

# The tests that need no server but the embedded one: quick.
check:
    cargo test

# Every suite on every server; installs what is missing.
test *ARGS:
    bash tests/run.sh {{ARGS}}

# Licences, sources, duplicates and advisories of the dependencies; needs cargo-deny.
deny:
    cargo deny check

# A Debian package of the release binary; needs cargo-deb.
deb:
    cargo build --release --locked
    bash fixtures/packages/deb.sh

# The model check on histories that nobody has seen yet.
model HISTORIES="3000":
    ASOF_MODEL_SEED=$(date +%s) ASOF_MODEL_HISTORIES={{HISTORIES}} cargo test --test it model::

# Restores that are killed at CUTS random moments, and gone on with; CI plays 60.
crash CUTS="300" KEYS="3300":
    ASOF_CRASH_SEED=$(date +%s) ASOF_CRASH_CUTS={{CUTS}} ASOF_STORM_KEYS={{KEYS}} cargo test --test it crash::

# Recoveries and drills that are killed at random moments, KILLS of each; CI plays 12.
kills KILLS="200":
    ASOF_KILL_SEED=$(date +%s) ASOF_KILLS={{KILLS}} cargo test --test it contract::lab::kills -- --nocapture

# The decoder beside the SDK's.
bench:
    cargo bench --bench decode

# The cost of listing a large bucket; sections: cpu curl timeline sdk memory shapes ramp throttle.
bench-listing *ARGS:
    cargo bench --bench listing -- {{ARGS}}

# The cost of looking for 1 and 5 million rows' keys in a bucket, beside diff.
bench-references *ARGS:
    cargo bench --bench references -- {{ARGS}}

# The cost of sorting 5 million keys on disk.
bench-spill *ARGS:
    cargo bench --bench spill -- {{ARGS}}

# The cost of restoring many keys; sections: restores sdk.
bench-restore *ARGS:
    cargo bench --bench restore -- {{ARGS}}

# The same bucket listed by asof and by the tools one would pick instead; installs them first.
compare:
    benches/compare.sh install
    benches/compare.sh

# An incident and its undoing.
demo:
    cargo run -- demo

# A versioned S3 on loopback.
serve:
    cargo run --release -- lab serve
