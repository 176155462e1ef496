//! The Debian package, which `tests/run.sh --only packages` makes of the release binary and its `fixtures/packages`: installed on
//! this system as root, its units judged by systemd and their commands run as a user without rights, and purged.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use asof::lab::{Fault, Operation};
use insta::assert_snapshot;

use crate::cli::stage::Stage;
use unit::Unit;

mod examples;
mod unit;

/// Runs a program, which must succeed, and returns its output.
fn output(program: &str, words: &[&str]) -> Output {
    // A page of another width than usual is not cached by man.
    let environment = [("LC_ALL", "C.UTF-8"), ("MANWIDTH", "120")];
    let output = Command::new(program).args(words).envs(environment).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {words:?}: {}\n{told}",
        String::from_utf8_lossy(&output.stdout)
    );
    output
}

fn printed(program: &str, words: &[&str]) -> String {
    String::from_utf8(output(program, words).stdout).unwrap()
}

fn package() -> String {
    std::env::var("ASOF_TEST_DEB").expect("ASOF_TEST_DEB is not set: see tests/run.sh")
}

/// Every file of the system with the name of asof.
fn traces() -> BTreeSet<String> {
    let words =
        ["/etc", "/opt", "/run", "/usr", "/var", "-xdev", "-name", "*asof*", "-not", "-path", "/usr/src/*"];
    printed("find", &words).lines().map(str::to_owned).collect()
}

/// The package on this system, until it is dropped.
struct Installed;

impl Installed {
    fn new() -> Self {
        let there = Command::new("dpkg-query").args(["-W", "asof"]).output().unwrap();
        assert!(!there.status.success(), "asof is installed on this system already; purge it first");
        let installed = Self;
        // Images for containers leave out manual pages and documentation.
        output("dpkg", &["--path-include=/usr/share/*", "--install", &package()]);
        installed
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        let purged = Command::new("dpkg").args(["--purge", "asof"]).output().unwrap();
        assert!(purged.status.success() || std::thread::panicking(), "{purged:?}");
    }
}

