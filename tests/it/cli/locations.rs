//! Locations in the notation of other tools: the error shows the one that asof accepts.

use insta::assert_snapshot;

use super::stage::Stage;

const AT: &str = "--at 2024-05-06T07:08:09Z";

#[test]
fn the_form_that_asof_reads_is_shown() {
    let stage = Stage::new();
    for (typed, meant) in [
        ("prod-uploads", "s3://prod-uploads"),
        ("prod-uploads/uploads/2024", "s3://prod-uploads/uploads/2024"),
        ("S3://prod-uploads/uploads/", "s3://prod-uploads/uploads/"),
        ("https://prod-uploads.s3.eu-west-1.amazonaws.com/a%20b.jpg", "'s3://prod-uploads/a b.jpg'"),
        (
            "https://prod-uploads.s3.amazonaws.com/$(touch%20pwn)",
            "write it as 's3://prod-uploads/$(touch pwn)'",
        ),
        ("https://s3.eu-west-1.amazonaws.com/prod-uploads/a.jpg", "s3://prod-uploads/a.jpg"),
        ("arn:aws:s3:::prod-uploads/a.jpg", "s3://prod-uploads/a.jpg"),
        ("s3://arn:aws:s3:::prod-uploads/a.jpg", "s3://prod-uploads/a.jpg"),
    ] {
        for command in [format!("diff {typed} {AT}"), format!("verify s3://other {AT} --against {typed}")] {
            let shown = stage.asof(&command).changes_nothing();
            // No usage error: `a/b` may be a directory.
            if command.ends_with("prod-uploads/uploads/2024") {
                continue;
            }
            assert!(shown.starts_with("exit code 2\n"), "{command}: {shown}");
            assert!(shown.contains(meant), "{command}: {shown}");
        }
    }
    assert_eq!(stage.lab.requests().total(), 0);
}

#[test]
fn an_arn_is_said_to_be_one() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof(&format!("diff arn:aws:s3:::prod-uploads {AT}")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'arn:aws:s3:::prod-uploads' for '<LOCATION>': cannot read arn:aws:s3:::prod-uploads: it does not begin with s3://
      hint: write it as s3://prod-uploads

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof(&format!("diff s3://arn:aws:s3::111122223333:accesspoint/m.mrap {AT}")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 's3://arn:aws:s3::111122223333:accesspoint/m.mrap' for '<LOCATION>': cannot read s3://arn:aws:s3::111122223333:accesspoint/m.mrap: S3 does not list versions through a Multi-Region Access Point; use one of its buckets
      hint: write it as s3://BUCKET or s3://BUCKET/PREFIX

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof(&format!("restore s3://prod-uploads {AT} --to arn:aws:s3:::scratch/a")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: invalid value 'arn:aws:s3:::scratch/a' for '--to <s3://OTHER[/PREFIX]|DIR>': cannot read arn:aws:s3:::scratch/a: it does not begin with s3://
      hint: write it as s3://scratch/a

    For more information, try '--help'.
    ");
}
