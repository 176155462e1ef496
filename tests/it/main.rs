//! The `asof` binary against S3 servers, judged by its output, its exit code and the contents of the bucket afterwards.
//!
//! One contract suite runs over every server that answers: the lab in process, moto, ministack and Ceph RGW where
//! `tests/run.sh` has started them, and any endpoint named by `ASOF_TEST_ENDPOINT`. `postgres` puts a real database beside a real bucket.
//! `html_pages` opens the HTML pages in a browser. `monitoring` shows metrics to Prometheus, `packages` installs and removes the Debian package. `slurm` has a plan set applied by the tasks of a real Slurm.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: what is not as expected ends the test"
)]

#[cfg(feature = "lab")]
mod cli;
mod contract;
#[cfg(feature = "lab")]
mod crash;
#[cfg(feature = "lab")]
mod credentials;
mod deviations;
#[cfg(feature = "lab")]
mod directory;
#[cfg(feature = "lab")]
mod faults;
#[cfg(feature = "lab")]
mod found;
mod html_pages;
#[cfg(feature = "lab")]
mod jobs;
#[cfg(feature = "lab")]
mod listing;
mod measured;
#[cfg(feature = "lab")]
mod model;
#[cfg(feature = "lab")]
mod monitoring;
#[cfg(feature = "lab")]
mod packages;
mod postgres;
#[cfg(feature = "lab")]
mod rds;
#[cfg(feature = "lab")]
mod recipes;
#[cfg(feature = "lab")]
mod recover;
#[cfg(feature = "lab")]
mod references;
#[cfg(feature = "lab")]
mod serve;
mod servers;
#[cfg(feature = "lab")]
mod shards;
#[cfg(feature = "lab")]
mod slurm;
mod story;
mod support;
#[cfg(feature = "lab")]
mod view;
#[cfg(feature = "lab")]
mod whole;
