//! A packaged unit, run as systemd would without its sandbox: the user has no rights, and owns only the directories of the unit.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Run;

/// The user and the group of a unit: nobody.
const NOBODY: u32 = 65534;

pub(super) struct Unit {
    text: String,
    name: String,
    instance: &'static str,
    root: tempfile::TempDir,
}

impl Unit {
    /// Reads the installed template `name`, and makes its directories for an instance.
    pub(super) fn read(name: &str, instance: &'static str) -> Self {
        let text = fs::read_to_string(format!("/usr/lib/systemd/system/{name}.service")).unwrap();
        let name = name.trim_start_matches("asof-").trim_end_matches('@').to_owned();
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let unit = Self { text, name, instance, root };
        fs::create_dir_all(unit.path("etc/asof")).unwrap();
        for (setting, place) in [("StateDirectory", "state"), ("CacheDirectory", "cache")] {
            let own = unit.path(place).join(unit.expanded(&unit.settings(setting)[0]));
            fs::create_dir_all(&own).unwrap();
            chown(own, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        unit
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// The state directory of the instance.
    pub(super) fn state(&self) -> PathBuf {
        self.path("state/asof").join(format!("{}-{}", self.name, self.instance))
    }

    /// Writes a file below `/etc/asof`.
    pub(super) fn configure(&self, name: &str, text: &str) {
        fs::write(self.path("etc/asof").join(name), text).unwrap();
    }

    fn settings(&self, name: &str) -> Vec<String> {
        let values = self.text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        values.map(str::to_owned).collect()
    }

    /// Expands the specifiers of systemd that the units use.
    fn expanded(&self, text: &str) -> String {
        let place = |name: &str| self.path(name).to_str().unwrap().to_owned();
        let text = text.replace("%i", self.instance).replace("%S", &place("state"));
        let text = text.replace("%C", &place("cache")).replace("%E", &place("etc"));
        assert!(!text.contains('%'), "a specifier that this does not expand: {text}");
        text
    }

    /// The variables of the unit; those of its file come later.
    fn variables(&self) -> BTreeMap<String, String> {
        let mut lines: Vec<_> = self.settings("Environment").iter().map(|line| self.expanded(line)).collect();
        for file in self.settings("EnvironmentFile") {
            let file = self.expanded(&file);
            let text = match file.strip_prefix('-') {
                Some(optional) => fs::read_to_string(optional).unwrap_or_default(),
                None => fs::read_to_string(file).unwrap(),
            };
            lines.extend(text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned));
        }
        let variables = lines.iter().filter_map(|line| line.split_once('='));
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The words of `ExecStart`: `$NAME` is as many words as its value has, `${NAME}` a part of one.
    fn words(&self, variables: &BTreeMap<String, String>) -> Vec<String> {
        let [command] = &self.settings("ExecStart")[..] else { panic!("{}", self.text) };
        let mut words = Vec::new();
        for word in self.expanded(command).split_whitespace() {
            match word.strip_prefix('$').filter(|name| !name.starts_with('{')) {
                Some(name) => words.extend(variables[name].split_whitespace().map(str::to_owned)),
                None => words.push(variables.iter().fold(word.to_owned(), |word, (name, value)| {
                    word.replace(&format!("${{{name}}}"), value)
                })),
            }
        }
        assert!(words.iter().all(|word| !word.contains('$')), "{words:?}");
        words
    }

    /// Runs the command of the unit to its end.
    pub(super) fn run(&self) -> Run {
        let variables = self.variables();
        let nobody = NOBODY.to_string();
        let mut command = Command::new("setpriv");
        command
            .args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups", "--no-new-privs"])
            .args(["--bounding-set=-all", "--inh-caps=-all", "--"])
            .args(self.words(&variables))
            .current_dir("/")
            .env_clear()
            .envs([("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), ("HOME", "/")])
            .envs(variables);
        Run::of(&mut command)
    }

    /// The files in the directories of the instance, below the root of all.
    pub(super) fn written(&self) -> Vec<String> {
        let mut found = Vec::new();
        for place in ["state", "cache"] {
            collect(&self.path(place), &mut found);
        }
        let names = found.iter().map(|path| path.strip_prefix(self.root.path()).unwrap());
        names.map(|path| path.to_str().unwrap().to_owned()).collect()
    }
}

fn collect(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}
