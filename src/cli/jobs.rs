//! `asof jobs`.

use super::args::jobs::{JobsArgs, PlatformArgs};
use super::exit::Exit;
use super::kept::open_set;
use super::suggest;
use crate::engine::{ArrayJob, Guards, JobOptions, worker_rate, workers};
use crate::error::Result;
use crate::model::Destination;
use crate::report::show_job;

pub(super) async fn run(args: JobsArgs) -> Result<Exit> {
    let JobsArgs { set, on, parallelism, allow_mass_delete, platform, change, server } = args;
    let PlatformArgs { image, volume, service_account, job_role, job_queue } = platform;
    let path = set;
    let set = open_set(&path, &change.apply.state, server.settings(None)).await?;
    set.require_plans().await?;
    let workers = workers(parallelism, set.len());
    worker_rate(change.apply.rate, workers)?;
    // Absolute, because workers run in another directory.
    let (path, place) = match Destination::of_path(path.clone())? {
        Destination::Directory(_) => {
            let dir = std::path::absolute(set.dir())?;
            (dir.clone(), Destination::Directory(dir))
        }
        Destination::Bucket(place) => (path, Destination::Bucket(place)),
    };
    let state = change.apply.state.state_dir.as_ref().map(Destination::absolute).transpose()?;
    let options = change.options();
    let job = JobOptions {
        on,
        workers,
        image,
        service_account,
        job_role,
        job_queue,
        volume,
        command: suggest::worker(&path, workers).arguments(),
        set: place,
        state,
    };
    show_job(&ArrayJob::new(&set, Guards { options: &options, allow_mass_delete }, job)?)?;
    Ok(Exit::Done)
}
