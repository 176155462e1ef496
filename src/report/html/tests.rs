//! Every page, made of fixed data, is a file in `fixtures/pages`, which the suite `pages` opens in a browser.
//!
//! `ASOF_WRITE_PAGES=1 cargo test --lib html::` writes them anew; look at each of them afterwards, and run that suite.

use std::path::Path;

use super::Ran;
use crate::model::Instant;

mod changes;
mod recovery;
mod timeline;

/// The last second before the incident of every page: 2026-11-17 14:30:04 UTC.
const T: i64 = 1_794_925_804;

/// The present of every page.
fn now() -> Instant {
    Instant::from_millis(1_794_936_600_000)
}

fn ran(command: &str) -> Ran {
    Ran { user: "ana".into(), host: "bastion-1".into(), command: command.into(), version: "0.1.0" }
}

#[test]
fn pages_of_fixed_data_are_those_that_the_browser_opens() {
    let pages = [
        ("timeline.html", timeline::incident()),
        ("quiet.html", timeline::quiet()),
        ("diff.html", changes::diff()),
        ("different.html", changes::different()),
        ("verified.html", changes::verified()),
        ("recover.html", recovery::recovered()),
        ("drill.html", recovery::passed()),
        ("failed-drill.html", recovery::failed()),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages");
    for (name, page) in pages {
        let path = folder.join(name);
        // Each page has the same styles, which the browser's suite puts back.
        let page = page.replacen(super::STYLE, "", 1);
        if std::env::var_os("ASOF_WRITE_PAGES").is_some() {
            std::fs::write(&path, &page).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        let same = kept.bytes().zip(page.bytes()).take_while(|(kept, page)| kept == page).count();
        let (shown, _) = page.split_at(page.floor_char_boundary(same + 80));
        assert!(
            kept == page,
            "{name} differs here: …{}",
            shown.get(same.saturating_sub(80)..).unwrap_or(shown)
        );
    }
}
