//! Help of the commands that read a bucket.

use asof::cli::Cli;
use clap::CommandFactory as _;
use insta::assert_snapshot;

use super::help_text::help;
use super::stage::Stage;

#[test]
fn of_diff() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "diff"), @r#"
    exit code 0
    --- stdout
    Show what a restore would change

    Usage: asof diff [OPTIONS] --at <TIME> <LOCATION>

    Arguments:
      <LOCATION>
              Bucket, or prefix in it: s3://BUCKET[/PREFIX]

    Options:
          --at <TIME> (as in restore)
          --versus <TIME>
              Compare with this later time instead of now

          --all
              List every key in the table, not only the first ones of each kind

          --out <PLAN>
              Save the plan to this file, for asof restore --plan

              An existing plan of this name is replaced. With --shards, it is a new directory or
              s3://BUCKET/PREFIX for the plan set.

          --shards <N>
              Cut the plan into this many shards, for asof work; auto: one per 500,000 requests

          --undelete <HOW> (as in restore)
          --only <KIND> (as in restore)
          --prices <FILE> (as in restore)
          --exit-code
              Exit with code 4 if there are differences

          --html <FILE>
              Also write the result to this file, as an HTML page

          --state-dir <DIR> (as in restore)
          --state-profile <PROFILE> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Key selection: as in restore
    Server: as in restore
    Output:
          --format <FORMAT>
              Output format

              Possible values:
              - table: Human-readable table
              - json:  JSON Lines
              - csv:   Comma-separated values

              [default: table]

          --json (as in restore)
      -q, --quiet (as in restore)
          --no-progress (as in restore)
          --progress [<FORM>] (as in restore)
    Examples:
      asof diff s3://prod-uploads --at 2026-11-17T14:30:05Z
      asof diff s3://prod-uploads/invoices/ --at 2h --out incident.plan
      asof diff s3://prod-uploads --at 2d --versus 1d --format json
      asof diff s3://prod-uploads --at 2h --html diff.html
      asof diff s3://prod-uploads --at 2h --out /shared/incident --shards 64
    "#);
}

#[test]
fn of_show() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "show"), @r"
    exit code 0
    --- stdout
    Show a saved plan, or the plan of a run

    Usage: asof show [OPTIONS] <PLAN>

    Arguments:
      <PLAN>
              Plan file, plan set, or a run whose plan to show, or latest for the newest run

    Options:
          --all
              List every key or shard in the table, not only the first ones

          --prices <FILE>
              Estimate the cost with the prices in this file (TOML or JSON)

              Without it there is no estimate: a plan does not name its server.

          --state-dir <DIR> (as in restore)
          --state-profile <PROFILE> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Output: as in diff
    Examples:
      asof show incident.plan
      asof show latest --all
      asof show incident.plan --format csv
      asof show /shared/incident
    ");
}

#[test]
fn of_history() {
    let stage = Stage::new();
    assert_snapshot!(help(&stage, "history"), @"
    exit code 0
    --- stdout
    List every version of one key, newest first

    Usage: asof history [OPTIONS] <LOCATION>

    Arguments:
      <LOCATION>
              Object: s3://BUCKET/KEY

    Options:
          --at <TIME>
              Mark the version that was live at this time

          --changes
              Show how each version differs from the next older one

              Content, size, content type, metadata, tags and storage class are compared, with a HEAD
              request for each version.

          --state-dir <DIR> (as in restore)
      -v, --verbose... (as in restore)
          --color <WHEN> (as in restore)
      -h, --help (as in restore)
    Server: as in restore
    Output: as in diff
    Examples:
      asof history s3://prod-uploads/avatars/7/me.png
      asof history s3://prod-uploads/avatars/7/me.png --at 2h
      asof history s3://prod-uploads/avatars/7/me.png --changes
      asof history s3://prod-uploads/avatars/7/me.png --format csv
    ");
}

#[test]
fn the_manual_page_and_the_completions_know_every_command() {
    let stage = Stage::new();
    let man = stage.asof("man").changes_nothing();
    let shells = ["bash", "zsh", "fish", "elvish", "powershell"];
    let completions = shells.map(|shell| stage.asof(&format!("completions {shell}")).changes_nothing());
    for command in
        ["timeline", "diff", "restore", "resume", "undo", "verify", "check", "recover", "drill", "mark"]
    {
        assert!(man.contains(&format!("asof\\-{command}")), "{command}");
        for completions in &completions {
            assert!(completions.contains(command), "{command}");
        }
    }
}

#[test]
fn every_command_has_a_man_page() {
    let stage = Stage::new();
    let shown = stage.asof("man --out share/man1").changes_nothing();
    assert_eq!(shown, "exit code 0\n");
    let mut asof = Cli::command().disable_help_subcommand(true);
    asof.build();
    let mut commands: Vec<_> = asof.get_subcommands().collect();
    commands.extend(commands.clone().into_iter().flat_map(clap::Command::get_subcommands));
    commands.push(&asof);
    let written = std::fs::read_dir(stage.path("share/man1")).unwrap().count();
    assert_eq!(written, commands.len());
    for command in commands {
        let name = command.get_display_name().unwrap_or("asof");
        let page = std::fs::read_to_string(stage.path(&format!("share/man1/{name}.1"))).unwrap();
        let about = command.get_about().unwrap().to_string();
        let escaped = |text: &str| text.replace('-', "\\-");
        assert!(page.contains(&format!(".SH NAME\n{} \\- {}\n", escaped(name), escaped(&about))), "{page}");
        assert_eq!(page.contains("Examples:"), page.contains(".SH NOTES\n") && name != "asof", "{page}");
    }
}

#[test]
fn man_pages_that_cannot_be_written() {
    let stage = Stage::new();
    stage.file("share", b"");
    assert_snapshot!(stage.asof("man --out share/man1").changes_nothing(), @"
    exit code 1
    --- stderr
    error: cannot write the man pages to share/man1: Not a directory (os error N)
    ");
}
