use super::*;

#[test]
fn what_is_meant_is_told() {
    for (typed, meant) in [
        ("prod-uploads", Some("s3://prod-uploads")),
        ("prod-uploads/a/b", Some("s3://prod-uploads/a/b")),
        (" s3://prod-uploads", Some("s3://prod-uploads")),
        ("S3://prod-uploads/a", Some("s3://prod-uploads/a")),
        ("s3:prod-uploads", Some("s3://prod-uploads")),
        ("s3:/prod-uploads/a", Some("s3://prod-uploads/a")),
        ("s3a://prod-uploads/a", Some("s3://prod-uploads/a")),
        ("arn:aws:s3:::prod-uploads", Some("s3://prod-uploads")),
        ("arn:aws:s3:::prod-uploads/a/b", Some("s3://prod-uploads/a/b")),
        (
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/ops/a",
            Some("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ops/a"),
        ),
        ("https://prod-uploads.s3.amazonaws.com/a%20b", Some("s3://prod-uploads/a b")),
        ("https://prod.uploads.s3.eu-west-1.amazonaws.com", Some("s3://prod.uploads")),
        ("http://prod-uploads.s3-eu-west-1.amazonaws.com/a", Some("s3://prod-uploads/a")),
        ("https://prod.s3.dualstack.eu-west-1.amazonaws.com/a", Some("s3://prod/a")),
        ("https://s3.eu-west-1.amazonaws.com/prod-uploads/a", Some("s3://prod-uploads/a")),
        ("https://S3.amazonaws.com/prod-uploads", Some("s3://prod-uploads")),
        ("https://s3.cn-north-1.amazonaws.com.cn/prod/a", Some("s3://prod/a")),
        (
            "https://eu-west-1.console.aws.amazon.com/s3/buckets/prod?region=eu-west-1&prefix=a/b/",
            Some("s3://prod/a/b/"),
        ),
        ("https://minio.example.com/prod", None),
        ("https://ec2.eu-west-1.amazonaws.com/prod", None),
        ("file:///prod", None),
        ("gs://prod", None),
        ("arn:aws:s3::111122223333:accesspoint/m.mrap", None),
        ("a b", None),
        ("", None),
    ] {
        assert_eq!(corrected(typed).map(|place| place.to_string()).as_deref(), meant, "{typed}");
    }
}
