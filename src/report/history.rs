//! A key's history, for a person.

use super::units::bytes;
use crate::model::{Instant, Past};

/// One entry in one line; an arrow marks the one live at the instant asked for.
pub(crate) fn history_line(past: &Past, at: Option<Instant>) -> String {
    let version = &past.version;
    let size = if past.delete_marker { "deleted".to_owned() } else { bytes(version.size) };
    let class = if past.delete_marker { "" } else { &version.storage_class };
    let mut notes = Vec::new();
    if past.is_latest {
        notes.push("current".to_owned());
    }
    if let Some(at) = at.filter(|_| past.live_at) {
        let state = if past.delete_marker { "did not exist" } else { "live" };
        notes.push(format!("<-- {state} at {}", at.human()));
    }
    let line = format!(
        "  {}  {size:>10}  {class:<12}  {:<36}  {}",
        version.last_modified.human(),
        version.version_id,
        notes.join("  ")
    );
    line.trim_end().to_owned()
}
