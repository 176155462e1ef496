//! What a drill may do: everything elsewhere, and under a name of its own.

use super::file::{DatabaseKind, RecoveryFile, Target};
use super::steps::Shape;
use crate::error::{Error, Result};
use crate::model::{DRILL_FOLDER, Location};

/// The folder, below a scratch target, that is one drill's and nobody else's.
pub fn scratch(target: &Location, tag: &str) -> Location {
    let Location { bucket, prefix } = target.clone().as_folder();
    Location { bucket, prefix: format!("{prefix}{}", folder(tag)) }
}

/// Whether a place is that drill's folder: only there anything is torn down.
pub fn is_scratch_of(place: &Location, tag: &str) -> bool {
    let folder = folder(tag);
    !tag.is_empty() && (place.prefix == folder || place.prefix.ends_with(&format!("/{folder}")))
}

fn folder(tag: &str) -> String {
    format!("{DRILL_FOLDER}{tag}/")
}

/// What a drill consists of: the application is neither stopped nor started, and no name is swapped; the copies are checked.
pub fn drill_shape(file: &RecoveryFile) -> Shape {
    Shape { quiesce: false, resume: false, verify: true, swaps: Vec::new(), ..file.shape() }
}

/// Refuses a file with a target that is not a scratch one, or, unless copies are kept, with what cannot be torn down. That
/// no target overlaps a source, the file's own checks have seen to.
pub fn check_drill(file: &RecoveryFile, keep: bool) -> Result<()> {
    let refuse = |why: String| {
        Err(Error::usage(format!("{} is not for a drill: {why}", file.name)).hint(
            "a drill restores into scratch targets and tears them down: give it a file of its own, \
             with targets that are nothing but scratch",
        ))
    };
    if let Some(bucket) = file.buckets.iter().find(|bucket| bucket.target == Target::InPlace) {
        return refuse(format!("the bucket {} is restored in place", bucket.source));
    }
    let sources: Vec<_> = file.databases.iter().filter_map(|database| database.places().0).collect();
    for database in &file.databases {
        let name = database.name();
        match database.places().1 {
            None => return refuse(format!("the database {name} has no target")),
            Some(target) if sources.contains(&target) => {
                return refuse(format!("the target {target} of the database {name} is a source"));
            }
            Some(_) => {}
        }
        let DatabaseKind::Command(settings) = database else { continue };
        if settings.progress.is_none() {
            return refuse(format!(
                "the database {name} has no progress command, which tells what stands at the target already from what the \
                 drill restores"
            ));
        }
        if settings.teardown.is_none() && !keep {
            return refuse(format!("the database {name} has no teardown command, and --keep is not given"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> RecoveryFile {
        RecoveryFile::parse("r.toml", text).unwrap()
    }

    const SCRATCH: &str = "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"s3://scratch/d\"\n";

    #[test]
    fn only_scratch_targets_are_drilled() {
        let database = |rest: &str| {
            file(&format!(
                "{SCRATCH}[[database]]\nkind = \"command\"\nname = \"a\"\nrestore = [\"r\"]\n{rest}"
            ))
        };
        assert!(check_drill(&file(SCRATCH), false).is_ok());
        assert!(check_drill(&file(&SCRATCH.replace("s3://scratch/d", "in-place")), false).is_err());
        let (place, teardown) = ("source = \"a\"\ntarget = \"b\"\n", "teardown = [\"t\"]\n");
        let progress = "progress = [\"p\"]\n";
        let whole = [place, progress, teardown].concat();
        assert!(check_drill(&database(&whole), false).is_ok());
        assert!(check_drill(&database(&[place, progress].concat()), true).is_ok());
        for (rest, keep) in [
            ([place, progress].concat(), false),
            ([place, teardown].concat(), true),
            (whole.replace("\"b\"", "\"a\""), false),
            (whole.replace("target = \"b\"\n", ""), true),
        ] {
            assert!(check_drill(&database(&rest), keep).is_err(), "{rest}");
        }
    }

    #[test]
    fn a_folder_is_one_drills_and_no_others() {
        for (target, prefix) in [("s3://abc", "asof-drill-t/"), ("s3://abc/d", "d/asof-drill-t/")] {
            let place = scratch(&target.parse().unwrap(), "t");
            assert_eq!(place.prefix, prefix);
            assert!(is_scratch_of(&place, "t"));
            for other in ["", "x", "t/", "drill-t"] {
                assert!(!is_scratch_of(&place, other), "{other}");
            }
        }
        for place in ["s3://abc", "s3://abc/d/", "s3://abc/xasof-drill-t/", "s3://abc/asof-drill-t"] {
            assert!(!is_scratch_of(&place.parse().unwrap(), "t"), "{place}");
        }
    }
}
