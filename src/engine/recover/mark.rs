//! A mark: the application is quiesced briefly, the S3 server's clock gives the time, the application is resumed.

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
    /// The name of the mark; by default, its time.
    pub name: Option<String>,
    /// Whether to replace a mark of the same name.
    pub replace: bool,
    /// The longest time that the application is quiesced, instead of the file's setting.
    pub deadline: Option<Duration>,
}

impl MakeMark<'_> {
    /// Makes the mark. Fails before the application is quiesced if the mark could not be stored.
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
            on(&Notice::StillQuiesced)?;
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

/// Refuses a mark during a recovery: it would mark a half-restored state, and its resume hook would resume the
/// application on that state.
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

/// Runs the resume hook that a killed mark did not run, before the application is quiesced again.
async fn resume_after_killed(request: RecoveryRequest<'_>, now: Instant) -> Result<()> {
    let RecoveryRequest { source, options, on, .. } = request;
    let Some(killed) = Quiesced::find(&options.state_dir, &source.path)? else { return Ok(()) };
    let resumed = source.file.hooks.resume.as_ref().map_or(Resumed::Never, |_| Resumed::Now);
    on(&Notice::KilledMark { killed: killed.in_words(now), resumed })?;
    killed.resume(&options.state_dir, source).await
}

struct Mark<'a> {
    request: RecoveryRequest<'a>,
    /// The bucket whose server's clock gives the time.
    bucket: &'a BucketPart,
    quiesced: Quiesced,
}

impl Mark<'_> {
    /// Runs the quiesce hook, waits for a second of the server's clock without writes, and runs the dump. The resume
    /// hook runs at the deadline at the latest, whatever their outcome. Until then, a record says that the application
    /// is quiesced.
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
        // Dropping the future kills a hanging hook, so that the application does not stay quiesced.
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

    /// Returns a second without writes: the one after the second in which the writers stopped, since the server's clock
    /// has no fractions. That second is over on return, so that no later write has its date.
    async fn quiet_second(&self) -> Result<Instant> {
        let stopped = self.server_time().await?;
        let at = self.after(stopped).await?;
        self.after(at).await?;
        Ok(at)
    }

    /// Returns the server's time once it is past this second.
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
