//! The modules that a module may know: reads every file in `src/` and fails on an import that the table does not allow.
//!
//! The table is in the order of the layers, lowest first, and a module imports only from above its own line. A new module has
//! to be entered here, with a thought about where it belongs, before anything compiles against it.

#![expect(clippy::unwrap_used, reason = "a test: a file that cannot be read ends it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "layering/source.rs"]
mod source;
#[path = "layering/tuples.rs"]
mod tuples;

/// A top-level module and the top-level modules it may import.
struct Layer {
    name: &'static str,
    may_import: &'static [&'static str],
}

const fn layer(name: &'static str, may_import: &'static [&'static str]) -> Layer {
    Layer { name, may_import }
}

const LAYERS: &[Layer] = &[
    layer("limits", &[]),
    layer("error", &[]),
    layer("cancel", &["limits"]),
    layer("spill", &["limits", "error"]),
    layer("counters", &[]),
    layer("manual", &[]),
    layer("model", &["limits", "error"]),
    layer("retry", &["limits", "error", "cancel", "model"]),
    layer("program", &["limits", "error", "cancel"]),
    layer("timeline", &["limits", "model"]),
    layer("endpoint", &["limits", "model"]),
    layer("lab", &["model", "endpoint"]),
    layer("s3", &["limits", "error", "cancel", "counters", "model"]),
    layer("list", &["limits", "error", "retry", "model", "s3"]),
    layer("resolve", &["limits", "error", "model"]),
    layer("plan", &["limits", "error", "model", "resolve"]),
    layer("db", &["limits", "error", "cancel", "retry", "model", "program", "s3"]),
    layer("recover", &["limits", "error", "model", "program", "resolve", "plan", "db"]),
    layer("state", &["limits", "error", "cancel", "model", "s3", "db", "recover"]),
    layer(
        "apply",
        &[
            "limits", "error", "cancel", "retry", "counters", "model", "s3", "list", "resolve", "plan",
            "state",
        ],
    ),
    layer("local", &["limits", "error", "cancel", "retry", "model", "s3", "resolve", "plan", "apply"]),
    layer("verify", &["limits", "error", "model", "spill", "s3", "resolve", "plan", "local"]),
    layer(
        "engine",
        &[
            "limits", "error", "cancel", "counters", "model", "endpoint", "timeline", "program", "spill",
            "retry", "s3", "list", "resolve", "plan", "apply", "local", "verify", "db", "recover", "state",
        ],
    ),
    layer(
        "report",
        &[
            "limits", "error", "cancel", "counters", "manual", "model", "timeline", "spill", "resolve",
            "plan", "apply", "db", "recover", "engine",
        ],
    ),
    // Ctrl-C asks to stop (cancel) and, the second time, kills the commands that run (program); progress is read off the
    // counters.
    layer(
        "cli",
        &["limits", "error", "cancel", "counters", "manual", "model", "program", "lab", "engine", "report"],
    ),
];

/// A word (or a path) that only some places may name. `at` are path prefixes below `src/`.
struct Reserved {
    word: &'static str,
    at: &'static [&'static str],
    why: &'static str,
}

const RESERVED: &[Reserved] = &[
    Reserved {
        word: "aws_",
        at: &["s3/", "db/", "lab/", "endpoint/auth"],
        why: "the SDK stays behind one module",
    },
    Reserved { word: "indicatif", at: &["report/progress"], why: "progress is drawn in one file" },
    Reserved { word: "rayon", at: &["spill/"], why: "threads cost memory, which one place bounds" },
    Reserved { word: "clap", at: &["cli/", "main.rs"], why: "the library knows no command line" },
];

/// Modules that decide and do nothing else: no runtime, no clock, no I/O.
const PURE: &[&str] = &[
    "model/",
    "timeline/",
    "resolve/",
    "plan/",
    "db/check",
    "db/connection",
    "db/rds/cluster_settings",
    "db/rds/preflight",
    "db/rds/described",
    "db/rds/settings",
    "db/rds/states",
    "db/window",
    "recover/critical",
    "recover/drill",
    "recover/earlier",
    "recover/entry",
    "recover/file",
    "recover/init",
    "recover/journal",
    "recover/manifest",
    "recover/marks",
    "recover/notice",
    "recover/outcome",
    "recover/recipes",
    "recover/record",
    "recover/references",
    "recover/report",
    "recover/steps",
    "state/run/record",
    "state/run/replay",
    "verify/live",
];
const IMPURE: &[&str] =
    &["tokio", "SystemTime", "Instant::now", "Utc::now", "std::net", "std::process", "std::thread"];
