//! The arguments of commands that change a bucket.

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};

use super::parse;
use crate::engine::{ApplyOptions, Copying, OnConflict, OnDoubt, RestoreOptions, Settings, Thaw, Tier};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::{Destination, Location};

/// The options of every command that changes a bucket.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApplyArgs {
    /// Conflict policy, for keys changed since the plan or files in DIR that differ
    #[arg(long, value_enum, value_name = "HOW", default_value_t = OnConflict::Skip)]
    pub(in crate::cli) on_conflict: OnConflict,
    /// Maximum number of keys written per second, copies and deletes together
    #[arg(long, value_name = "N/s", value_parser = parse::rate, default_value = "3000/s")]
    pub(in crate::cli) rate: u32,
    /// Maximum number of copies and delete requests in flight
    ///
    /// asof lowers it while the server throttles or fails.
    #[arg(long, value_name = "N", value_parser = parse::concurrency, default_value_t = limits::DEFAULT_CONCURRENCY)]
    pub(in crate::cli) concurrency: usize,
    /// Places in the key order to write from at once [default: by plan size, up to 16]
    ///
    /// S3 limits writes per key range. More lanes spread them over more ranges. A run that is resumed keeps its lanes.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::MAX_LANES)))]
    pub(in crate::cli) lanes: Option<u32>,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
}

#[derive(Debug, Default, Args)]
pub(in crate::cli) struct StateArgs {
    /// Directory for runs and marks [default: $XDG_STATE_HOME/asof or ~/.local/state/asof]
    ///
    /// s3://BUCKET/PREFIX keeps runs where other machines can resume and undo them.
    #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(Destination::of_path))]
    pub(in crate::cli) state_dir: Option<Destination>,
    /// Profile of the server with --state-dir s3://… [default: that of the bucket]
    #[arg(long, value_name = "PROFILE", requires = "state_dir")]
    pub(in crate::cli) state_profile: Option<String>,
}

impl StateArgs {
    /// Returns the settings of the server with the state, if state is in a bucket.
    pub(in crate::cli) fn server(&self, of_bucket: Settings) -> Settings {
        match &self.state_profile {
            None => Settings { rate: None, ..of_bucket },
            profile => Settings { profile: profile.clone(), ..Settings::default() },
        }
    }

    /// Returns the folder of the state, if it is in a bucket.
    pub(in crate::cli) fn bucket(&self) -> Option<Location> {
        self.state_dir.clone().and_then(Destination::into_bucket)
    }
}

/// Options for copying versions.
#[derive(Debug, Args)]
#[command(next_help_heading = "Objects")]
pub(in crate::cli) struct CopyArgs {
    /// Copy the Object Lock retention and legal hold of each version
    #[arg(long)]
    pub(in crate::cli) locks: bool,
    /// Skip the HEAD request before each copy
    ///
    /// Use it only if every version has the default encryption of the bucket.
    #[arg(long, conflicts_with = "locks")]
    pub(in crate::cli) no_head: bool,
    /// Policy for uncertain keys: skip them, or trust the listing
    #[arg(long, value_enum, value_name = "HOW")]
    pub(in crate::cli) doubtful: Option<OnDoubt>,
    #[command(flatten)]
    pub(in crate::cli) thaw: ThawArgs,
    /// Copy larger objects in parts of at most this size
    #[arg(long, hide = true, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..=limits::MAX_COPY_BYTES), default_value_t = limits::MAX_COPY_BYTES)]
    pub(in crate::cli) multipart_threshold: u64,
}

#[derive(Debug, Clone, Copy, Args)]
pub(in crate::cli) struct ThawArgs {
    /// Thaw archived versions with this retrieval tier
    ///
    /// asof resume copies them when they are ready.
    #[arg(long, value_enum, value_name = "TIER")]
    pub(in crate::cli) thaw: Option<Tier>,
    /// Number of days that thawed versions stay readable
    #[arg(long, value_name = "N", requires = "thaw", default_value_t = limits::THAW_DAYS, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) thaw_days: u32,
}

/// Options of the commands that change a bucket by copying versions.
#[derive(Debug, Args)]
pub(in crate::cli) struct ChangeArgs {
    #[command(flatten)]
    pub(in crate::cli) apply: ApplyArgs,
    #[command(flatten)]
    pub(in crate::cli) copies: CopyArgs,
}

impl ApplyArgs {
    pub(in crate::cli) fn options(&self) -> ApplyOptions {
        ApplyOptions { on_conflict: self.on_conflict, concurrency: self.concurrency, lanes: self.lanes }
    }
}

impl ChangeArgs {
    pub(in crate::cli) fn options(&self) -> RestoreOptions {
        let CopyArgs { locks, no_head, multipart_threshold, thaw, doubtful } = self.copies;
        let copying = Copying { locks, no_head, thaw: thaw.asked(), multipart_threshold };
        RestoreOptions { copying, on_doubt: doubtful.unwrap_or_default(), apply: self.apply.options() }
    }
}

impl ThawArgs {
    /// Returns the options for restoring from the archive; `None` if archived versions are not requested.
    pub(in crate::cli) fn asked(self) -> Option<Thaw> {
        self.thaw.map(|tier| Thaw { tier, days: self.thaw_days })
    }
}

impl CopyArgs {
    /// Refuses copy options if nothing is copied.
    pub(in crate::cli) fn require_none(&self) -> Result<()> {
        let given =
            [("--thaw", self.thaw.thaw.is_some()), ("--locks", self.locks), ("--no-head", self.no_head)];
        let given = given.iter().find(|(_, given)| *given);
        given.map_or(Ok(()), |(option, _)| {
            Err(Error::usage(format!("{option} applies to copies in a bucket only"))
                .hint("leave it out: files keep only content and modification time"))
        })
    }
}
