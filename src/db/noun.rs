//! The two kinds of parts that a recovery restores beside its buckets, as messages name them.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    Database,
    /// Anything else that has state: a queue, a volume, a table, a search index.
    Store,
}

impl Noun {
    /// The environment variable that gives its name to commands.
    pub fn variable(self) -> &'static str {
        match self {
            Noun::Database => "ASOF_DATABASE",
            Noun::Store => "ASOF_STORE",
        }
    }
}

impl fmt::Display for Noun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Noun::Database => "database",
            Noun::Store => "store",
        })
    }
}
