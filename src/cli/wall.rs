//! `asof lab wall`.

use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::exit::Exit;
use crate::error::{Error, ErrorKind, Result};
use crate::lab::{self, Shape, WallOptions};

#[derive(Debug, clap::Args)]
pub(super) struct WallArgs {
    /// The loopback address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9798")]
    listen: std::net::SocketAddr,
    /// How many keys there are, up to a billion
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    keys: u64,
    /// How many versions each key has
    #[arg(long, value_name = "N", default_value_t = 1)]
    versions_per_key: u64,
    /// What the keys are like
    #[arg(long, default_value = Shape::default().name(), value_parser = shapes())]
    shape: Shape,
    /// How long every request takes: 50ms, 1s
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = parse_duration)]
    latency: Duration,
    /// How much longer a page of versions takes at most; how much, the request decides
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = parse_duration)]
    page_latency_jitter: Duration,
    /// Refuse requests above this many a second
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    throttle_above: Option<u32>,
    /// Every n-th key has been changed since 2026-01-01T00:00:00Z: overwritten, deleted or created, in turn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    changed_every: Option<u64>,
    /// Another seed makes other keys, times and digests
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// How many threads serve it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: u16,
}

/// Serves a wall until Ctrl-C.
pub(super) async fn run(args: WallArgs) -> Result<Exit> {
    let options = WallOptions {
        listen: args.listen,
        keys: args.keys,
        versions_per_key: args.versions_per_key,
        shape: args.shape,
        latency: args.latency,
        page_latency_jitter: args.page_latency_jitter,
        throttle_above: args.throttle_above,
        changed_every: args.changed_every,
        seed: args.seed,
    };
    // On a runtime of its own, so that what it costs is what its threads cost.
    let serve = move || lab::serve_wall(options, args.threads.into(), &mut std::io::stdout());
    let served = tokio::task::spawn_blocking(serve).await;
    served.map_err(|e| Error::new(ErrorKind::Local, "the wall fell down").because(e))??;
    Ok(Exit::Done)
}

fn shapes() -> impl TypedValueParser<Value = Shape> {
    PossibleValuesParser::new(Shape::ALL.map(Shape::name)).try_map(|name| name.parse::<Shape>())
}

fn parse_duration(text: &str) -> std::result::Result<Duration, String> {
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
