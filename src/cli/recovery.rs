//! What `recover`, `drill` and `mark` share: the file, and what it names.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant as Clock;

use super::args::common::ServerArgs;
use super::args::recover::{CarryArgs, ReportArgs};
use super::context::{Context, Output};
use super::copies::restore_options;
use super::exit::{Exit, say};
use super::kept::{server_again, server_of, state_dir};
use super::output_file;
use super::session::Session;
use super::{suggest, time_arg};
use crate::cancel::Cancel;
use crate::db::{self, Database, Reach, Window, command, rds, until_reached};
use crate::engine::Server;
use crate::engine::recover::{BucketPart, Recovery, RecoveryOutcome, StepContext, Terms, carry_on_by};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Instant, Location};
use crate::recover::{
    self, DatabaseKind, Ending, Event, Finding, LATEST, RecoveryFile, Report, Step, in_words,
};
use crate::report::{Format, JsonLines, progress_line, recovery_page, recovery_table};
use crate::s3::ServerClock;

/// What is said at the end where nothing lets the application go on.
pub(super) const STANDS_STILL: &str = "the application stands still: the file names no resume hook";

/// A recovery file, and where it lies.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) file: RecoveryFile,
}

impl Source {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let wrong = |e: std::io::Error| {
            Error::usage(format!("cannot read the recovery file {name}: {e}"))
                .hint(format!("to write one to begin with: {}", suggest::init(path)))
        };
        let text = std::fs::read_to_string(path).map_err(wrong)?;
        let mut file = RecoveryFile::parse(&name.to_string(), &text)?;
        let path = Self::place(path).map_err(wrong)?;
        if let Some(dir) = path.parent() {
            file.run_in(dir);
        }
        Ok(Self { path, file })
    }

    /// However it is spelt it is the same file. That it may be a link itself is not followed: where it is mounted as
    /// Kubernetes does it, that leads elsewhere in every pod.
    pub(super) fn place(path: &Path) -> std::io::Result<PathBuf> {
        let path = std::path::absolute(path)?;
        Ok(match (path.parent(), path.file_name()) {
            (Some(dir), Some(name)) => dir.canonicalize()?.join(name),
            _ => path,
        })
    }
}

/// The databases of a file. `server` says what the file leaves open of those that RDS restores; `cancel` ends what only asks.
pub(super) async fn databases(
    file: &RecoveryFile,
    server: &ServerArgs,
    cancel: &Cancel,
) -> Result<Vec<Database>> {
    let mut databases = Vec::new();
    for kind in &file.databases {
        let cancel = cancel.clone();
        databases.push(match kind.clone() {
            DatabaseKind::Command(settings) => Database::Command(command::Database::new(settings, cancel)),
            DatabaseKind::Rds(settings) => {
                Database::Rds(rds::Instance::connect(on_server(settings, server), cancel).await?)
            }
            DatabaseKind::Aurora(settings) => {
                Database::Aurora(rds::Cluster::connect(on_server(settings, server), cancel).await?)
            }
        });
    }
    Ok(databases)
}

/// `--endpoint-url` names an S3 server, which knows no databases.
pub(super) fn on_server(mut settings: rds::Settings, server: &ServerArgs) -> rds::Settings {
    let named = &mut settings.server;
    named.region = named.region.take().or_else(|| server.region.clone());
    named.profile = named.profile.take().or_else(|| server.profile.clone());
    named.read_timeout = Some(server.read_timeout);
    settings
}

/// The buckets of a file, each with a client of its own. `server` says what the file leaves open; `to` is where a bucket's
/// state is brought, given what the file says.
pub(super) async fn buckets(
    context: &Context,
    file: &RecoveryFile,
    (server, rate): (&ServerArgs, u32),
    to: impl Fn(&recover::Target) -> Option<Location>,
) -> Result<Vec<BucketPart>> {
    let mut parts = Vec::new();
    for bucket in &file.buckets {
        let recover::Bucket {
            source,
            target,
            endpoint_url,
            region,
            profile,
            path_style,
            expected_bucket_owner,
            request_payer,
            allow_mass_delete,
            allow_empty,
        } = bucket.clone();
        let own = ServerArgs {
            endpoint_url,
            region,
            profile,
            path_style,
            expected_bucket_owner,
            request_payer: request_payer.map(Into::into),
            list_concurrency: server.list_concurrency,
            read_timeout: server.read_timeout,
        };
        let own = server_again(&server_of(server), own);
        let kept: Server = server_of(&own);
        let context = Context { counters: Arc::default(), ..context.clone() };
        let client = context.client(own, Some(rate)).await?;
        let to = to(&target);
        parts.push(BucketPart { client, server: kept, location: source, to, allow_mass_delete, allow_empty });
    }
    Ok(parts)
}

