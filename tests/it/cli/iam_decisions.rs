//! The policies of `asof check --iam`, judged by an IAM policy evaluator.

use asof::model::Use;
use iam_rs::{
    Arn, Context, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId, Validate, evaluate_policies,
};

use super::iam::{USES, printed};
use super::stage::Stage;

/// Whatever else a role may do.
const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// Returns the decision of IAM under these policies.
pub(super) fn decide(action: &str, resource: &str, context: Context, policies: &[IAMPolicy]) -> Decision {
    let who = Principal::Aws(PrincipalId::String("arn:aws:iam::123456789012:role/asof".into()));
    let request = IAMRequest::new_with_context(who, action, Arn::parse(resource).unwrap(), context);
    evaluate_policies(policies, &request).unwrap()
}

fn plain(action: &str, resource: &str, policies: &[IAMPolicy]) -> Decision {
    decide(action, resource, Context::new(), policies)
}

#[test]
fn policies_are_valid_and_no_version_can_be_lost() {
    let stage = Stage::new();
    let all: IAMPolicy = serde_json::from_str(ALL).unwrap();
    for (name, what) in USES {
        let policy: IAMPolicy =
            serde_json::from_str(&printed(&stage, &format!("check s3://prod-uploads/uploads/ --iam {name}")))
                .unwrap();
        policy.validate_result().unwrap();
        let (inside, outside) = ("arn:aws:s3:::prod-uploads/uploads/x", "arn:aws:s3:::prod-uploads/y");
        let alone = std::slice::from_ref(&policy);
        assert_eq!(plain("s3:GetObjectVersion", inside, alone), Decision::Allow, "{name}");
        assert_ne!(plain("s3:GetObjectVersion", outside, alone), Decision::Allow, "{name}");
        let writes = matches!(what, Use::Restore | Use::Work | Use::RemoveMarker | Use::Thaw | Use::Recover);
        assert_eq!(plain("s3:PutObject", inside, alone) == Decision::Allow, writes, "{name}");
        assert_eq!(plain("s3:DeleteObject", inside, alone) == Decision::Allow, writes, "{name}");
        // A denial holds whatever else the role may do.
        let with_all = [policy.clone(), all.clone()];
        for object in [inside, outside] {
            let by_id = plain("s3:DeleteObjectVersion", object, &with_all);
            assert_eq!(by_id == Decision::Deny, what != Use::RemoveMarker, "{name}");
            assert_eq!(plain("s3:BypassGovernanceRetention", object, &with_all), Decision::Deny, "{name}");
        }
        for action in ["s3:PutBucketVersioning", "s3:PutLifecycleConfiguration"] {
            assert_eq!(plain(action, "arn:aws:s3:::prod-uploads", &with_all), Decision::Deny, "{name}");
        }
    }
}

#[test]
fn state_in_a_bucket_can_be_kept_and_nothing_beside_it_written() {
    let stage = Stage::new();
    for (name, what) in USES {
        let words = format!("check s3://prod-uploads --iam {name} --state-dir s3://ops-state/asof");
        let policy: IAMPolicy = serde_json::from_str(&printed(&stage, &words)).unwrap();
        policy.validate_result().unwrap();
        let alone = std::slice::from_ref(&policy);
        let keeps = !matches!(what, Use::Plan | Use::Read | Use::Recover | Use::Drill);
        let allowed = |action: &str, resource: &str| plain(action, resource, alone) == Decision::Allow;
        assert_eq!(allowed("s3:ListBucket", "arn:aws:s3:::ops-state"), keeps, "{name}");
        for action in ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] {
            assert_eq!(allowed(action, "arn:aws:s3:::ops-state/asof/runs/x"), keeps, "{name} {action}");
            assert!(!allowed(action, "arn:aws:s3:::ops-state/asofx"), "{name} {action}");
        }
        let by_id = plain("s3:DeleteObjectVersion", "arn:aws:s3:::ops-state/asof/runs/x", alone);
        assert_eq!(by_id == Decision::Deny, keeps || what == Use::Drill, "{name}");
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
        let alone = plain("s3:DeleteObjectVersion", &resource, std::slice::from_ref(&policy));
        let with_all = plain("s3:DeleteObjectVersion", &resource, &[policy.clone(), all.clone()]);
        let expected = if erased { Decision::Allow } else { Decision::Deny };
        assert_eq!((alone, with_all), (expected, expected), "{object}");
        let locked = plain("s3:BypassGovernanceRetention", &resource, &[policy.clone(), all.clone()]);
        assert_eq!(locked == Decision::Deny, !object.starts_with("third"), "{object}");
    }
}
