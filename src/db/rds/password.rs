//! The new master password of a restored database: read from a command or an environment variable when it is set, and
//! never stored.

use std::fmt;

use serde::Deserialize;

use super::Settings;
use crate::cancel::Cancel;
use crate::db::{Preflight, PreflightFinding};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::Verdict;
use crate::program::{Program, RunLimits};

/// The setting's name in the recovery file's overrides.
const FIELD: &str = "master-user-password-from";

/// The source of the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PasswordFrom {
    /// A command that prints it.
    Command(Program),
    /// A variable in asof's environment.
    Variable(String),
}

/// A password. Its `Debug` output hides it.
pub(crate) struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    command: Option<Program>,
    env: Option<String>,
}

impl PasswordFrom {
    /// Removes the setting from the overrides, if present. A user may have written the password itself there, so no
    /// message repeats the value.
    ///
    /// | `master-user-password-from` | `manage-master-user-password` | |
    /// |---|---|---|
    /// | absent | | none |
    /// | `{ command = … }` or `{ env = "NAME" }` | not `true` | accepted |
    /// | | `true` | refused: RDS accepts one of the two |
    /// | anything else, or both | | refused |
    pub(crate) fn take(overrides: &mut toml::Table) -> std::result::Result<Option<Self>, String> {
        const FORM: &str = "a table: { command = [\"PROGRAM\", \"ARGUMENT\"] }, or { env = \"NAME\" }";
        let Some(written) = overrides.remove(FIELD) else { return Ok(None) };
        let managed = overrides.get("manage-master-user-password") == Some(&toml::Value::Boolean(true));
        let written = match written {
            toml::Value::Table(table) => table.try_into().ok(),
            _ => None,
        };
        let from = match written {
            Some(Written { command: Some(program), env: None }) => Some(Self::Command(program)),
            Some(Written { command: None, env: Some(name) }) if is_variable(&name) => {
                Some(Self::Variable(name))
            }
            _ => None,
        };
        match from {
            None => Err(format!("{FIELD} is {FORM}")),
            Some(_) if managed => {
                Err(format!("{FIELD} and manage-master-user-password = true cannot be combined"))
            }
            from => Ok(from),
        }
    }

    /// Returns the prerequisite that is missing, as far as it can be told without reading the password.
    fn lack(&self) -> Option<String> {
        match self {
            Self::Variable(name) if std::env::var_os(name).is_none_or(|value| value.is_empty()) => {
                Some(format!("the environment variable {name}, which {FIELD} names, is not set"))
            }
            Self::Variable(_) | Self::Command(_) => None,
        }
    }

    async fn read(&self, database: &str, cancel: &Cancel) -> Result<Password> {
        let wrong = |why: &str| {
            Error::usage(format!("cannot set the master password of the database {database}: {why}")).hint(format!(
                "{FIELD} in [database.overrides] gives a password of at least {} printable ASCII characters, none of them /, \" \
                 or @; then run the same command again",
                limits::MASTER_PASSWORD
            ))
        };
        let text = match self {
            Self::Command(program) => {
                let run_limits = RunLimits { cancel: Some(cancel), deadline: Some(limits::PASSWORD_READ) };
                let what = format!("the password command of the database {database}");
                program.read(&what, &Vec::new(), run_limits).await?
            }
            Self::Variable(name) => std::env::var(name)
                .map_err(|_| wrong(&format!("the environment variable {name} is not set, or not UTF-8")))?,
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        match flaw(text) {
            Some(why) => Err(wrong(why)),
            None => Ok(Password(text.to_owned())),
        }
    }
}

impl Password {
    /// Exposes the password, only for the request that sets it.
    pub(super) fn reveal(&self) -> String {
        self.0.clone()
    }
}

impl Settings {
    /// Reads the password for the restored database, if the file configures one.
    pub(super) async fn password(&self, cancel: &Cancel) -> Result<Option<Password>> {
        match &self.password {
            Some(from) => from.read(&self.name, cancel).await.map(Some),
            None => Ok(None),
        }
    }

    /// Adds a finding if the password is unavailable, which would otherwise show only after the restore.
    pub(super) fn look_for_password(&self, mut preflight: Preflight) -> Preflight {
        let lack = self.password.as_ref().and_then(PasswordFrom::lack);
        let finding = |words| PreflightFinding { verdict: Verdict::Failed, words };
        preflight.findings.extend(lack.map(finding));
        preflight
    }
}

fn is_variable(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty() && name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit())
}

/// Returns why RDS would not accept a password. RDS itself reports the maximum length and each engine's other rules
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>).
fn flaw(password: &str) -> Option<&'static str> {
    let printable = |c: char| c.is_ascii_graphic() || c == ' ';
    if password.is_empty() {
        Some("it is empty")
    } else if password.chars().count() < limits::MASTER_PASSWORD {
        Some("it is too short")
    } else if !password.chars().all(printable) || password.contains(['/', '"', '@']) {
        Some("it contains a character that RDS does not allow")
    } else {
        None
    }
}

/// Returns whether RDS is still setting a requested password. The status changes some time after the request; until
/// then the change is pending.
///
/// | status | pending | |
/// |---|---|---|
/// | resetting-master-credentials | | yes |
/// | any | the password | yes |
/// | any other | | no |
///
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html>
pub(super) fn is_being_set(status: Option<&str>, pending: bool) -> bool {
    pending || status == Some("resetting-master-credentials")
}

#[cfg(test)]
mod tests;
