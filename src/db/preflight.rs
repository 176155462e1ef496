//! What is shown and found out of a restore before anything is stopped for it.

use super::{Database, RestoreRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Verdict;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Preflight {
    /// What will be made, a line each.
    pub outline: Vec<String>,
    pub findings: Vec<PreflightFinding>,
}

/// Something that was found, or could not be found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PreflightFinding {
    /// `Failed`: the restore cannot come out right. `Unknown`: it could not be looked up.
    pub verdict: Verdict,
    pub words: String,
}

impl Database {
    /// Looks up what a restore needs, and changes nothing. Of commands nothing is known.
    pub(crate) async fn preflight(&self, errand: &RestoreRequest) -> Result<Preflight> {
        answer!(self, _ => Ok(Preflight::default()), database => database.preflight(errand.at).await)
    }
}

impl Preflight {
    pub(crate) fn require(&self, database: &Database) -> Result<()> {
        let failed = self.findings.iter().filter(|finding| finding.verdict == Verdict::Failed);
        let failed: Vec<_> = failed.map(|finding| &*finding.words).collect();
        if failed.is_empty() {
            return Ok(());
        }
        let message = format!("cannot restore the database {}: {}", database.name(), failed.join("; "));
        Err(Error::new(ErrorKind::Refused, message)
            .hint("nothing was changed; set others in [database.overrides] of the recovery file"))
    }
}
