//! Pages for a browser: what a timeline, a recovery or a drill came to, in one file that asks for no other, to be sent
//! around and kept.

mod recovery;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::model::Instant;

pub(crate) use recovery::recovery_page;

/// Light and dark, as the reader has it; prints well.
const STYLE: &str = include_str!("style.css");

/// A whole page. `about` is what stands below its heading.
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
