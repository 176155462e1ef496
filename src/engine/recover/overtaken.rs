//! Whether something else has changed what a recovery restored: another recovery, another run, an undo. This is read from the
//! state directory; what others did, a look at the bucket tells.

use std::path::Path;

use super::store::{Glimpse, Recovery};
use crate::engine::run::{Order, Run, Worked};
use crate::error::Result;
use crate::recover::Resource;

/// By what a recovery was overtaken: why, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overtaker {
    /// By a later recovery, which sees to the application.
    Recovery(String),
    /// By a run, or the undo of its own: the application may be quiesced all the same.
    Run(String),
}

impl Overtaker {
    /// Why, in words.
    pub fn why(&self) -> &str {
        match self {
            Self::Recovery(why) | Self::Run(why) => why,
        }
    }
}

/// A run beside the one that restores a bucket.
#[derive(Debug, Clone, Copy)]
struct Other<'a> {
    id: &'a str,
    order: &'a Order,
    worked: Option<Worked>,
}

/// What has overtaken a recovery that is to be resumed; none if nothing has.
pub fn overtaken(state_dir: &Path, recovery: &Glimpse) -> Result<Option<Overtaker>> {
    if let Some(id) = Recovery::later_of_same(state_dir, recovery)? {
        let why = format!("the recovery {id}, begun later, has changed the same");
        return Ok(Some(Overtaker::Recovery(why)));
    }
    let state = &recovery.state;
    let runs = Run::begun(state_dir)?;
    for (n, own) in state.all_runs() {
        if state.run(*n) != Some(own) {
            continue;
        }
        let Some((_, order)) = runs.iter().find(|(id, _)| id == own) else { continue };
        let until = Run::worked(state_dir, own);
        let is_ours = |id: &str| state.all_runs().iter().any(|(_, run)| run == id);
        let others = runs.iter().filter(|(id, _)| !is_ours(id));
        let mut others = others.map(|(id, order)| Other { id, order, worked: Run::worked(state_dir, id) });
        if let Some(why) = others.find_map(|other| by_run((own, order, until), other)) {
            return Ok(Some(Overtaker::Run(why)));
        }
    }
    Ok(None)
}

/// Whether a run has overtaken the run that restored a bucket, and in which words:
///
/// | the other run | changes keys of the same place | worked after it | overtakes |
/// |---|---|---|---|
/// | undoes it | | | yes |
/// | brings back late uploads | | | no: it belongs to the same target time |
/// | restores to the same T | | | no: a look at the bucket tells whether that is how it is |
/// | any other | no | | no |
/// | any other | yes | no | no: the run saw what it had done |
/// | any other | yes | yes, or that is unknown | yes |
fn by_run((own, order, worked): (&str, &Order, Option<Worked>), other: Other<'_>) -> Option<String> {
    if other.order.undoes.as_deref() == Some(own) {
        return Some(format!("its run {own} of {} was undone by the run {}", order.changed(), other.id));
    }
    let resource = |order: &Order| Resource::bucket(order.server.endpoint_url.as_deref(), order.changed());
    let same_time = other.order.undoes.is_none() && other.order.at == order.at;
    if other.order.heals || same_time || !resource(order).meets(&resource(other.order)) {
        return None;
    }
    let earlier = matches!((worked, other.worked), (Some(own), Some(other)) if other.until <= own.until);
    (!earlier).then(|| format!("the run {} has changed {} since", other.id, order.changed()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::run::Server;
    use crate::model::Instant;

    #[test]
    fn the_table_holds() {
        let order = |place: &str, at: i64| {
            let (place, at) = (place.parse().unwrap(), Instant::from_millis(at));
            Order::restore(place, at, None, Server::default(), Instant::from_millis(0))
        };
        let worked = |until: i64| {
            Some(Worked { planned: Instant::from_millis(0), until: Instant::from_millis(until) })
        };
        let undo = |run: &str| Order { undoes: Some(run.into()), ..order("s3://abc", 1) };
        let own = order("s3://abc/d/", 1);
        for (other, until, overtakes) in [
            (undo("own"), worked(1), true),
            (undo("another"), worked(3), true),
            (undo("another"), worked(2), false),
            (Order { heals: true, ..order("s3://abc", 2) }, worked(3), false),
            (order("s3://abc", 1), worked(3), false),
            (order("s3://abc", 2), worked(3), true),
            (order("s3://abc", 2), worked(2), false),
            (order("s3://abc", 2), None, true),
            (order("s3://abc/e/", 2), worked(3), false),
            (order("s3://abd", 2), worked(3), false),
        ] {
            let other = Other { id: "other", order: &other, worked: until };
            assert_eq!(by_run(("own", &own, worked(2)), other).is_some(), overtakes, "{other:?}");
        }
    }
}
