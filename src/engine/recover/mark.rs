//! A mark: the application is quiesced briefly, the S3 server's clock gives the time, the application is resumed.

use std::time::Duration;

use super::bucket::BucketPart;
use super::connect::{buckets, clock_of};
use super::hooks::{Hook, run_hook};
use super::session::RecoveryRequest;
use super::snapshots::Snapshots;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, printable};
use crate::program::{Environment, RunLimits};
use crate::recover::{
    Consistency, MarkLine, MarkSnapshot, NextCommand, Notice, Purpose, RecoveryFile, Resource, Resumed,
    Target,
};
use crate::state::{Claim, Glimpse, MarksFile, Quiesced, Recovery};

#[derive(Debug)]
pub(crate) struct MakeMark<'a> {
    pub request: RecoveryRequest<'a>,
    /// The name of the mark; by default, its time.
    pub name: Option<String>,
    /// True to replace a mark of the same name.
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
        let parts = buckets(&source.file, &options.server, Target::clone).await?;
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
        let snapshots = Snapshots::new(request, &marks);
        let mark = Mark { request, bucket, snapshots, quiesced: Quiesced { name, since: now } };
        let consistency = mark.consistency()?;
        require_no_recovery(request)?;
        resume_after_killed(request, now).await?;
        let taken = mark.make(deadline.unwrap_or_else(|| source.file.mark.deadline())).await;
        if source.file.hooks.stop_for_good() {
            on(&Notice::StillQuiesced)?;
        }
        let kept = taken.and_then(|Taken { at, snapshots }| {
            let name = mark.quiesced.name.clone();
            let line = MarkLine { name, at, file: of_file, consistency, snapshots };
            marks.keep(&line, replace).map(|()| line)
        });
        // Those of this mark, if it failed, of the mark that it replaces, and of earlier ones that were killed.
        let released = mark.snapshots.release_loose().await;
        let line = kept?;
        released?;
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
    snapshots: Snapshots<'a>,
    quiesced: Quiesced,
}

/// The time and the snapshots of a mark.
struct Taken {
    at: Instant,
    snapshots: Vec<MarkSnapshot>,
}

impl Mark<'_> {
    /// Tells the consistency of the mark, and says so unless the application is quiesced.
    fn consistency(&self) -> Result<Consistency> {
        let RecoveryRequest { source, on, .. } = self.request;
        if source.file.hooks.quiesce.is_some() {
            return Ok(Consistency::Quiesced);
        }
        if self.snapshots.is_empty() {
            return on(&Notice::Unquiesced).map(|()| Consistency::Unquiesced);
        }
        on(&Notice::CrashConsistent).map(|()| Consistency::CrashConsistent)
    }

    /// Runs the quiesce hook, waits for a second of the server's clock without writes, runs the dump and takes the
    /// snapshots. The resume hook runs at the deadline at the latest, whatever their outcome. Until then, a record says
    /// that the application is quiesced.
    async fn make(&self, deadline: Duration) -> Result<Taken> {
        let RecoveryRequest { source, options, cancel, .. } = self.request;
        let hooks = &source.file.hooks;
        if hooks.quiesce.is_some() {
            self.quiesced.note(&options.state_dir, &source.path)?;
        }
        let late = async {
            tokio::time::sleep(deadline).await;
            let seconds = deadline.as_secs_f32();
            let message = match hooks.quiesce {
                Some(_) => format!("no mark was made: the application was resumed after {seconds} s"),
                None => format!("no mark was made: its commands were stopped after {seconds} s"),
            };
            Err(Error::new(ErrorKind::Local, message)
                .hint("allow more time with --deadline, or make the hooks and commands faster"))
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
        let resumed =
            run_hook(hooks, Hook::Resume, &self.environment(taken.as_ref().ok().map(|taken| taken.at))).await;
        resumed.map_err(|e| e.hint("the application may still be quiesced: resume it by hand"))?;
        Quiesced::forget(&options.state_dir, &source.path)?;
        taken
    }

    async fn take(&self, file: &RecoveryFile) -> Result<Taken> {
        let is_quiesced = run_hook(&file.hooks, Hook::Quiesce, &self.environment(None)).await?;
        let mark = &self.quiesced.name;
        if is_quiesced || self.snapshots.is_empty() {
            let at = self.quiet_second().await?;
            self.dump(file, at).await?;
            return Ok(Taken { at, snapshots: self.snapshots.take(mark, at).await? });
        }
        // All start within this second, and the mark is the next one: it includes the objects that were there before.
        let started = self.after(self.server_time().await?).await?;
        let at = Instant::from_millis(started.millis() + 1000);
        let snapshots = self.snapshots.take(mark, at).await?;
        self.dump(file, at).await?;
        self.after(at).await?;
        Ok(Taken { at, snapshots })
    }

    async fn dump(&self, file: &RecoveryFile, at: Instant) -> Result<()> {
        let Some(dump) = &file.mark.dump else { return Ok(()) };
        dump.run("the dump command", &self.environment(Some(at)), RunLimits::default()).await
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

    fn environment(&self, at: Option<Instant>) -> Environment {
        let mut variables = vec![("ASOF_MARK".to_owned(), self.quiesced.name.clone())];
        if let Some(at) = at {
            variables.push(("ASOF_AT".to_owned(), at.to_string()));
            variables.push(("ASOF_AT_EPOCH".to_owned(), at.second().to_string()));
        }
        variables
    }
}