/// Files are touched by these alone among the pure.
const FILES_ALLOWED: &[&str] = &["plan/file", "plan/set/open", "plan/set/write"];
const FILES: &[&str] = &["std::fs", "fs::", "File::", "tempfile", "std::env"];

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every Rust file below `src/` with its path relative to it, without test modules in files of their own.
fn files() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![src()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src()).unwrap().to_str().unwrap().replace('\\', "/");
                if !name.split('/').any(|part| part == "tests" || part == "tests.rs") {
                    found.push((name, fs::read_to_string(&path).unwrap()));
                }
            }
        }
    }
    found.sort();
    found
}

/// `list/ranges.rs` and `list/mod.rs` belong to `list`; `lib.rs` and `main.rs` are the roots.
fn module_of(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

fn is_root(file: &str) -> bool {
    matches!(file, "lib.rs" | "main.rs")
}

fn fail_on(offences: &[String]) {
    assert!(offences.is_empty(), "\n  {}\n", offences.join("\n  "));
}

#[test]
fn table_is_in_order() {
    let mut above = BTreeSet::new();
    for layer in LAYERS {
        for import in layer.may_import {
            assert!(above.contains(import), "{} may import {import}, which is not above it", layer.name);
        }
        assert!(above.insert(layer.name), "{} stands twice", layer.name);
    }
}

#[test]
fn every_module_is_in_the_table() {
    let unknown: BTreeSet<String> = files()
        .iter()
        .filter(|(file, _)| !is_root(file))
        .map(|(file, _)| module_of(file).to_owned())
        .filter(|module| LAYERS.iter().all(|layer| layer.name != module))
        .map(|module| format!("src/{module}: enter it into the table of tests/layering.rs"))
        .collect();
    fail_on(&unknown.into_iter().collect::<Vec<_>>());
}

#[test]
fn imports_follow_the_table() {
    let known: Vec<&str> = LAYERS.iter().map(|layer| layer.name).collect();
    let mut offences = Vec::new();
    for (file, text) in files() {
        let code = source::code_of(&text);
        let module = module_of(&file);
        // The binary sees the library as `asof`, and needs its command line only.
        let (root, may_import): (&str, &[&str]) = match file.as_str() {
            "main.rs" => ("asof", &["cli"]),
            "lib.rs" => ("crate", &known),
            _ => (
                "crate",
                LAYERS.iter().find(|layer| layer.name == module).map_or(&[], |layer| layer.may_import),
            ),
        };
        for import in source::imports(&code, root, &file, &known) {
            if import.module != module && !may_import.contains(&import.module.as_str()) {
                offences
                    .push(format!("src/{file}:{}: {module} must not import {}", import.line, import.module));
            }
        }
    }
    fail_on(&offences);
}

#[test]
fn reserved_words_stay_where_they_belong() {
    let mut offences = Vec::new();
    for (file, text) in files() {
        let code = source::code_of(&text);
        for Reserved { word, at, why } in RESERVED {
            if !at.iter().any(|prefix| file.starts_with(prefix)) {
                let lines = source::lines_naming(&code, word);
                offences.extend(lines.iter().map(|line| format!("src/{file}:{line}: names {word}: {why}")));
            }
        }
    }
    fail_on(&offences);
}

#[test]
fn deciding_is_pure() {
    let mut offences = Vec::new();
    for (file, text) in files() {
        if !PURE.iter().any(|prefix| file.starts_with(prefix)) {
            continue;
        }
        let code = source::code_of(&text);
        let files_too = !FILES_ALLOWED.iter().any(|prefix| file.starts_with(prefix));
        let words = IMPURE.iter().chain(FILES.iter().filter(|_| files_too));
        for word in words {
            let lines = source::lines_naming(&code, word);
            offences.extend(
                lines.iter().map(|line| format!("src/{file}:{line}: names {word}, but must stay pure")),
            );
        }
    }
    fail_on(&offences);
}

/// Files with tuples among their parameters, until these have names. None is added.
const WITH_TUPLES: &[&str] = &["recover/report"];

#[test]
fn parameters_have_names() {
    let mut offences = Vec::new();
    for (file, text) in files() {
        if WITH_TUPLES.iter().any(|prefix| file.starts_with(prefix)) {
            continue;
        }
        let found = tuples::tuple_parameters(&source::code_of(&text));
        offences.extend(found.iter().map(|tuple| {
            format!("src/{file}:{}: {} takes a tuple: give its parts names", tuple.line, tuple.function)
        }));
    }
    fail_on(&offences);
}
