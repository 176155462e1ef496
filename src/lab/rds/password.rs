//! Master passwords: which are refused, and how long setting one takes.
//!
//! <https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html>

use super::form::Form;
use super::handler::{Outcome, Refusal};
use super::store::{Database, RESETTING, states};

/// Refuses a password that RDS does not accept. `managed` tells whether Secrets Manager manages the present one.
pub(super) fn check(form: &Form, managed: bool) -> Outcome<()> {
    let Some(password) = form.get("MasterUserPassword") else { return Ok(()) };
    let managed = form.get("ManageMasterUserPassword").map_or(managed, |asked| asked == "true");
    if managed {
        let message = "You can't specify MasterUserPassword when ManageMasterUserPassword is turned on.";
        return Err(Refusal::new("InvalidParameterCombination", message));
    }
    let is_allowed = |c: char| c.is_ascii_graphic() && !"/@\"".contains(c);
    let why = if !password.chars().all(is_allowed) {
        "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
    } else if !(8..=41).contains(&password.len()) {
        "It has to have 8 to 41 characters."
    } else {
        return Ok(());
    };
    let message = format!("The parameter MasterUserPassword is not a valid password. {why}");
    Err(Refusal::new("InvalidParameterValue", message))
}

/// Starts to set the password in a request, if it has one. The state changes only later.
pub(super) fn begin(database: &mut Database, form: &Form) {
    let Some(password) = form.get("MasterUserPassword") else { return };
    database.pending_password = Some(password.to_owned());
    let first = database.state().to_owned();
    database.states = states(&[&first, RESETTING, "available"]);
}
