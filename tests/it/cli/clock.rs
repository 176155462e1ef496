//! "Now" is the server's clock: it dates the versions, whatever this machine's clock says.

use std::fs;
use std::process::Output;

use asof::lab::Lab;

use super::stage::Stage;

/// Seconds that the server is behind in most cases.
const BEHIND: i64 = 600;

const NOTE: &str =
    "this machine's clock is 10m ahead of the server's; asof uses the server's for ages and for \"now\"\n";

/// Starts a server whose running clock differs from this machine's by this many seconds.
fn off_by(seconds: i64) -> Stage {
    let stage = Stage::new();
    stage.put("old", "from 2024");
    stage.lab.clock().set_skew(seconds * 1000);
    stage.lab.clock().resume();
    stage
}

fn output(stage: &Stage, words: &str) -> Output {
    stage.asof(words).command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns the server's time, and the time this many seconds after it.
fn server_second(lab: &Lab, after: i64) -> String {
    let second = lab.clock().now() / 1000 + after;
    chrono::DateTime::from_timestamp(second, 0).unwrap().format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn seconds_since_1970(text: &str) -> i64 {
    let utc = text.trim().trim_end_matches(" UTC").replace(' ', "T") + "Z";
    let utc = utc.replace("ZZ", "Z");
    chrono::DateTime::parse_from_rfc3339(&utc).unwrap_or_else(|e| panic!("{utc}: {e}")).timestamp()
}

#[test]
fn an_age_is_counted_from_the_servers_clock() {
    let stage = off_by(-BEHIND);
    stage.put("new", "written just now");
    // By this machine's clock, 5 minutes ago is after the write, and everything would be as it was.
    let verified = output(&stage, "verify s3://prod-uploads --at 5m");
    assert_eq!(verified.status.code(), Some(4), "{}", stdout(&verified));
    assert!(stdout(&verified).contains("1 key matches, 1 does not"), "{}", stdout(&verified));
    assert_eq!(stderr(&verified), NOTE);
    let diff = stdout(&output(&stage, "diff s3://prod-uploads --at 5m"));
    assert!(diff.contains("(5 min ago)"), "{diff}");
    let restored = output(&stage, "restore s3://prod-uploads --at 5m --yes --quiet");
    assert_eq!((restored.status.code(), stderr(&restored)), (Some(0), String::new()));
    assert_eq!(stage.keys("prod-uploads"), ["old"]);
}

#[test]
fn a_time_in_the_servers_future_is_refused() {
    let stage = off_by(-BEHIND);
    stage.lab.create_bucket("scratch");
    stage.file("keys", b"old\n");
    stage.file("place.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"in-place\"\n");
    stage.file("scratch.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"s3://scratch\"\n");
    let at = server_second(&stage.lab, BEHIND / 2);
    for command in [
        "diff s3://prod-uploads --at",
        "diff s3://prod-uploads --at 1h --versus",
        "restore s3://prod-uploads --yes --at",
        "restore s3://prod-uploads --to ./out --at",
        "verify s3://prod-uploads --at",
        "verify s3://prod-uploads --against . --at",
        "check s3://prod-uploads --at",
        "history s3://prod-uploads/old --at",
        "timeline s3://prod-uploads --from",
        "timeline s3://prod-uploads --to",
        "references s3://prod-uploads --keys-from keys --at",
        "recover place.toml --yes --at",
        "drill scratch.toml --at",
    ] {
        let before = stage.writes();
        let refused = output(&stage, &format!("{command} {at}"));
        let said = stderr(&refused);
        assert_eq!(refused.status.code(), Some(2), "{command}: {said}");
        let future = format!("error: the target time {at} must be in the past; by the server's clock it is ");
        assert!(said.starts_with(&format!("{NOTE}{future}")), "{command}: {said}");
        assert_eq!(stage.writes(), before, "{command}");
        // Nor is it too late by the server's own second.
        let now = server_second(&stage.lab, 0);
        let taken = output(&stage, &format!("{command} {now}"));
        assert_ne!(taken.status.code(), Some(2), "{command}: {}", stderr(&taken));
    }
}

#[test]
fn a_server_that_is_ahead_dates_what_is_kept() {
    let stage = off_by(BEHIND);
    stage.put("new", "written just now");
    let at = server_second(&stage.lab, 0);
    // By this machine's clock, the time is ten minutes in the future.
    let diff = output(&stage, &format!("diff s3://prod-uploads --at {at} --out plan"));
    assert_eq!(diff.status.code(), Some(0), "{}", stderr(&diff));
    assert!(
        stderr(&diff).starts_with("this machine's clock is 10m behind the server's;"),
        "{}",
        stderr(&diff)
    );
    let now = || seconds_since_1970(&server_second(&stage.lab, 0));
    let is_now = |text: &str| assert!((now() - 60..=now()).contains(&seconds_since_1970(text)), "{text}");
    let shown = stdout(&output(&stage, "show plan --format json"));
    let header: serde_json::Value = serde_json::from_str(shown.lines().next().unwrap()).unwrap();
    is_now(header["listed"].as_str().unwrap());

    let restored = output(&stage, "restore s3://prod-uploads --at 5m --yes --state-dir state");
    assert_eq!(restored.status.code(), Some(0), "{}", stderr(&restored));
    let began = || {
        let runs = fs::read_dir(stage.path("state/runs")).unwrap();
        let newest = runs.map(|run| run.unwrap().path()).max().unwrap();
        let order: serde_json::Value =
            serde_json::from_slice(&fs::read(newest.join("run.json")).unwrap()).unwrap();
        (newest.file_name().unwrap().to_owned(), order["began"].as_str().unwrap().to_owned())
    };
    let (run, at) = began();
    is_now(&at);
    let undone = output(&stage, &format!("undo {} --yes --state-dir state", run.display()));
    assert_eq!(undone.status.code(), Some(0), "{}", stderr(&undone));
    is_now(&began().1);
}

/// More than signatures bear: they are made by the server's clock after its first refusal.
#[test]
fn a_server_hours_off_is_restored_by_its_own_clock() {
    for hours in [-3, 3] {
        let stage = off_by(hours * 3600);
        stage.put("new", "written just now");
        let verified = output(&stage, "verify s3://prod-uploads --at 5m");
        assert_eq!(verified.status.code(), Some(4), "{}{}", stdout(&verified), stderr(&verified));
        let side = if hours < 0 { "3h ahead of" } else { "behind" };
        assert!(stderr(&verified).contains(side), "{}", stderr(&verified));
    }
}

#[test]
fn a_clock_that_is_off_by_seconds_is_not_worth_a_word() {
    let stage = off_by(-40);
    let checked = output(&stage, "check s3://prod-uploads --at 5m");
    assert_eq!((checked.status.code(), stderr(&checked)), (Some(0), String::new()));
}

/// The time in a page's footer.
fn footer(page: &str) -> i64 {
    let (_, footer) = page.split_once("<footer>").unwrap();
    let (footer, _) = footer.split_once("</footer>").unwrap();
    seconds_since_1970(footer.split_once(", ").unwrap().1)
}

#[test]
fn the_footer_of_a_page_is_the_servers_present() {
    let stage = off_by(-BEHIND);
    stage.lab.create_bucket("scratch");
    stage.file("scratch.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"s3://scratch\"\n");
    for command in
        ["timeline s3://prod-uploads --html page.html", "drill scratch.toml --at 5m --html page.html"]
    {
        let ended = output(&stage, command);
        assert_eq!(ended.status.code(), Some(0), "{command}: {}{}", stdout(&ended), stderr(&ended));
        let now = stage.lab.clock().now() / 1000;
        let written = footer(&fs::read_to_string(stage.path("page.html")).unwrap());
        assert!((now - 60..=now).contains(&written), "{command}: {written} at {now}");
    }
}

/// Its age at the start and its duration are differences of times of one clock.
#[test]
fn a_recovery_is_timed_by_one_clock() {
    let stage = off_by(-BEHIND);
    stage.lab.create_bucket("scratch");
    stage.file("scratch.toml", b"[[bucket]]\nsource = \"s3://prod-uploads\"\ntarget = \"s3://scratch\"\n");
    let drilled = output(&stage, "drill scratch.toml --at 5m --format json");
    let report: serde_json::Value = serde_json::from_slice(&drilled.stdout).unwrap();
    let (age, elapsed) = (report["age_ms"].as_i64().unwrap(), report["elapsed_ms"].as_i64().unwrap());
    assert!((300_000..330_000).contains(&age), "{report}");
    assert!((0..60_000).contains(&elapsed), "{report}");
}
