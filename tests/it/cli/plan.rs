//! Plans in files: `diff --out`, `show`, `restore --plan`.

use std::path::PathBuf;

use asof::lab::{Operation, Versioning};
use insta::assert_snapshot;

use super::stage::{Asof, BUCKET, Stage, besides};

const DIFF: &str = "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --out incident.plan --quiet";

/// After the incident, with a plan of how to undo it.
pub(super) fn planned() -> (Stage, PathBuf) {
    let stage = Stage::after_incident();
    stage.asof(DIFF).changes_nothing();
    let path = stage.path("incident.plan");
    assert!(path.exists());
    (stage, path)
}

/// `asof`, whatever its version.
pub(super) fn asof<'a>(stage: &'a Stage, words: &str) -> Asof<'a> {
    stage.asof(words).hide(env!("CARGO_PKG_VERSION"), "VERSION")
}

#[test]
fn saved_by_diff() {
    let stage = Stage::after_incident();
    let diff = "diff s3://prod-uploads --at 2024-05-06T07:08:09Z";
    let [shown, saved] =
        [diff, &format!("{diff} --out incident.plan")].map(|words| asof(&stage, words).changes_nothing());
    assert_snapshot!(besides(&shown, &saved), @r"
    = 23
      … and 1 more; --all lists every key
    = 1
      apply it: asof restore --plan incident.plan
    = 2
    ");
}

#[test]
fn carried_out_without_listing_again() {
    let (stage, _) = planned();
    let listed = stage.lab.requests().of(Operation::ListObjectVersions);
    assert_snapshot!(asof(&stage, "restore --plan incident.plan --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago)
      listed TIME UTC (AGE ago) by asof VERSION · versioning enabled

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  2         20 B   overwritten since T
      delete                  1          4 B   created since T; deleted (delete marker)
      unchanged               2

      under uploads/    6 undelete · 1 delete
      at the top level  1 revert
      under avatars/    1 revert

    --- stderr
    done in N s: 8 copied (102.6 KiB), 1 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    ");
    // Nothing is listed except for the final check for superseded versions.
    assert_eq!(stage.lab.requests().of(Operation::ListObjectVersions), listed + 1);

    let other = Stage::after_incident();
    other.asof("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --yes").run();
    let held = |stage: &Stage| -> Vec<_> {
        let live = stage.lab.live(BUCKET).into_iter();
        live.map(|(key, object)| (key, object.etag, object.content)).collect()
    };
    assert_eq!(held(&stage), held(&other));
    // The plan is unchanged, and all of its changes are done.
    assert_snapshot!(asof(&stage, "restore s3://prod-uploads --plan incident.plan --yes --format json").run(), @r#"
    exit code 0
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"passed","message":"history complete"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"summary","command":"restore","run":"RUN","copied":0,"deleted":0,"markers_removed":0,"skipped":9,"conflicts":0,"failed":0,"archived":0,"superseded":0,"bytes_copied":0,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":11,"versions":19,"unchanged":2,"same_content":0,"unverifiable":0,"reverts":2,"undeletes":6,"deletes":1,"doubtful":0,"bytes_to_copy":105020,"list_requests":0,"write_requests":0,"elapsed_ms":0}
    --- stderr
    done in N s: 0 copied (0 B), 0 deleted, 9 already correct, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z     undo it: asof undo RUN
    "#);
}

#[test]
fn key_changed_since_the_plan() {
    let (stage, _) = planned();
    stage.put("avatars/7/me.png", "a new face");
    assert_snapshot!(asof(&stage, "restore --plan incident.plan --yes --quiet").run(), @"
    exit code 3
    --- stderr
      conflict  avatars/7/me.png: changed since the plan was made; left unchanged
    ");
    assert_snapshot!(asof(&stage, "restore --plan incident.plan --yes --format json").run(), @r#"
    exit code 3
    --- stdout
    {"schema":1,"type":"check","subject":"versioning","verdict":"passed","message":"versioning enabled"}
    {"type":"check","subject":"lifecycle","verdict":"passed","message":"history complete"}
    {"type":"check","subject":"mfa-delete","verdict":"passed","message":"no MFA delete"}
    {"type":"check","subject":"object-lock","verdict":"passed","message":"no locks"}
    {"type":"check","subject":"replication","verdict":"passed","message":"no replication from here"}
    {"type":"check","subject":"ownership","verdict":"passed","message":"no ACLs"}
    {"type":"check","subject":"encryption","verdict":"passed","message":"SSE-S3 default"}
    {"type":"check","subject":"policy","verdict":"passed","message":"no policy on conditional writes"}
    {"type":"conflict","key":"avatars/7/me.png","change":"revert"}
    {"type":"summary","command":"restore","run":"RUN","copied":0,"deleted":0,"markers_removed":0,"skipped":8,"conflicts":1,"failed":0,"archived":0,"superseded":0,"bytes_copied":0,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":11,"versions":19,"unchanged":2,"same_content":0,"unverifiable":0,"reverts":2,"undeletes":6,"deletes":1,"doubtful":0,"bytes_to_copy":105020,"list_requests":0,"write_requests":0,"elapsed_ms":0}
    --- stderr
    done in N s: 0 copied (0 B), 0 deleted, 8 already correct, 1 conflict, 0 failed     run RUN
    1 key was changed by another writer and left unchanged; change it too: asof resume RUN --on-conflict overwrite
    "#);
    assert_eq!(&*stage.lab.live(BUCKET)["avatars/7/me.png"].content.body, b"a new face");
}

#[test]
fn of_a_selection() {
    let stage = Stage::after_incident();
    stage
        .asof(
            "diff s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --out a.plan --quiet --exclude *.tmp",
        )
        .run();
    assert_snapshot!(asof(&stage, "restore --plan a.plan --yes").run(), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago)
      listed TIME UTC (AGE ago) by asof VERSION · versioning enabled
      with --exclude '*.tmp'

                           keys        bytes
      undelete                6    102.5 KiB   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged               1

      under uploads/  6 undelete

    --- stderr
    done in N s: 6 copied (102.5 KiB), 0 deleted, 0 conflicts, 0 failed     run RUN
    check it: asof verify s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --exclude '*.tmp'     undo it: asof undo RUN
    ");
    assert!(stage.lab.live(BUCKET).contains_key("uploads/junk.tmp"));
}

#[test]
fn of_nothing() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2024-05-06T08:00:00Z --out none.plan").changes_nothing(), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 08:00:00 UTC (AGE ago)
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      undelete                0          0 B   deleted since T; restored
      revert                  0          0 B   overwritten since T
      delete                  0          0 B   created since T; deleted (delete marker)
      unchanged              11

    nothing to change
    ");
    assert_snapshot!(stage.asof("restore --plan none.plan --yes").changes_nothing(), @"
    exit code 0
    --- stderr
    nothing to change
    ");
}

#[test]
fn of_another_place() {
    let (stage, _) = planned();
    stage.lab.create_bucket("scratch");
    assert_snapshot!(stage.asof("restore s3://scratch --plan incident.plan --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the plan incident.plan is for s3://prod-uploads, not s3://scratch
      hint: use the plan of that location, or leave the location out: a plan contains its own
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads/uploads/ --plan incident.plan --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the plan incident.plan is for s3://prod-uploads, not s3://prod-uploads/uploads/
      hint: use the plan of that location, or leave the location out: a plan contains its own
    ");
}

#[test]
fn with_options_that_it_has_already() {
    let (stage, _) = planned();
    for option in
        ["--at 2h", "--to s3://scratch", "--include a*", "--exclude a*", "--keys-from keys", "--trust-etag"]
    {
        let shown = stage.asof(&format!("restore --plan incident.plan --yes {option}")).changes_nothing();
        assert!(shown.contains("exit code 2") && shown.contains("cannot be used with"), "{shown}");
    }
    assert_snapshot!(stage.asof("restore --plan incident.plan --yes --to s3://scratch").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the argument '--plan <PLAN>' cannot be used with '--to <s3://OTHER[/PREFIX]|DIR>'

    Usage: asof restore [OPTIONS] --at <TIME> <LOCATION>
           asof restore [OPTIONS] --plan <PLAN>

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2h --versus 1h --out a.plan").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the argument '--versus <TIME>' cannot be used with '--out <PLAN>'

    Usage: asof diff --at <TIME> --versus <TIME> <LOCATION>

    For more information, try '--help'.
    ");
}

#[test]
fn damaged() {
    let (stage, path) = planned();
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert_snapshot!(stage.asof("restore --plan incident.plan --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the plan incident.plan is damaged: it is truncated, or data was added to its end
      hint: nothing was changed; use an undamaged copy, or create it again: asof diff … --out
    ");
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    std::fs::write(&path, altered).unwrap();
    assert_snapshot!(stage.asof("restore --plan incident.plan --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the plan incident.plan is damaged: it was altered or truncated after it was written (CRC-32 mismatch)
      hint: nothing was changed; use an undamaged copy, or create it again: asof diff … --out
    ");
    std::fs::write(&path, [whole, b"more".to_vec()].concat()).unwrap();
    assert_snapshot!(stage.asof("show incident.plan").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the plan incident.plan is damaged: it is truncated, or data was added to its end
      hint: nothing was changed; use an undamaged copy, or create it again: asof diff … --out
    ");
}

#[test]
fn no_plan() {
    let stage = Stage::new();
    stage.file("keys.txt", b"a\nb\n");
    assert_snapshot!(stage.asof("show keys.txt").changes_nothing(), @"
    exit code 2
    --- stderr
    error: keys.txt is not a plan, or its header is damaged
      hint: create one: asof diff s3://BUCKET --at TIME --out PLAN
    ");
    assert_snapshot!(stage.asof("restore --plan missing.plan --yes").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot read the plan missing.plan: No such file or directory (os error N)
      hint: create one: asof diff s3://BUCKET --at TIME --out PLAN
    ");
}

#[test]
fn a_plan_is_replaced_and_nothing_else() {
    let (stage, path) = planned();
    let before = std::fs::read(&path).unwrap();
    stage.asof(&format!("{DIFF} --include nothing")).changes_nothing();
    assert_ne!(std::fs::read(&path).unwrap(), before);
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2h --out /dev/null").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot save the plan as /dev/null: not a regular file
      hint: give the name of a file
    ");
    assert_snapshot!(stage.asof("diff s3://prod-uploads --at 2h --out no/such/directory").changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot save the plan as no/such/directory: cannot create a file in no/such (entity not found)
      hint: choose a file in a writable directory
    ");
}

/// Such as the page that was made by the same command with --html.
#[test]
fn a_file_that_is_no_plan_is_not_replaced() {
    let stage = Stage::after_incident();
    stage.file("incident.html", b"<!DOCTYPE html>");
    let diff = "diff s3://prod-uploads --at 2024-05-06T07:08:09Z --quiet --out";
    assert_snapshot!(stage.asof(&format!("{diff} incident.html")).changes_nothing(), @"
    exit code 2
    --- stderr
    error: cannot save the plan as incident.html: the existing file is not a plan
      hint: choose another name, or remove that file first
    ");
    // The first page is requested beside the settings.
    assert_eq!(stage.lab.requests().of(Operation::ListObjectVersions), 1, "listed before it was refused");
    assert_eq!(std::fs::read(stage.path("incident.html")).unwrap(), b"<!DOCTYPE html>");
    // An empty one, and a plan that cannot be used any more.
    for damage in [&b""[..], b"and more"] {
        let old = std::fs::read(stage.path("a.plan")).unwrap_or_default();
        stage.file("a.plan", &if damage.is_empty() { Vec::new() } else { [&old, damage].concat() });
        stage.asof(&format!("{diff} a.plan")).changes_nothing();
        assert!(stage.asof("show a.plan").run().starts_with("exit code 0"));
    }
}

#[test]
fn bucket_that_keeps_nothing_any_more() {
    let (stage, _) = planned();
    stage.lab.set_versioning(BUCKET, Versioning::Suspended);
    assert_snapshot!(stage.asof("restore --plan incident.plan --yes").changes_nothing(), @"
    exit code 5
    --- stderr
    error: cannot restore prod-uploads in place: versioning is suspended, and a restore would permanently overwrite null versions
      hint: enable it first: aws s3api put-bucket-versioning --bucket prod-uploads --versioning-configuration Status=Enabled
      hint: or restore elsewhere with --to s3://OTHER
    ");
}
