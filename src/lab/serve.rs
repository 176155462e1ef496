//! `asof lab serve`: a lab in the foreground, until it is interrupted.

use std::io::{self, Write};

use super::{Lab, Options};

/// Starts a lab, prints how to connect, and runs until Ctrl-C.
pub async fn serve(options: Options, out: &mut (impl Write + Send)) -> io::Result<()> {
    let lab = Lab::start(options).await?;
    greet(&lab, out)?;
    tokio::signal::ctrl_c().await?;
    lab.shutdown().await;
    Ok(())
}

fn greet(lab: &Lab, out: &mut impl Write) -> io::Result<()> {
    let (url, credentials) = (lab.url(), lab.credentials());
    writeln!(out, "a versioned S3 in memory, on loopback only, until Ctrl-C; nothing is kept")?;
    writeln!(out)?;
    writeln!(out, "  export AWS_ENDPOINT_URL={url}")?;
    writeln!(out, "  export AWS_ACCESS_KEY_ID={}", credentials.access_key)?;
    writeln!(out, "  export AWS_SECRET_ACCESS_KEY={}", credentials.secret_key)?;
    writeln!(out, "  export AWS_REGION={}", lab.region())?;
    writeln!(out)?;
    writeln!(out, "  curl -X PUT  {url}/_lab/clock    -d 2026-01-31T12:00:00Z     stop the clock there")?;
    writeln!(out, "  curl -X PUT  {url}/_lab/clock    -d real                     let it run again")?;
    writeln!(
        out,
        "  curl -X POST {url}/_lab/faults   -d '{{\"fault\":\"SlowDown\",\"when\":{{\"every\":5}}}}'"
    )?;
    writeln!(
        out,
        "  curl         {url}/_lab/requests                             how many of each operation"
    )?;
    out.flush()
}
