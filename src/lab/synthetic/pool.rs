//! Buffers for pages, reused after a page has been sent.

use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Bytes;

/// The maximum number of buffers kept.
const MOST: usize = 256;

/// Unused buffers.
#[derive(Debug, Default)]
pub(super) struct Pool {
    free: Mutex<Vec<Vec<u8>>>,
}

/// A page being sent; its buffer is returned to the pool afterwards.
struct Filled {
    buffer: Vec<u8>,
    pool: Arc<Pool>,
}

impl Pool {
    /// Returns an empty buffer.
    pub(super) fn take(&self) -> Vec<u8> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Returns the page that starts at this offset of its buffer.
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
