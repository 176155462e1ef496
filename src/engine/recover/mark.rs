//! A mark: the application stands still for a moment, the S3 server's clock tells the time, the application goes on.

use std::time::Duration;

use super::bucket::BucketPart;
use super::connect::{as_written, buckets, clock_of};
use super::hooks::{Hook, run_hook};
use super::session::RecoveryRequest;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, printable};
use crate::program::{Environment, RunLimits};
use crate::recover::{Consistency, MarkLine, NextCommand, Notice, Purpose, RecoveryFile, Resource, Resumed};
use crate::state::{Claim, Glimpse, MarksFile, Quiesced, Recovery};

#[derive(Debug)]
pub(crate) struct MakeMark<'a> {
    pub request: RecoveryRequest<'a>,
    /// Its name; without one, its time.
    pub name: Option<String>,
    /// A mark of this name is replaced.
    pub replace: bool,
    /// The application goes on after this, if not after what the file says.
    pub deadline: Option<Duration>,
}

impl MakeMark<'_> {
    /// Makes it. That it cannot be kept is known before the application is stopped.
    pub(crate) async fn run(self) -> Result<MarkLine> {
        let Self { request, name, replace, deadline } = self;
        let RecoveryRequest { source, options, on, .. } = request;
        name.as_deref().map_or(Ok(()), check_name)?;
        let file = Resource::File { path: source.path.clone() };
        let mut claim = Claim::take(&options.state_dir, "mark", vec![file])?;
        let marks = MarksFile::open(&options.state_dir)?;
        let of_file = source.path.to_string_lossy().into_owned();
        if let Some(name) = name.as_deref().filter(|_| !replace) {
            marks.require_free(name, &of_file)?;
        }
        let parts = buckets(&source.file, &options.server, as_written).await?;
        let clock = clock_of(&parts).await;
        if let Some(ahead) = clock.skew() {
            on(&Notice::ClockSkew(ahead))?;
        }
        let now = clock.now().whole_second();
        let name = name.unwrap_or_else(|| now.compact());
        claim.tell(&options.state_dir, &name, None)?;
        let Some(bucket) = parts.first() else {
            let message = format!("{} has no bucket, whose server clock a mark needs", source.file.name);
            return Err(Error::usage(message));
        };
        let mark = Mark { request, bucket, quiesced: Quiesced { name, since: now } };
        let consistency = if source.file.hooks.quiesce.is_some() {
            Consistency::Quiesced
        } else {
            on(&Notice::Unquiesced)?;
            Consistency::Unquiesced
        };
        require_no_recovery(request)?;
        resume_after_killed(request, now).await?;
        let at = mark.make(deadline.unwrap_or_else(|| source.file.mark.deadline())).await;
        if source.file.hooks.stop_for_good() {
            on(&Notice::StandsStill)?;
        }
        let line = MarkLine { name: mark.quiesced.name, at: at?, file: of_file, consistency };
        marks.keep(&line, replace)?;
        Ok(line)
    }
}

fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(());
    }
    Err(Error::usage(format!("{} is not a valid mark name", printable(name)))
        .hint("use letters, digits, \"-\", \"_\" and \".\""))
}

/// Refuses a mark in the midst of a recovery: its second would be one of a half-restored state, and its resume hook would let
/// the application go on over that.
fn require_no_recovery(request: RecoveryRequest<'_>) -> Result<()> {
    let RecoveryRequest { source, options, suggest, .. } = request;
    let is_in_the_midst = |recovery: &Glimpse| {
        let Glimpse { manifest, state, .. } = recovery;
        let is_left =
            state.may_be_quiesced() || (state.has_changed_what_is_in_use() && !state.is_resume_begun());
        manifest.purpose == Purpose::Recover && manifest.file == source.path && !state.is_ended() && is_left
    };
    let Some(recovery) = Recovery::list(&options.state_dir)?.into_iter().find(is_in_the_midst) else {
        return Ok(());
    };
    let (path, at) = (&source.path, recovery.manifest.at);
    let message = format!(
        "cannot make a mark: the recovery {} of {} to {} is unfinished",
        recovery.id,
        path.display(),
        at.human()
    );
    Err(Error::new(ErrorKind::Refused, message).hint(format!(
        "finish it first: {}; or abort it: {}",
        suggest(NextCommand::Recover(path, at)),
        suggest(NextCommand::Abort(path))
    )))
}

