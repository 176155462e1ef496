//! Help texts for snapshots: options shared by several commands are kept once.

use std::collections::BTreeMap;

use super::stage::Stage;

/// The commands whose help is kept in full, and against which the help of others is compared, in this order.
const KEPT: [&str; 3] = ["restore", "diff", "recover"];

/// The help of a command. An option with the same text under the same heading as in one of the commands above stands there
/// with its first line only, and a section of such options as one line: all that differs is shown in full, and so is every
/// option that is moved, added or removed.
pub(super) fn help(stage: &Stage, command: &str) -> String {
    let text = stage.asof(&format!("{command} --help")).changes_nothing();
    let others = KEPT.into_iter().take_while(|kept| *kept != command);
    let kept: Vec<_> = others.map(|other| (other, Kept::of(stage, other))).collect();
    let shortened = sections(&text).into_iter().map(|section| {
        let same = kept.iter().find(|(_, kept)| kept.has(&section));
        match same {
            Some((other, _)) => format!("{}: as in {other}\n", section.heading),
            None => shortened(&section, &kept),
        }
    });
    shortened.collect()
}

/// A heading, and the lines below it.
struct Section<'a> {
    heading: &'a str,
    /// The text without an option first; then, for each option, its name and its text.
    entries: Vec<String>,
}

/// The options of a command that is kept in full.
struct Kept {
    sections: BTreeMap<String, Vec<String>>,
}

impl Kept {
    fn of(stage: &Stage, command: &str) -> Self {
        let text = stage.asof(&format!("{command} --help")).changes_nothing();
        let sections = sections(&text).into_iter();
        Self { sections: sections.map(|section| (section.heading.to_owned(), section.entries)).collect() }
    }

    fn has(&self, section: &Section<'_>) -> bool {
        section.is_of_options() && self.sections.get(section.heading) == Some(&section.entries)
    }

    fn has_entry(&self, heading: &str, entry: &str) -> bool {
        self.sections.get(heading).is_some_and(|entries| entries.iter().any(|kept| kept == entry))
    }
}

impl Section<'_> {
    fn is_of_options(&self) -> bool {
        self.entries.iter().skip(1).any(|entry| begins_option(entry))
    }
}

fn shortened(section: &Section<'_>, kept: &[(&str, Kept)]) -> String {
    let heading = if section.heading.is_empty() { String::new() } else { format!("{}:\n", section.heading) };
    let entries = section.entries.iter().map(|entry| {
        let same =
            kept.iter().find(|(_, kept)| begins_option(entry) && kept.has_entry(section.heading, entry));
        match same {
            Some((other, _)) => format!("{} (as in {other})\n", entry.lines().next().unwrap()),
            None => entry.clone(),
        }
    });
    heading + &entries.collect::<String>()
}

/// The text before the first heading is a section without one.
fn sections(text: &str) -> Vec<Section<'_>> {
    let mut sections = vec![Section { heading: "", entries: vec![String::new()] }];
    for line in text.lines() {
        if let Some(heading) = line.strip_suffix(':').filter(|heading| !heading.starts_with(' ')) {
            sections.push(Section { heading, entries: vec![String::new()] });
            continue;
        }
        let entries = &mut sections.last_mut().unwrap().entries;
        if begins_option(line) {
            entries.push(String::new());
        }
        entries.last_mut().unwrap().extend([line, "\n"]);
    }
    sections
}

/// Descriptions are indented further.
fn begins_option(line: &str) -> bool {
    let text = line.trim_start();
    text.starts_with('-') && line.len() - text.len() < 10
}

#[test]
fn options_that_differ_are_shown() {
    let text = |rate| {
        format!(
            "Options:\n      --rate <N>\n          {rate}\n\n  -h, --help\n          Print\n\nServer:\n      --url\n          U\n"
        )
    };
    let [kept, same, other] = ["R", "R", "S"].map(text);
    let of = |text: &str| {
        let sections = sections(text).into_iter().map(|s| (s.heading.to_owned(), s.entries));
        [("restore", Kept { sections: sections.collect() })]
    };
    let kept = of(&kept);
    let shown = |text: &str| sections(text).iter().skip(1).map(|s| shortened(s, &kept)).collect::<Vec<_>>();
    assert!(sections(&same).iter().skip(1).all(|section| kept[0].1.has(section)));
    assert!(!kept[0].1.has(&sections(&other)[1]));
    assert_eq!(shown(&other)[0], "Options:\n      --rate <N>\n          S\n\n  -h, --help (as in restore)\n");
    let moved = text("R").replace("Server:", "Other:");
    assert!(shown(&moved)[1].ends_with("          U\n"));
}
