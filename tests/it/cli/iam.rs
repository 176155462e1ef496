//! `asof check --iam`: its output, and that each permission in it belongs to an operation that the code sends.

use std::collections::BTreeSet;

use asof::lab::Operation;
use asof::model::{PERMISSIONS, Use};
use insta::assert_snapshot;

use super::stage::Stage;

pub(super) const USES: [(&str, Use); 9] = [
    ("plan", Use::Plan),
    ("read", Use::Read),
    ("restore", Use::Restore),
    ("work", Use::Work),
    ("restore-to", Use::RestoreTo),
    ("remove-marker", Use::RemoveMarker),
    ("thaw", Use::Thaw),
    ("recover", Use::Recover),
    ("drill", Use::Drill),
];

pub(super) fn printed(stage: &Stage, words: &str) -> String {
    let output = stage.asof(words).command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn of_a_plan_on_a_prefix() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("check s3://prod-uploads/uploads/ --iam plan").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "ListSource",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucketVersions"
          ],
          "Resource": [
            "arn:aws:s3:::prod-uploads"
          ],
          "Condition": {
            "StringLike": {
              "s3:prefix": "uploads/*"
            }
          }
        },
        {
          "Sid": "AbsenceSource",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucket"
          ],
          "Resource": [
            "arn:aws:s3:::prod-uploads"
          ]
        },
        {
          "Sid": "SettingsSource",
          "Effect": "Allow",
          "Action": [
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketVersioning",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration"
          ],
          "Resource": [
            "arn:aws:s3:::prod-uploads"
          ]
        },
        {
          "Sid": "ObjectsSource",
          "Effect": "Allow",
          "Action": [
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:GetObjectVersion",
            "s3:GetObjectVersionTagging"
          ],
          "Resource": [
            "arn:aws:s3:::prod-uploads/uploads/*"
          ]
        },
        {
          "Sid": "KeysSource",
          "Effect": "Allow",
          "Action": [
            "kms:Decrypt"
          ],
          "Resource": [
            "arn:aws:kms:*:*:key/*"
          ],
          "Condition": {
            "StringLike": {
              "kms:ViaService": "s3.*.amazonaws.com"
            }
          }
        },
        {
          "Sid": "KeepHistoryOfBucketSource",
          "Effect": "Deny",
          "Action": [
            "s3:PutBucketVersioning",
            "s3:PutLifecycleConfiguration"
          ],
          "Resource": [
            "arn:aws:s3:::prod-uploads"
          ]
        },
        {
          "Sid": "KeepHistoryOfObjectsSource",
          "Effect": "Deny",
          "Action": [
            "s3:BypassGovernanceRetention",
            "s3:DeleteObjectVersion"
          ],
          "Resource": [
            "arn:aws:s3:::prod-uploads/*"
          ]
        }
      ]
    }
    "#);
}

