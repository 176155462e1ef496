//! Marks: past seconds with a name, at which nothing was being written.

use serde::{Deserialize, Serialize};

use crate::model::Instant;

/// A line of the marks file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkLine {
    /// Its name.
    pub name: String,
    /// The second, by the S3 server's clock.
    pub at: Instant,
    /// The recovery file that it was made with.
    pub file: String,
}

/// The newest mark of this name: a name may be given again.
pub fn newest_mark(lines: &str, name: &str) -> Option<MarkLine> {
    let marks = lines.lines().filter_map(|line| serde_json::from_str::<MarkLine>(line).ok());
    marks.rev().find(|mark| mark.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_was_given_again_is_the_newer_one() {
        let line = |name: &str, second: i64| {
            let at = Instant::from_millis(second * 1000);
            serde_json::to_string(&MarkLine { name: name.into(), at, file: "r.toml".into() }).unwrap()
        };
        let lines = [line("a", 1), line("b", 2), line("a", 3), "torn {".to_owned()].join("\n");
        assert_eq!(newest_mark(&lines, "a").unwrap().at, Instant::from_millis(3000));
        assert_eq!(newest_mark(&lines, "b").unwrap().at, Instant::from_millis(2000));
        assert_eq!(newest_mark(&lines, "c"), None);
    }
}
