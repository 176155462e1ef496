//! Faults on the wire, by operation: the kinds of faults, and the rules of a test that inject them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::endpoint::operation::Operation;

/// A fault injected into a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 503 `SlowDown`; nothing is done.
    SlowDown,
    /// 500 `InternalError`; nothing is done.
    InternalError,
    /// 409 `ConditionalRequestConflict`, as when two conditional writes meet.
    Conflict,
    /// 403 `AccessDenied`, as without a permission.
    AccessDenied,
    /// 400 `ExpiredToken`; a HEAD gets only the status.
    ExpiredToken,
    /// 403 `InvalidAccessKeyId`, as when the access key has been deleted.
    UnknownKey,
    /// 403 `SignatureDoesNotMatch`, as if a proxy rewrites the path.
    BadSignature,
    /// The connection is reset before the request is read.
    Reset,
    /// The request is handled, then the connection is reset instead of a reply.
    ReplyLost,
    /// The request is handled, then the connection is closed properly, without a reply.
    Closed,
    /// The request is handled; the connection ends halfway through the reply's body.
    Truncated,
    /// The request is handled; a bit in the middle of the reply's body is flipped.
    Corrupted,
    /// 200 with an `<Error>` of code `InternalError` as the body; nothing is done.
    ErrorInOk,
    /// 200 with an `<Error>` of code `SlowDown` as the body; nothing is done.
    SlowDownInOk,
    /// 200 with this as the body; nothing is done.
    NoResult(Instead),
    /// The request is handled; 200 with this as the body.
    ResultLost(Instead),
    /// `DeleteObjects` only: every n-th key of the request gets an `<Error>` of code `InternalError` and stays.
    KeyErrors {
        /// 1 for every key.
        every: usize,
    },
    /// The reply is delayed by this much; later rules still apply.
    Delay(Duration),
    /// The request is handled; the reply's headers and half its body are sent, then nothing more, and the connection
    /// stays open.
    Stalled,
    /// The reply has a header whose value is Latin-1, not UTF-8.
    Latin1Header,
}

/// A body of a reply with status 200 that is not a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// No bytes.
    Empty,
    /// The XML declaration.
    Preamble,
    /// The first half of a result.
    Half,
    /// Whitespace, which keeps the connection alive, and then an `<Error>` of code `InternalError`.
    BlanksAndError,
}

/// The matching requests that a rule applies to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum When {
    /// All.
    Always,
    /// Only the n-th, counted from 1.
    Nth(u64),
    /// The first n.
    First(u64),
    /// The n-th, the 2n-th, and so on.
    Every(u64),
    /// Each with a probability, the same ones for the same seed.
    Probability {
        /// The probability, from 0 to 1.
        p: f64,
        /// The seed of the sequence.
        seed: u64,
    },
}

/// A rule: a fault, and the requests it applies to.
#[derive(Clone, Debug)]
pub struct Rule<O = Operation> {
    /// The operation; `None` for any.
    pub operation: Option<O>,
    /// The prefix of the requests' keys; `None` for all requests.
    pub key_prefix: Option<String>,
    /// The fault.
    pub fault: Fault,
    /// The ones meant of the matching requests.
    pub when: When,
}

impl<O> Rule<O> {
    /// Creates a rule for one operation.
    pub fn on(operation: O, fault: Fault, when: When) -> Self {
        Self { operation: Some(operation), key_prefix: None, fault, when }
    }

    /// Creates a rule for all operations.
    pub fn on_any(fault: Fault, when: When) -> Self {
        Self { operation: None, key_prefix: None, fault, when }
    }

    /// Limits the rule to keys with this prefix.
    #[must_use]
    pub fn under(self, prefix: impl Into<String>) -> Self {
        Self { key_prefix: Some(prefix.into()), ..self }
    }
}

/// A handle to the faults of one lab, by the operations of its service; clones share them.
#[derive(Clone, Debug)]
pub struct Faults<O = Operation> {
    state: Arc<Mutex<State<O>>>,
}

