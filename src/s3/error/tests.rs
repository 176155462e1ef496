use super::*;

fn explained(status: u16, code: &str, message: &str, bucket_region: Option<&str>) -> Error {
    let doing = Doing {
        what: "list the versions of",
        bucket: "prod",
        key: None,
        permission: "s3:ListBucketVersions",
    };
    let place = Place { endpoint: None, region: "us-east-1".to_owned(), expected_owner: None };
    explain_answer(&Answer { status, code, message, bucket_region, request_id: None }, doing, &place)
}

#[test]
fn every_answer_has_its_kind() {
    for (status, code, kind) in [
        (503, "SlowDown", ErrorKind::Throttled),
        (200, "SlowDown", ErrorKind::Throttled),
        (503, "", ErrorKind::Throttled),
        (500, "InternalError", ErrorKind::Transient),
        (200, "InternalError", ErrorKind::Transient),
        (403, "", ErrorKind::Denied),
        (403, "InvalidObjectState", ErrorKind::Invalid),
        (404, "", ErrorKind::Missing),
        (412, "", ErrorKind::Precondition),
        (409, "ConditionalRequestConflict", ErrorKind::Precondition),
        (501, "NotImplemented", ErrorKind::Unsupported),
        (400, "InvalidRequest", ErrorKind::Invalid),
        (400, "ExpiredToken", ErrorKind::Credentials),
        (400, "InvalidToken", ErrorKind::Credentials),
        (400, "TokenRefreshRequired", ErrorKind::Credentials),
        (403, "RequestTimeTooSkewed", ErrorKind::Credentials),
        (403, "InvalidAccessKeyId", ErrorKind::Credentials),
        (403, "SignatureDoesNotMatch", ErrorKind::Credentials),
        (400, "", ErrorKind::Invalid),
    ] {
        assert_eq!(explained(status, code, "", None).kind(), kind, "{status} {code}");
    }
}

#[test]
fn a_wrong_region_names_the_right_one() {
    let told = explained(301, "PermanentRedirect", "", Some("eu-west-1"));
    assert_eq!(told.to_string(), "the bucket prod is not in the region us-east-1, but in eu-west-1");
    assert_eq!(told.hints(), ["add --region eu-west-1"]);
    let message =
        "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-3'";
    assert_eq!(
        explained(400, "AuthorizationHeaderMalformed", message, None).hints(),
        ["add --region eu-west-3"]
    );
    assert_eq!(explained(301, "", "", None).hints(), ["set its region with --region"]);
}

#[test]
fn a_setting_that_is_not_told_is_unknown_and_no_setting() {
    for (status, code, expected) in [
        (403, "AccessDenied", Some(Known::Denied("s3:GetX"))),
        (403, "", Some(Known::Denied("s3:GetX"))),
        (501, "NotImplemented", Some(Known::NotOffered)),
        (
            405,
            "MethodNotAllowed",
            Some(Known::Unclear("cannot list the versions of s3://prod: MethodNotAllowed".into())),
        ),
        (
            400,
            "InvalidRequest",
            Some(Known::Unclear("cannot list the versions of s3://prod: InvalidRequest".into())),
        ),
        (403, "InvalidAccessKeyId", None),
        (400, "ExpiredToken", None),
        (404, "NoSuchBucket", None),
        (503, "SlowDown", None),
    ] {
        let told: Result<Known<()>> = not_told(explained(status, code, "", None), "s3:GetX");
        assert_eq!(told.ok(), expected, "{status} {code}");
    }
    let unreadable = Error::new(ErrorKind::Corrupt, "").with_code(UNREADABLE);
    let told: Result<Known<()>> = not_told(unreadable, "s3:GetX");
    assert!(matches!(told, Ok(Known::Unclear(why)) if why.contains("unexpected kind")));
}

#[test]
fn a_denial_names_the_permission() {
    let told = explained(403, "AccessDenied", "", None);
    assert_eq!(told.to_string(), "cannot list the versions of s3://prod: access denied (AccessDenied)");
    assert!(told.hints()[0].contains("s3:ListBucketVersions"));
}
