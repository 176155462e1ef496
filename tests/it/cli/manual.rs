//! The manual and the README: their command lines and options exist, their links lead somewhere, each page has a title and
//! a summary, and the guarantees name tests that exist.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use asof::cli::Cli;
use clap::{CommandFactory as _, Parser as _};

const README_LINES: usize = 150;
const SUMMARY_CHARS: usize = 80;

/// Options of other programs that the manual names.
const FOREIGN: [&str; 5] =
    ["--collector.textfile.directory", "--help", "--point-in-time", "--s3-version-at", "--version"];

#[derive(Debug)]
struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    fn name(&self) -> String {
        self.path.file_stem().unwrap().to_string_lossy().into_owned()
    }

    /// Its lines, and whether each is code.
    fn lines(&self) -> impl Iterator<Item = (&str, bool)> {
        let mut fenced = false;
        self.text.lines().filter_map(move |line| {
            if line.starts_with("```") {
                fenced = !fenced;
                return None;
            }
            Some((line, fenced || line.starts_with("    ")))
        })
    }

    fn code(&self) -> impl Iterator<Item = &str> {
        self.lines().filter(|(_, is_code)| *is_code).map(|(line, _)| line)
    }

    fn prose(&self) -> impl Iterator<Item = &str> {
        self.lines().filter(|(_, is_code)| !*is_code).map(|(line, _)| line)
    }

    /// Returns the texts between backticks.
    fn spans(&self) -> impl Iterator<Item = &str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2))
    }

    fn anchors(&self) -> BTreeSet<String> {
        let headings = self.prose().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
    }
}

/// Returns the anchor that code hosting sites give a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: PathBuf) -> Page {
    let text = fs::read_to_string(&path).unwrap();
    Page { path, text }
}

fn manual() -> Vec<Page> {
    let files = fs::read_dir(root().join("src/manual")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<_> =
        files.filter(|path| path.extension().is_some_and(|e| e == "md")).map(read).collect();
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!pages.is_empty());
    pages
}

fn readme() -> Page {
    read(root().join("README.md"))
}

fn pages() -> Vec<Page> {
    manual().into_iter().chain([readme()]).collect()
}

/// The commands of a shell line, each as its words, without redirections and comments.
fn commands(line: &str) -> Vec<Vec<String>> {
    let (mut commands, mut words, mut word, mut quote) = (Vec::new(), Vec::new(), None::<String>, None);
    for c in line.chars() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            ('#', None) if word.is_none() => break,
            (' ', None) => words.extend(word.take()),
            ('|' | '>' | '<' | ';' | '&' | '(' | ')', None) => {
                words.extend(word.take());
                commands.push(std::mem::take(&mut words));
            }
            _ => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    commands.push(words);
    commands
}

/// Returns the arguments of `asof`, if a line of code runs it.
fn arguments(line: &str) -> Vec<Vec<String>> {
    let line = line.trim().trim_start_matches("$ ");
    if let Some(list) = line.strip_prefix("args: [") {
        return vec![list.trim_end_matches(']').split(", ").map(str::to_owned).collect()];
    }
    let mut found = Vec::new();
    for words in commands(line) {
        let program = words.iter().rposition(|word| word == "asof" || word.ends_with("bin/asof"));
        found.extend(program.map(|at| words[at + 1..].to_vec()).filter(|words| !words.is_empty()));
    }
    found
}

#[test]
fn command_lines_are_accepted() {
    let (mut count, mut refused) = (0, String::new());
    for page in pages() {
        for line in page.code() {
            for arguments in arguments(line) {
                count += 1;
                if let Err(e) = Cli::try_parse_from([vec!["asof".to_owned()], arguments].concat()) {
                    writeln!(refused, "{}: {line}\n{e}", page.name()).unwrap();
                }
            }
        }
    }
    assert!(refused.is_empty(), "{refused}");
    assert!(count > 80, "only {count} command lines were found");
}