/// The clock of these buckets' servers; of several, the one that is behind: what is past by it is past by all. What cannot
/// be asked, whoever needs its answer says.
pub(super) async fn clock_of(parts: &[BucketPart]) -> ServerClock {
    let answers = parts.iter().map(|part| part.client.ask_clock(&part.location.bucket));
    let clocks = futures::future::join_all(answers).await;
    let told = clocks.into_iter().filter(|clock| clock.skew().is_some());
    told.min_by_key(|clock| clock.now()).cloned().unwrap_or_default()
}

/// Where the file says that a bucket's state is brought.
pub(super) fn as_written(target: &recover::Target) -> Option<Location> {
    match target {
        recover::Target::InPlace => None,
        recover::Target::Elsewhere(location) => Some(location.clone()),
    }
}

/// The windows of all databases, asked for side by side. What should be known before they are restored is said.
pub(super) async fn windows(output: Output, databases: &[Database]) -> Result<Vec<Window>> {
    let windows = futures::future::try_join_all(databases.iter().map(Database::window)).await?;
    for caution in futures::future::try_join_all(databases.iter().map(Database::cautions)).await?.concat() {
        output.note(&caution);
    }
    Ok(windows)
}

/// The same, once all of them reach the time that was typed, however long that takes them.
pub(super) async fn windows_in_time(session: &Session<'_>, typed: &str) -> Result<Vec<Window>> {
    let Session { context, output, source, databases, carry, .. } = *session;
    let windows = windows(output, databases).await?;
    if typed == LATEST {
        return Ok(windows);
    }
    let at = time_arg::read_with(typed, &carry.apply.state, &source.path)?.past(context.now)?.whole_second();
    let on = |database: &Database, latest: Instant| {
        output.note(&format!(
            "waiting until the database {} can be restored to {}: so far to {}",
            database.name(),
            at.human(),
            latest.human()
        ));
    };
    until_reached(databases, windows, at, &context.cancel, on).await
}

/// The time that was typed, which every database has to reach. Databases are restored to whole seconds, and the buckets with
/// them.
pub(super) fn at(
    typed: &str,
    databases: &[Database],
    windows: &[Window],
    now: Instant,
    carry: &CarryArgs,
    file: &Path,
) -> Result<Instant> {
    let at = if typed == LATEST {
        latest(databases, windows)?
    } else {
        let at = time_arg::read_with(typed, &carry.apply.state, file)?.past(now)?;
        if databases.is_empty() { at } else { at.whole_second() }
    };
    for (database, window) in databases.iter().zip(windows) {
        let Some(message) = window.refusal(database.name(), at) else { continue };
        let refused = Error::new(ErrorKind::Refused, message);
        return Err(match window.reaches(at) {
            Reach::TooLate(_) if typed != LATEST => refused
                .hint("nothing was changed; recover --wait waits until it does, or choose another time"),
            _ => refused.hint("nothing was changed; choose another time"),
        });
    }
    Ok(at)
}

/// The newest second that every database reaches.
fn latest(databases: &[Database], windows: &[Window]) -> Result<Instant> {
    if databases.is_empty() {
        return Err(Error::usage("latest is what every database reaches, and the file names none")
            .hint("name a time: --at TIME"));
    }
    Window::newest_of_all(windows).ok_or_else(|| {
        Error::usage("the newest time that every database reaches is not known: not all of them say it")
            .hint("give each a window command, or name a time: --at TIME")
    })
}

/// How buckets are restored, as it was typed.
pub(super) fn terms(context: &Context, carry: &CarryArgs) -> Result<Terms> {
    let CarryArgs { apply, copies, multipart_window, .. } = carry;
    Ok(Terms {
        state_dir: state_dir(&apply.state)?,
        options: restore_options(copies, apply),
        multipart_window: *multipart_window,
        now: context.now,
    })
}

