//! The state of the workers' runs, in a shared directory or in a bucket, as the test sees it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::support::Bucket;

/// The directory in which the workers keep their runs.
#[derive(Debug)]
pub(super) enum State {
    /// One process at a time works on a run.
    Directory(PathBuf),
    /// The task that writes the next object of a run's journal takes the run over.
    Bucket(Bucket),
}

impl State {
    /// The value of `--state-dir`.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Directory(dir) => dir.to_str().unwrap().to_owned(),
            Self::Bucket(bucket) => bucket.url("asof"),
        }
    }

    /// The size of each run's journal, by the run's ID.
    pub(super) async fn journals(&self) -> BTreeMap<String, u64> {
        match self {
            Self::Directory(dir) => {
                let runs = std::fs::read_dir(dir.join("runs")).into_iter().flatten().flatten();
                let size = |run: std::fs::DirEntry| {
                    let journal = std::fs::metadata(run.path().join("journal")).ok()?;
                    Some((run.file_name().into_string().unwrap(), journal.len()))
                };
                runs.filter_map(size).collect()
            }
            Self::Bucket(bucket) => in_objects(bucket).await,
        }
    }
}

async fn in_objects(bucket: &Bucket) -> BTreeMap<String, u64> {
    let list = bucket.client.list_objects_v2().bucket(&bucket.name).prefix("asof/runs/");
    let mut pages = list.into_paginator().send();
    let mut sizes = BTreeMap::new();
    while let Some(page) = pages.next().await {
        for object in page.unwrap().contents() {
            let path: Vec<_> = object.key().unwrap().split('/').collect();
            if let [_, _, run, "journal", _] = path[..] {
                *sizes.entry(run.to_owned()).or_default() += u64::try_from(object.size().unwrap()).unwrap();
            }
        }
    }
    sizes
}
