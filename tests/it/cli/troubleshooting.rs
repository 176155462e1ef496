//! The troubleshooting page has an entry for every error without a hint, and for every refusal: both are found in the
//! sources.

use std::fs;
use std::path::{Path, PathBuf};

/// The placeholder for the parts that differ between errors.
const VARIABLE: char = '…';
/// A message with fewer letters of its own consists only of its cause.
const LETTERS: usize = 12;
/// Texts of other programs, and of a file's name.
const FOREIGN: [&str; 2] = ["Connection refused", "recovery.toml, line …"];

/// An error, as the sources make it.
#[derive(Debug)]
struct Made {
    place: String,
    /// Its message; more than one where a condition chooses.
    messages: Vec<String>,
    refused: bool,
    hinted: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns true if the errors made in a file are those of S3, replied to clients of a view.
fn replies_to_clients(path: &Path) -> bool {
    fs::read_to_string(path).unwrap().contains("use crate::endpoint::error::")
}

/// The sources of the program, without the server side of S3, whose errors go to its clients, and without tests.
fn sources() -> Vec<PathBuf> {
    let (mut found, mut open) = (Vec::new(), vec![root().join("src")]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.file_stem().unwrap().to_str().unwrap() {
                "lab" | "tests" => {}
                "endpoint" if path.is_dir() => {}
                _ if path.is_dir() => open.push(path),
                _ if replies_to_clients(&path) => {}
                _ if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// The end of the string, the comment or the character that begins at `at`; `at` itself if none begins there.
fn skip(code: &str, at: usize) -> usize {
    let rest = &code[at..];
    if rest.starts_with("//") {
        return at + rest.find('\n').unwrap_or(rest.len());
    }
    if let Some(text) = rest.strip_prefix("r#\"") {
        return at + 3 + text.find("\"#").unwrap() + 2;
    }
    if let Some(text) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = text.char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        });
        return at + 2 + end.unwrap().0;
    }
    match rest.as_bytes() {
        [b'\'', b'\\', ..] => at + 3 + rest[3..].find('\'').unwrap(),
        [b'\'', _, b'\'', ..] => at + 3,
        _ => at,
    }
}

/// The end of the group whose bracket opens at `at`.
fn group(code: &str, mut at: usize) -> usize {
    let mut depth = 0;
    loop {
        let end = skip(code, at);
        if end > at {
            at = end;
            continue;
        }
        match code.as_bytes()[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

/// The calls that follow a value at `at`: `.hint(…).because(…)`.
fn calls(code: &str, mut at: usize) -> &str {
    let begin = at;
    loop {
        let rest = code[at..].trim_start();
        let from = code.len() - rest.len();
        let name = rest
            .strip_prefix('.')
            .map(|call| call.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'));
        match name {
            Some(arguments) if arguments.starts_with('(') => at = group(code, code.len() - arguments.len()),
            _ if rest.starts_with('?') => at = from + 1,
            _ => return &code[begin..at],
        }
    }
}

/// Returns the strings in a piece of code, with [`VARIABLE`] for their arguments.
fn strings(code: &str) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < code.len() {
        let end = skip(code, at);
        if end > at && code[at..].starts_with('"') {
            found.push(plain(&code[at + 1..end - 1]));
        }
        at = end.max(at + code[at..].chars().next().map_or(1, char::len_utf8));
    }
    found
}

fn plain(text: &str) -> String {
    let lines: Vec<_> = text.split("\\\n").map(str::trim_start).collect();
    let (mut plain, mut variable) = (String::new(), false);
    for c in lines.concat().replace("\\\"", "\"").chars() {
        match c {
            '{' => {
                variable = true;
                plain.push(VARIABLE);
            }
            '}' => variable = false,
            _ if variable => {}
            _ => plain.push(c),
        }
    }
    plain
}

/// The value of the variable that was last bound before `at` by this name.
fn bound<'a>(code: &'a str, name: &str, at: usize) -> Option<&'a str> {
    let from = code[..at].rfind(&format!("let {name} ="))?;
    let mut end = from;
    while code.as_bytes()[end] != b';' {
        end = match code.as_bytes()[end] {
            b'(' | b'[' | b'{' => group(code, end),
            _ => skip(code, end).max(end + 1),
        };
        while !code.is_char_boundary(end) {
            end += 1;
        }
    }
    Some(&code[from..end])
}

fn made_in(path: &Path) -> Vec<Made> {
    let code = fs::read_to_string(path).unwrap();
    let mut found = Vec::new();
    for constructor in ["Error::new(", "Error::usage("] {
        for (at, _) in code.match_indices(constructor) {
            if code[..at].ends_with(char::is_alphanumeric) {
                continue;
            }
            let line = code[..at].lines().next_back().unwrap_or_default();
            let end = group(&code, at + constructor.len() - 1);
            let arguments = &code[at + constructor.len()..end - 1];
            let name = arguments.rsplit(',').next().unwrap().trim();
            let mut messages = strings(arguments);
            if messages.is_empty() {
                messages = bound(&code, name, at).map(strings).unwrap_or_default();
            }
            messages.retain(|message| message.chars().filter(|c| c.is_alphabetic()).count() >= LETTERS);
            if line.trim_start().starts_with("//") || messages.is_empty() {
                continue;
            }
            let (name, number) = (path.strip_prefix(root()).unwrap(), code[..at].lines().count());
            found.push(Made {
                place: format!("{}:{number}", name.display()),
                messages,
                refused: arguments.contains("ErrorKind::Refused"),
                hinted: calls(&code, end).contains(".hint("),
            });
        }
    }
    found
}

/// The texts that the page has entries for.
fn entries() -> Vec<String> {
    let page = fs::read_to_string(root().join("src/manual/troubleshooting.md")).unwrap();
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Returns true if a message contains all parts of an entry, in this order.
fn is_of(entry: &str, message: &str) -> bool {
    let mut rest = message;
    entry.split(VARIABLE).map(str::trim).all(|piece| match rest.split_once(piece) {
        Some((_, after)) => {
            rest = after;
            true
        }
        None => false,
    })
}

#[test]
fn errors_without_a_hint_and_refusals_have_an_entry() {
    let entries = entries();
    let made: Vec<_> = sources().iter().flat_map(|path| made_in(path)).collect();
    assert!(made.len() > 150, "only {} errors were found", made.len());
    let wanting: Vec<_> = made
        .iter()
        .filter(|error| error.refused || !error.hinted)
        .filter(|error| {
            !error.messages.iter().any(|message| entries.iter().any(|entry| is_of(entry, message)))
        })
        .map(|error| format!("{}: {}", error.place, error.messages.join(" | ")))
        .collect();
    assert!(wanting.is_empty(), "no entry in troubleshooting.md for\n  {}", wanting.join("\n  "));
}

#[test]
fn entries_are_of_errors_that_exist() {
    let sources: String = sources().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let texts: Vec<_> = strings(&sources);
    let stale: Vec<_> = entries()
        .into_iter()
        .filter(|entry| !FOREIGN.contains(&&**entry) && !texts.iter().any(|text| is_of(entry, text)))
        .collect();
    assert!(stale.is_empty(), "no error says {stale:#?}");
}
