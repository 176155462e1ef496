//! Whether a past can be restored: at one instant, at every second of a window, or how far back. Changes nothing.
//!
//! Keys in doubt are found by one listing. Memory does not grow with keys.

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

/// A place, and what is asked about its past.
#[derive(Debug)]
pub struct CheckPast {
    /// The bucket or prefix.
    pub location: Location,
    /// What is asked.
    pub asked: AskedTime,
    /// Multipart uploads begun so long before the time are cautioned about.
    pub multipart_window: Duration,
    /// The lifecycle rules that the bucket had before.
    pub earlier: Lifecycle,
    /// The listing is taken for the whole truth about keys in doubt.
    pub trusting: bool,
}

/// What is asked, before the server's clock is known.
#[derive(Debug, Clone, Copy)]
pub enum AskedTime {
    /// One instant.
    At(TypedTime),
    /// Every second of the window that ends now.
    Window(Duration),
    /// How far back every second can be restored.
    Back,
}

/// A question that can be asked, as the bucket is there.
#[derive(Debug)]
pub struct PastCheck {
    /// What is asked, by the server's clock.
    pub question: Question,
    location: Location,
    settings: BucketSettings,
    judge: Judge,
    trusting: bool,
}

/// What was found.
#[derive(Debug)]
pub struct PastAnswer {
    /// What was found out about the bucket and the databases.
    pub checks: Vec<Check>,
    /// Keys may have gone entirely, so that the listing shows nothing of them.
    pub whole_keys: bool,
    /// Why the time asked about is implausible.
    pub warnings: Vec<Warning>,
    /// It can be restored.
    pub restorable: bool,
    /// Since when it can be, as far as that was asked.
    pub since: Option<Instant>,
}

impl CheckPast {
    /// Asks for the bucket's settings, and for the server's clock.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a time that is not past.
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
    /// Lists what is asked about. A bucket that never kept versions has no past to look at.
    pub async fn look(&self, client: &Client, cancel: &Cancel) -> Result<Doubtful> {
        if self.settings.versioning() == Versioning::Never {
            return Ok(Doubtful::default());
        }
        let span = if matches!(self.question, Question::At(_)) { Span::At } else { Span::Since };
        let Location { bucket, prefix } = self.location.clone();
        find_doubts(client, Scope { bucket, prefix, ..Scope::default() }, &self.judge, span, cancel).await
    }

    /// What can be said, given the windows of the databases. Asked after the listing, which may take hours: lifecycle acts
    /// and windows move on meanwhile.
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
            // Nothing tells of the time before.
            Question::Since(asked) => oldest.filter(|_| is_before_oldest(asked)),
            Question::At(_) | Question::Back => complete,
        };
        let warnings = question.instant().map(|at| Plausibility { at, oldest, present, deletes }.warnings());
        let untold = matches!(question, Question::At(at) if is_before_oldest(at));
        let restorable = is_restorable(&checks, in_doubt, whole_keys) && !untold;
        PastAnswer { checks, whole_keys, warnings: warnings.unwrap_or_default(), restorable, since }
    }
}

/// The times that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    /// The judge's first cut.
    At,
    /// Every one since.
    Since,
}

/// Lists a scope, and counts the keys whose state is uncertain.
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
            // Some second lies within every upload: only of one that is asked about it says something.
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
