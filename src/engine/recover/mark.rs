//! A mark: the application stands still for a moment, the S3 server's clock tells the time, the application goes on.

use std::path::Path;
use std::time::Duration;

use super::hooks::{Hook, run_hook};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;
use crate::program::{Environment, RunLimits};
use crate::recover::RecoveryFile;
use crate::s3::Client;
use crate::state::Quiesced;

/// Takes a mark: quiesce hook, a second of the server's clock in which nothing is written, dump. Whatever has become of
/// these after the deadline, the resume hook is run. That the application is quiesced is noted until then.
pub(crate) async fn mark(
    (path, file): (&Path, &RecoveryFile),
    (client, bucket): (&Client, &str),
    (state_dir, mark): (&Path, &Quiesced),
    deadline: Duration,
    cancel: &Cancel,
) -> Result<Instant> {
    let name = &*mark.name;
    if file.hooks.quiesce.is_some() {
        mark.note(state_dir, path)?;
    }
    let late = async {
        tokio::time::sleep(deadline).await;
        let seconds = deadline.as_secs_f32();
        let message = format!("no mark was made: after {seconds} s the application was let go on");
        Err(Error::new(ErrorKind::Local, message)
            .hint("give it longer, --deadline, or make the hooks faster"))
    };
    let stopped = async {
        cancel.stopped().await;
        Err(Error::new(ErrorKind::Interrupted, "interrupted; no mark was made"))
    };
    // What is dropped here is killed: a hook that hangs does not keep the application standing still.
    let taken = tokio::select! {
        taken = take(file, (client, bucket), name) => taken,
        late = late => late,
        stopped = stopped => stopped,
    };
    let resumed = run_hook(&file.hooks, Hook::Resume, &environment(name, taken.as_ref().ok())).await;
    resumed.map_err(|e| e.hint("the application may still stand still: let it go on by hand"))?;
    Quiesced::forget(state_dir, path)?;
    taken
}

async fn take(file: &RecoveryFile, (client, bucket): (&Client, &str), name: &str) -> Result<Instant> {
    run_hook(&file.hooks, Hook::Quiesce, &environment(name, None)).await?;
    let at = quiet_second(client, bucket).await?;
    if let Some(dump) = &file.mark.dump {
        dump.run("the dump command", &environment(name, Some(&at)), RunLimits::default()).await?;
    }
    Ok(at)
}

/// A second in which nothing is written: the one after the second in which the writers stopped, whose fractions the clock
/// does not tell. It is over when this returns, so that nothing that is written later has its date.
async fn quiet_second(client: &Client, bucket: &str) -> Result<Instant> {
    let stopped = client.server_time(bucket).await?;
    let at = after(client, bucket, stopped).await?;
    after(client, bucket, at).await?;
    Ok(at)
}

/// The server's clock, once it is past this second.
async fn after(client: &Client, bucket: &str, second: Instant) -> Result<Instant> {
    loop {
        let now = client.server_time(bucket).await?;
        if now > second {
            return Ok(now);
        }
        tokio::time::sleep(limits::CLOCK_PAUSE).await;
    }
}

fn environment(name: &str, at: Option<&Instant>) -> Environment {
    let mut variables = vec![("ASOF_MARK".to_owned(), name.to_owned())];
    if let Some(at) = at {
        variables.push(("ASOF_AT".to_owned(), at.to_string()));
        variables.push(("ASOF_AT_EPOCH".to_owned(), at.second().to_string()));
    }
    variables
}
