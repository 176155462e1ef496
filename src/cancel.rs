//! Cancellation: a token that is checked between actions, never inside one.

mod signals;

use std::pin::pin;
use std::time::Duration;

use tokio::sync::watch;

use crate::limits;

pub(crate) use signals::{Received, Signals};

/// Tells a run to stop. All clones share one state.
#[derive(Debug, Clone)]
pub struct Cancel {
    stop: watch::Sender<bool>,
}

impl Default for Cancel {
    fn default() -> Self {
        Self { stop: watch::Sender::new(false) }
    }
}

impl Cancel {
    /// Asks the run to finish what is in flight and stop.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Returns true if the run was asked to stop.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Completes when the run is asked to stop.
    pub async fn stopped(&self) {
        let mut receiver = self.stop.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        drop(receiver.wait_for(|stop| *stop).await);
    }

    /// Completes with `work`, or with `None` if the run is asked to stop first: the work is dropped.
    pub(crate) async fn until<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.stopped() => None,
            done = work => Some(done),
        }
    }

    /// Completes with `work`, or with `None` if it takes longer than [`limits::STOP_GRACE`] once the run is asked to stop.
    pub(crate) async fn grant<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        match self.until(&mut work).await {
            Some(done) => Some(done),
            None => tokio::time::timeout(limits::STOP_GRACE, work).await.ok(),
        }
    }

    /// Sleeps for `length`. Returns false if the run is asked to stop first.
    pub(crate) async fn pause(&self, length: Duration) -> bool {
        self.until(tokio::time::sleep(length)).await.is_some()
    }
}
