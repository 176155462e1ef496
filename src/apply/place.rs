//! Where changes are made.

use crate::model::{Location, Relocation};
use crate::state::RunManifest;

/// Where changes are made.
#[derive(Debug, Clone)]
pub struct Place {
    /// The bucket whose past is restored.
    pub source_bucket: String,
    /// The bucket that is changed.
    pub bucket: String,
    /// How its keys are named there.
    pub relocation: Relocation,
}

impl Place {
    /// Where a run makes its changes.
    pub fn of(manifest: &RunManifest) -> Self {
        match &manifest.to {
            None => Self::in_place(&manifest.location.bucket),
            Some(to) => Self::elsewhere(&manifest.location, to),
        }
    }

    /// The bucket itself.
    pub fn in_place(bucket: &str) -> Self {
        Self {
            source_bucket: bucket.to_owned(),
            bucket: bucket.to_owned(),
            relocation: Relocation::default(),
        }
    }

    /// Whether a key is where its past is, too.
    pub(super) fn is_itself(&self, key: &str) -> bool {
        self.source_bucket == self.bucket && self.relocation.there(key) == key
    }

    /// Another bucket or prefix.
    pub fn elsewhere(source: &Location, target: &Location) -> Self {
        Self {
            source_bucket: source.bucket.clone(),
            bucket: target.bucket.clone(),
            relocation: Relocation::new(source, target),
        }
    }
}
