//! The parallel lister: reads many ranges of the key space at once.
//!
//! [`Ranges`] is pure: it decides which request to send next and what an answer means. The lister sends requests,
//! backs off after refusals, and returns pages with the part that belongs to their range. Memory holds at most one
//! page per request under way.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::markers::{Probe, look_up};
use super::pages::{LoopGuard, located, next_marker, untrusted};
use super::ranges::{self, Ask, Gap, RangeId, Ranges};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::retry::{AdaptiveLimit, RetryBudget, Sends, Strain};
use crate::s3::listing::Page;
use crate::s3::{Client, PageRequest};

/// The factor by which a wave of refusals shrinks the window. Refusals are cheap for both sides, and a server that
/// refuses above a rate still serves at that rate: staying just above it costs less than falling far below.
const NARROWER: f64 = 0.9;

/// A page, and the part of it that belongs to one range.
#[derive(Debug)]
pub(crate) struct Piece {
    /// The range's number. Pieces of a range come in key order; ranges do not overlap.
    pub range: u64,
    /// The page.
    pub page: Page,
    /// The entries that belong to the range and are new.
    pub take: Range<usize>,
    /// True if this is the range's last piece.
    pub ended: bool,
}

/// A running listing.
#[derive(Debug)]
pub(crate) struct Lister {
    client: Client,
    bucket: String,
    prefix: String,
    ranges: Ranges,
    flying: JoinSet<Fetched>,
    /// Tests of the server's handling of markers.
    looks: JoinSet<Result<Look>>,
    /// Listings of folders, which are no more than hints.
    folders: JoinSet<Folder>,
    markers: Markers,
    guards: HashMap<RangeId, LoopGuard>,
    pressure: AdaptiveLimit,
    began: Instant,
    sent: u64,
}

/// The result of testing whether ranges may begin at keys that do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markers {
    /// Not tested: no suitable pair of keys seen yet.
    Untried,
    /// Being tested.
    Probing,
    /// The server starts pages correctly.
    Right,
    /// The server does not: everything is one range.
    Wrong,
}

/// The result of a successful test or lookup.
#[derive(Debug)]
enum Look {
    Probed { right: bool },
    KeyIsNotMissing,
}

/// A folder, and a listing of what is directly in it.
#[derive(Debug)]
struct Folder {
    prefix: String,
    page: Result<Page>,
}

/// A request with its answer or error.
#[derive(Debug)]
struct Fetched {
    ask: Ask,
    budget: RetryBudget,
    page: Result<Page>,
}

impl Lister {
    /// Starts listing the keys with `prefix`, by sending the first request.
    pub(crate) fn start(client: Client, bucket: String, prefix: String) -> Self {
        let concurrency = client.list_concurrency();
        tracing::info!(bucket, prefix = %printable(&prefix), concurrency, "listing versions");
        let ranges = Ranges::new(&prefix, None, None, 1);
        let mut lister = Self {
            client,
            bucket,
            prefix,
            ranges,
            flying: JoinSet::new(),
            looks: JoinSet::new(),
            folders: JoinSet::new(),
            markers: if concurrency > 1 { Markers::Untried } else { Markers::Wrong },
            guards: HashMap::new(),
            pressure: AdaptiveLimit::new(concurrency, NARROWER),
            began: Instant::now(),
            sent: 0,
        };
        lister.send_all();
        lister
    }

    /// Returns the time before the first request.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// Returns the next piece, of any range; `None` after the last. Cancel safe: nothing is lost if the future is
    /// dropped.
    pub(crate) async fn next(&mut self) -> Result<Option<Piece>> {
        loop {
            self.send_all();
            tokio::select! {
                Some(fetched) = self.flying.join_next() => {
                    if let Some(piece) = self.take_in(fetched?)? {
                        return Ok(Some(piece));
                    }
                }
                Some(look) = self.looks.join_next() => {
                    if let Look::Probed { right } = look?? {
                        self.markers = if right { Markers::Right } else { Markers::Wrong };
                    }
                    self.open_slots();
                }
                Some(folder) = self.folders.join_next(), if !self.flying.is_empty() => {
                    self.take_names(&folder?);
                    self.list_folders();
                    self.open_slots();
                }
                else => return self.end(),
            }
        }
    }

