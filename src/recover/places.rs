//! Checks that the locations in a recovery file do not overlap.

use toml::Spanned;

use super::file::{Bucket, Target};

/// Fails if a changed location overlaps another one or any source, or a location is restored into itself.
pub(super) fn check(buckets: &[Spanned<Bucket>]) -> std::result::Result<(), (usize, String)> {
    for (n, entry) in buckets.iter().enumerate() {
        let bucket = entry.get_ref();
        for (m, other) in buckets.iter().enumerate() {
            let other = other.get_ref();
            match &bucket.target {
                Target::InPlace if m != n && bucket.source.overlaps(&other.source) => {
                    return Err((
                        entry.span().start,
                        format!("{} and {} overlap", bucket.source, other.source),
                    ));
                }
                Target::Elsewhere(target) if target.clone().as_folder().overlaps(&other.source) => {
                    let why = format!("the target {target} and the source {} overlap", other.source);
                    return Err((entry.span().start, why));
                }
                Target::Elsewhere(target) if m != n => {
                    if let Target::Elsewhere(others) = &other.target
                        && target.clone().as_folder().overlaps(&others.clone().as_folder())
                    {
                        return Err((
                            entry.span().start,
                            format!("the targets {target} and {others} overlap"),
                        ));
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}
