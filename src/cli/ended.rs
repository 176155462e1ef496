//! The same command once more, after its recovery has ended: whoever types it may not have been told so.

use super::recovery::Source;
use super::session::Session;
use super::{swapped, time_arg};
use crate::db::require_free;
use crate::engine::recover::{Recovery, overtaken};
use crate::error::Result;
use crate::limits;
use crate::recover::{Purpose, RecoveryManifest, RecoveryState};

/// The recovery that the same command has carried out, if it is only to be told again:
///
/// | its time | its report | where its databases are restored to | |
/// |---|---|---|---|
/// | that which is typed | was not kept: it was killed with its last word on its lips | | it is looked at, and told |
/// | that which is typed | was kept | is taken, or its name was swapped with its source's, which set it free | the same: a new one would be refused |
/// | that which is typed | was kept | is free, or there is none | a new one is begun |
/// | another by now, for the same words, within [`limits::SAME_COMMAND`] | was not kept | | it is looked at, and told |
/// | another by now, for the same words | else | | a new one is begun |
///
/// One that something else has overtaken, and one that was aborted, is not meant.
pub(super) async fn find(session: &Session<'_>, typed: &str) -> Result<Option<Recovery>> {
    let Session { context, output, source, clock, databases, carry, .. } = *session;
    let state_dir = session.state_dir()?;
    let at = time_arg::read_with(typed, &carry.apply.state, &source.path);
    let at = at.and_then(|typed| typed.past(context.now)).ok();
    let file = &source.file;
    let suits = |manifest: &RecoveryManifest, state: &RecoveryState| {
        let same = manifest.about == file.about() && manifest.targets == file.targets();
        same && state.ended_at().is_some() && manifest.is_meant_by(typed, at)
    };
    let of = (Purpose::Recover, &*source.path);
    let Some(recovery) = Recovery::open_newest(&state_dir, of, suits, clock)? else { return Ok(None) };
    let Some(ended) = recovery.state().ended_at() else { return Ok(None) };
    let same_time = at == Some(recovery.manifest().at);
    let age = u128::try_from(context.now.millis().saturating_sub(ended.millis()));
    let recent = age.map_or(true, |age| age <= limits::SAME_COMMAND.as_millis());
    let is_told = recovery.has_been_told();
    if (is_told || !recent) && !same_time {
        return Ok(None);
    }
    if overtaken(&state_dir, &recovery.glimpse())?.is_some() {
        return Ok(None);
    }
    // That it cannot be asked is told by whoever needs the answer.
    let is_swapped = recovery.state().swaps().next().is_some();
    let is_free = || async { require_free(databases, &recovery.errand()).await.is_ok() };
    if is_told && !is_swapped && (databases.is_empty() || is_free().await) {
        return Ok(None);
    }
    output.note(&format!(
        "the recovery {} to {} has ended already, at {} ({} ago): this command changes nothing, and looks whether it still holds",
        recovery.id(),
        recovery.manifest().at.human(),
        ended.human(),
        ended.age(context.now)
    ));
    Ok(Some(recovery))
}

/// How another recovery to the same time is begun after that.
pub(super) fn anew(source: &Source, state: &RecoveryState) -> String {
    if let Some(swap) = state.swaps().next() {
        return swapped::anew(swap);
    }
    let how = if source.file.databases.is_empty() {
        "to recover to this time anew, type the same command once more"
    } else {
        "to recover to this time anew, let the recovery file name other targets for its databases, or remove those that are \
         there; then type the same command once more"
    };
    how.to_owned()
}