    /// Returns the key before which every entry was returned; `None` once all were.
    pub(crate) fn read_to(&self) -> Option<&str> {
        self.ranges.read_to()
    }

    /// Checks that everything was listed once no requests are left.
    fn end(&self) -> Result<Option<Piece>> {
        if self.ranges.is_done() {
            tracing::info!(bucket = self.bucket, requests = self.sent, "listed");
            return Ok(None);
        }
        Err(Error::internal(format!("the listing of s3://{} is incomplete", self.bucket)))
    }

    /// Turns an answer into a piece; resends requests that failed transiently.
    fn take_in(&mut self, fetched: Fetched) -> Result<Option<Piece>> {
        let Fetched { ask, budget, page } = fetched;
        let page = match page {
            Ok(page) => page,
            Err(e) => return self.send_again(ask, budget, e).map(|()| None),
        };
        self.pressure.answered();
        self.check_prefix(&page, &ask)?;
        if page.is_truncated() {
            let next = next_marker(&page).ok_or_else(|| {
                untrusted(&self.bucket, "it is truncated but has no next marker", ask.after.as_ref())
            })?;
            if !self.guards.entry(ask.range).or_default().advances(ask.after.as_ref(), &next) {
                return Err(self.stuck(&ask));
            }
        }
        let answer = self.ranges.answer(ask.range, &Facts(&page));
        if answer.stuck {
            return Err(self.stuck(&ask));
        }
        if answer.ended {
            self.guards.remove(&ask.range);
        }
        self.look(&page, answer.gaps);
        self.list_folders();
        self.open_slots();
        let progress = self.ranges.progress();
        let counters = self.client.counters();
        counters.ranges.set(progress.ranges as u64);
        // Before ranges may begin anywhere there is one, whatever it has.
        let alone = self.markers == Markers::Right && progress.ranges == 1 && !answer.ended;
        let one_key = alone && is_of_one_key(&page);
        counters.one_key.set(u64::from(one_key));
        counters.remaining.set(progress.remaining.map_or(0, |n| n.max(1)));
        Ok(Some(Piece { range: ask.range.number(), page, take: answer.take, ended: answer.ended }))
    }

    /// Tests the server's handling of markers: once before the first split, and wherever a key seems to be missing.
    fn look(&mut self, page: &Page, gaps: Vec<Gap>) {
        let (client, bucket, prefix) = (self.client.clone(), self.bucket.clone(), self.prefix.clone());
        if self.markers == Markers::Untried
            && page.is_truncated()
            && let Some(probe) = Probe::of(page)
        {
            self.markers = Markers::Probing;
            self.looks.spawn(async move {
                let right = probe.send(&client, &bucket, &prefix).await?;
                Ok(Look::Probed { right })
            });
        } else if !gaps.is_empty() {
            self.looks.spawn(async move {
                for gap in gaps {
                    look_up(&client, &bucket, &prefix, &gap).await?;
                }
                Ok(Look::KeyIsNotMissing)
            });
        }
    }

    /// Requests the names in folders that are worth it, as far as the server tolerates more requests.
    fn list_folders(&mut self) {
        while self.markers != Markers::Wrong && self.has_room_for_folder() {
            let Some(prefix) = self.ranges.folder() else { return };
            self.sent = self.sent.wrapping_add(1);
            let (client, bucket) = (self.client.clone(), self.bucket.clone());
            self.folders.spawn(async move {
                let entries = limits::PAGE_ENTRIES;
                let request = PageRequest {
                    bucket: &bucket,
                    prefix: &prefix,
                    after: None,
                    entries,
                    delimiter: "/",
                    once: true,
                };
                let page = client.list_versions(&request).await;
                Folder { prefix, page }
            });
        }
    }

    /// Learns the names in a folder. A failure is no error: the names are not known then.
    fn take_names(&mut self, folder: &Folder) {
        let Folder { prefix, page } = folder;
        if page.as_ref().is_err_and(|e| e.kind() == ErrorKind::Throttled) {
            self.refused();
        }
        let names = page.as_ref().map(names_in).unwrap_or_default();
        let whole = page.as_ref().is_ok_and(|page| !page.is_truncated());
        self.ranges.names(prefix, &names, whole);
    }

