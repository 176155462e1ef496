//! The survey of a bucket: what would have to be changed, in key order.

use futures::{StreamExt, TryStreamExt, stream};

use super::compare::Compare;
use super::walk::{Scope, Walk};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::limits;
use crate::plan::{Change, Sums};
use crate::resolve::{Cut, Likeness};
use crate::s3::Client;

/// Compares a bucket's states at two cuts and hands each change to `sink`. Changes nothing.
pub async fn survey(
    client: &Client,
    scope: Scope,
    (then, now): (Cut, Cut),
    compare: Compare,
    cancel: &Cancel,
    mut sink: impl FnMut(&Change) -> Result<()>,
) -> Result<Sums> {
    let bucket = scope.bucket.clone();
    let mut walk = Walk::start(client, scope, (then, now), cancel);
    let mut sums = Sums::default();
    loop {
        let batch = walk.next(|state| {
            sums.existed += u64::from(state.then.is_some());
            let change = Change::of(&state);
            sums.unchanged += u64::from(change.is_none());
            change
        });
        let Some(changes) = batch.await? else { break };
        let target = |key: &str| (bucket.clone(), key.to_owned());
        settle(client, changes, &bucket, target, compare, &mut sums, &mut sink).await?;
    }
    sums.unknown_keys = walk.unknown_keys;
    Ok(sums)
}

/// Asks for what the listing leaves open of these changes, and hands on those that remain, in their order. `target`
/// tells where a key lives that the change would overwrite.
pub(super) async fn settle(
    client: &Client,
    changes: Vec<Change>,
    bucket: &str,
    target: impl Fn(&str) -> (String, String),
    compare: Compare,
    sums: &mut Sums,
    sink: &mut impl FnMut(&Change) -> Result<()>,
) -> Result<()> {
    let compared = stream::iter(changes).map(|change| {
        let (target_bucket, target_key) = target(&change.key);
        async move {
            let likeness = match (&change.then, &change.now) {
                (Some(then), Some(now)) => {
                    let (then, now) =
                        ((bucket, change.key.as_str(), then), (&*target_bucket, &*target_key, now));
                    compare.likeness(client, then, now).await?
                }
                _ => Likeness::Different,
            };
            Ok::<_, crate::error::Error>((change, likeness))
        }
    });
    let mut compared = std::pin::pin!(compared.buffered(limits::CONTENT_CHECKS));
    while let Some((change, likeness)) = compared.try_next().await? {
        if likeness == Likeness::Same {
            sums.same_content += 1;
            continue;
        }
        sums.unproven += u64::from(likeness == Likeness::Unproven);
        client.counters().changes.add(1);
        sums.add(&change);
        sink(&change)?;
    }
    Ok(())
}
