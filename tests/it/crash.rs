//! Runs that are interrupted at any point, resumed and undone: real processes, killed, on the lab in process.
//!
//! The random choices of a case are the same each time; `ASOF_CRASH_SEED` plays others, and `ASOF_CRASH_CUTS` says how
//! many (`just crash` has more of them than CI).

use std::time::Duration;

use asof::lab::{Fault, Operation, Rule, When};

use crate::faults::scene::Scene;
pub(crate) use crate::support::kill;
use crate::support::variable;

mod bucket;
mod bucket_faults;
mod cut;
mod disk;
mod lanes;
mod lost;
mod shown;
mod storm;
mod superseded;
mod sweep;
mod undo;
mod writers;

/// The operations that change a bucket.
const WRITES: [Operation; 6] = [
    Operation::CopyObject,
    Operation::CreateMultipartUpload,
    Operation::UploadPartCopy,
    Operation::CompleteMultipartUpload,
    Operation::DeleteObjects,
    Operation::DeleteObject,
];

pub(crate) fn block_on(case: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(case);
}

/// Lets every change take a while, so that there is time to do something meanwhile.
fn slow_down(scene: &Scene, delay: Duration) {
    for operation in WRITES {
        scene.lab().faults().push(Rule::on(operation, Fault::Delay(delay), When::Always));
    }
}
