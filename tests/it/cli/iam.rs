//! `asof check --iam`: policies that an IAM policy parser takes, of permissions that the code uses.

use std::collections::BTreeSet;

use asof::lab::Operation;
use asof::model::{PERMISSIONS, Use};
use iam_rs::{Arn, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId, Validate, evaluate_policies};
use insta::assert_snapshot;

use super::stage::Stage;

pub(super) const USES: [(&str, Use); 6] = [
    ("plan", Use::Plan),
    ("restore", Use::Restore),
    ("restore-to", Use::RestoreTo),
    ("remove-marker", Use::RemoveMarker),
    ("thaw", Use::Thaw),
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

/// Whatever else a role may do.
const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

fn decide(action: &str, resource: &str, policies: &[IAMPolicy]) -> Decision {
    let who = Principal::Aws(PrincipalId::String("arn:aws:iam::123456789012:role/asof".into()));
    let request = IAMRequest::new(who, action, Arn::parse(resource).unwrap());
    evaluate_policies(policies, &request).unwrap()
}

#[test]
fn a_parser_takes_them_and_nothing_can_be_lost() {
    let stage = Stage::new();
    let all: IAMPolicy = serde_json::from_str(ALL).unwrap();
    for (name, what) in USES {
        let policy: IAMPolicy =
            serde_json::from_str(&printed(&stage, &format!("check s3://prod-uploads/uploads/ --iam {name}")))
                .unwrap();
        policy.validate_result().unwrap();
        let (inside, outside) = ("arn:aws:s3:::prod-uploads/uploads/x", "arn:aws:s3:::prod-uploads/y");
        let alone = std::slice::from_ref(&policy);
        assert_eq!(decide("s3:GetObjectVersion", inside, alone), Decision::Allow, "{name}");
        assert_ne!(decide("s3:GetObjectVersion", outside, alone), Decision::Allow, "{name}");
        let writes = matches!(what, Use::Restore | Use::RemoveMarker | Use::Thaw);
        assert_eq!(decide("s3:PutObject", inside, alone) == Decision::Allow, writes, "{name}");
        assert_eq!(decide("s3:DeleteObject", inside, alone) == Decision::Allow, writes, "{name}");
        let with_all = [policy.clone(), all.clone()];
        for object in [inside, outside] {
            let by_id = decide("s3:DeleteObjectVersion", object, &with_all);
            assert_eq!(by_id == Decision::Deny, what != Use::RemoveMarker, "{name}");
            assert_eq!(decide("s3:BypassGovernanceRetention", object, &with_all), Decision::Deny, "{name}");
        }
        for action in ["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"] {
            assert_eq!(decide(action, "arn:aws:s3:::prod-uploads", &with_all), Decision::Deny, "{name}");
        }
    }
}

#[test]
fn only_copies_of_drills_can_be_erased_by_a_drill() {
    let stage = Stage::new();
    let policy: IAMPolicy = serde_json::from_str(&printed(&stage, "check s3://prod --iam drill")).unwrap();
    let all: IAMPolicy = serde_json::from_str(ALL).unwrap();
    for (object, erased) in [
        ("SCRATCH/asof-drill-t/x", true),
        ("SCRATCH/drills/asof-drill-t/x", true),
        ("SCRATCH/drills/mine.txt", false),
        ("SCRATCH/xasof-drill-t/x", false),
        ("prod/asof-drill-t/x", false),
        ("third/asof-drill-t/x", false),
    ] {
        let resource = format!("arn:aws:s3:::{object}");
        let alone = decide("s3:DeleteObjectVersion", &resource, std::slice::from_ref(&policy));
        let with_all = decide("s3:DeleteObjectVersion", &resource, &[policy.clone(), all.clone()]);
        let expected = if erased { Decision::Allow } else { Decision::Deny };
        assert_eq!((alone, with_all), (expected, expected), "{object}");
        let locked = decide("s3:BypassGovernanceRetention", &resource, &[policy.clone(), all.clone()]);
        assert_eq!(locked == Decision::Deny, !object.starts_with("third"), "{object}");
    }
}

fn operation(name: &str) -> &str {
    name.split(' ').next().unwrap()
}

fn operations(what: Use) -> BTreeSet<&'static str> {
    what.at_source().into_iter().chain(what.at_destination()).collect()
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
