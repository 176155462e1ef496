use super::*;

#[test]
fn arns_are_told_apart() {
    let point = "arn:aws:s3:eu-west-1:111122223333:accesspoint/ops";
    let access_point = |rest| Some(Arn::AccessPoint(point.to_owned(), rest));
    assert_eq!(Arn::parse(point), access_point(""));
    assert_eq!(Arn::parse(&format!("{point}/a/b:c")), access_point("a/b:c"));
    assert_eq!(Arn::parse(&point.replace("accesspoint/", "accesspoint:")), access_point(""));
    assert_eq!(Arn::parse("arn:aws:s3:::prod/a:b"), Some(Arn::Bucket("prod/a:b")));
    assert_eq!(Arn::parse("prod"), None);
    assert_eq!(Arn::parse("arn:aws:s3"), None);
    for text in [
        "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
        "arn:aws:s3-object-lambda:eu-west-1:111122223333:accesspoint/ops",
        "arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-1/accesspoint/ops",
        "arn:aws:s3:eu-west-1:111122223333:accesspoint/",
        "arn:aws:s3:eu-west-1:1111:accesspoint/ops",
        "arn:aws:s3:eu west:111122223333:accesspoint/ops",
        "arn:aws:sqs:eu-west-1:111122223333:queue",
    ] {
        assert!(matches!(Arn::parse(text), Some(Arn::Other(_))), "{text}");
    }
}

#[test]
fn an_access_point_is_known_by_its_name() {
    let arn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/ops";
    assert!(is_access_point(arn) && is_arn(arn));
    assert_eq!(region_of_arn(arn), Some("eu-west-1"));
    let alias = "ops-hr5bxh2ibf7chwzy7mzpnzuss3reheuw1b-s3alias";
    assert!(is_access_point(alias) && !is_arn(alias));
    assert!(!is_access_point("prod-uploads"));
}
