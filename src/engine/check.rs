//! Checks that a past state can be restored: at one time, at every second of a window, or how far back. Read-only.
//!
//! One listing finds the uncertain keys. Memory does not grow with the number of keys.

use std::time::Duration;

use super::bucket::inspect;
use super::bucket_scan::BucketScan;
use super::key_lookup::Scope;
use super::past::{doubts, doubts_since};
use crate::cancel::Cancel;
use crate::db::{self, WindowAnswer};
use crate::error::Result;
use crate::model::{BucketSettings, Check, Instant, Lifecycle, Location, Question, TypedTime, Versioning};
use crate::plan::{Action, Plausibility, Warning, decide};
use crate::resolve::{AsOf, AsOfPair, Doubt, Doubtful, Judge, KeyState, checks, is_restorable};
use crate::s3::Client;

/// A location and a question about its past.
#[derive(Debug)]
pub struct CheckPast {
    /// The bucket or prefix.
    pub location: Location,
    /// The question.
    pub asked: AskedTime,
    /// Caution about multipart uploads begun within this time before the target time.
    pub multipart_window: Duration,
    /// The bucket's earlier lifecycle rules.
    pub earlier: Lifecycle,
    /// True to trust the listing about uncertain keys.
    pub trusting: bool,
}

/// The question, before the server's clock is known.
#[derive(Debug, Clone, Copy)]
pub enum AskedTime {
    /// Can this time be restored?
    At(TypedTime),
    /// Can every second of the window that ends now be restored?
    Window(Duration),
    /// Since when can every second be restored?
    Back,
}

/// A question about a bucket whose settings are known.
#[derive(Debug)]
pub struct PastCheck {
    /// The question, by the server's clock.
    pub question: Question,
    location: Location,
    settings: BucketSettings,
    judge: Judge,
    trusting: bool,
}

/// The answer to a question about a past.
#[derive(Debug)]
pub struct PastAnswer {
    /// The checks of the bucket and the databases.
    pub checks: Vec<Check>,
    /// True if entire keys may be gone without a trace in the listing.
    pub whole_keys: bool,
    /// Reasons why the requested time is implausible.
    pub warnings: Vec<Warning>,
    /// True if the past can be restored.
    pub restorable: bool,
    /// The time since which it can be restored, if that is part of the question.
    pub since: Option<Instant>,
}

impl CheckPast {
    /// Reads the bucket's settings and the server's clock.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a time that is not in the past.
    pub async fn inspect(self, client: &Client) -> Result<PastCheck> {
        let Self { location, asked, multipart_window, earlier, trusting } = self;
        let settings = inspect(client, &location.bucket).await?;
        let now = client.clock().now().whole_second();
        let question = match asked {
            AskedTime::At(typed) => Question::At(typed.past(now)?),
            AskedTime::Window(length) => Question::Since(now.before(length)),
            AskedTime::Back => Question::Back,
        };
        let as_of = AsOfPair { then: AsOf::Latest, now: AsOf::Latest };
        let mut judge = super::past::judge(&settings.rules, earlier, as_of, multipart_window);
        let complete = judge.expiries.complete_from(&location.prefix, client.clock().now_at_most());
        judge.as_of.then = AsOf::At(question.instant().or(complete).unwrap_or_default());
        Ok(PastCheck { question, location, settings, judge, trusting })
    }
}

impl PastCheck {
    /// Lists the location. A bucket that was never versioned has no past, so it is not listed.
    pub async fn look(&self, client: &Client, cancel: &Cancel) -> Result<Doubtful> {
        if self.settings.versioning() == Versioning::Never {
            return Ok(Doubtful::default());
        }
        let span = if matches!(self.question, Question::At(_)) { Span::At } else { Span::Since };
        let Location { bucket, prefix } = self.location.clone();
        find_doubts(client, Scope { bucket, prefix, ..Scope::default() }, &self.judge, span, cancel).await
    }

    /// Answers the question, given the windows of the databases. Call this after the listing, which may take hours in
    /// which lifecycle rules act and windows move.
    pub fn answer(&self, client: &Client, doubtful: &Doubtful, windows: &[WindowAnswer<'_>]) -> PastAnswer {
        let Self { question, location, settings, judge, trusting } = self;
        let (question, expiries, now) = (*question, &judge.expiries, client.clock().now_at_most());
        let mut checks = checks(settings, expiries, &location.prefix, question.instant(), now);
        let (in_doubt, whole_keys) = match (question, judge.as_of.then) {
            (Question::At(_) | Question::Since(_), AsOf::At(t)) if !trusting => {
                (doubtful.uncertain(), expiries.may_have_removed_keys(&location.prefix, t, now))
            }
            _ => (0, false),
        };
        let complete = matches!(question, Question::Back)
            .then(|| expiries.complete_from(&location.prefix, now).max(doubtful.null_since))
            .flatten();
        let (of_databases, complete) = db::checks(windows, question, complete, now);
        checks.extend(of_databases);
        let Doubtful { oldest, present, deletes, .. } = *doubtful;
        let is_before_oldest = |at: Instant| oldest.is_some_and(|oldest| at < oldest);
        let since = match question {
            // Nothing is known about the time before.
            Question::Since(asked) => oldest.filter(|_| is_before_oldest(asked)),
            Question::At(_) | Question::Back => complete,
        };
        let warnings = question.instant().map(|at| Plausibility { at, oldest, present, deletes }.warnings());
        let untold = matches!(question, Question::At(at) if is_before_oldest(at));
        let restorable = is_restorable(&checks, in_doubt, whole_keys) && !untold;
        PastAnswer { checks, whole_keys, warnings: warnings.unwrap_or_default(), restorable, since }
    }
}

/// The times that a question covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    /// The first cut of the judge.
    At,
    /// Every time since the first cut.
    Since,
}

/// Lists a scope and counts the keys whose state is uncertain.
async fn find_doubts(
    client: &Client,
    scope: Scope,
    judge: &Judge,
    span: Span,
    cancel: &Cancel,
) -> Result<Doubtful> {
    let mut found = Doubtful::default();
    let mut sweep = BucketScan::start(client, scope, judge.as_of, cancel);
    let mut take = |state: KeyState<'_>| {
        let mut doubts = match span {
            Span::At => doubts(judge, &state, client.clock()),
            Span::Since => doubts_since(judge, &state, client.clock()),
        };
        if span == Span::At {
            let action = decide(state.then, state.now);
            if action.is_some() {
                doubts.extend(Doubt::of_class(state.then));
            }
            found.present += u64::from(state.now.is_some());
            found.deletes += u64::from(action == Some(Action::Delete));
            // Every upload spans some second, so this is only meaningful for a single time.
            if !doubts.iter().any(|doubt| doubt.is_of_answer()) && judge.straddling(&state).is_some() {
                found.straddling.add(state.key);
            }
        }
        found.oldest = Some(found.oldest.map_or(state.oldest, |oldest| oldest.min(state.oldest)));
        found.add(state.key, &doubts);
        found.null_since = found.null_since.max(state.evidence.0.null_above);
        None::<()>
    };
    while sweep.next(&mut take).await?.is_some() {}
    Ok(found)
}
