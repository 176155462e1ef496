//! The arguments shared by `diff`, `restore` and `verify`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::check::EarlierArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use crate::cancel::Cancel;
use crate::engine::{
    Action, Only, PlanSet, Query, Selected, SetSelection, earlier_rules, reading, set_selection,
};
use crate::error::{Error, Result};
use crate::model::{Location, TypedTime};

/// A location and a past time.
#[derive(Debug, Args)]
pub(in crate::cli) struct PastArgs {
    /// Bucket, or prefix in it: s3://BUCKET[/PREFIX]
    #[arg(value_parser = parse::parse::<Location>)]
    pub(in crate::cli) location: Location,
    /// Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: String,
}

/// The options of `diff`, `restore` and `verify`.
#[derive(Debug, Args)]
pub(in crate::cli) struct CommonArgs<const CSV: bool = false> {
    #[command(flatten)]
    pub(in crate::cli) select: SelectArgs,
    /// Treat versions with equal ETag and size as the same object, without HEAD requests
    #[arg(long)]
    pub(in crate::cli) trust_etag: bool,
    /// Warn about multipart uploads started within this window before T [default: 1h]
    #[arg(long, value_name = "LENGTH", value_parser = parse::length, default_value = "1h", hide_default_value = true)]
    pub(in crate::cli) multipart_window: Duration,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<CSV>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Key selection")]
pub(in crate::cli) struct SelectArgs {
    /// Restrict to keys that match; * also matches /; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) include: Vec<String>,
    /// Skip keys that match; repeatable
    #[arg(long, value_name = "GLOB")]
    pub(in crate::cli) exclude: Vec<String>,
    /// Restrict to the keys in this file, one per line (- for stdin)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) keys_from: Option<PathBuf>,
}

impl<const CSV: bool> CommonArgs<CSV> {
    /// Returns the query of the past state that a plan set restores.
    pub(in crate::cli) async fn query_of_set(&self, set: &PlanSet, cancel: &Cancel) -> Result<Query> {
        let SelectArgs { include, exclude, keys_from } = &self.select;
        if !include.is_empty() || !exclude.is_empty() || keys_from.is_some() {
            return Err(Error::usage("--include, --exclude and --keys-from cannot be used with a plan set")
                .hint("leave them out: a plan set has its own keys"));
        }
        let SetSelection { location, selected } = set_selection(set)?;
        let at = TypedTime::Instant(set.manifest.plan.at);
        let query = reading(cancel, move || Query::new(location, at, selected)).await?;
        let trust_etag = self.trust_etag || set.manifest.plan.checks.trust_etag;
        self.judged(query, trust_etag, cancel).await
    }

    /// Returns the query with these options.
    async fn judged(&self, mut query: Query, trust_etag: bool, cancel: &Cancel) -> Result<Query> {
        query.trust_etag = trust_etag;
        query.multipart_window = self.multipart_window;
        query.earlier = earlier_rules(self.earlier.lifecycle_history.clone(), cancel).await?;
        Ok(query)
    }

    /// Returns the query of a location's past state, limited to these kinds of change.
    pub(in crate::cli) async fn query(
        &self,
        location: &Location,
        at: TypedTime,
        only: &[Action],
        cancel: &Cancel,
    ) -> Result<Query> {
        let SelectArgs { include, exclude, keys_from } = &self.select;
        let selected = Selected {
            include: include.clone(),
            exclude: exclude.clone(),
            keys_from: keys_from.as_ref().map(|file| file.to_string_lossy().into_owned()),
            only: Only::new(only.iter().copied()),
        };
        let location = location.clone();
        let query = reading(cancel, move || Query::new(location, at, selected)).await?;
        self.judged(query, self.trust_etag, cancel).await
    }
}
