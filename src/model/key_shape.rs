//! Detects keys written unlike S3 keys.
//!
//! | every key | likely cause |
//! |---|---|
//! | begins with `/` | a path was stored, not a key |
//! | begins with `s3://` | a URL was stored, not a key |
//! | ends in a carriage return | the file has Windows line endings |
//! | none of these, or not every key | none |

/// Counts keys written unlike S3 keys, to explain why keys never existed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct KeyShapes {
    /// The number of keys counted.
    pub keys: u64,
    slashes: u64,
    urls: u64,
    returns: u64,
}

impl KeyShapes {
    /// Counts a single key.
    pub fn of(key: &str) -> Self {
        let mut shapes = Self::default();
        shapes.add(key);
        shapes
    }

    /// Counts a key.
    pub fn add(&mut self, key: &str) {
        self.keys += 1;
        self.slashes += u64::from(key.starts_with('/'));
        self.urls += u64::from(key.starts_with("s3://"));
        self.returns += u64::from(key.ends_with('\r'));
    }

    /// Returns the likely causes, by the table in the module docs.
    pub fn likely_causes(&self) -> Vec<&'static str> {
        let causes = [
            (self.slashes, "every key begins with '/', which S3 keys rarely do: strip it"),
            (self.urls, "every key begins with s3://: strip the scheme and the bucket's name"),
            (self.returns, "every key ends in a carriage return: remove it, for example with tr -d '\\r'"),
        ];
        let of_all = |n: u64| n > 0 && n == self.keys;
        causes.into_iter().filter(|(n, _)| of_all(*n)).map(|(_, cause)| cause).collect()
    }
}

#[cfg(test)]
mod tests;
