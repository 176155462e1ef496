//! Shows the checks of a bucket and of databases: as a headline above the results of other commands, or as the page of
//! `asof check`.

use std::io::{BufWriter, Write};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::doubt::meaning;
use super::json::{JsonLines, millis};
use super::screen::Screen;
use super::table_out::TableOut;
use super::tone::Tone;
use super::units::{count, plural};
use super::warning::warning_lines;
use crate::counters::Counters;
use crate::error::Result;
use crate::limits;
use crate::model::{Check, Instant, Location, Question, Subject, Verdict, examples, printable};
use crate::plan::Warning;
use crate::resolve::{Caution, Doubt, Doubtful, Kind};

/// The checks that the headline names if they passed.
const HEADLINE: [Subject; 4] =
    [Subject::Versioning, Subject::Lifecycle, Subject::ObjectLock, Subject::Encryption];

/// Returns the lines above a table: the passed checks in one line, then [`problems`].
pub(crate) fn head(checks: &[Check]) -> Vec<String> {
    let fine = |check: &&Check| check.verdict == Verdict::Passed && HEADLINE.contains(&check.subject);
    let fine: Vec<_> = checks.iter().filter(fine).map(|check| printable(&check.message)).collect();
    let fine = (!fine.is_empty()).then(|| fine.join(" · "));
    fine.into_iter().chain(problems(checks)).collect()
}

/// Returns the messages of the checks that did not pass.
pub(crate) fn problems(checks: &[Check]) -> Vec<String> {
    let problems = checks.iter().filter(|check| check.verdict != Verdict::Passed);
    problems.map(|check| printable(&check.message).into_owned()).collect()
}

/// The answer of `asof check`.
#[derive(Debug, Clone)]
pub(crate) struct Answer<'a> {
    /// The bucket and prefix.
    pub location: &'a Location,
    /// The question asked.
    pub question: Question,
    /// The results of the bucket and database checks.
    pub checks: &'a [Check],
    /// The uncertain keys.
    pub doubtful: &'a Doubtful,
    /// True if lifecycle rules may have removed keys completely, so that the listing lacks them.
    pub whole_keys: bool,
    /// The reasons that the target time is implausible.
    pub warnings: &'a [Warning],
    /// True if uncertain keys are taken to be as listed.
    pub trusting: bool,
    /// The answer: whether the state, or every state, can be restored.
    pub restorable: bool,
    /// For [`Question::Back`]: every state since then can be restored; `None` if the only bound is when versioning was
    /// enabled. For [`Question::Since`]: the date of the oldest version, if it is later than the time asked about.
    pub since: Option<Instant>,
    /// The number of keys listed.
    pub keys: u64,
    /// The present.
    pub now: Instant,
}

