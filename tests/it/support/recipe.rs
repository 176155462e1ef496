//! Recipes as a user gets them: written by `asof recover --init --recipe`, with the settings of the server under test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::binary;

/// The file name for the recovery file of a recipe.
const FILE: &str = "recipe.toml";

/// A recipe in a directory.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    name: &'static str,
    dir: PathBuf,
}

impl Recipe {
    /// Writes it, in place of an earlier one.
    pub(crate) fn write(name: &'static str, dir: &Path) -> Self {
        for earlier in [FILE.to_owned(), format!("{name}.env")] {
            drop(fs::remove_file(dir.join(earlier)));
        }
        let mut command = Command::new(binary());
        command.args(["recover", "--init", "--recipe", name]).arg(dir.join(FILE));
        printed(&mut command);
        Self { name, dir: dir.to_owned() }
    }

    /// The same with the file `settings` in its directory.
    pub(crate) fn with_settings(name: &'static str, dir: &Path) -> Self {
        let recipe = Self::write(name, dir);
        recipe.set(&fs::read_to_string(dir.join("settings")).unwrap());
        recipe
    }

    /// Sets settings: lines of the form NAME=VALUE, each of which it has.
    pub(crate) fn set(&self, settings: &str) {
        let mut text = self.env();
        for setting in settings.lines() {
            let (variable, _) = setting.split_once('=').unwrap();
            let start = format!("{variable}=");
            let lines: Vec<_> = text.lines().collect();
            let found = lines.iter().filter(|line| line.starts_with(&start)).count();
            assert_eq!(found, 1, "{}: {setting}", self.name);
            let set = lines.iter().map(|line| if line.starts_with(&start) { setting } else { line });
            text = set.collect::<Vec<_>>().join("\n") + "\n";
        }
        fs::write(self.env_path(), text).unwrap();
    }

    /// Its settings by name.
    #[cfg(feature = "lab")]
    pub(crate) fn settings(&self) -> std::collections::BTreeMap<String, String> {
        let text = self.env();
        let settings = text.lines().filter_map(|line| line.split_once('='));
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn env(&self) -> String {
        fs::read_to_string(self.env_path()).unwrap()
    }

    fn env_path(&self) -> PathBuf {
        self.dir.join(format!("{}.env", self.name))
    }

    /// Its recovery file with this bucket and target, and `rest` in place of its hooks.
    pub(crate) fn recovery_file(&self, source: &str, target: &str, rest: &str) -> String {
        let text = fs::read_to_string(self.dir.join(FILE)).unwrap();
        let (text, _) = text.split_once("[hooks]").unwrap();
        let mut text = text.to_owned();
        for (option, shown, value) in
            [("source", "s3://prod-uploads", source), ("target", "in-place", target)]
        {
            let line = format!("{option} = \"{shown}\"\n");
            assert_eq!(text.matches(&line).count(), 1, "{line} in {text}");
            text = text.replace(&line, &format!("{option} = \"{value}\"\n"));
        }
        text + rest
    }

    /// The hooks of its recovery file.
    #[cfg(feature = "lab")]
    pub(crate) fn hooks(&self) -> String {
        let text = fs::read_to_string(self.dir.join(FILE)).unwrap();
        text[text.find("[hooks]").unwrap()..].to_owned()
    }

    /// Returns one of its commands, as typed.
    pub(crate) fn command(&self, verb: &str) -> Command {
        let programs = ["sh", "py"].map(|end| self.dir.join(format!("{}.{end}", self.name)));
        let mut command = Command::new(programs.iter().find(|program| program.exists()).unwrap());
        command.arg(verb).env("ASOF_AT", "2026-11-17T14:30:05Z");
        command
    }
}

/// Returns the stdout of a command, which must succeed.
pub(crate) fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}{err}", output.status);
    out.into_owned()
}
