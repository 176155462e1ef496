//! The model check: random histories on the lab, a random target time, and a naive model that predicts the result.
//!
//! The histories are the same in every test run; `ASOF_MODEL_SEED` selects others (`just model` random ones), and
//! `ASOF_MODEL_HISTORIES` their number. Both are printed at the start.

use std::sync::atomic::{AtomicU64, Ordering};

use asof::lab::Options;
use futures::future::join_all;

use crate::servers::{Server, say};
use crate::support::Subject;

mod check;
mod history;
mod keys;
mod serve;
mod state;
mod view;
mod write;

use check::check;
use history::History;

const HISTORIES: u64 = 300;

/// The number of concurrent histories; each worker has its own lab.
const WORKERS: usize = 4;

/// Histories that are tried at most to find a small one that fails too.
const SHRINKING: usize = 150;

/// The default seed of the first history.
const SEED: u64 = 443_306_329;

#[test]
fn random_histories_are_restored() {
    let seed = variable("ASOF_MODEL_SEED").unwrap_or(SEED);
    let histories = variable("ASOF_MODEL_HISTORIES").unwrap_or(HISTORIES);
    say(&format!("model check: ASOF_MODEL_SEED={seed} ASOF_MODEL_HISTORIES={histories}"));
    let next = AtomicU64::new(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let failures = runtime.block_on(join_all((0..WORKERS).map(|_| worker(seed, histories, &next))));
    if let Some(failure) = failures.into_iter().flatten().next() {
        panic!("{failure}");
    }
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

async fn subject() -> Subject {
    let options = Options { min_part_bytes: 1, ..Options::default() };
    Subject::new(Server::with_options("lab", options).await)
}

/// Plays histories until there are no more, or one fails; then reports the smallest that fails the same way.
async fn worker(seed: u64, histories: u64, next: &AtomicU64) -> Option<String> {
    let subject = subject().await;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= histories {
            return None;
        }
        let seed = seed.wrapping_add(number);
        let history = History::random(seed);
        if let Err(why) = check(&subject, &history).await {
            // The others need not go on.
            next.store(histories, Ordering::Relaxed);
            let (smallest, last) = shrink(&subject, history, why.clone()).await;
            return Some(format!(
                "history {seed} failed: {why}\n\nagain: ASOF_MODEL_SEED={seed} ASOF_MODEL_HISTORIES=1\n\n\
                 the least of it:\n{smallest}\n{last}"
            ));
        }
    }
}

/// Leaves events out for as long as it still fails: first halves, then ever smaller pieces.
async fn shrink(subject: &Subject, mut history: History, mut why: String) -> (History, String) {
    let mut piece = history.events.len().div_ceil(2);
    let mut tries = 0;
    while piece > 0 {
        let mut start = 0;
        while start < history.events.len() && tries < SHRINKING {
            tries += 1;
            let mut smaller = history.clone();
            smaller.events.drain(start..(start + piece).min(history.events.len()));
            match check(subject, &smaller).await {
                Err(again) => (history, why) = (smaller, again),
                Ok(()) => start += piece,
            }
        }
        piece /= 2;
    }
    (history, why)
}