/// Takes the steps that are left, and tells of each on stderr.
pub(super) async fn take_steps(
    context: &Context,
    output: Output,
    recovery: &Recovery,
    file: &RecoveryFile,
    (databases, buckets): (&[Database], &[BucketPart]),
    terms: Terms,
) -> (RecoveryOutcome, Vec<Finding>) {
    let news = RefCell::new(News::default());
    let on = |event: &Event<'_>| {
        if !output.quiet && news.borrow_mut().is_due(event, Clock::now()) {
            say(&format!("{}\n", progress_line(file, event)));
        }
    };
    let cancel = &context.cancel;
    let parts =
        StepContext { file, databases, buckets, terms, cancel, on: &on, findings: RefCell::default() };
    let carried = carry_on_by(recovery, &parts).await;
    (carried, parts.findings.into_inner())
}

/// When there was last something to tell of each bucket, and what of each database.
#[derive(Default)]
struct News {
    buckets: BTreeMap<usize, Clock>,
    databases: BTreeMap<usize, db::RestoreProgress>,
}

impl News {
    /// A bucket changes with each key, and is told of now and then; a database's state, when it is another.
    fn is_due(&mut self, event: &Event<'_>, now: Clock) -> bool {
        match event {
            Event::Bucket(n, ..) => {
                let last = *self.buckets.entry(*n).or_insert(now);
                let due = now.duration_since(last) >= limits::RECOVERY_LINE;
                if due {
                    self.buckets.insert(*n, now);
                }
                due
            }
            Event::Database(n, progress) => {
                self.databases.insert(*n, (*progress).clone()).as_ref() != Some(*progress)
            }
            Event::Begun(_)
            | Event::Done(_)
            | Event::Failed(..)
            | Event::Lapsed(..)
            | Event::LastLook
            | Event::Unanswered(..) => true,
        }
    }
}

/// Shows the report, and keeps it. That it cannot be written somewhere changes nothing of what was done: it is told. Gives
/// whether the copies that were asked for were written.
pub(super) fn show_report(output: Output, recovery: &Recovery, report: &Report, copies: &ReportArgs) -> bool {
    let mut lines = JsonLines::new(Vec::new());
    let formed = lines.recovery(report);
    let json = lines.into_inner();
    let kept = formed.and_then(|()| recovery.keep_report(&json));
    let elsewhere = match &kept {
        Ok(path) => format!("; it is kept in {}", path.display()),
        Err(e) => {
            say(&format!("the report is not kept: {e}\n"));
            String::new()
        }
    };
    let is_written = |written: Result<()>| match written {
        Ok(()) => true,
        Err(e) => {
            say(&format!("{e}{elsewhere}\n"));
            false
        }
    };
    let text = match output.format {
        Format::Json => String::from_utf8_lossy(&json).into_owned(),
        Format::Table | Format::Csv => recovery_table(report),
    };
    is_written(
        std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes())
            .map_err(|e| Error::new(ErrorKind::Local, format!("cannot write the report to stdout: {e}"))),
    );
    let is_copied = |path: &Option<PathBuf>, what: &str, content: &dyn Fn() -> Vec<u8>| {
        path.as_ref().is_none_or(|path| is_written(output_file::write(path, what, content())))
    };
    let report_copied = is_copied(&copies.report, "the report", &|| json.clone());
    let page = || recovery_page(report, recovery.now()).into_bytes();
    is_copied(&copies.html, "the page", &page) && report_copied
}

impl ReportArgs {
    /// Sees that the copies of the report can be written, before anything is done.
    pub(super) fn can_write(&self) -> Result<()> {
        output_file::can_write([&self.report, &self.html].into_iter().filter_map(Option::as_deref))
    }
}

/// The exit code of an ending. What is done is not as it was asked for if copies of the report could not be written.
pub(super) fn exit(ending: Ending, copied: bool) -> Exit {
    match ending {
        Ending::Done if !copied => Exit::Failed,
        Ending::Done => Exit::Done,
        Ending::Inconsistent => Exit::Differences,
        Ending::NotBegun => Exit::Failed,
        Ending::Failed => Exit::Incomplete,
        Ending::Interrupted => Exit::Interrupted,
    }
}

/// The steps that are not done, in words.
pub(super) fn left(recovery: &Recovery, file: &RecoveryFile) -> Vec<String> {
    let state = recovery.state();
    let steps = state.shape().map(recover::Shape::steps).unwrap_or_default();
    let open = |step: &Step| state.status(*step) != Some(&recover::Status::Done);
    steps.into_iter().filter(open).map(|step| in_words(file, step)).collect()
}
