//! The HTML pages of `fixtures/pages` in a browser, which `tests/servers/pages.sh` installs: at three widths, light and
//! dark. `src/report/html/tests.rs` holds the templates to these files.
//!
//! `ASOF_WRITE_PAGES=1` writes the pictures anew, all of them to `target/pages` and those that are kept; look at each.

mod browser;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use browser::Browser;

const SCHEMES: [&str; 2] = ["light", "dark"];
const WIDTHS: [u32; 3] = [360, 800, 1600];
/// The mean difference of two pictures, of 255, from which they are not alike: fonts differ between machines.
const UNLIKE: f64 = 6.0;

/// The height in pixels to which pictures are cut.
const TALLEST: u32 = 1000;

/// Everything that is wrong with the layout: overflow, labels on top of each other, marks that do not stand out.
const LAYOUT: &str = include_str!("html_pages/layout.js");
/// The styles, which the files leave out.
const STYLE: &str = include_str!("../../src/report/html/style.css");
const COMPARE: &str = include_str!("html_pages/compare.js");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pages")
}

/// The folder of all pictures, whole.
fn all() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pages")
}

fn pages() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "html")).collect();
    pages.sort();
    assert!(pages.len() >= 5, "{pages:?}");
    pages
}

/// A picture of each page is kept for a phone in the dark and for a desk in the light.
fn is_kept(width: u32, scheme: &str) -> bool {
    matches!((width, scheme), (360, "dark") | (1600, "light"))
}

#[test]
#[ignore = "needs a browser: bash tests/run.sh --only pages"]
fn every_page_is_fit_to_be_read() {
    let axe = std::env::var("ASOF_TEST_AXE").expect("ASOF_TEST_AXE is not set: see tests/run.sh");
    let axe = fs::read_to_string(axe).unwrap();
    let mut browser = Browser::start();
    let mut wrong = Vec::new();
    let work = tempfile::tempdir().unwrap();
    for page in pages() {
        let bare = fs::read_to_string(&page).unwrap();
        let styled = work.path().join("page.html");
        fs::write(&styled, bare.replacen("<style></style>", &format!("<style>{STYLE}</style>"), 1)).unwrap();
        for (width, scheme) in WIDTHS.into_iter().flat_map(|width| SCHEMES.map(|scheme| (width, scheme))) {
            let name = format!("{}-{width}-{scheme}", page.file_stem().unwrap().to_str().unwrap());
            browser.open(&styled, width, scheme);
            let picture = browser.picture(TALLEST);
            if std::env::var_os("ASOF_WRITE_PAGES").is_some() {
                fs::create_dir_all(all()).unwrap();
                fs::write(all().join(format!("{name}.png")), browser.picture(u32::MAX)).unwrap();
            }
            // Tables that are folded away are looked at as well.
            browser.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)");
            let mut found = listed(&browser.evaluate(LAYOUT));
            browser.evaluate(&axe);
            found.extend(listed(&browser.evaluate(
                "axe.run().then(found => found.violations.map(rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html.slice(0, 200) + node.failureSummary).slice(0, 3).join('; ')}`))",
            )));
            found.extend(browser.messages());
            if let Some(unlike) = compared(&mut browser, &name, &picture, is_kept(width, scheme)) {
                found.push(unlike);
            }
            wrong.extend(found.into_iter().map(|what| format!("{name}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn listed(value: &Value) -> Vec<String> {
    let found = value.as_array().unwrap_or_else(|| panic!("{value}"));
    found.iter().map(|what| what.as_str().unwrap().to_owned()).collect()
}

/// Returns how the picture differs from the one that is kept.
fn compared(browser: &mut Browser, name: &str, picture: &[u8], is_kept: bool) -> Option<String> {
    let kept = folder().join(format!("{name}.png"));
    if !is_kept {
        return None;
    }
    if std::env::var_os("ASOF_WRITE_PAGES").is_some() {
        fs::write(&kept, picture).unwrap();
    }
    let Ok(kept) = fs::read(kept) else { return Some("no picture is kept".to_owned()) };
    let pictures = json!([browser::data_url(&kept), browser::data_url(picture)]);
    let difference = browser.evaluate(&format!("({COMPARE})({pictures})"));
    let mean = difference.as_f64().unwrap_or(f64::INFINITY);
    (mean > UNLIKE).then(|| format!("differs from the picture that is kept: {difference}"))
}
