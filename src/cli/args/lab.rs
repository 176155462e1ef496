//! The arguments of `asof lab`.

use std::net::SocketAddr;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};

use crate::lab::{Shape, SyntheticOptions};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum LabCommand {
    /// Serve an in-memory versioned S3 on loopback until Ctrl-C
    Serve(ServeArgs),
    /// Serve a computed bucket of any size on loopback, to measure listings, until Ctrl-C
    #[command(name = "wall")]
    Synthetic(SyntheticArgs),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ServeArgs {
    /// Loopback address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9797")]
    pub(in crate::cli) listen: SocketAddr,
    /// Region that requests must be signed for
    #[arg(long, default_value = "us-east-1")]
    pub(in crate::cli) region: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SyntheticArgs {
    /// Loopback address to listen on; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9798")]
    pub(in crate::cli) listen: SocketAddr,
    /// Number of keys, up to a billion
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(in crate::cli) keys: u64,
    /// Number of versions per key
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(in crate::cli) versions_per_key: u64,
    /// Shape of the keys
    #[arg(long, default_value = Shape::default().name(), value_parser = shapes())]
    pub(in crate::cli) shape: Shape,
    /// Duration of every request: 50ms, 1s
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = latency)]
    pub(in crate::cli) latency: Duration,
    /// Maximum additional duration of a page of versions, different for each request
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = latency)]
    pub(in crate::cli) page_latency_jitter: Duration,
    /// Refuse requests above this number per second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) throttle_above: Option<u32>,
    /// Change every n-th key since 2026-01-01T00:00:00Z: overwrite, delete or create, in turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(in crate::cli) changed_every: Option<u64>,
    /// Seed of keys, times and digests
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(in crate::cli) seed: u64,
    /// Number of threads
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(in crate::cli) threads: u16,
}

impl From<SyntheticArgs> for SyntheticOptions {
    fn from(args: SyntheticArgs) -> Self {
        Self {
            listen: args.listen,
            keys: args.keys,
            versions_per_key: args.versions_per_key,
            shape: args.shape,
            latency: args.latency,
            page_latency_jitter: args.page_latency_jitter,
            throttle_above: args.throttle_above,
            changed_every: args.changed_every,
            seed: args.seed,
        }
    }
}

fn shapes() -> impl TypedValueParser<Value = Shape> {
    PossibleValuesParser::new(Shape::ALL.map(Shape::name)).try_map(|name| name.parse::<Shape>())
}

fn latency(text: &str) -> std::result::Result<Duration, String> {
    let (number, unit) = text.split_at(text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len()));
    let number = number.parse().map_err(|_| ());
    match (number, unit) {
        (Ok(number), "us") => Ok(Duration::from_micros(number)),
        (Ok(number), "ms") => Ok(Duration::from_millis(number)),
        (Ok(number), "s") => Ok(Duration::from_secs(number)),
        _ => Err("write it as 50ms or 1s".to_owned()),
    }
}

#[cfg(test)]
mod tests;
