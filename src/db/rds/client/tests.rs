use super::*;

#[test]
fn every_answer_has_its_kind() {
    for (status, code, kind, again) in [
        (400, "Throttling", ErrorKind::Throttled, true),
        (503, "ServiceUnavailable", ErrorKind::Transient, true),
        (403, "ExpiredToken", ErrorKind::Denied, true),
        (403, "AccessDenied", ErrorKind::Denied, false),
        (404, "DBInstanceNotFound", ErrorKind::Missing, false),
        (404, "DBParameterGroupNotFound", ErrorKind::Invalid, false),
        (400, "InvalidDBInstanceState", ErrorKind::Invalid, true),
        (400, "DBInstanceAlreadyExists", ErrorKind::Invalid, false),
        (400, "InvalidParameterValue", ErrorKind::Invalid, false),
    ] {
        let error = explain_answer("restore it", status, code, "why");
        assert_eq!((error.kind(), passes(&error)), (kind, again), "{status} {code}");
        assert_eq!(error.to_string(), format!("cannot restore it: {code}: why"));
    }
}

#[test]
fn a_permission_that_is_missing_is_known_by_what_rds_says() {
    let said = |action: &str| format!("User: arn:aws:iam::1:user/u is not authorized to perform: {action}");
    let action = "rds:DescribeDBInstanceAutomatedBackups";
    for (status, message, expected) in [
        (403, said(action), Some(action)),
        (
            403,
            said(&format!("{action} on resource: arn:aws:rds:x because no policy allows it")),
            Some(action),
        ),
        (403, said("rds:DescribeDBInstances"), Some("rds:DescribeDBInstances")),
        (403, said("kms:Decrypt"), None),
        (403, "no".to_owned(), None),
        (400, said(action), None),
    ] {
        let error = explain_answer("ask it", status, "AccessDenied", &message);
        assert_eq!(missing_permission(&error), expected, "{status} {message}");
    }
}
