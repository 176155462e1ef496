//! Preflight checks: the outline and the findings of a restore before anything is stopped for it.

use super::{Database, RestoreRequest};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Verdict;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Preflight {
    /// Lines that describe the resources to create.
    pub outline: Vec<String>,
    pub findings: Vec<PreflightFinding>,
}

/// A problem, or a check that could not be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PreflightFinding {
    /// `Failed`: the restore cannot succeed as configured. `Unknown`: the lookup failed.
    pub verdict: Verdict,
    pub words: String,
}

impl Database {
    /// Looks up everything a restore needs, without changing anything. Nothing is known for databases restored by
    /// commands.
    pub(crate) async fn preflight(&self, request: &RestoreRequest) -> Result<Preflight> {
        answer!(self, _ => Ok(Preflight::default()), database => database.preflight(request.at).await)
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
