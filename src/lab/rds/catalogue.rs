//! What RDS looks up before it makes something: keys.

use super::handler::{Outcome, Refusal};
use super::store::Database;

/// A key whose name says that it is disabled cannot be used.
pub(super) fn check_key(source: &Database) -> Outcome<()> {
    let key = source.get("KmsKeyId").unwrap_or_default();
    if key.contains("disabled") {
        let message = format!(
            "The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to access it."
        );
        return Err(Refusal::new("KMSKeyNotAccessibleFault", message));
    }
    Ok(())
}
