//! Saved plans on the command line: what their headers are made of, and how they are shown.

use super::args::common::{CompareArgs, SelectArgs};
use super::next;
use crate::engine::Standing;
use crate::model::{Instant, Location, Versioning, printable};
use crate::plan::file::{Checks, Header, Selected};

/// The header of a plan that is made now.
pub(super) fn header(
    location: &Location,
    (at, now): (Instant, Instant),
    standing: Standing,
    (select, compare): (&SelectArgs, &CompareArgs),
) -> Header {
    let Standing { versioning, kms } = standing;
    let checks = Checks { versioning, kms, trust_etag: compare.trust_etag };
    Header::new(location, (at, now), checks, selected(select))
}

/// The options that chose keys, as a plan keeps them.
pub(super) fn selected(select: &SelectArgs) -> Selected {
    let SelectArgs { include, exclude, keys_from } = select;
    Selected {
        include: include.clone(),
        exclude: exclude.clone(),
        keys_from: keys_from.as_ref().map(|file| file.to_string_lossy().into_owned()),
    }
}

/// The options that chose a plan's keys.
pub(super) fn asked(header: &Header) -> (SelectArgs, CompareArgs) {
    let Selected { include, exclude, keys_from } = header.selection.clone();
    let select = SelectArgs { include, exclude, keys_from: keys_from.map(Into::into) };
    (select, CompareArgs { trust_etag: header.checks.trust_etag })
}

/// What a table says of a plan below its place and time.
pub(super) fn notes(header: &Header, now: Instant) -> Vec<String> {
    let versioning = match header.checks.versioning {
        Versioning::Enabled => "enabled",
        Versioning::Suspended => "suspended",
        Versioning::Never => "never enabled",
        Versioning::Unknown => "unknown",
    };
    let kms = if header.checks.kms { " · KMS encryption, or not known" } else { "" };
    let (listed, asof) = (header.listed, printable(&header.asof));
    let mut notes = vec![format!(
        "listed {} ({} ago) by asof {asof} · versioning {versioning}{kms}",
        listed.human(),
        listed.age(now)
    )];
    let (select, compare) = asked(header);
    let keys = next::keys(&select, &compare);
    if !keys.is_empty() {
        notes.push(format!("with{keys}"));
    }
    notes
}
