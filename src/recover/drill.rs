//! Rules for drills: everything is restored elsewhere, under the drill's own name.

use super::database::DatabaseKind;
use super::file::{ComparedWith, RecoveryFile, Target};
use super::steps::Shape;
use crate::error::{Error, Result};
use crate::model::{DRILL_FOLDER, Location};

/// The drill's own folder below a scratch target.
pub(crate) fn scratch(target: &Location, tag: &str) -> Location {
    let Location { bucket, prefix } = target.clone().as_folder();
    Location { bucket, prefix: format!("{prefix}{}", folder(tag)) }
}

/// Returns true if a location is the folder of this drill, the only place where asof tears anything down.
pub(crate) fn is_scratch_of(place: &Location, tag: &str) -> bool {
    let folder = folder(tag);
    !tag.is_empty() && (place.prefix == folder || place.prefix.ends_with(&format!("/{folder}")))
}

fn folder(tag: &str) -> String {
    format!("{DRILL_FOLDER}{tag}/")
}

/// The steps of a drill: the application is neither quiesced nor resumed, and no names are swapped; the copies are
/// verified.
pub(crate) fn drill_shape(file: &RecoveryFile) -> Shape {
    let drill_check = file.drill.check.is_some();
    Shape { quiesce: false, resume: false, verify: true, swaps: Vec::new(), drill_check, ..file.shape() }
}

/// Refuses a file with a bucket that is only read: no recovery can end with it.
pub(crate) fn check_recovery(file: &RecoveryFile) -> Result<()> {
    let Some(bucket) = file.buckets.iter().find(|bucket| bucket.target == Target::View) else {
        return Ok(());
    };
    let message =
        format!("cannot recover {}: the target of the bucket {} is a view", file.name, bucket.source);
    Err(Error::usage(message).hint("only a drill reads a bucket through a view: asof drill FILE"))
}

/// Refuses a file with a target that is not scratch or, unless copies are kept, with a database that cannot be torn
/// down. The file's own checks have ensured that no target overlaps a source.
pub(crate) fn check_drill(file: &RecoveryFile, keep: bool) -> Result<()> {
    let refuse = |why: String| {
        Err(Error::usage(format!("cannot drill {}: {why}", file.name)).hint(
            "a drill restores into scratch targets and tears them down: use a separate file whose targets are all scratch",
        ))
    };
    if let Some(bucket) = file.buckets.iter().find(|bucket| bucket.target == Target::InPlace) {
        return refuse(format!("the bucket {} is restored in place", bucket.source));
    }
    let is_viewed = |location: &Location| {
        file.buckets.iter().any(|bucket| bucket.source == *location && bucket.target == Target::View)
    };
    for comparison in &file.references.comparisons {
        if let ComparedWith::Bucket { location, heal: Some(_) } = &comparison.with
            && is_viewed(location)
        {
            return refuse(format!(
                "its references heal late uploads to {location}, and a view of it cannot be written: remove heal, or set a scratch target"
            ));
        }
    }
    let sources: Vec<_> = file.databases.iter().filter_map(|database| database.places().0).collect();
    for database in &file.databases {
        let (title, noun) = (database.title(), database.noun());
        match database.places().1 {
            None => return refuse(format!("the {title} has no target")),
            Some(target) if sources.contains(&target) => {
                return refuse(format!("the target {target} of the {title} is also a source"));
            }
            Some(_) => {}
        }
        let DatabaseKind::Command(settings) = database else { continue };
        if settings.progress.is_none() {
            return refuse(format!(
                "the {title} has no progress command, which distinguishes an existing {noun} from the one the drill restores"
            ));
        }
        if settings.teardown.is_none() && !keep {
            return refuse(format!("the {title} has no teardown command, and --keep is not given"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
