//! The arguments of `ls` and `cat`.

use clap::Args;

use super::apply::StateArgs;
use super::check::EarlierArgs;
use super::common::PastArgs;
use super::output::OutputArgs;
use super::parse;
use super::server::ServerArgs;
use super::values::TrustArg;
use crate::cancel::Cancel;
use crate::engine::{OnUncertain, ViewOptions, earlier_rules};
use crate::error::Result;
use crate::model::{ByteRange, Location};

#[derive(Debug, Args)]
pub(in crate::cli) struct LsArgs {
    #[command(flatten)]
    pub(in crate::cli) past: PastArgs,
    /// List all keys below the prefix, not only those of the folder
    #[arg(long)]
    pub(in crate::cli) recursive: bool,
    /// Show sizes in KiB, MiB, GiB
    #[arg(long)]
    pub(in crate::cli) human_readable: bool,
    /// Also show the number of keys listed and their total size
    #[arg(long)]
    pub(in crate::cli) summarize: bool,
    #[command(flatten)]
    pub(in crate::cli) view: ViewArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs<true>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct CatArgs {
    /// Object: s3://BUCKET/KEY
    #[arg(value_parser = parse::parse::<Location>)]
    pub(in crate::cli) location: Location,
    /// Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: String,
    /// Only these bytes, counted from 0: 0-99, 100- or -100 (the last 100)
    #[arg(long, value_name = "BYTES", value_parser = parse::parse::<ByteRange>, allow_hyphen_values = true)]
    pub(in crate::cli) range: Option<ByteRange>,
    #[command(flatten)]
    pub(in crate::cli) view: ViewArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    /// Print the bytes and errors only
    #[arg(short, long, help_heading = "Output")]
    pub(in crate::cli) quiet: bool,
}

/// The options by which the state of keys at T is judged.
#[derive(Debug, Args)]
pub(in crate::cli) struct ViewArgs {
    /// Accept keys whose state at T is uncertain: trust the listing
    #[arg(long, value_enum, value_name = "HOW")]
    pub(in crate::cli) doubtful: Option<TrustArg>,
    #[command(flatten)]
    pub(in crate::cli) earlier: EarlierArgs,
}

impl ViewArgs {
    pub(in crate::cli) async fn options(self, cancel: &Cancel) -> Result<ViewOptions> {
        let uncertain = match self.doubtful {
            Some(TrustArg::Trust) => OnUncertain::Trust,
            None => OnUncertain::Report,
        };
        let earlier = earlier_rules(self.earlier.lifecycle_history, cancel).await?;
        Ok(ViewOptions { earlier, uncertain, ..ViewOptions::default() })
    }
}