#[test]
#[ignore = "needs root and a package: bash tests/run.sh --only packages"]
fn contents() {
    let listed = printed("dpkg-deb", &["--contents", &package()]);
    let files = listed.lines().filter(|line| !line.starts_with('d') && !line.contains("/man1/asof-"));
    let files = files.map(|line| {
        let words: Vec<_> = line.split_whitespace().collect();
        format!("{} {}", words[0], words[5])
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_snapshot!(files.join("\n"), @"
    -rw-r--r-- ./usr/lib/systemd/system/asof-check@.service
    -rw-r--r-- ./usr/lib/systemd/system/asof-check@.timer
    -rw-r--r-- ./usr/lib/systemd/system/asof-drill@.service
    -rw-r--r-- ./usr/lib/systemd/system/asof-drill@.timer
    -rw-r--r-- ./usr/share/bash-completion/completions/asof
    -rw-r--r-- ./usr/share/doc/asof/copyright
    -rw-r--r-- ./usr/share/doc/asof/examples/kubernetes/asof.yaml
    -rw-r--r-- ./usr/share/doc/asof/examples/monitoring/alerts.test.yml
    -rw-r--r-- ./usr/share/doc/asof/examples/monitoring/alerts.yml
    -rw-r--r-- ./usr/share/doc/asof/examples/monitoring/dashboard.json
    -rw-r--r-- ./usr/share/doc/asof/examples/terraform/asof.tf
    -rw-r--r-- ./usr/share/doc/asof/examples/terraform/check.json
    -rw-r--r-- ./usr/share/doc/asof/examples/terraform/drill.json
    -rw-r--r-- ./usr/share/fish/vendor_completions.d/asof.fish
    -rw-r--r-- ./usr/share/man/man1/asof.1.gz
    -rw-r--r-- ./usr/share/zsh/vendor-completions/_asof
    -rwxr-xr-x ./usr/bin/asof
    ");
    let depends = printed("dpkg-deb", &["--field", &package(), "Depends"]);
    assert!(depends.contains("libc6") && depends.contains("ca-certificates"), "{depends}");
}

#[test]
#[ignore = "needs root and a package: bash tests/run.sh --only packages"]
fn it_is_installed_works_and_leaves_nothing_behind() {
    let before = traces();
    let installed = Installed::new();
    assert!(traces().len() > before.len() + 20);
    man_pages_are_found();
    completions_complete();
    units_are_valid_and_confined();
    a_check_keeps_to_its_directories();
    a_drill_keeps_to_its_directories();
    // They outlive the units that they point to, unless the package removes them.
    let timers = ["asof-check@prod.timer", "asof-drill@prod.timer"];
    output("systemctl", &[&["--root=/", "enable"][..], &timers].concat());
    let enabled = Path::new("/etc/systemd/system/timers.target.wants");
    assert!(timers.iter().all(|timer| enabled.join(timer).is_symlink()));
    drop(installed);
    let left: Vec<_> = traces().difference(&before).cloned().collect();
    assert!(left.is_empty(), "{left:#?}");
}

/// As `man` and `whatis` find them, and without a warning of the formatter.
fn man_pages_are_found() {
    let files = printed("dpkg", &["--listfiles", "asof"]);
    let pages: Vec<_> = files.lines().filter(|file| file.contains("/man1/asof")).collect();
    assert!(pages.len() > 25, "{pages:?}");
    for page in pages {
        let name = Path::new(page).file_name().unwrap().to_str().unwrap().trim_end_matches(".1.gz");
        let indexed = printed("lexgrog", &[page]);
        assert!(indexed.contains(&format!("\"{name} - ")), "{indexed}");
        let shown = output(
            "man",
            &["--warnings", "--encoding=UTF-8", "--local-file", "--troff-device=utf8", "--ditroff", page],
        );
        assert!(shown.stderr.is_empty(), "{page}: {}", String::from_utf8_lossy(&shown.stderr));
    }
    let found = printed("man", &["--where", "asof-check"]);
    assert_eq!(found, "/usr/share/man/man1/asof-check.1.gz\n");
}

fn completions_complete() {
    let script = ". /usr/share/bash-completion/completions/asof; COMP_WORDS=(asof \"$1\"); COMP_CWORD=1
        _asof asof \"$1\" asof; echo \"${COMPREPLY[@]}\"";
    let completed = |typed| printed("bash", &["--norc", "-c", script, "bash", typed]);
    assert_eq!(completed("dri"), "drill\n");
    assert_eq!(completed("che"), "check\n");
    let zsh = fs::read_to_string("/usr/share/zsh/vendor-completions/_asof").unwrap();
    assert!(zsh.starts_with("#compdef asof\n"), "{zsh}");
}

/// The exposure from which `systemd-analyze security` refuses a unit, in tenths; 100 is a unit without any restriction.
const EXPOSURE: &str = "--threshold=15";

fn units_are_valid_and_confined() {
    let units = ["check", "drill"].map(|kind| format!("/usr/lib/systemd/system/asof-{kind}@.service"));
    for service in &units {
        let timer = service.replace(".service", ".timer");
        let verified = output("systemd-analyze", &["verify", "--man=yes", service, &timer]);
        let told = String::from_utf8_lossy(&verified.stderr);
        assert!(!told.contains("asof"), "{told}");
        output("systemd-analyze", &["security", "--offline=true", "--no-pager", EXPOSURE, service]);
    }
}

/// The environment file of an instance, for the lab.
fn environment(stage: &Stage, more: &str) -> String {
    let (credentials, lab) = (stage.lab.credentials(), &stage.lab);
    format!(
        "# The server of the test.\nAWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\nAWS_REGION={}\nAWS_ENDPOINT_URL={}\n{more}\n",
        credentials.access_key,
        credentials.secret_key,
        lab.region(),
        lab.url()
    )
}

fn a_check_keeps_to_its_directories() {
    let stage = Stage::after_incident();
    let unit = Unit::read("asof-check@", "prod");
    unit.configure("prod.env", &environment(&stage, "ASOF_CHECK=s3://prod-uploads --window 7d"));
    unit.run().expect_code(0);
    let metrics = fs::read_to_string(unit.state().join("asof-check-prod.prom")).unwrap();
    assert!(metrics.contains("asof_last_run_success{") && metrics.contains("} 1\n"), "{metrics}");
    // Not known to be restorable, which has to fail the unit.
    stage.strike(Operation::GetBucketVersioning, Fault::AccessDenied);
    unit.run().expect_code(5);
    let metrics = fs::read_to_string(unit.state().join("asof-check-prod.prom")).unwrap();
    assert!(metrics.contains("asof_last_run_exit_code{") && metrics.contains("} 5\n"), "{metrics}");
    assert_eq!(unit.written(), ["state/asof/check-prod/asof-check-prod.prom"]);
}

fn a_drill_keeps_to_its_directories() {
    let stage = Stage::after_incident();
    stage.lab.create_bucket("scratch");
    let unit = Unit::read("asof-drill@", "prod");
    let file = "[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"s3://scratch/drills\"\n";
    unit.configure("prod.toml", file);
    unit.configure("prod.env", &environment(&stage, "ASOF_DRILL=--at 2024-05-06T07:08:09Z"));
    unit.run().expect_code(0);
    let report = fs::read_to_string(unit.state().join("report.json")).unwrap();
    assert!(report.contains("\"findings\":[]"), "{report}");
    unit.configure("prod.toml", &format!("{file}[drill]\ncheck = [\"false\"]\n"));
    unit.run().expect_code(4);
    assert_eq!(stage.keys("scratch"), [""; 0], "the copies were torn down");
    assert!(
        unit.written().iter().all(|file| file.starts_with("state/asof/drill-prod/")),
        "{:?}",
        unit.written()
    );
}
