//! The source and target of a run.

use crate::model::{Location, Relocation};
use crate::state::RunManifest;

/// The source and target of a run.
#[derive(Debug, Clone)]
pub struct Place {
    /// The bucket whose past state is restored.
    pub source_bucket: String,
    /// The bucket that is changed.
    pub bucket: String,
    /// Maps keys of the source to keys of the target.
    pub relocation: Relocation,
}

impl Place {
    /// Returns the source and target of a run.
    pub fn of(manifest: &RunManifest) -> Self {
        match &manifest.to {
            None => Self::in_place(&manifest.location.bucket),
            Some(to) => Self::elsewhere(&manifest.location, to),
        }
    }

    /// A restore in place.
    pub fn in_place(bucket: &str) -> Self {
        Self {
            source_bucket: bucket.to_owned(),
            bucket: bucket.to_owned(),
            relocation: Relocation::default(),
        }
    }

    /// Returns true if a key is restored in place.
    pub(super) fn is_itself(&self, key: &str) -> bool {
        self.source_bucket == self.bucket && self.relocation.there(key) == key
    }

    /// A restore to another bucket or prefix.
    pub fn elsewhere(source: &Location, target: &Location) -> Self {
        Self {
            source_bucket: source.bucket.clone(),
            bucket: target.bucket.clone(),
            relocation: Relocation::new(source, target),
        }
    }
}