/// Runs the resume hook that a killed mark did not come to, before the application is quiesced anew.
async fn resume_after_killed(request: RecoveryRequest<'_>, now: Instant) -> Result<()> {
    let RecoveryRequest { source, options, on, .. } = request;
    let Some(killed) = Quiesced::find(&options.state_dir, &source.path)? else { return Ok(()) };
    let resumed = source.file.hooks.resume.as_ref().map_or(Resumed::Never, |_| Resumed::Now);
    on(&Notice::KilledMark { killed: killed.in_words(now), resumed })?;
    killed.resume(&options.state_dir, source).await
}

struct Mark<'a> {
    request: RecoveryRequest<'a>,
    /// The bucket whose server's clock tells the time.
    bucket: &'a BucketPart,
    quiesced: Quiesced,
}

impl Mark<'_> {
    /// Quiesce hook, a second of the server's clock in which nothing is written, dump. Whatever has become of these after the
    /// deadline, the resume hook is run. That the application is quiesced is noted until then.
    async fn make(&self, deadline: Duration) -> Result<Instant> {
        let RecoveryRequest { source, options, cancel, .. } = self.request;
        let hooks = &source.file.hooks;
        if hooks.quiesce.is_some() {
            self.quiesced.note(&options.state_dir, &source.path)?;
        }
        let late = async {
            tokio::time::sleep(deadline).await;
            let seconds = deadline.as_secs_f32();
            let message = format!("no mark was made: the application was resumed after {seconds} s");
            Err(Error::new(ErrorKind::Local, message)
                .hint("allow more time with --deadline, or make the hooks faster"))
        };
        let stopped = async {
            cancel.stopped().await;
            Err(Error::new(ErrorKind::Interrupted, "interrupted; no mark was made"))
        };
        // What is dropped here is killed: a hook that hangs does not keep the application standing still.
        let taken = tokio::select! {
            taken = self.take(&source.file) => taken,
            late = late => late,
            stopped = stopped => stopped,
        };
        let resumed = run_hook(hooks, Hook::Resume, &self.environment(taken.as_ref().ok())).await;
        resumed.map_err(|e| e.hint("the application may still be quiesced: resume it by hand"))?;
        Quiesced::forget(&options.state_dir, &source.path)?;
        taken
    }

    async fn take(&self, file: &RecoveryFile) -> Result<Instant> {
        run_hook(&file.hooks, Hook::Quiesce, &self.environment(None)).await?;
        let at = self.quiet_second().await?;
        if let Some(dump) = &file.mark.dump {
            dump.run("the dump command", &self.environment(Some(&at)), RunLimits::default()).await?;
        }
        Ok(at)
    }

    /// A second in which nothing is written: the one after the second in which the writers stopped, whose fractions the clock
    /// does not tell. It is over when this returns, so that nothing that is written later has its date.
    async fn quiet_second(&self) -> Result<Instant> {
        let stopped = self.server_time().await?;
        let at = self.after(stopped).await?;
        self.after(at).await?;
        Ok(at)
    }

    /// The server's clock, once it is past this second.
    async fn after(&self, second: Instant) -> Result<Instant> {
        loop {
            let now = self.server_time().await?;
            if now > second {
                return Ok(now);
            }
            tokio::time::sleep(limits::CLOCK_PAUSE).await;
        }
    }

    async fn server_time(&self) -> Result<Instant> {
        self.bucket.client.server_time(&self.bucket.location.bucket).await
    }

    fn environment(&self, at: Option<&Instant>) -> Environment {
        let mut variables = vec![("ASOF_MARK".to_owned(), self.quiesced.name.clone())];
        if let Some(at) = at {
            variables.push(("ASOF_AT".to_owned(), at.to_string()));
            variables.push(("ASOF_AT_EPOCH".to_owned(), at.second().to_string()));
        }
        variables
    }
}
