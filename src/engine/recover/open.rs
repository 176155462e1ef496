//! Lists the unfinished recoveries.

use std::path::Path;

use super::abort::is_abortable;
use super::source::Source;
use crate::error::{Error, Result};
use crate::model::Instant;
use crate::recover::{
    OpenRecovery, OpenState, Purpose, RecoveryState, Shape, Status, Step, Suggest, in_words, swapped,
};
use crate::state::Unreadable;
use crate::state::{Glimpse, Recovery};

/// The unfinished recoveries in a state directory.
#[derive(Debug)]
pub(crate) struct OpenRecoveries {
    /// The unfinished recoveries, oldest first.
    pub open: Vec<OpenRecovery>,
    /// Recoveries that could not be read.
    pub unreadable: Vec<Unreadable>,
}

/// Lists the unfinished recoveries, or those of one file.
pub(crate) fn open_recoveries(
    state_dir: &Path,
    file: Option<&Path>,
    now: Instant,
    suggest: Suggest,
) -> Result<OpenRecoveries> {
    let place = file
        .map(Source::place)
        .transpose()
        .map_err(|e| Error::usage(format!("cannot find the recovery file: {e}")))?;
    let is_of_file = |path: &Path| place.as_ref().is_none_or(|place| *path == **place);
    let (mut open, mut unreadable) = (Vec::new(), Vec::new());
    for one in Recovery::glimpses(state_dir)? {
        let manifest = match &one {
            Ok(recovery) => Some(&recovery.manifest),
            Err(one) => one.manifest.as_ref(),
        };
        let is_other = |purpose, file| purpose != Purpose::Recover || !is_of_file(file);
        if manifest.is_some_and(|manifest| is_other(manifest.purpose, &manifest.file)) {
            continue;
        }
        match one {
            Ok(recovery) if is_abortable(&recovery.state) => open.push(line(&recovery, now, suggest)),
            Ok(_) => {}
            Err(one) => unreadable.push(one),
        }
    }
    Ok(OpenRecoveries { open, unreadable })
}

fn line(recovery: &Glimpse, now: Instant, suggest: Suggest) -> OpenRecovery {
    let Glimpse { id, manifest, state, running } = recovery;
    let steps = state.shape().map(Shape::steps).unwrap_or_default();
    // Only the file names its databases and buckets; it may be gone or changed by now.
    let source = Source::read(&manifest.file, suggest).ok();
    let source = source.filter(|source| source.file.about() == manifest.about);
    let failed = |step: &Step| match (state.status(*step), &source) {
        (Some(Status::Failed(why)), Some(source)) => {
            Some(format!("{}: {why}", in_words(&source.file, *step)))
        }
        (Some(Status::Failed(why)), None) => Some(why.clone()),
        _ => None,
    };
    let failed = steps.iter().filter_map(failed);
    let overtaken = state.overtaken().map(str::to_owned);
    let half = state.half_swapped().filter(|_| !running).map(swapped::half);
    OpenRecovery {
        id: id.clone(),
        state: state_of(state, *running),
        file: manifest.file.to_string_lossy().into_owned(),
        at: manifest.at,
        began: manifest.began,
        age_s: now.second() - manifest.began.second(),
        done: steps.iter().filter(|step| state.status(**step) == Some(&Status::Done)).count(),
        steps: steps.len(),
        trouble: failed.chain(overtaken).chain(half).collect(),
        runs: state.all_runs().iter().map(|(_, run)| run.clone()).collect(),
    }
}

fn state_of(state: &RecoveryState, running: bool) -> OpenState {
    match state {
        _ if running => OpenState::Running,
        state if state.is_aborting() => OpenState::Aborting,
        state if state.overtaken().is_some() => OpenState::Overtaken,
        _ => OpenState::Open,
    }
}
