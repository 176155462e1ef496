//! A drill: a recovery into scratch copies, which are verified, timed and torn down.

use super::bucket::BucketPart;
use super::connect::{buckets, databases};
use super::kept::keep_sources;
use super::prepare::RecoveryResult;
use super::session::{RecoveryRequest, Session, Taken};
use super::target_time::TargetTime;
use super::teardown::tear_down;
use crate::cancel::Cancel;
use crate::db::{Database, RestoreRequest, require_free};
use crate::error::{Error, Result};
use crate::recover::{
    Conclusion, DRILL, Marks, NextCommand, Notice, Purpose, Target, check_drill, drill_shape, scratch,
};
use crate::state::Recovery;

#[derive(Debug)]
pub(crate) struct Drill<'a> {
    pub request: RecoveryRequest<'a>,
    pub target: TargetTime,
    pub keep: bool,
}

/// The end of a drill.
#[derive(Debug)]
pub(crate) enum Rehearsed {
    Ended(Box<RecoveryResult>),
    /// It did not begin: these copies of an earlier drill could not be torn down.
    LeftBehind(Vec<String>),
}

impl Drill<'_> {
    /// Runs the drill.
    pub(crate) async fn run(self) -> Result<Rehearsed> {
        let Self { request, target, keep } = self;
        let RecoveryRequest { source, options, .. } = request;
        check_drill(&source.file, true)?;
        let session = Session::open(request, Some(DRILL)).await?;
        // The Ctrl-C that ends the drill must not stop the teardown.
        let databases = databases(source, &options.server, &Marks::default(), &Cancel::default()).await?;
        let mut drill = Stage { session, databases, keep };
        let left = drill.clear(&target).await?;
        if !left.is_empty() {
            return Ok(Rehearsed::LeftBehind(left));
        }
        // Checked only now: copies without a teardown command may have been removed by hand, which ends the drill that
        // left them.
        check_drill(&source.file, keep)?;
        let recovery = drill.begin(&target).await?;
        drill.session.tell(&recovery)?;
        let copies = drill.copies(recovery.id()).await?;
        drill.require_room(&recovery, &copies).await?;
        let Taken { mut outcome, findings } = drill.session.take_steps(&recovery, &copies).await;
        let mut report = recovery.report(&source.file, outcome.ending, findings);
        match drill.end(&recovery, &copies).await {
            Ok(left) => report.left = left,
            // A journal error: everything is torn down, but that could not be recorded.
            Err(e) => outcome.trouble = outcome.trouble.or(Some(e)),
        }
        let conclusion = Conclusion::of_drill(outcome.ending, &report.left);
        let result = RecoveryResult { recovery, report, outcome, conclusion, had_ended: false };
        Ok(Rehearsed::Ended(Box::new(result)))
    }
}

/// A drill whose servers are connected.
struct Stage<'a> {
    session: Session<'a>,
    /// Separate connections to the file's databases, for tearing down.
    databases: Vec<Database>,
    keep: bool,
}

impl Stage<'_> {
    /// The buckets, with a drill's folder as their targets.
    async fn copies(&self, drill: &str) -> Result<Vec<BucketPart>> {
        let RecoveryRequest { source, options, .. } = self.session.request;
        let folder = |target: &Target| match target {
            Target::Elsewhere(target) => Target::Elsewhere(scratch(target, drill)),
            other => other.clone(),
        };
        buckets(&source.file, &options.server, folder).await
    }

    async fn tear_down(&self, drill: &Recovery, copies: &[BucketPart]) -> Result<Vec<String>> {
        tear_down(drill, &self.session.request.options.state_dir, copies, &self.databases).await
    }

    /// Tears down the copies of earlier drills that were killed or kept their copies. Returns what is left.
    async fn clear(&self, target: &TargetTime) -> Result<Vec<String>> {
        let RecoveryRequest { source, options, .. } = self.session.request;
        let (state_dir, clock) = (&options.state_dir, &self.session.clock);
        let left = || Recovery::take_up(state_dir, Purpose::Drill, &source.path, |_| true, clock);
        while let Some(before) = left()? {
            self.require_torn_down(&before, target)?;
            self.session.notice(&Notice::TearingDown(before.id()))?;
            let left = self.tear_down(&before, &self.copies(before.id()).await?).await?;
            if !left.is_empty() {
                return Ok(left);
            }
        }
        Ok(Vec::new())
    }

    /// Refuses to continue if an earlier drill's copies must be kept, or cannot be found with this file.
    fn require_torn_down(&self, before: &Recovery, target: &TargetTime) -> Result<()> {
        let RecoveryRequest { source, suggest, .. } = self.session.request;
        let (id, targets) = (before.id(), &before.manifest().targets);
        if *targets != source.file.targets() && before.state().has_begun() {
            let message =
                format!("the drill {id} was killed and may have left copies at {}", targets.join(", "));
            return Err(Error::usage(message)
                .hint("put these targets back into the file and run the drill: they are torn down first"));
        }
        if self.keep {
            let message =
                format!("the drill {id} of this file kept its copies, and another drill needs their place");
            let again = suggest(NextCommand::Drill(&source.path, &target.typed));
            return Err(
                Error::usage(message).hint(format!("without --keep they are torn down first: {again}"))
            );
        }
        Ok(())
    }

    async fn begin(&self, target: &TargetTime) -> Result<Recovery> {
        let session = &self.session;
        let windows = session.windows().await?;
        let at = target.resolve(&session.databases, &windows, session.now)?;
        session.tell_of_mark(at)?;
        // The drill has no tag yet, and the preflight does not use it.
        session.preflight(&session.databases, &RestoreRequest::new(at, "")).await?;
        let manifest = session.manifest(Purpose::Drill, &target.typed, at);
        let RecoveryRequest { source, options, .. } = session.request;
        Recovery::create(&options.state_dir, manifest, drill_shape(&source.file), &session.clock)
    }

    /// Refuses and ends a drill if a database target is taken or a source cannot be read.
    async fn require_room(&self, drill: &Recovery, copies: &[BucketPart]) -> Result<()> {
        let Session { databases, given, .. } = &self.session;
        let free = match require_free(databases, &drill.restore_request()).await {
            Ok(()) => keep_sources(drill, databases, given).await,
            taken => taken,
        };
        if free.is_err() {
            // Nothing was begun, so this only ends the drill.
            let left = self.tear_down(drill, copies).await?;
            if !left.is_empty() {
                self.session.notice(&Notice::LeftBehind(&left))?;
            }
        }
        free
    }

    /// Tears the copies down, unless they are kept. Returns what is left.
    async fn end(&self, drill: &Recovery, copies: &[BucketPart]) -> Result<Vec<String>> {
        if !self.keep {
            return self.tear_down(drill, copies).await;
        }
        let buckets = copies.iter().filter_map(|part| part.target.elsewhere()).map(ToString::to_string);
        let databases = self.databases.iter().map(Database::title);
        let places = buckets.chain(databases).collect::<Vec<_>>().join(", ");
        self.session.notice(&Notice::Kept { id: drill.id(), places })?;
        Ok(Vec::new())
    }
}