#[test]
fn of_a_restore_elsewhere_without_names() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("check --iam restore-to").changes_nothing(), @r#"
    exit code 0
    --- stdout
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "ListSource",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucketVersions"
          ],
          "Resource": [
            "arn:aws:s3:::BUCKET"
          ]
        },
        {
          "Sid": "AbsenceSource",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucket"
          ],
          "Resource": [
            "arn:aws:s3:::BUCKET"
          ]
        },
        {
          "Sid": "SettingsSource",
          "Effect": "Allow",
          "Action": [
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration"
          ],
          "Resource": [
            "arn:aws:s3:::BUCKET"
          ]
        },
        {
          "Sid": "ObjectsSource",
          "Effect": "Allow",
          "Action": [
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:GetObjectVersion",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionTagging"
          ],
          "Resource": [
            "arn:aws:s3:::BUCKET/*"
          ]
        },
        {
          "Sid": "KeysSource",
          "Effect": "Allow",
          "Action": [
            "kms:Decrypt"
          ],
          "Resource": [
            "arn:aws:kms:*:*:key/*"
          ],
          "Condition": {
            "StringLike": {
              "kms:ViaService": "s3.*.amazonaws.com"
            }
          }
        },
        {
          "Sid": "KeepHistoryOfBucketSource",
          "Effect": "Deny",
          "Action": [
            "s3:PutBucketVersioning",
            "s3:PutLifecycleConfiguration"
          ],
          "Resource": [
            "arn:aws:s3:::BUCKET"
          ]
        },
        {
          "Sid": "KeepHistoryOfObjectsSource",
          "Effect": "Deny",
          "Action": [
            "s3:BypassGovernanceRetention",
            "s3:DeleteObjectVersion"
          ],
          "Resource": [
            "arn:aws:s3:::BUCKET/*"
          ]
        },
        {
          "Sid": "ListDestination",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucketVersions"
          ],
          "Resource": [
            "arn:aws:s3:::DESTINATION"
          ]
        },
        {
          "Sid": "AbsenceDestination",
          "Effect": "Allow",
          "Action": [
            "s3:ListBucket"
          ],
          "Resource": [
            "arn:aws:s3:::DESTINATION"
          ]
        },
        {
          "Sid": "SettingsDestination",
          "Effect": "Allow",
          "Action": [
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration"
          ],
          "Resource": [
            "arn:aws:s3:::DESTINATION"
          ]
        },
        {
          "Sid": "ObjectsDestination",
          "Effect": "Allow",
          "Action": [
            "s3:AbortMultipartUpload",
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:GetObjectVersion",
            "s3:GetObjectVersionAcl",
            "s3:GetObjectVersionTagging",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
            "s3:PutObjectAcl",
            "s3:PutObjectTagging"
          ],
          "Resource": [
            "arn:aws:s3:::DESTINATION/*"
          ]
        },
        {
          "Sid": "KeysDestination",
          "Effect": "Allow",
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey"
          ],
          "Resource": [
            "arn:aws:kms:*:*:key/*"
          ],
          "Condition": {
            "StringLike": {
              "kms:ViaService": "s3.*.amazonaws.com"
            }
          }
        },
        {
          "Sid": "KeepHistoryOfBucketDestination",
          "Effect": "Deny",
          "Action": [
            "s3:PutBucketVersioning",
            "s3:PutLifecycleConfiguration"
          ],
          "Resource": [
            "arn:aws:s3:::DESTINATION"
          ]
        },
        {
          "Sid": "KeepHistoryOfObjectsDestination",
          "Effect": "Deny",
          "Action": [
            "s3:BypassGovernanceRetention",
            "s3:DeleteObjectVersion"
          ],
          "Resource": [
            "arn:aws:s3:::DESTINATION/*"
          ]
        }
      ]
    }
    "#);
    assert_eq!(stage.lab.requests().total(), 0);
}

#[test]
fn neither_a_place_nor_a_use() {
    let stage = Stage::new();
    assert_snapshot!(stage.asof("check").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the following required arguments were not provided:
      <LOCATION>

    Usage: asof check <LOCATION>

    For more information, try '--help'.
    ");
    assert_snapshot!(stage.asof("check --iam plan --at 1h").changes_nothing(), @"
    exit code 2
    --- stderr
    error: the argument '--iam <USE>' cannot be used with '--at <TIME>'

    Usage: asof check --iam <USE> [LOCATION]

    For more information, try '--help'.
    ");
}

fn operation(name: &str) -> &str {
    name.split(' ').next().unwrap()
}

fn operations(what: Use) -> BTreeSet<&'static str> {
    what.at_source().into_iter().chain(what.at_destination()).chain(what.at_state()).collect()
}

#[test]
fn each_permission_is_of_an_operation_that_the_code_sends() {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/s3");
    let files =
        std::fs::read_dir(dir).unwrap().filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok());
    let code = files.collect::<String>();
    for (name, _, permissions) in PERMISSIONS {
        assert!(!permissions.is_empty());
        let known = Operation::ALL.iter().any(|o| o.name() == operation(name));
        assert!(known, "{name} is no operation");
        let snake = operation(name).chars().fold(String::new(), |snake, c| {
            let gap = if c.is_uppercase() && !snake.is_empty() { "_" } else { "" };
            snake + gap + &c.to_lowercase().to_string()
        });
        assert!(code.contains(&format!(".{snake}()")), "{name} is sent nowhere in src/s3");
        assert!(Use::ALL.iter().any(|what| operations(*what).contains(name)), "{name} is of no use");
    }
    for what in Use::ALL {
        for name in operations(what) {
            assert!(PERMISSIONS.iter().any(|row| row.0 == name), "{name} needs no permission?");
        }
    }
}
