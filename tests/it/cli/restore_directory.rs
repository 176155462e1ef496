//! `asof restore --to DIR` and `asof verify --against DIR`.

use asof::lab::{Fault, Operation, Put};
use insta::assert_snapshot;

use super::stage::{BUCKET, Stage};

const AT: &str = "2024-05-06T07:08:09Z";

impl Stage {
    fn restore_to(&self, place: &str, more: &str) -> String {
        self.asof(&format!("restore {place} --at {AT} --to {more}")).changes_nothing()
    }

    fn verify_against(&self, place: &str, more: &str) -> String {
        self.asof(&format!("verify {place} --at {AT} --against {more}")).changes_nothing()
    }

    /// A file with a date of its own.
    fn file_of_january(&self, path: &str, text: &str) {
        let path = self.file(path, text.as_bytes());
        let date = std::time::UNIX_EPOCH + std::time::Duration::from_hours(473_352);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(date).unwrap();
    }

    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.home().join(path)).unwrap()
    }
}

#[test]
fn into_a_new_directory() {
    let stage = Stage::after_incident();
    assert_snapshot!(stage.restore_to("s3://prod-uploads/uploads/", "new/place"), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), into the directory new/place
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    7    136.7 KiB   does not exist yet
      conflict                0          0 B   exists but differs; left unchanged
      unchanged               0

      under 2024/  7 copy

    --- stderr
    done in N s: 7 copied (136.7 KiB), 0 deleted, 0 conflicts, 0 failed
    check it: asof verify s3://prod-uploads/uploads/ --at 2024-05-06T07:08:09Z --against new/place
    ");
    assert_eq!(stage.read("new/place/2024/04/02.jpg"), "photo".repeat(2000));
    let modified = stage.home().join("new/place/2024/04/02.jpg").metadata().unwrap().modified().unwrap();
    assert_eq!(chrono::DateTime::<chrono::Utc>::from(modified).to_rfc3339(), "2024-04-02T09:00:00+00:00");
    assert_snapshot!(stage.verify_against("s3://prod-uploads/uploads/", "new/place"), @"
    exit code 0
    --- stdout
    prod-uploads/uploads/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with the directory new/place now

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   other bytes
      extra                   0          0 B   should not be there
      unchanged               7

    verified: 7 keys are as they were at 2024-05-06 07:08:09 UTC
    ");
    // A file with the object's date is read neither from S3 nor from the directory.
    let before =
        stage.lab.requests().of(Operation::GetObject) + stage.lab.requests().of(Operation::HeadObject);
    assert_snapshot!(stage.restore_to("s3://prod-uploads/uploads/", "new/place"), @"
    exit code 0
    --- stderr
    nothing to change
    ");
    let after =
        stage.lab.requests().of(Operation::GetObject) + stage.lab.requests().of(Operation::HeadObject);
    assert_eq!(before, after);
}

/// The incident, and a directory in which one file is right but for its date, one differs, and one is another's.
fn beside_other_files() -> Stage {
    let stage = Stage::after_incident();
    std::fs::create_dir_all(stage.home().join("there/avatars/7")).unwrap();
    for (path, text) in [
        ("there/readme.txt", "mine"),
        ("there/avatars/7/me.png", "the face of 7"),
        ("there/avatars/7/other", "mine"),
    ] {
        stage.file_of_january(path, text);
    }
    stage
}

#[test]
fn other_files_are_left_alone() {
    let stage = beside_other_files();
    assert_snapshot!(stage.restore_to("s3://prod-uploads", "./there"), @"
    exit code 3
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), into the directory ./there
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    8    136.7 KiB   does not exist yet
      conflict                1          7 B   exists but differs; left unchanged
      unchanged               0
      same                    1                different time, same content

      under uploads/    7 copy
      at the top level  1 conflict
      under avatars/    1 copy

    --- stderr
      conflict  readme.txt: something else is in its place; left unchanged
    done in N s: 8 copied (136.7 KiB), 0 deleted, 1 conflict, 0 failed
    1 other file was left unchanged in the place of keys; --on-conflict overwrite replaces files
    ");
    assert_eq!(
        (stage.read("there/readme.txt"), stage.read("there/avatars/7/other")),
        ("mine".into(), "mine".into())
    );
    assert_snapshot!(stage.verify_against("s3://prod-uploads", "./there"), @"
    exit code 4
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), compared with the directory ./there now

                           keys        bytes
      missing                 0          0 B   should be there
      different               1          7 B   other bytes
      extra                   1          4 B   should not be there
      unchanged               9

      at the top level  1 different
      under avatars/    1 extra

      different  2024-04-07 09:00:00 UTC         7 B  readme.txt
      extra      2024-01-01 00:00:00 UTC         4 B  avatars/7/other

    9 keys match, 2 do not
      restore them: asof restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to ./there --on-conflict overwrite
    ");
}

#[test]
fn other_files_are_overwritten_when_told() {
    let stage = beside_other_files();
    stage.restore_to("s3://prod-uploads", "./there");
    assert_snapshot!(stage.restore_to("s3://prod-uploads", "./there --on-conflict overwrite"), @"
    exit code 2
    --- stderr
    error: this would overwrite files, and there is no terminal to confirm on
      hint: leave out --on-conflict overwrite to list those files and keep them; then add --yes
    ");
    assert_snapshot!(stage.restore_to("s3://prod-uploads", "./there --on-conflict overwrite --yes"), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), into the directory ./there
      versioning enabled · history complete · no locks · SSE-S3 default

                           keys        bytes
      copy                    0          0 B   does not exist yet
      overwrite               1          7 B   exists but differs
      unchanged               8
      same                    1                different time, same content

      at the top level  1 overwrite

    --- stderr
    done in N s: 1 copied (7 B), 0 deleted, 0 conflicts, 0 failed
    check it: asof verify s3://prod-uploads --at 2024-05-06T07:08:09Z --against ./there
    ");
    assert_eq!(stage.read("there/readme.txt"), "read me");
    assert_snapshot!(stage.verify_against("s3://prod-uploads/avatars/", "there/avatars"), @"
    exit code 4
    --- stdout
    prod-uploads/avatars/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with the directory there/avatars now

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   other bytes
      extra                   1          4 B   should not be there
      unchanged               2

      under avatars/  1 extra

      extra      2024-01-01 00:00:00 UTC         4 B  avatars/7/other

    2 keys match, 1 does not
    ");
    std::fs::remove_file(stage.home().join("there/avatars/7/other")).unwrap();
    assert!(stage.verify_against("s3://prod-uploads", "./there").starts_with("exit code 0"));
}

#[test]
fn json() {
    let stage = Stage::after_incident();
    stage.file_of_january("readme.txt", "mine");
    stage.put("../up", "out");
    stage.time("2024-05-06T08:00:00Z");
    let words = "restore s3://prod-uploads --at 2024-05-06T08:00:00Z --to . --format json --include readme.txt --include ../*";
    assert_snapshot!(stage.asof(words).changes_nothing(), @r#"
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
    {"type":"failure","key":"../up","change":"undelete","message":"the key ../up cannot be a path: it has a . or .. path component"}
    {"type":"conflict","key":"readme.txt","change":"revert"}
    {"type":"summary","command":"restore","run":null,"copied":0,"deleted":0,"markers_removed":0,"skipped":0,"conflicts":1,"failed":1,"archived":0,"superseded":0,"bytes_copied":0,"not_kept":{"acl":0,"tags":0,"locks":0,"metadata":0},"bucket":"prod-uploads","prefix":"","at":"2024-05-06T08:00:00Z","keys":2,"versions":20,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":1,"deletes":0,"doubtful":0,"bytes_to_copy":3,"list_requests":1,"write_requests":0,"elapsed_ms":0}
    --- stderr
    done in N s: 0 copied (0 B), 0 deleted, 1 conflict, 1 failed
    1 key is not restored
      restore such keys to a bucket instead: --to s3://OTHER
    1 other file was left unchanged in the place of keys; --on-conflict overwrite replaces files
    "#);
    let words =
        "verify s3://prod-uploads --at 2024-05-06T07:08:09Z --against . --format json --include readme.txt";
    assert_snapshot!(stage.asof(words).changes_nothing(), @r#"
    exit code 4
    --- stdout
    {"schema":1,"type":"mismatch","key":"readme.txt","expected":{"version_id":"Lyw.xBlDGyFTH9L3PPdriHSvVsO.cE_gE","last_modified":"2024-04-07T09:00:00Z","size":7,"etag":"ef7b5181c1f63f8ca8eebaab0829ee38","storage_class":"STANDARD"},"found":{"version_id":"","last_modified":"2024-01-01T00:00:00Z","size":4,"etag":"","storage_class":""}}
    {"type":"summary","command":"verify","matched":0,"mismatched":1,"uncertain":0,"bucket":"prod-uploads","prefix":"","at":"2024-05-06T07:08:09Z","keys":1,"versions":2,"unchanged":0,"same_content":0,"unverifiable":0,"reverts":1,"undeletes":0,"deletes":0,"doubtful":0,"bytes_to_copy":7,"list_requests":1,"write_requests":0,"elapsed_ms":0}
    "#);
}

/// Bytes that have changed under their date, as on a failing disk.
#[test]
fn bytes_that_rot() {
    let stage = Stage::after_incident();
    stage.restore_to("s3://prod-uploads/avatars/", "./there");
    let path = stage.home().join("there/7/me.png");
    let date = path.metadata().unwrap().modified().unwrap();
    std::fs::write(&path, "the fAce of 7").unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(date).unwrap();
    assert_snapshot!(stage.verify_against("s3://prod-uploads/avatars/", "./there"), @"
    exit code 4
    --- stdout
    prod-uploads/avatars/ as of 2024-05-06 07:08:09 UTC (AGE ago), compared with the directory ./there now

                           keys        bytes
      missing                 0          0 B   should be there
      different               1         13 B   other bytes
      extra                   0          0 B   should not be there
      unchanged               1

      under avatars/  1 different

      different  2024-04-07 09:00:00 UTC        13 B  avatars/7/me.png

    1 key matches, 1 does not
      restore them: asof restore s3://prod-uploads/avatars/ --at 2024-05-06T07:08:09Z --to ./there --on-conflict overwrite
    ");
    assert!(stage.restore_to("s3://prod-uploads/avatars/", "./there").contains("nothing to change"));
    let restored = stage.restore_to("s3://prod-uploads/avatars/", "./there --on-conflict overwrite --yes");
    assert!(restored.contains("1 copied"), "{restored}");
    assert_eq!(stage.read("there/7/me.png"), "the face of 7");
}

#[test]
fn bytes_that_nothing_proves() {
    let stage = Stage::new();
    let sealed = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
                  <SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
                  </ServerSideEncryptionConfiguration>";
    assert!(stage.lab.configure(BUCKET, asof::lab::Configuration::Encryption, Some(sealed)));
    stage.put("a", "1");
    stage.put("b", "2");
    stage.time("2024-05-06T07:08:10Z");
    let restored = stage.restore_to("s3://prod-uploads", "./there");
    assert!(restored.starts_with("exit code 0") && !restored.contains("size only"), "{restored}");
    assert!(stage.verify_against("s3://prod-uploads", "./there").starts_with("exit code 0"));
    // Without permission to read the object's attributes, nothing is left to verify the bytes against.
    stage.strike(Operation::HeadObject, Fault::AccessDenied);
    assert_snapshot!(stage.verify_against("s3://prod-uploads", "./there"), @"
    exit code 0
    --- stdout
    prod-uploads as of 2024-05-06 07:08:09 UTC (AGE ago), compared with the directory ./there now

                           keys        bytes
      missing                 0          0 B   should be there
      different               0          0 B   other bytes
      extra                   0          0 B   should not be there
      unchanged               2
      2 objects were checked by size only: the server provides no checksum

    verified: 2 keys are as they were at 2024-05-06 07:08:09 UTC
    ");
}

#[test]
fn a_content_encoding_stays() {
    let stage = Stage::new();
    let system = [("content-encoding".to_owned(), "gzip".to_owned())].into();
    stage.lab.put(BUCKET, "page.html.gz", Put { system, ..Put::of("\u{1f}not really gzip") }).unwrap();
    stage.time("2024-05-06T07:08:10Z");
    assert!(stage.restore_to("s3://prod-uploads", "./there").starts_with("exit code 0"));
    assert_eq!(stage.read("there/page.html.gz"), "\u{1f}not really gzip");
}

#[test]
fn what_is_no_destination() {
    let stage = Stage::after_incident();
    stage.file("file", b"");
    assert_snapshot!(stage.restore_to("s3://prod-uploads", "./file"), @"
    exit code 2
    --- stderr
    error: cannot use ./file: it is not a directory
    ");
    assert_snapshot!(stage.restore_to("s3://prod-uploads", "scratch"), @"
    exit code 2
    --- stderr
    error: invalid value 'scratch' for '--to <s3://OTHER[/PREFIX]|DIR>': cannot tell whether scratch is a bucket or a directory
      hint: write it as s3://scratch or ./scratch

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.restore_to("s3://prod-uploads", "s3:/scratch"), @"
    exit code 2
    --- stderr
    error: invalid value 's3:/scratch' for '--to <s3://OTHER[/PREFIX]|DIR>': cannot read s3:/scratch: it does not begin with s3://
      hint: write it as s3://scratch

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.verify_against("s3://prod-uploads", "./nowhere"), @"
    exit code 2
    --- stderr
    error: the directory ./nowhere does not exist
    ");
    assert_snapshot!(stage.asof("restore s3://prod-uploads --at 1d --yes --on-conflict overwrite").changes_nothing(), @"
    exit code 0
    --- stderr
    nothing to change
    ");
}

#[test]
fn options_that_say_how_copies_are_made() {
    let stage = Stage::after_incident();
    for option in ["--locks", "--no-head", "--thaw bulk", "--lanes 2"] {
        let restore = format!("restore s3://prod-uploads --at 2024-05-06T07:08:09Z --to ./there {option}");
        let refused = stage.asof(&restore).changes_nothing();
        assert!(refused.starts_with("exit code 2\n"), "{refused}");
        assert!(refused.contains("in a bucket only"), "{refused}");
        assert!(!stage.path("there").exists());
    }
}
