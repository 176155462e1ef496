//! Examines AWS profiles to explain missing credentials.

use std::collections::BTreeSet;

use aws_config::profile::{ProfileSet, load};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_types::os_shim_internal::{Env, Fs};

use crate::error::{Error, ErrorKind};

/// Returns the profile that requires an MFA code, among the named one (or else the one selected by the environment)
/// and its source profiles. The SDK does not prompt for a code: it assumes the role without it and is denied.
pub(super) async fn that_needs_mfa(named: Option<&str>) -> Option<String> {
    let selected = named.map(|name| name.to_owned().into());
    let set = load(&Fs::real(), &Env::real(), &EnvConfigFiles::default(), selected).await.ok()?;
    mfa_in_chain(&set)
}

fn mfa_in_chain(set: &ProfileSet) -> Option<String> {
    let (mut name, mut seen) = (set.selected_profile().to_owned(), BTreeSet::new());
    loop {
        let profile = set.get_profile(&name)?;
        if profile.get("mfa_serial").is_some() {
            return Some(name);
        }
        let next = profile.get("source_profile")?.to_owned();
        seen.insert(std::mem::replace(&mut name, next));
        if seen.contains(&name) {
            return None;
        }
    }
}

/// The error for a profile that requires an MFA code, with two ways to get credentials.
pub(super) fn needs_mfa(profile: &str, selected: Option<&str>) -> Error {
    let of = selected.unwrap_or(profile);
    let asks = if of == profile { "it" } else { profile };
    let message = format!(
        "no usable AWS credentials found in the profile {of}: {asks} needs an MFA code (mfa_serial), which asof cannot prompt for"
    );
    Error::new(ErrorKind::Denied, message)
        .hint(format!(
            "let the AWS CLI prompt for it: eval \"$(aws configure export-credentials --profile {of} --format env)\", then run \
             the command again without --profile"
        ))
        .hint(format!(
            "or use a profile with credential_process = aws configure export-credentials --profile {of}"
        ))
}
