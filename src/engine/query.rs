//! A query about a past: its keys, its time, and how the answers are judged.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::key_lookup::Scope;
use super::past::judge;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::{KeyFormat, Selection, each_key};
use crate::model::{Instant, Known, Lifecycle, Location, Rule, TypedTime};
use crate::plan::Prices;
use crate::plan::file::Selected;
use crate::resolve::{AsOf, AsOfPair, Judge};

/// A query about the past of some keys.
#[derive(Debug, Clone)]
pub struct Query {
    /// The bucket or prefix.
    pub location: Location,
    /// The target time. An age is relative to the server's clock.
    pub at: TypedTime,
    /// True if versions with equal ETag and size are taken for the same object, without HEAD requests.
    pub trust_etag: bool,
    /// Caution about multipart uploads begun within this time before the target time.
    pub multipart_window: Duration,
    /// The bucket's earlier lifecycle rules.
    pub earlier: Lifecycle,
    scope: Scope,
    selected: Selected,
}

impl Query {
    /// Creates a query for the keys of `location` that `selected` includes; if it names a file of keys, for only those.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if a pattern is invalid or the file of keys cannot be read.
    pub fn new(location: Location, at: TypedTime, selected: Selected) -> Result<Self> {
        let keys =
            selected.keys_from.as_deref().map(|file| read_names(Path::new(file), &location)).transpose()?;
        let scope = Scope {
            bucket: location.bucket.clone(),
            prefix: location.prefix.clone(),
            keys,
            selection: Selection::new(&selected.include, &selected.exclude)?,
            only: selected.only.clone(),
        };
        Ok(Self {
            location,
            at,
            trust_etag: false,
            multipart_window: limits::MULTIPART_WINDOW,
            earlier: Lifecycle::default(),
            scope,
            selected,
        })
    }

    /// The number of named keys, if keys were named.
    pub fn named(&self) -> Option<usize> {
        self.scope.keys.as_ref().map(Vec::len)
    }

    /// The keys.
    pub(super) fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// The selection, as stored in a plan.
    pub fn selected(&self) -> &Selected {
        &self.selected
    }

    /// The judge for comparing the bucket's state at `at` with that at `versus`.
    pub(super) fn judge(&self, rules: &Known<Vec<Rule>>, at: Instant, versus: AsOf) -> Judge {
        let as_of = AsOfPair { then: AsOf::At(at), now: versus };
        judge(rules, self.earlier.clone(), as_of, self.multipart_window)
    }
}

/// Reads files on a blocking thread, so that asof can be stopped meanwhile: each may be a pipe that waits for its
/// writer.
///
/// # Errors
/// The errors of `read`, and [`Interrupted`](ErrorKind::Interrupted) if stopped meanwhile.
pub(crate) async fn reading<T: Send + 'static>(
    cancel: &Cancel,
    read: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(read);
    tokio::select! {
        done = done => done.map_err(|e| Error::new(ErrorKind::Local, "reading a file failed").because(e))?,
        () = cancel.stopped() => Err(Error::interrupted()),
    }
}

/// Opens a file of keys; `-` is standard input. Also returns its name for messages.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) if it cannot be opened.
pub(crate) fn open_keys(file: &Path) -> Result<(Box<dyn BufRead + Send>, String)> {
    if file.as_os_str() == "-" {
        return Ok((Box::new(BufReader::new(std::io::stdin())), "standard input".to_owned()));
    }
    let name = file.display().to_string();
    let opened = std::fs::File::open(file);
    let opened = opened.map_err(|e| Error::usage(format!("cannot read keys from {name}: {e}")))?;
    Ok((Box::new(BufReader::with_capacity(limits::FILE_BLOCK, opened)), name))
}

/// Reads the named keys, one per line, and returns them sorted and distinct.
fn read_names(file: &Path, location: &Location) -> Result<Vec<String>> {
    let (reader, name) = open_keys(file)?;
    let mut keys = Vec::new();
    each_key(reader, &KeyFormat::lines(location.clone()), &name, |key| {
        if keys.len() == limits::KEYS_FROM {
            let message =
                format!("{name} has more than {} keys, and each costs a request", limits::KEYS_FROM);
            return Err(Error::usage(message).hint("use a prefix or --include patterns instead"));
        }
        keys.push(key.to_owned());
        Ok(())
    })?;
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Reads a bucket's earlier lifecycle rules from a history file.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) if it cannot be read.
pub(crate) async fn earlier_rules(file: Option<PathBuf>, cancel: &Cancel) -> Result<Lifecycle> {
    let Some(file) = file else { return Ok(Lifecycle::default()) };
    let name = file.display().to_string();
    let text = reading(cancel, move || {
        std::fs::read_to_string(&file)
            .map_err(|e| Error::usage(format!("cannot read the lifecycle history {}: {e}", file.display())))
    });
    Lifecycle::default().with_history(&text.await?, &name)
}

/// Reads a price file, if there is one.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) for a file that cannot be read or has no valid prices.
pub(crate) async fn read_prices(file: Option<PathBuf>, cancel: &Cancel) -> Result<Option<Prices>> {
    let Some(file) = file else { return Ok(None) };
    let name = file.display().to_string();
    let text = reading(cancel, move || {
        std::fs::read_to_string(&file)
            .map_err(|e| Error::usage(format!("cannot read prices from {}: {e}", file.display())))
    });
    Prices::parse(&text.await?, &name).map(Some)
}

/// Refuses to restore a location into itself or a part of itself.
///
/// # Errors
/// [`Usage`](crate::error::ErrorKind::Usage) if they overlap.
pub(crate) fn check_elsewhere(source: &Location, target: &Location) -> Result<()> {
    if target.clone().as_folder().overlaps(source) {
        return Err(Error::usage(format!("{target} and {source} overlap"))
            .hint("choose another bucket or a prefix outside it; without --to the restore is in place"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
