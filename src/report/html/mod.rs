//! HTML pages of a timeline, a recovery or a drill: each is one self-contained file that can be sent and archived.

mod recovery;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::Instant;

pub(crate) use recovery::recovery_page;

/// Follows the reader's light or dark theme, and prints well.
const STYLE: &str = include_str!("style.css");

/// Returns a complete page. `about` is the text below its heading.
fn page(title: &str, about: &str, now: Instant, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (title) }
                p class="about" { (about) }
                (body)
                footer { "asof " (env!("CARGO_PKG_VERSION")) ", " (now.human()) }
            }
        }
    };
    page.into_string()
}
