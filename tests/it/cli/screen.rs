//! Output on terminals of several widths: pseudo-terminals created by util-linux's `script` and resized by `stty`.

use insta::assert_snapshot;

use super::stage::{Asof, BUCKET, Stage, besides};
use super::terminal::answer_to;

const AT: &str = "--at 2024-05-06T07:08:09Z --no-progress";

/// Runs `asof` on a terminal with this many columns.
fn wide(columns: usize, asof: &Asof<'_>) -> String {
    let mut command = std::process::Command::new("sh");
    let words = std::iter::once(asof.command.get_program()).chain(asof.command.get_args());
    let words: Vec<_> = words.map(|word| word.to_str().unwrap()).collect();
    command.args(["-c", &format!("stty cols {columns} rows 100; {}", words.join(" "))]);
    command.envs(asof.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    asof.show(&answer_to(&command, ""))
}

/// A stage whose keys and prefixes are long.
fn long_keys() -> Stage {
    let stage = Stage::after_incident();
    stage.time("2024-05-06T07:00:00Z");
    for n in 1..=3 {
        stage.put(&format!("customers/{}/report-{n}.pdf", "a-very-long-name-".repeat(5)), "report");
    }
    stage.time("2024-05-06T07:08:10Z");
    stage.delete(&format!("customers/{}/report-1.pdf", "a-very-long-name-".repeat(5)));
    stage.time("2024-05-06T08:00:00Z");
    stage
}

/// The lines that are wider than the terminal, other than commands to copy.
fn overflowing(shown: &str, columns: usize) -> Vec<String> {
    let text = shown.split("--- stdout\n").nth(1).unwrap_or_default();
    let is_command = |line: &str| line.trim_start().starts_with("asof ");
    let lines = text.lines().filter(|line| console::measure_text_width(line) > columns && !is_command(line));
    lines.map(ToOwned::to_owned).collect()
}

#[test]
fn diff_in_40_columns() {
    let stage = long_keys();
    assert_snapshot!(wide(40, &stage.asof(&format!("diff s3://{BUCKET} {AT}"))), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09
      UTC (AGE ago)
      versioning enabled · history complete
        · no locks · SSE-S3 default

      undelete 7 (102.5 KiB): deleted since
        T; restored
      revert 2 (20 B): overwritten since T
      delete 1 (4 B): created since T;
        deleted (delete marker)
      unchanged 4

      under uploads/    6 undelete · 1
        delete
      at the top level  1 revert
      under avatars/    1 revert
      under customers/  1 undelete

      undelete  customers/a-v…-/report-1.pdf
        2024-05-06 07:00:00 UTC 6 B
      undelete  uploads/2024/04/01.jpg
        2024-04-01 09:00:00 UTC 4.9 KiB
      undelete  uploads/2024/04/02.jpg
        2024-04-02 09:00:00 UTC 9.8 KiB
      undelete  uploads/2024/04/03.jpg
        2024-04-03 09:00:00 UTC 14.6 KiB
      undelete  uploads/2024/04/04.jpg
        2024-04-04 09:00:00 UTC 19.5 KiB
      revert  avatars/7/me.png
        2024-04-07 09:00:00 UTC 13 B
      revert  readme.txt
        2024-04-07 09:00:00 UTC 7 B
      delete  uploads/junk.tmp
        2024-05-06 07:08:10 UTC 4 B
      … and 2 more; --all lists every key,
        --out PLAN saves the plan

      apply it:
        asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      9 copies of 102.6 KiB, 1 delete
        request, at least 1 s at 3,000/s
      hint: 7 of these are only hidden by
        delete markers; --undelete
        remove-marker restores them with 1
        request
    ");
}

#[test]
fn diff_in_80_columns() {
    let stage = long_keys();
    assert_snapshot!(wide(80, &stage.asof(&format!("diff s3://{BUCKET} {AT}"))), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                7    102.5 KiB   deleted since T; restored
      revert                  2         20 B   overwritten since T
      delete                  1          4 B   created since T; deleted (delete
                                               marker)
      unchanged               4

      under uploads/    6 undelete · 1 delete
      at the top level  1 revert
      under avatars/    1 revert
      under customers/  1 undelete

      undelete   2024-05-06 07:00:00 UTC         6 B  customers/a-ve…e-/report-1.pdf
      undelete   2024-04-01 09:00:00 UTC     4.9 KiB  uploads/2024/04/01.jpg
      undelete   2024-04-02 09:00:00 UTC     9.8 KiB  uploads/2024/04/02.jpg
      undelete   2024-04-03 09:00:00 UTC    14.6 KiB  uploads/2024/04/03.jpg
      undelete   2024-04-04 09:00:00 UTC    19.5 KiB  uploads/2024/04/04.jpg
      revert     2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png
      revert     2024-04-07 09:00:00 UTC         7 B  readme.txt
      delete     2024-05-06 07:08:10 UTC         4 B  uploads/junk.tmp
      … and 2 more; --all lists every key, --out PLAN saves the plan

      apply it: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z
      9 copies of 102.6 KiB, 1 delete request, at least 1 s at 3,000/s
      hint: 7 of these are only hidden by delete markers; --undelete remove-marker
        restores them with 1 request
    ");
}

#[test]
fn diff_in_120_columns() {
    let stage = long_keys();
    let [narrow, broad] =
        [80, 120].map(|columns| wide(columns, &stage.asof(&format!("diff s3://{BUCKET} {AT}"))));
    assert_snapshot!(besides(&narrow, &broad), @r"
    = 8
      delete                  1          4 B   created since T; deleted (delete marker)
    = 7
      undelete   2024-05-06 07:00:00 UTC         6 B  customers/a-very-long-name-a-very-…name-a-very-long-name-/report-1.pdf
    = 11
      hint: 7 of these are only hidden by delete markers; --undelete remove-marker restores them with 1 request
    ");
}

#[test]
fn timeline_in_40_columns() {
    let stage = long_keys();
    assert_snapshot!(wide(40, &stage.asof(&timeline())), @"
    exit code 0
    --- stdout
    prod-uploads from 2024-05-06 06:30:00
      UTC to 2024-05-06 07:59:59 UTC
      a bar is 15 min: ░ put  ▒ overwrite  █
        delete

      2024-05-06
      06:30
      06:45
      07:00  ░░░░░░░░░▒▒▒▒▒████████████████
      07:15
      07:30
      07:45

      rank  activity burst
         1  2024-05-06 07:08:10 UTC: 7
            deletes in 1 s, 6 under
            uploads/, 1 under customers/

    the last second before the deletes: --at
      2024-05-06T07:08:09Z
      preview the restore:
        asof diff s3://prod-uploads --at 2024-05-06T07:08:09Z
    ");
}

#[test]
fn timeline_in_80_columns() {
    let stage = long_keys();
    assert_snapshot!(wide(80, &stage.asof(&timeline())), @"
    exit code 0
    --- stdout
    prod-uploads from 2024-05-06 06:30:00 UTC to 2024-05-06 07:59:59 UTC
      a bar is 15 min: ░ put  ▒ overwrite  █ delete

                               puts   overwrites      deletes
      2024-05-06 06:30            0            0            0
      2024-05-06 06:45            0            0            0
      2024-05-06 07:00            4            2            7  ░░░░░░▒▒▒██████████
      2024-05-06 07:15            0            0            0
      2024-05-06 07:30            0            0            0
      2024-05-06 07:45            0            0            0

      rank  activity burst
         1  2024-05-06 07:08:10 UTC: 7 deletes in 1 s, 6 under uploads/, 1 under
            customers/

    the last second before the deletes: --at 2024-05-06T07:08:09Z
      preview the restore: asof diff s3://prod-uploads --at 2024-05-06T07:08:09Z
    ");
}

fn timeline() -> String {
    format!(
        "timeline s3://{BUCKET} --from 2024-05-06T06:30:00Z --to 2024-05-06T07:59:59Z --step 15m --no-progress"
    )
}

#[test]
fn nothing_overflows() {
    let stage = long_keys();
    let restored = stage.asof(&format!("restore s3://{BUCKET} {AT} --yes")).run();
    assert!(restored.starts_with("exit code 0"), "{restored}");
    let history = format!("history s3://{BUCKET}/avatars/7/me.png --no-progress");
    for words in [
        format!(
            "diff s3://{BUCKET} --at 2024-05-06T07:08:09Z --versus 2024-05-06T07:30:00Z --all --no-progress"
        ),
        format!("verify s3://{BUCKET} --at 2024-05-06T07:08:11Z --no-progress"),
        format!("check s3://{BUCKET} {AT}"),
        timeline(),
        history,
        "runs".to_owned(),
        "show latest".to_owned(),
        "manual".to_owned(),
        "manual exit-codes".to_owned(),
    ] {
        for columns in [20, 30, 40, 60, 79, 80, 120, 200] {
            let asof = stage.asof(&words).env("PAGER", "cat");
            let shown = wide(columns, &asof);
            assert_eq!(
                overflowing(&shown, columns),
                Vec::<String>::new(),
                "{columns}: asof {words}\n{shown}"
            );
        }
    }
}

#[test]
fn a_pipe_gets_whole_keys() {
    let stage = long_keys();
    let key = format!("customers/{}/report-1.pdf", "a-very-long-name-".repeat(5));
    for format in ["table", "json", "csv"] {
        let shown = stage.asof(&format!("diff s3://{BUCKET} {AT} --format {format}")).run();
        assert!(shown.contains(&key), "{shown}");
    }
}

#[test]
fn all_keys_have_a_pager_on_a_terminal() {
    let stage = Stage::after_incident();
    let diff = format!("diff s3://{BUCKET} {AT}");
    let paged = |words: &str| wide(80, &stage.asof(words).env("PAGER", "sed 's/^/|/'"));
    let shown = paged(&format!("{diff} --all"));
    assert!(shown.contains("|  delete     2024-05-06 07:08:10 UTC"), "{shown}");
    assert!(!paged(&diff).contains('|'));
    assert!(!paged(&format!("{diff} --all --format json")).contains("\n|"));
    // A reader that leaves early has read enough; a missing pager is no error.
    for pager in ["head -n 1", "true", "no-such-pager"] {
        let shown = wide(80, &stage.asof(&format!("{diff} --all --exit-code")).env("PAGER", pager));
        assert!(shown.starts_with("exit code 4\n"), "{pager}: {shown}");
    }
}

/// A pager handles Ctrl-C itself. The second one ended asof, and the pager shared the terminal with the shell.
#[test]
fn ctrl_c_in_a_pager_is_for_the_pager() {
    let stage = Stage::after_incident();
    let pager = "kill -INT $PPID; sleep 0.3; kill -INT $PPID; sleep 0.3; sed 's/^/|/'";
    let shown = wide(80, &stage.asof(&format!("diff s3://{BUCKET} {AT} --all")).env("PAGER", pager));
    assert!(shown.starts_with("exit code 0\n"), "{shown}");
    assert!(shown.contains("|  delete     2024-05-06 07:08:10 UTC"), "{shown}");
    assert!(!shown.contains("stopping"), "{shown}");
}

#[test]
fn colours_are_for_terminals_unless_they_are_asked_for() {
    const RED: &str = "\u{1b}[31m";
    let stage = Stage::after_incident();
    let diff = |color: &str| format!("diff s3://{BUCKET} {AT}{color}");
    let in_color = |color: &str| stage.asof(&diff(color)).env("TERM", "xterm").env_remove("NO_COLOR");
    assert!(wide(80, &in_color("")).contains(&format!("{RED}delete{}", "\u{1b}[0m")), "auto");
    assert!(!wide(80, &in_color(" --color never")).contains(RED), "never");
    assert!(
        !wide(80, &stage.asof(&diff("")).env("TERM", "xterm").env("NO_COLOR", "1")).contains(RED),
        "NO_COLOR"
    );
    assert!(!in_color("").run().contains(RED), "a pipe");
    assert!(in_color(" --color always").run().contains(RED), "always");
    assert!(!in_color(" --color always --format json").run().contains(RED), "JSON");
}
