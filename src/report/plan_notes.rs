//! Notes about a saved plan.

use crate::model::{Instant, Versioning, printable};
use crate::plan::file::Header;

/// Returns the notes below the heading of a plan. `choice` are the options that selected its changes.
pub(crate) fn plan_notes(header: &Header, choice: &str, now: Instant) -> Vec<String> {
    let versioning = match header.checks.versioning {
        Versioning::Enabled => "enabled",
        Versioning::Suspended => "suspended",
        Versioning::Never => "never enabled",
        Versioning::Unknown => "unknown",
    };
    let kms = if header.checks.kms { " · KMS or unknown encryption" } else { "" };
    let (listed, asof) = (header.listed, printable(&header.asof));
    let mut notes = vec![format!(
        "listed {} ({} ago) by asof {asof} · versioning {versioning}{kms}",
        listed.human(),
        listed.age(now)
    )];
    if !choice.is_empty() {
        notes.push(format!("with{choice}"));
    }
    notes
}
