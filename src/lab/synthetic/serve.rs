//! `asof lab wall`: a synthetic bucket in the foreground, until it is interrupted.

use std::io::{self, Write};

use super::{SyntheticBucket, SyntheticOptions};

/// Starts a synthetic bucket on a runtime of its own, so that its cost is that of its threads. Prints how to connect, and
/// the counts at Ctrl-C.
pub async fn serve_synthetic(options: SyntheticOptions, threads: usize) -> io::Result<()> {
    let serve = move || serve_blocking(options, threads, &mut io::stdout());
    tokio::task::spawn_blocking(serve).await.map_err(io::Error::other)?
}

fn serve_blocking(options: SyntheticOptions, threads: usize, out: &mut impl Write) -> io::Result<()> {
    let runtime = match threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        _ => tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?,
    };
    let ended = runtime.block_on(async {
        let shape = options.shape.name();
        let synthetic = SyntheticBucket::start(options).await?;
        greet(&synthetic, shape, out)?;
        tokio::signal::ctrl_c().await?;
        tell(&synthetic, out)
    });
    // Requests in flight need no reply.
    runtime.shutdown_background();
    ended
}

fn greet(synthetic: &SyntheticBucket, shape: &str, out: &mut impl Write) -> io::Result<()> {
    let (url, bucket, expected) = (synthetic.url(), synthetic.bucket(), synthetic.expected_changes());
    writeln!(out, "a synthetic bucket on loopback until Ctrl-C; it is read-only and checks no signatures")?;
    writeln!(out)?;
    writeln!(out, "  export AWS_ENDPOINT_URL={url}")?;
    writeln!(
        out,
        "  export AWS_ACCESS_KEY_ID=synthetic AWS_SECRET_ACCESS_KEY=synthetic AWS_REGION=us-east-1"
    )?;
    writeln!(out)?;
    writeln!(
        out,
        "  s3://{bucket}: {} keys, {} versions and delete markers, shape {shape}",
        expected.keys, expected.entries
    )?;
    writeln!(
        out,
        "  asof diff s3://{bucket} --at {}: {} reverts, {} undeletes, {} deletes",
        expected.at, expected.reverts, expected.undeletes, expected.deletes
    )?;
    writeln!(out, "  curl {url}/_lab/requests")?;
    out.flush()
}

fn tell(synthetic: &SyntheticBucket, out: &mut impl Write) -> io::Result<()> {
    let stats = synthetic.stats();
    writeln!(
        out,
        "\n{} requests ({} refused), {} pages requested, {} versions and delete markers listed, \
         at most {} requests in flight",
        stats.requests, stats.throttled, stats.listings, stats.entries, stats.most_in_flight
    )?;
    out.flush()
}
