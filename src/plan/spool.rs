//! A plan's changes on disk, in the order in which they came: memory does not grow with them.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};

use super::Change;
use crate::error::{Error, ErrorKind, Result};

/// Changes in a file without a name, which is gone when the process is.
#[derive(Debug)]
pub struct Spool {
    file: BufWriter<File>,
    len: u64,
}

impl Spool {
    /// An empty spool in the system's directory for temporary files.
    pub fn new() -> Result<Self> {
        let place = std::env::temp_dir();
        let file = tempfile::tempfile().map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot make a temporary file in {}: {e}", place.display()))
                .hint("point TMPDIR to a directory with room for the plan")
        })?;
        Ok(Self { file: BufWriter::new(file), len: 0 })
    }

    /// Appends a change.
    pub fn push(&mut self, change: &Change) -> Result<()> {
        let written = serde_json::to_writer(&mut self.file, change).map_err(std::io::Error::from);
        written.and_then(|()| self.file.write_all(b"\n")).map_err(|e| full(&e))?;
        self.len += 1;
        Ok(())
    }

    /// How many changes there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Reads the changes from the first to the last.
    pub fn into_changes(self) -> Result<impl Iterator<Item = Result<Change>>> {
        let mut file = self.file.into_inner().map_err(|e| full(e.error()))?;
        file.rewind().map_err(|e| full(&e))?;
        Ok(BufReader::new(file).lines().map(|line| {
            let line = line.map_err(|e| full(&e))?;
            serde_json::from_str(&line).map_err(|e| {
                Error::new(ErrorKind::Corrupt, "the plan's temporary file was damaged").because(e)
            })
        }))
    }
}

fn full(e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot keep the plan in a temporary file: {e}"))
        .hint("point TMPDIR to a directory with room for the plan")
}

#[cfg(test)]
mod tests {
    use super::super::Action;
    use super::*;

    #[test]
    fn changes_come_back_as_they_went() {
        let mut spool = Spool::new().unwrap();
        let changes: Vec<_> = ["a", "b\n\"", "日\u{1}"]
            .into_iter()
            .map(|key| Change {
                key: key.to_owned(),
                action: Action::Delete,
                now: None,
                then: None,
                cautions: vec![],
            })
            .collect();
        for change in &changes {
            spool.push(change).unwrap();
        }
        assert_eq!(spool.len(), 3);
        let back: Vec<_> = spool.into_changes().unwrap().map(Result::unwrap).collect();
        assert_eq!(back, changes);
    }
}
