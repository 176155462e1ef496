//! Recipes as a user gets them: written by `asof recover --init --recipe`, with the settings of the server under test.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::binary;

/// What the recovery file of a recipe is written as.
const FILE: &str = "recipe.toml";

/// Writes a recipe into a directory, in place of an earlier one.
pub(crate) fn write(name: &str, dir: &Path) {
    for earlier in [FILE.to_owned(), format!("{name}.env")] {
        drop(fs::remove_file(dir.join(earlier)));
    }
    let mut command = Command::new(binary());
    command.args(["recover", "--init", "--recipe", name]).arg(dir.join(FILE));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Sets its settings: lines of the form NAME=VALUE, each of which it has.
pub(crate) fn set(name: &str, dir: &Path, settings: &str) {
    let path = dir.join(format!("{name}.env"));
    let mut text = fs::read_to_string(&path).unwrap();
    for setting in settings.lines() {
        let (variable, _) = setting.split_once('=').unwrap();
        let start = format!("{variable}=");
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.iter().filter(|line| line.starts_with(&start)).count(), 1, "{name}: {setting}");
        let set = lines.iter().map(|line| if line.starts_with(&start) { setting } else { line });
        text = set.map(|line| format!("{line}\n")).collect();
    }
    fs::write(path, text).unwrap();
}

/// Its recovery file with this bucket and target, and `rest` in place of its hooks.
pub(crate) fn recovery_file(dir: &Path, source: &str, target: &str, rest: &str) -> String {
    let text = fs::read_to_string(dir.join(FILE)).unwrap();
    let (text, _) = text.split_once("[hooks]").unwrap();
    let set = [("source = \"s3://prod-uploads\"", "source", source), ("target = \"in-place\"", "target", target)];
    let text = set.iter().fold(text.to_owned(), |text, (line, option, value)| {
        assert_eq!(text.matches(line).count(), 1, "{line} in {text}");
        text.replace(line, &format!("{option} = \"{value}\""))
    });
    format!("{text}{rest}")
}

/// One of its commands, as it is typed.
pub(crate) fn command(name: &str, dir: &Path, verb: &str) -> Command {
    let mut command = Command::new(dir.join(format!("{name}.sh")));
    command.arg(verb).env("ASOF_AT", "2026-11-17T14:30:05Z");
    command
}