impl Answer<'_> {
    /// Writes the answer to stdout.
    pub(crate) fn show(&self, format: Format, counters: &Counters, elapsed: Duration) -> Result<()> {
        if format == Format::Json {
            let mut out = BufWriter::new(std::io::stdout());
            JsonLines::new(&mut out).answer(self, counters, elapsed)?;
            return Ok(out.flush()?);
        }
        let mut out = TableOut::new();
        let screen = out.screen();
        self.page(screen, &mut out)?;
        Ok(out.flush()?)
    }

    /// Writes the answer as a page: heading, checks, uncertain keys, and the conclusion.
    fn page(&self, screen: Screen, out: &mut impl Write) -> Result<()> {
        let place = self.location.to_string();
        let place = printable(place.strip_prefix("s3://").unwrap_or_default());
        let now = self.now;
        match self.question {
            Question::At(at) => writeln!(out, "{place} as of {} ({} ago)", at.human(), at.age(now))?,
            Question::Since(since) => {
                writeln!(out, "{place} at every second since {} ({} ago)", since.human(), since.age(now))?;
            }
            Question::Back => writeln!(out, "{place}")?,
        }
        // For a window, the conclusion is about the part of it that the warning leaves.
        let warnings = if matches!(self.question, Question::Since(_)) { &[] } else { self.warnings };
        for line in warning_lines(warnings) {
            writeln!(out, "{line}")?;
        }
        writeln!(out)?;
        for check in self.checks {
            let verdict = Tone::of_check(check.verdict).paint(&format!("{:<12}", check.verdict.name()));
            let line = format!("  {verdict} {}", printable(&check.message));
            writeln!(out, "{}", screen.wrap(&line, 15))?;
        }
        writeln!(out)?;
        self.doubts(screen, out)?;
        for line in self.conclusion() {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    /// Writes the number of uncertain keys and examples for each doubt.
    fn doubts(&self, screen: Screen, out: &mut impl Write) -> Result<()> {
        let keys = plural(self.keys, "key", "keys");
        let when = if self.question == Question::Back { ", for earlier times" } else { "" };
        writeln!(out, "  {:<12} {:>12} of {keys}{when}", "uncertain", count(self.doubtful.uncertain()))?;
        for (doubt, kind) in self.doubtful.kinds() {
            let meaning = match doubt {
                Doubt::Archived => "state known, but must be thawed first (--thaw)",
                other => meaning(other),
            };
            writeln!(out, "  {:<12} {:>12}   {meaning}", doubt.name(), count(kind.keys))?;
            let some: Vec<_> = kind.examples.iter().map(|key| printable(key)).collect();
            let mut some: Vec<_> = some.iter().map(|key| screen.half(key)).collect();
            if kind.keys > limits::SHOWN_CHANGES as u64 {
                some.push("…".into());
            }
            writeln!(out, "  {:<12} {:>12}   {}", "", "", some.join(", "))?;
        }
        let Kind { keys, examples: some } = &self.doubtful.straddling;
        if *keys > 0 {
            let meaning = "multipart uploads started shortly before T, possibly completed after it";
            writeln!(out, "  {:<12} {:>12}   {meaning}", Caution::Multipart.name(), count(*keys))?;
            let some = examples(some.iter().map(String::as_str));
            writeln!(out, "  {:<12} {:>12}   {some}", "", "")?;
        }
        Ok(writeln!(out)?)
    }

    /// The latest time to which every database can be restored; databases that do not report one are ignored.
    fn until(&self) -> Option<Instant> {
        self.checks.iter().filter_map(|check| check.database.as_ref()?.latest).min()
    }

    /// Returns the conclusion, one string per line.
    fn conclusion(&self) -> Vec<String> {
        let blocked = || self.checks.iter().filter(|check| check.blocks());
        let until = self.until().map(|until| format!(", up to {}", until.human())).unwrap_or_default();
        let verdict = match (self.question, self.restorable) {
            (Question::At(at), true) => format!("yes: the state at {} can be restored", at.human()),
            (Question::At(at), false) => format!("no: a restore to {} would be uncertain", at.human()),
            (Question::Since(asked), true) if self.since.is_some() => {
                let since = self.since.unwrap_or(asked).human();
                format!(
                    "yes: every second since {since} can be restored{until}; no version is older, so the time before is unknown"
                )
            }
            (Question::Since(since), true) => {
                format!("yes: every second since {} can be restored{until}", since.human())
            }
            (Question::Since(since), false) => {
                format!("no: not every second since {} can be restored", since.human())
            }
            (Question::Back, true) => match self.since {
                Some(since) => format!("every second since {} can be restored{until}", since.human()),
                None => format!("every second since versioning was enabled can be restored{until}"),
            },
            (Question::Back, false) if blocked().all(|check| check.database.is_some()) => {
                "no: there is no time since which every second is restorable".to_owned()
            }
            (Question::Back, false) => "a restore in place is refused".to_owned(),
        };
        let uncertain = self.doubtful.uncertain();
        let trusted = if self.trusting { "; the listing is trusted" } else { "" };
        let keys = format!("{}{trusted}", plural(uncertain, "key is uncertain", "keys are uncertain"));
        let before_oldest = |warning: &Warning| matches!(warning, Warning::BeforeOldestVersion { .. });
        let before_oldest = self.warnings.iter().filter(|warning| before_oldest(warning) && !self.restorable);
        let reasons = blocked()
            .map(|check| printable(&check.message).into_owned())
            .chain(before_oldest.map(ToString::to_string))
            .chain((uncertain > 0 && self.question != Question::Back).then_some(keys))
            .chain(self.whole_keys.then(|| {
                "lifecycle rules that remove versions and then their delete markers may have removed keys entirely".to_owned()
            }))
            .map(|reason| format!("  {reason}"));
        std::iter::once(verdict).chain(reasons).collect()
    }

    /// Returns the summary line for JSON.
    pub(super) fn summary(&self, counters: &Counters, elapsed: Duration) -> CheckSummary<'_> {
        let (at, window_from) = match self.question {
            Question::At(at) => (Some(at), None),
            Question::Since(since) => (None, Some(since)),
            Question::Back => (None, None),
        };
        CheckSummary {
            command: "check",
            bucket: &self.location.bucket,
            prefix: &self.location.prefix,
            at,
            window_from,
            restorable: self.restorable,
            restorable_from: self.since,
            keys_possibly_expired: self.whole_keys,
            keys: self.keys,
            versions: counters.versions.get(),
            doubtful: self.doubtful.uncertain(),
            list_requests: counters.list_requests.get(),
            elapsed_ms: millis(elapsed),
        }
    }
}

/// The counts of `asof check`.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct CheckSummary<'a> {
    #[schemars(extend("const" = "check"))]
    command: &'static str,
    /// The bucket.
    bucket: &'a str,
    /// The prefix.
    prefix: &'a str,
    /// The target time, if one was given.
    at: Option<Instant>,
    /// The start of the window, if one was given.
    window_from: Option<Instant>,
    /// True if the state at the target time, or every state in the window, can be restored.
    restorable: bool,
    /// Every state since this time can be restored; null if the only limit is when versioning was enabled. With a
    /// window: the date of the oldest version, if it is after the start of the window.
    restorable_from: Option<Instant>,
    /// True if lifecycle rules may have removed keys completely, so that the listing lacks them.
    keys_possibly_expired: bool,
    /// Keys listed.
    keys: u64,
    /// Versions and delete markers listed.
    versions: u64,
    /// Uncertain keys.
    doubtful: u64,
    /// List requests sent.
    list_requests: u64,
    /// The duration of the command in milliseconds.
    elapsed_ms: u64,
}