    /// Returns whether one more listing of a folder leaves at least one request to the ranges.
    fn has_room_for_folder(&self) -> bool {
        let (folders, window) = (self.folders.len(), self.pressure.window());
        // A range goes on at once if its request was the only one.
        folders + 1 < window && self.flying.len().max(1) + self.looks.len() + folders < window
    }

    /// Sends less while the server refuses requests.
    fn refused(&mut self) {
        self.client.counters().throttled.add(1);
        self.pressure.strained(Strain::Refusal, self.began.elapsed());
    }

    /// Allows as many requests as the server tolerates; one, unless ranges may begin anywhere.
    fn open_slots(&mut self) {
        let slots = match self.markers {
            Markers::Right => self.pressure.window().saturating_sub(self.folders.len() + self.looks.len()),
            _ => 1,
        };
        self.ranges.set_slots(slots);
    }

    fn send_again(&mut self, ask: Ask, mut budget: RetryBudget, e: Error) -> Result<()> {
        if e.kind() == ErrorKind::Throttled {
            self.refused();
            self.open_slots();
        }
        let Some(pause) = budget.pause(&e) else { return Err(located(e, ask.after.as_ref())) };
        tracing::debug!(range = ?ask.range, ?pause, error = %printable(&e.to_string()), "sending again");
        self.send(ask, budget, pause);
        Ok(())
    }

    /// Sends the requests that are due.
    fn send_all(&mut self) {
        while let Some(ask) = self.ranges.ask() {
            let budget = RetryBudget::new(Sends::Read, self.sent);
            self.send(ask, budget, Duration::ZERO);
        }
    }

    fn send(&mut self, ask: Ask, budget: RetryBudget, pause: Duration) {
        self.sent = self.sent.wrapping_add(1);
        let key = ask.after.as_ref().map_or("", |after| &after.key);
        tracing::debug!(range = ?ask.range, after = %printable(key), "listing a page");
        let (client, bucket, prefix) = (self.client.clone(), self.bucket.clone(), self.prefix.clone());
        self.flying.spawn(async move {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            let after = ask.after.as_ref().map(|m| (m.key.as_str(), m.version.as_deref()));
            let request = PageRequest {
                bucket: &bucket,
                prefix: &prefix,
                after,
                entries: limits::PAGE_ENTRIES,
                once: true,
                ..PageRequest::default()
            };
            let page = client.list_versions(&request).await;
            Fetched { ask, budget, page }
        });
    }

    fn check_prefix(&self, page: &Page, ask: &Ask) -> Result<()> {
        // The decoder has checked the key order, so checking the first and last key suffices.
        let mut ends = page.entries().next().into_iter().chain(page.entries().next_back());
        match ends.find(|e| !e.key.starts_with(&self.prefix)) {
            None => Ok(()),
            Some(entry) => {
                let what =
                    format!("it lists {}, which is not under the requested prefix", printable(entry.key));
                Err(untrusted(&self.bucket, &what, ask.after.as_ref()))
            }
        }
    }

    fn stuck(&self, ask: &Ask) -> Error {
        untrusted(
            &self.bucket,
            "its markers do not advance, so the listing would never end",
            ask.after.as_ref(),
        )
    }
}

/// Returns whether a page has entries, all of the same key.
fn is_of_one_key(page: &Page) -> bool {
    let mut ends = page.entries().next().into_iter().chain(page.entries().next_back());
    ends.next().is_some_and(|first| ends.all(|last| last.key == first.key))
}

/// Returns the keys and common prefixes of a page, in order.
fn names_in(page: &Page) -> Vec<String> {
    let keys = page.entries().map(|entry| entry.key);
    let names: BTreeSet<&str> = keys.chain(page.prefixes()).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// A page as seen by the planner.
struct Facts<'a>(&'a Page);

impl ranges::Page for Facts<'_> {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn key(&self, at: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.0.entry_at(at).map_or("", |e| e.key))
    }

    fn version(&self, at: usize) -> Cow<'_, str> {
        Cow::Borrowed(self.0.entry_at(at).map_or("", |e| e.version_id))
    }

    fn next(&self) -> Option<ranges::Marker> {
        self.0.is_truncated().then(|| next_marker(self.0)).flatten()
    }
}
