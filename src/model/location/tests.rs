use super::*;

#[test]
fn locations_are_read_as_written() {
    for (text, bucket, prefix, folder) in [
        ("s3://prod-uploads", "prod-uploads", "", ""),
        ("s3://prod-uploads/", "prod-uploads", "", ""),
        ("s3://b.c/a/b", "b.c", "a/b", "a/"),
        ("s3://bkt//lead", "bkt", "/lead", "/"),
        ("s3://bkt/a%20b c?d#e", "bkt", "a%20b c?d#e", ""),
        ("s3://bkt/a/", "bkt", "a/", "a/"),
        (
            "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/ops/a/b",
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/ops",
            "a/b",
            "a/",
        ),
    ] {
        let location: Location = text.parse().unwrap();
        assert_eq!(
            (&*location.bucket, &*location.prefix, location.folder()),
            (bucket, prefix, folder),
            "{text}"
        );
    }
    assert_eq!("s3://bkt/a".parse::<Location>().unwrap().as_folder().prefix, "a/");
    assert_eq!("s3://bkt".parse::<Location>().unwrap().as_folder().prefix, "");
}

#[test]
fn a_relocation_goes_there_and_back() {
    for (source, target, key, there) in [
        ("s3://src", "s3://dst", "a/b", "a/b"),
        ("s3://src/a/", "s3://dst", "a/b", "b"),
        ("s3://src/a/b", "s3://dst/x", "a/bc", "x/bc"),
        ("s3://src/up", "s3://dst/x/", "up/1", "x/up/1"),
    ] {
        let relocation = Relocation::new(&source.parse().unwrap(), &target.parse().unwrap());
        assert_eq!(relocation.there(key), there);
        assert_eq!(relocation.here(there), key);
    }
    assert_eq!(Relocation::default().there("k"), "k");
}

#[test]
fn a_destination_is_a_bucket_or_a_directory() {
    assert_eq!(
        "s3://bkt/a".parse::<Destination>().unwrap(),
        Destination::Bucket("s3://bkt/a".parse().unwrap())
    );
    for text in ["./dir", "a b/", "/srv/restored", ".", "..", "bucket/s3:", "日本/"] {
        assert_eq!(text.parse::<Destination>().unwrap(), Destination::Directory(text.into()), "{text}");
    }
    for text in [
        "",
        "scratch",
        "日本",
        "s3:/bkt",
        "S3://bkt",
        "s3:bkt",
        "s3://",
        "https://bkt",
        "file:///tmp",
        "arn:aws:s3:::bkt/a",
    ] {
        assert!(text.parse::<Destination>().is_err(), "{text}");
    }
}

#[test]
fn what_names_no_bucket_is_refused() {
    for text in [
        "",
        "prod",
        "s3:/prod",
        "s3://",
        "s3:///key",
        "s3://a",
        "s3://a b",
        "https://prod",
        "s3://prod?x",
        "S3://prod",
        "s3://arn:aws:s3:::prod",
        "s3://arn:aws:s3::111122223333:accesspoint/m.mrap",
    ] {
        assert!(text.parse::<Location>().is_err(), "{text}");
    }
}