impl<O> Default for Faults<O> {
    fn default() -> Self {
        Self { state: Arc::new(Mutex::new(State { rules: Vec::new(), injected: 0 })) }
    }
}

/// Called before a request is handled.
type Hook = Arc<dyn Fn() + Send + Sync>;

struct State<O> {
    rules: Vec<Counted<O>>,
    injected: u64,
}

struct Counted<O> {
    rule: Rule<O>,
    /// Called instead of injecting the rule's fault.
    hook: Option<Hook>,
    matched: u64,
}

/// The faults of one request.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Fault>,
    pub(crate) hooks: Vec<Hook>,
}

impl<O: Copy + PartialEq> Faults<O> {
    /// Adds a rule. Rules are tried in the order in which they were added, and the first that applies is used.
    pub fn push(&self, rule: Rule<O>) {
        self.lock().rules.push(Counted { rule, hook: None, matched: 0 });
    }

    /// Calls a function just before matching requests are handled, for example to write in between or to stop the
    /// client.
    pub fn before(&self, operation: O, when: When, call: impl Fn() + Send + Sync + 'static) {
        let rule = Rule::on(operation, Fault::Delay(Duration::ZERO), when);
        self.lock().rules.push(Counted { rule, hook: Some(Arc::new(call)), matched: 0 });
    }

    /// Calls a function just before requests of any operation are handled.
    pub fn before_any(&self, when: When, call: impl Fn() + Send + Sync + 'static) {
        let rule = Rule::on_any(Fault::Delay(Duration::ZERO), when);
        self.lock().rules.push(Counted { rule, hook: Some(Arc::new(call)), matched: 0 });
    }

    /// Removes all rules; the count of injected faults is kept.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// Returns the number of injected faults.
    pub fn injected(&self) -> u64 {
        self.lock().injected
    }

    /// Applies the rules to a request, and counts it.
    pub(crate) fn judge(&self, operation: O, key: Option<&str>) -> Verdict {
        let mut state = self.lock();
        let mut verdict = Verdict::default();
        let mut injected = 0;
        for counted in state.rules.iter_mut().filter(|counted| counted.applies(operation, key)) {
            counted.matched += 1;
            if verdict.fault.is_some() || !strikes(counted.rule.when, counted.matched) {
                continue;
            }
            match (&counted.hook, counted.rule.fault) {
                (Some(hook), _) => verdict.hooks.push(Arc::clone(hook)),
                (None, Fault::Delay(delay)) => {
                    verdict.delay += delay;
                    injected += 1;
                }
                (None, fault) => {
                    verdict.fault = Some(fault);
                    injected += 1;
                }
            }
        }
        state.injected += injected;
        verdict
    }

    fn lock(&self) -> MutexGuard<'_, State<O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Copy + PartialEq> Counted<O> {
    fn applies(&self, operation: O, key: Option<&str>) -> bool {
        let key_fits = |prefix: &String| key.is_some_and(|key| key.starts_with(prefix.as_str()));
        self.rule.operation.is_none_or(|wanted| wanted == operation)
            && self.rule.key_prefix.as_ref().is_none_or(key_fits)
    }
}

impl<O: std::fmt::Debug> std::fmt::Debug for State<O> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules: Vec<_> = self.rules.iter().map(|counted| (&counted.rule, counted.matched)).collect();
        out.debug_struct("State").field("rules", &rules).field("injected", &self.injected).finish()
    }
}

/// Returns true if a rule applies to the n-th matching request.
fn strikes(when: When, nth: u64) -> bool {
    match when {
        When::Always => true,
        When::Nth(n) => nth == n,
        When::First(n) => nth <= n,
        When::Every(n) => nth.is_multiple_of(n.max(1)),
        When::Probability { p, seed } => chance(seed, nth) < p,
    }
}

/// Returns a number from 0 up to 1, always the same for the same seed and position.
fn chance(seed: u64, nth: u64) -> f64 {
    let mut bits = seed.wrapping_add(nth.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    let high = u32::try_from(bits >> 32).unwrap_or(u32::MAX);
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests;