#[test]
fn commands_and_options_in_the_text_exist() {
    let asof = Cli::command();
    let commands: BTreeSet<_> = asof.get_subcommands().map(clap::Command::get_name).collect();
    let options = asof.get_subcommands().flat_map(clap::Command::get_arguments).chain(asof.get_arguments());
    let mut known: BTreeSet<_> =
        options.filter_map(|option| Some(format!("--{}", option.get_long()?))).collect();
    known.extend(FOREIGN.map(str::to_owned));
    let mut unknown = String::new();
    for page in pages() {
        for span in page.spans() {
            let words: Vec<_> = span.split_whitespace().collect();
            let words = match words[..] {
                ["asof", command, ref rest @ ..] if commands.contains(command) => rest,
                ["asof", option, ..] if option.starts_with("--") => &words[1..],
                ["asof", command, ..] if !command.starts_with("COMMAND") => {
                    writeln!(unknown, "{}: `{span}`", page.name()).unwrap();
                    continue;
                }
                [command, ref rest @ ..] if commands.contains(command) => rest,
                [option, ..] if option.starts_with("--") => &words,
                _ => continue,
            };
            for word in words.iter().filter(|word| word.starts_with("--")) {
                if !known.contains(word.split('=').next().unwrap()) {
                    writeln!(unknown, "{}: {word} in `{span}`", page.name()).unwrap();
                }
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown}");
}

#[test]
fn links_lead_somewhere() {
    let mut broken = String::new();
    for page in pages() {
        for line in page.prose() {
            let links = line.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
            for link in links.filter(|link| !link.starts_with("https://")) {
                let (file, heading) = link.split_once('#').unwrap_or((link, ""));
                let path = if file.is_empty() { page.path.clone() } else { page.path.with_file_name(file) };
                let path = if file.contains('/') { page.path.parent().unwrap().join(file) } else { path };
                let is_there =
                    path.exists() && (heading.is_empty() || read(path).anchors().contains(heading));
                if !is_there {
                    writeln!(broken, "{}: {link}", page.name()).unwrap();
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
}

#[test]
fn pages_have_a_title_and_a_summary() {
    for page in manual() {
        let mut lines = page.text.lines();
        let name = page.name();
        assert!(lines.next().is_some_and(|line| line.starts_with("# ")), "{name} has no title");
        assert_eq!(lines.next(), Some(""), "{name}");
        let summary = lines.next().unwrap();
        assert!(summary.ends_with('.') && summary.chars().count() <= SUMMARY_CHARS, "{name}: {summary}");
        assert_eq!(lines.next(), Some(""), "{name}: the summary is a paragraph of its own");
    }
}

#[test]
fn the_readme_is_short_and_names_every_page() {
    let readme = readme();
    assert!(readme.text.lines().count() <= README_LINES);
    for page in manual() {
        let link = format!("(src/manual/{}.md)", page.name());
        assert!(readme.text.contains(&link), "README.md does not link {link}");
    }
}

/// Returns true if a test of this path, as `cargo test` names it, is in the file of its module or of a module above.
fn is_defined(test: &str) -> bool {
    let (module, name) = test.rsplit_once("::").unwrap();
    let modules: Vec<_> = module.split("::").collect();
    (1..=modules.len()).any(|depth| {
        let path = modules[..depth].join("/");
        ["src", "tests/it"]
            .iter()
            .flat_map(|base| [".rs", "/mod.rs"].map(|end| format!("{base}/{path}{end}")))
            .any(|file| {
                let source = fs::read_to_string(root().join(file)).unwrap_or_default();
                source.contains(&format!("fn {name}("))
            })
    })
}

#[test]
fn guarantees_name_tests_that_exist() {
    let page = read(root().join("src/manual/guarantees.md"));
    let tests: Vec<_> = page.spans().filter(|span| span.contains("::")).collect();
    assert!(tests.len() > 50);
    let missing: Vec<_> = tests.into_iter().filter(|test| !is_defined(test)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    for bench in page.spans().filter_map(|span| span.strip_prefix("cargo bench --bench ")) {
        assert!(root().join(format!("benches/{bench}.rs")).exists(), "there is no bench {bench}");
    }
}
