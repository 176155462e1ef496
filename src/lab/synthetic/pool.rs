//! Buffers for pages, used again once a page has been sent.

use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;

/// More are not kept.
const MOST: usize = 256;

/// Buffers that nobody needs just now.
#[derive(Debug, Default)]
pub(super) struct Pool {
    free: Mutex<Vec<Vec<u8>>>,
}

/// A page on its way; its buffer goes back when it has been sent.
struct Filled {
    buffer: Vec<u8>,
    pool: Arc<Pool>,
}

impl Pool {
    /// An empty buffer.
    pub(super) fn take(&self) -> Vec<u8> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// A page, from where it begins in its buffer.
    pub(super) fn fill(self: &Arc<Self>, buffer: Vec<u8>, begin: usize) -> Bytes {
        Bytes::from_owner(Filled { buffer, pool: Arc::clone(self) }).slice(begin..)
    }
}

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < MOST {
            free.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests;
