//! The master password that a restored database is given: read from a command or an environment variable when it is set, and
//! kept nowhere.

use std::fmt;

use serde::Deserialize;

use super::Settings;
use crate::cancel::Cancel;
use crate::db::{Preflight, PreflightFinding};
use crate::error::{Error, Result};
use crate::limits;
use crate::model::Verdict;
use crate::program::{Program, RunLimits};

/// Its name in the overrides of the recovery file.
const FIELD: &str = "master-user-password-from";

/// Where the password is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PasswordFrom {
    /// A command that prints it.
    Command(Program),
    /// An environment variable of asof's.
    Variable(String),
}

/// The password. It is shown nowhere.
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
    /// Takes it out of the overrides, if it is there. The password itself may stand there by mistake: no message repeats it.
    ///
    /// | `master-user-password-from` | `manage-master-user-password` | |
    /// |---|---|---|
    /// | is not there | | none |
    /// | `{ command = … }` or `{ env = "NAME" }` | not `true` | this |
    /// | | `true` | refused: RDS takes one of the two |
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

    /// What asof can tell to be missing before it is read.
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
                let patience = RunLimits { cancel: Some(cancel), deadline: Some(limits::PASSWORD_READ) };
                let what = format!("the password command of the database {database}");
                program.read(&what, &Vec::new(), patience).await?
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
    /// For the request that sets it, and for nothing else.
    pub(super) fn reveal(&self) -> String {
        self.0.clone()
    }
}

impl Settings {
    /// The password that the restored database is to have, if the file says where it is.
    pub(super) async fn password(&self, cancel: &Cancel) -> Result<Option<Password>> {
        match &self.password {
            Some(from) => from.read(&self.name, cancel).await.map(Some),
            None => Ok(None),
        }
    }

    /// Adds what is known to be missing of the password: a restore would else come to its end before that is noticed.
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

/// Why RDS would not take a password. How long it may be, and what else an engine refuses, RDS says itself
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

/// Whether RDS is still setting a password that it was asked to set. The status changes some time after the request: until
/// then, the change is pending.
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
