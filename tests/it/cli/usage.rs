//! Invalid usage: exit code 2, with a correct form, before any request is sent.

use insta::assert_snapshot;

use super::stage::Stage;

#[test]
fn bad_time() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at yesterday --yes").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: cannot read the time "yesterday"
      hint: write 1d for this time yesterday
      hint: write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, "2026-11-17 14:30:05 UTC", @1794925805 (seconds since 1970), or an age: 90m, 2h30m, 3d
    "#);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --yes --at @now").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: cannot read the time "@now"
      hint: write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, "2026-11-17 14:30:05 UTC", @1794925805 (seconds since 1970), or an age: 90m, 2h30m, 3d
    "#);
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at").arg("").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: cannot read the time ""
      hint: write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, "2026-11-17 14:30:05 UTC", @1794925805 (seconds since 1970), or an age: 90m, 2h30m, 3d
    "#);
}

#[test]
fn a_number_is_shown_as_the_time_that_it_may_mean() {
    let stage = Stage::new();
    for number in ["1714979289", "1714979289123"] {
        let said = stage.asof(&format!("diff s3://prod-uploads --at {number}")).changes_nothing();
        assert!(said.contains("write @1714979289 (2024-05-06 07:08:09 UTC)"), "{said}");
    }
    assert_eq!(stage.lab.requests().total(), 0);
}

#[test]
fn time_before_s3() {
    let stage = Stage::new();
    for time in ["--at=@-5", "--at=1900-01-01T00:00:00Z"] {
        let said = stage.asof(&format!("restore s3://prod-uploads {time} --yes")).changes_nothing();
        assert!(said.starts_with("exit code 2\n--- stderr\nerror: the target time "), "{said}");
        assert!(said.contains(" is before 2006-03-14, the launch of S3"), "{said}");
    }
    assert_eq!(stage.lab.requests().total(), 0);
}

#[test]
fn every_form_of_a_time_and_a_length_is_taken() {
    let stage = Stage::after_incident();
    for time in [
        "2024-05-06 07:08Z",
        "2024-05-06T07:08Z",
        "2024-05-06T09:08:00+0200",
        "Mon, 06 May 2024 07:08:00 GMT",
    ] {
        let checked = stage.asof("check s3://prod-uploads --at").arg(time).changes_nothing();
        assert!(checked.contains("prod-uploads as of 2024-05-06 07:08:00 UTC"), "{checked}");
    }
    for length in ["2h30m", "2.5h"] {
        let words = format!("diff s3://prod-uploads --at {length} --multipart-window {length}");
        let diff = stage.asof(&words).command.output().unwrap();
        let diff = String::from_utf8(diff.stdout).unwrap();
        assert!(diff.contains("(2 h 30 min ago)"), "{diff}");
    }
}

#[test]
fn time_without_offset() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09 --yes").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: the time 2024-05-06T07:08:09 has no time zone; write 2024-05-06T07:08:09Z for UTC
      hint: write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, "2026-11-17 14:30:05 UTC", @1794925805 (seconds since 1970), or an age: 90m, 2h30m, 3d
    "#);
}

#[test]
fn future_time() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2999-01-01T00:00:00Z --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the target time 2999-01-01T00:00:00Z must be in the past; by the server's clock it is NOW
    ");
}

#[test]
fn no_time() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the following required arguments were not provided:
      --at <TIME>

    Usage: asof restore [OPTIONS] --at <TIME> <LOCATION>
           asof restore [OPTIONS] --plan <PLAN>

    For more information, try '--help'.
    ");
}

#[test]
fn versus_before_at() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z --versus 2024-05-06T07:08:08Z").changes_nothing(), @"
    exit code 2
    --- stderr
    error: --versus is earlier than --at
      hint: swap them: --at is the earlier time
    ");
}

#[test]
fn malformed_location() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("diff prod-uploads --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'prod-uploads' for '<LOCATION>': cannot read prod-uploads: it does not begin with s3://
      hint: write it as s3://prod-uploads

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("diff s3:// --at 2024-05-06T07:08:09Z").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 's3://' for '<LOCATION>': cannot read s3://: it has no bucket name
      hint: write it as s3://BUCKET or s3://BUCKET/PREFIX

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("diff s3://a?b --at 2024-05-06T07:08:09Z").changes_nothing(), @r#"
    exit code 2
    --- stderr
    error: invalid value 's3://a?b' for '<LOCATION>': cannot read s3://a?b: a bucket name has at least three characters: letters, digits, dots, hyphens or underscores
      hint: write it as s3://BUCKET or s3://BUCKET/PREFIX

    For more information, try '--help'.
    "#);
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --to scratch").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'scratch' for '--to <s3://OTHER[/PREFIX]|DIR>': cannot tell whether scratch is a bucket or a directory
      hint: write it as s3://scratch or ./scratch

    For more information, try '--help'.
    ");
}

#[test]
fn bad_rate() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --rate 100/m").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value '100/m' for '--rate <N/s>': write it as 3000/s

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --rate 0").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value '0' for '--rate <N/s>': write it as 3000/s

    For more information, try '--help'.
    ");
}

#[test]
fn bad_concurrency() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --concurrency 0").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value '0' for '--concurrency <N>': a number from 1 to 1024

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --concurrency many").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'many' for '--concurrency <N>': a number from 1 to 1024

    For more information, try '--help'.
    ");
}

#[test]
fn unknown_command_or_option() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("undelete s3://prod-uploads").changes_nothing(), @"
    exit code 2
    --- stderr
    error: unrecognized subcommand 'undelete'

      tip: a similar subcommand exists: 'undo'

    Usage: asof [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --force").changes_nothing(), @"
    exit code 2
    --- stderr
    error: unexpected argument '--force' found

      tip: a similar argument exists: '--format'

    Usage: asof restore [OPTIONS] --at <TIME> <LOCATION>
           asof restore [OPTIONS] --plan <PLAN>

    For more information, try '--help'.
    ");
}

#[test]
fn options_that_contradict() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes --quiet --progress").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the argument '--quiet' cannot be used with '--progress [<FORM>]'

    Usage: asof restore [OPTIONS] --at <TIME> <LOCATION>
           asof restore [OPTIONS] --plan <PLAN>

    For more information, try '--help'.
    ");
}

#[test]
fn lab_beyond_loopback() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("lab serve --listen 0.0.0.0:0").changes_nothing(), @"
    exit code 1
    --- stderr
    error: the lab listens on loopback only, not on 0.0.0.0:0
    ");
    assert_snapshot!(stage.asof("lab serve --listen here").changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'here' for '--listen <ADDRESS>': invalid socket address syntax

    For more information, try '--help'.
    ");
}

/// Invalid input is reported before a login is needed.
#[test]
fn what_is_wrong_without_a_server_is_found_without_credentials() {
    let stage = Stage::new();
    for (words, error) in [
        (
            "references s3://prod-uploads --at 2024-05-06T07:08:09Z --keys-from missing",
            "error: cannot read keys from missing: ",
        ),
        (
            "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --versus 2024-05-05T00:00:00Z",
            "error: --versus is earlier than --at\n",
        ),
        ("diff s3://prod-uploads --at 1h --versus 2h", "error: --versus is earlier than --at\n"),
    ] {
        let said = stage.asof(words).env_remove("AWS_ACCESS_KEY_ID").changes_nothing();
        assert!(said.starts_with(&format!("exit code 2\n--- stderr\n{error}")), "{words}: {said}");
    }
    assert_eq!(stage.lab.requests().total(), 0);
}
