//! Faults on the wire, by operation: which kinds there are, when they strike, and the rules that a test lays down.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::operation::Operation;

/// What goes wrong with a request.
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
    /// 400 `ExpiredToken`; a HEAD gets the status alone.
    ExpiredToken,
    /// 403 `InvalidAccessKeyId`, as when the access key has been deleted.
    UnknownKey,
    /// 403 `SignatureDoesNotMatch`, as where a proxy rewrites the path.
    BadSignature,
    /// The connection is reset before the request is looked at.
    Reset,
    /// The work is done, then the connection is reset instead of a reply.
    ReplyLost,
    /// The work is done, then the connection is closed in order, without a reply.
    Closed,
    /// The work is done; the connection ends halfway through the reply's body.
    Truncated,
    /// The work is done; a bit in the middle of the reply's body is another.
    Corrupted,
    /// 200 with an `<Error>` of code `InternalError` as the body; nothing is done.
    ErrorInOk,
    /// 200 with an `<Error>` of code `SlowDown` as the body; nothing is done.
    SlowDownInOk,
    /// 200 with this as the body; nothing is done.
    NoResult(Instead),
    /// The work is done; 200 with this as the body.
    ResultLost(Instead),
    /// `DeleteObjects` only: every n-th key of the request gets an `<Error>` of code `InternalError` and stays.
    KeyErrors {
        /// 1 for every key.
        every: usize,
    },
    /// The reply comes later by this much; the rules after this one are still asked.
    Delay(Duration),
    /// The work is done; the reply's headers and half its body are sent, then nothing more, and the connection stays open.
    Stalled,
    /// The reply has a header whose value is in Latin-1, and so is not UTF-8.
    Latin1Header,
}

/// A body of a reply with status 200 that is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// No byte.
    Empty,
    /// The declaration that an XML document begins with.
    Preamble,
    /// The first half of a result.
    Half,
    /// Blanks, which keep the connection alive, and then an `<Error>` of code `InternalError`.
    BlanksAndError,
}

/// Which of the requests that match a rule it strikes.
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
    /// Each by chance, the same ones for the same seed.
    Probability {
        /// From 0 to 1.
        p: f64,
        /// Seeds the sequence.
        seed: u64,
    },
}

/// A fault, when, and on what.
#[derive(Clone, Debug)]
pub struct Rule<O = Operation> {
    /// None for any operation.
    pub operation: Option<O>,
    /// Only requests whose key begins with this; none for all requests.
    pub key_prefix: Option<String>,
    /// What goes wrong.
    pub fault: Fault,
    /// Which requests.
    pub when: When,
}

impl<O> Rule<O> {
    /// A rule for one operation.
    pub fn on(operation: O, fault: Fault, when: When) -> Self {
        Self { operation: Some(operation), key_prefix: None, fault, when }
    }

    /// A rule for all operations.
    pub fn on_any(fault: Fault, when: When) -> Self {
        Self { operation: None, key_prefix: None, fault, when }
    }

    /// The rule, for keys with this prefix only.
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
    /// In place of the rule's fault.
    hook: Option<Hook>,
    matched: u64,
}

/// What is to happen with one request.
#[derive(Default)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    pub(crate) fault: Option<Fault>,
    pub(crate) hooks: Vec<Hook>,
}

impl<O: Copy + PartialEq> Faults<O> {
    /// Adds a rule. Rules are asked in the order in which they were added, and the first that strikes is done.
    pub fn push(&self, rule: Rule<O>) {
        self.lock().rules.push(Counted { rule, hook: None, matched: 0 });
    }

    /// Calls a function just before certain requests are handled: to write in between, or to stop the client.
    pub fn before(&self, operation: O, when: When, call: impl Fn() + Send + Sync + 'static) {
        let rule = Rule::on(operation, Fault::Delay(Duration::ZERO), when);
        self.lock().rules.push(Counted { rule, hook: Some(Arc::new(call)), matched: 0 });
    }

    /// The same before certain of all requests.
    pub fn before_any(&self, when: When, call: impl Fn() + Send + Sync + 'static) {
        let rule = Rule::on_any(Fault::Delay(Duration::ZERO), when);
        self.lock().rules.push(Counted { rule, hook: Some(Arc::new(call)), matched: 0 });
    }

    /// Forgets all rules; the count of injected faults stays.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }

    /// How many faults were injected.
    pub fn injected(&self) -> u64 {
        self.lock().injected
    }

    /// Asks the rules about a request, and counts it.
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

/// Whether the n-th matching request is struck.
fn strikes(when: When, nth: u64) -> bool {
    match when {
        When::Always => true,
        When::Nth(n) => nth == n,
        When::First(n) => nth <= n,
        When::Every(n) => nth.is_multiple_of(n.max(1)),
        When::Probability { p, seed } => chance(seed, nth) < p,
    }
}

/// A number from 0 up to 1, always the same for the same seed and place.
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
