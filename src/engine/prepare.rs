//! From a place and a past time to a run that can be carried out.

use std::path::Path;

use super::bucket::{Standing, inspect, require_history, require_keeping, standing};
use super::pairing::survey_elsewhere;
use super::run::{Order, Run};
use super::survey::{Extras, Findings, survey};
use super::walk::Scope;
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::{BucketSettings, Location};
use crate::plan::file::{Header, Writer};
use crate::plan::{Change, Sums, Undelete};
use crate::resolve::Judge;
use crate::s3::Client;
use crate::verify::Compare;

/// Asks for the settings of the bucket whose past is restored and of the one that is changed, and refuses what cannot be
/// restored from or to.
pub async fn standings(
    client: &Client,
    location: &Location,
    to: Option<&Location>,
) -> Result<(BucketSettings, Standing)> {
    let settings = inspect(client, &location.bucket).await?;
    let source = Standing::from(&settings);
    let target = match to {
        None => {
            require_keeping(&location.bucket, source)?;
            source
        }
        Some(to) => {
            require_history(&location.bucket, source)?;
            standing(client, &to.bucket).await?
        }
    };
    Ok((settings, target))
}

/// What a restore would change, in place or, where `to` names another place, there.
pub async fn find_changes(
    client: &Client,
    (scope, judge): (Scope, &Judge),
    (place, elsewhere): (&Place, bool),
    (compare, undelete): (Compare, Undelete),
    cancel: &Cancel,
) -> Result<Findings> {
    if elsewhere {
        survey_elsewhere(client, (scope, judge), (place, Extras::LeaveAlone), compare, cancel).await
    } else {
        survey(client, scope, judge, compare, undelete, cancel).await
    }
}

/// Begins a run, and writes its plan: the changes that are `wanted`. `looked_at` are the keys and versions that were listed.
pub fn begin(
    state_dir: &Path,
    (order, header): (&Order, &Header),
    (changes, sums): (impl Iterator<Item = Result<Change>>, &Sums),
    wanted: impl Fn(&Change) -> bool,
    looked_at: (u64, u64),
) -> Result<Run> {
    let run = Run::create(state_dir, order)?;
    let save = || {
        let mut plan = Writer::create(&run.plan(), header)?;
        for change in changes {
            let change = change?;
            if wanted(&change) {
                plan.push(&change)?;
            }
        }
        plan.finish(sums, looked_at)
    };
    match save() {
        Ok(()) => Ok(run),
        Err(e) => {
            run.discard()?;
            Err(e)
        }
    }
}
