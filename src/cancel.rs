//! Cancellation: a token that is checked between actions, never inside one.

mod signals;

use std::time::Duration;

use tokio::sync::watch;

pub(crate) use signals::Signals;

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

    /// Whether the run was asked to stop.
    pub fn is_stopped(&self) -> bool {
        *self.stop.borrow()
    }

    /// Completes when the run is asked to stop.
    pub async fn stopped(&self) {
        let mut receiver = self.stop.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        drop(receiver.wait_for(|stop| *stop).await);
    }

    /// Sleeps for `length`. Returns false if the run is asked to stop first.
    pub(crate) async fn pause(&self, length: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stopped() => false,
            () = tokio::time::sleep(length) => true,
        }
    }
}
