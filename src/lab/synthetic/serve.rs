//! `asof lab wall`: a wall in the foreground, until it is interrupted.

use std::io::{self, Write};

use super::{Wall, WallOptions};

/// Starts a wall on a runtime of its own, so that its cost is that of its threads; prints how to connect, and the
/// counts at Ctrl-C.
pub async fn serve_wall(options: WallOptions, threads: usize) -> io::Result<()> {
    let serve = move || serve_blocking(options, threads, &mut io::stdout());
    tokio::task::spawn_blocking(serve).await.map_err(io::Error::other)?
}

fn serve_blocking(options: WallOptions, threads: usize, out: &mut impl Write) -> io::Result<()> {
    let runtime = match threads {
        0 | 1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        _ => tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?,
    };
    let ended = runtime.block_on(async {
        let shape = options.shape.name();
        let wall = Wall::start(options).await?;
        greet(&wall, shape, out)?;
        tokio::signal::ctrl_c().await?;
        tell(&wall, out)
    });
    // Requests in flight need no reply.
    runtime.shutdown_background();
    ended
}

fn greet(wall: &Wall, shape: &str, out: &mut impl Write) -> io::Result<()> {
    let (url, bucket, expected) = (wall.url(), wall.bucket(), wall.expected_changes());
    writeln!(
        out,
        "a computed bucket, on loopback only, until Ctrl-C; it reads only and checks no signature"
    )?;
    writeln!(out)?;
    writeln!(out, "  export AWS_ENDPOINT_URL={url}")?;
    writeln!(out, "  export AWS_ACCESS_KEY_ID=wall AWS_SECRET_ACCESS_KEY=wall AWS_REGION=us-east-1")?;
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

fn tell(wall: &Wall, out: &mut impl Write) -> io::Result<()> {
    let stats = wall.stats();
    writeln!(
        out,
        "\n{} requests, {} of them refused; {} pages asked for, {} versions and delete markers listed; \
         at most {} requests at one time",
        stats.requests, stats.throttled, stats.listings, stats.entries, stats.most_in_flight
    )?;
    out.flush()
}
