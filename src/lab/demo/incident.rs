//! The incident: a cleanup script with a wrong prefix, a proxy's error page saved over pictures, and a retry loop that
//! leaves fragments behind. Nothing of it happens in second T or before.

use super::super::{Lab, Put};
use super::{MINUTE, history};

const DELETES_A_SECOND: i64 = 40;
const OVERWRITTEN: usize = 120;
const FRAGMENTS: i64 = 57;

/// A change made by the incident, for the report.
pub(super) struct Line {
    pub(super) at: i64,
    pub(super) what: String,
}

/// Stages the incident, which begins in the second after T.
pub(super) fn stage(lab: &Lab, bucket: &str, at: i64) -> Vec<Line> {
    let deleting = at + 1_000;
    let year = fullest_year(lab, bucket);
    let keys: Vec<String> = live(lab, bucket).filter(|key| key.starts_with(&year)).collect();
    for (place, key) in (0..).zip(&keys) {
        lab.clock().set(deleting + place / DELETES_A_SECOND * 1_000);
        lab.delete(bucket, key);
    }
    let overwriting = at + 4 * MINUTE;
    let pictures =
        live(lab, bucket).filter(|key| key.starts_with("avatars/") && key.as_str() != history::TOLD);
    let pictures: Vec<String> = pictures.step_by(4).take(OVERWRITTEN - 1).collect();
    for (place, key) in (0..).zip(pictures.iter().map(String::as_str).chain([history::TOLD])) {
        lab.clock().set(overwriting + place * 1_000);
        let page =
            Put { content_type: Some("text/html".to_owned()), ..Put::of("<html>502 Bad Gateway</html>") };
        lab.put(bucket, key, page);
    }
    let leaving = at + 9 * MINUTE;
    for place in 0..FRAGMENTS {
        lab.clock().set(leaving + place * 1_000);
        lab.put(bucket, &format!("uploads/tmp/{place:04}.part"), Put::of("half of a pict"));
    }
    vec![
        Line { at: deleting, what: format!("a cleanup script deletes {} objects under {year}", keys.len()) },
        Line {
            at: overwriting,
            what: format!("an error page is saved over {OVERWRITTEN} pictures under avatars/"),
        },
        Line { at: leaving, what: format!("a retry loop leaves {FRAGMENTS} fragments under uploads/tmp/") },
    ]
}

/// Returns `uploads/YYYY/` of the year with the most objects.
fn fullest_year(lab: &Lab, bucket: &str) -> String {
    let years =
        live(lab, bucket).filter(|key| key.starts_with("uploads/")).map(|key| key.chars().take(13).collect());
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    years.for_each(|year| *counts.entry(year).or_default() += 1);
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(year, _)| year).unwrap_or_default()
}

fn live(lab: &Lab, bucket: &str) -> impl Iterator<Item = String> {
    lab.live(bucket).into_keys()
}
