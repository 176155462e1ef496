//! Sorts keys on disk.
//!
//! As many keys as fit are sorted in memory and written as a run; if they continue the previous run, it is extended.
//! Runs are merged when there are many, and at the end. Sorting and merging use only a few threads, because each needs
//! memory.

use std::thread::available_parallelism;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::blocks::Blocks;
use super::chunk::{Chunk, Place};
use super::keys::{Part, SortedKeys, SortedWriter};
use super::merge::Merge;
use super::run::{Run, Written};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// Sorts keys and removes duplicates.
#[derive(Debug)]
pub struct Sorter {
    /// Its own threads, so that their thread-local codecs are freed with them.
    pool: ThreadPool,
    chunk: Chunk,
    run: Option<Growing>,
    /// Finished runs; those of one level are of about equal length.
    pub(super) levels: Vec<Vec<SortedKeys>>,
}

impl Sorter {
    /// Creates an empty sorter.
    pub fn new() -> Result<Self> {
        let threads = available_parallelism().map_or(1, usize::from).min(limits::SPILL_THREADS);
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot start the threads that sort keys: {e}")).because(e)
        })?;
        Ok(Self { pool, chunk: Chunk::default(), run: None, levels: Vec::new() })
    }

    /// Adds a key.
    pub fn push(&mut self, key: &str) -> Result<()> {
        if self.chunk.size() + key.len() > limits::SORT_BYTES {
            self.write()?;
        }
        self.chunk.push(key);
        Ok(())
    }

    /// Writes the keys in memory, extending the current run if they continue it.
    pub(super) fn write(&mut self) -> Result<()> {
        self.pool.install(|| self.chunk.sort());
        let parts = self.chunk.parts(self.pool.current_num_threads());
        let Some(first) = parts.first().and_then(|part| self.chunk.keys(part).next()) else { return Ok(()) };
        let mut run = match self.run.take_if(|run| run.last.as_deref() <= Some(first)) {
            Some(run) => run,
            None => Growing { blocks: Blocks::new()?, written: Vec::new(), last: None },
        };
        self.pool.install(|| run.append(&self.chunk, &parts))?;
        self.chunk.clear();
        match self.run.replace(run) {
            Some(ended) => self.keep(ended.finish(), 0),
            None => Ok(()),
        }
    }

    /// Stores a run; merges the runs of its level once there are many.
    fn keep(&mut self, run: SortedKeys, level: usize) -> Result<()> {
        if self.levels.len() <= level {
            self.levels.push(Vec::new());
        }
        let Some(runs) = self.levels.get_mut(level) else { return Ok(()) };
        runs.push(run);
        if runs.len() < limits::SORT_RUNS {
            return Ok(());
        }
        let runs = std::mem::take(runs);
        let merged = self.pool.install(|| merge(&runs))?;
        self.keep(merged, level + 1)
    }

    /// Returns all keys, sorted.
    pub fn finish(mut self) -> Result<SortedKeys> {
        self.write()?;
        drop(std::mem::take(&mut self.chunk));
        let last = match self.run.take() {
            Some(run) => run.finish(),
            None => SortedWriter::new()?.finish()?,
        };
        if self.levels.is_empty() {
            return Ok(last);
        }
        let runs: Vec<_> = self.levels.into_iter().flatten().chain([last]).collect();
        self.pool.install(|| merge(&runs))
    }
}

/// A run that is extended as long as the next keys continue it.
#[derive(Debug)]
struct Growing {
    blocks: Blocks,
    written: Vec<Written>,
    last: Option<Vec<u8>>,
}

impl Growing {
    /// Writes a sorted chunk, each part on its own thread.
    fn append(&mut self, chunk: &Chunk, parts: &[&[Place]]) -> Result<()> {
        let (blocks, last) = (&self.blocks, &self.last);
        let written = parts.par_iter().enumerate().map(|(n, places)| {
            let mut part = if n == 0 { Part::after(last.clone()) } else { Part::default() };
            chunk.keys(places).try_for_each(|key| part.push(blocks, key))?;
            part.finish(blocks)
        });
        let written = written.collect::<Result<Vec<_>>>()?;
        self.written.extend(written.into_iter().flatten());
        self.last = parts.last().and_then(|part| chunk.keys(part).next_back()).map(<[u8]>::to_vec);
        Ok(())
    }

    fn finish(self) -> SortedKeys {
        SortedKeys { run: Run::new(self.blocks, self.written) }
    }
}

/// Merges runs; each thread merges the keys between two borders.
fn merge(runs: &[SortedKeys]) -> Result<SortedKeys> {
    let blocks = Blocks::new()?;
    let borders = borders(runs, rayon::current_num_threads());
    let parts: Vec<_> = (0..=borders.len())
        .into_par_iter()
        .map(|n| {
            let from = n.checked_sub(1).and_then(|before| borders.get(before)).copied();
            merge_between(runs, &blocks, from, borders.get(n).copied())
        })
        .collect::<Result<_>>()?;
    Ok(SortedKeys { run: Run::new(blocks, parts.into_iter().flatten().collect()) })
}

/// Returns keys that split the runs into `parts` of about equal size, using the first keys of blocks.
fn borders(runs: &[SortedKeys], parts: usize) -> Vec<&[u8]> {
    let mut firsts: Vec<&[u8]> =
        runs.iter().flat_map(|run| run.run.index.iter().map(|block| &*block.first_key)).collect();
    firsts.sort_unstable();
    let mut borders: Vec<_> =
        (1..parts).filter_map(|n| firsts.get(firsts.len() * n / parts)).copied().collect();
    borders.dedup();
    borders
}

/// Merges the keys from one border up to but excluding another.
fn merge_between(
    runs: &[SortedKeys],
    blocks: &Blocks,
    from: Option<&[u8]>,
    to: Option<&[u8]>,
) -> Result<Vec<Written>> {
    let cursors = runs.iter().map(|run| from.map_or_else(|| run.nth(0), |key| run.run.from(key)));
    let mut merge = Merge::new(cursors.collect::<Result<Vec<_>>>()?);
    let mut part = Part::default();
    while let Some(key) = merge.head().and_then(|head| head.cursor.key()) {
        if to.is_some_and(|to| to <= key) {
            break;
        }
        part.push(blocks, key)?;
        merge.advance()?;
    }
    part.finish(blocks)
}
