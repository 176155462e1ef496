use super::*;

#[test]
fn the_table_holds() {
    let bucket = |endpoint: Option<&str>, place: &str| {
        Resource::bucket(endpoint.map(|text| Endpoint::from(text.to_owned())), &place.parse().unwrap())
    };
    let file = |path: &str| Resource::File { path: path.into() };
    let database = |service: &str, region: Option<&str>, target: &str| Resource::Database {
        service: service.into(),
        region: region.map(Into::into),
        target: target.into(),
    };
    for (one, other, meet) in [
        (file("/a"), file("/a"), true),
        (file("/a"), file("/b"), false),
        (bucket(None, "s3://abc"), bucket(None, "s3://abc/d/"), true),
        (bucket(None, "s3://abc/d/"), bucket(None, "s3://abc/e/"), false),
        (bucket(None, "s3://abc"), bucket(None, "s3://abd"), false),
        (bucket(Some("http://x"), "s3://abc"), bucket(Some("http://x/"), "s3://abc"), true),
        (bucket(Some("http://x"), "s3://abc"), bucket(Some("http://y"), "s3://abc"), false),
        (bucket(Some("http://x"), "s3://abc"), bucket(Some("aws"), "s3://abc"), false),
        (bucket(Some("http://x"), "s3://abc"), bucket(None, "s3://abc"), true),
        (database("rds", None, "a"), database("rds", Some("eu-west-1"), "a"), true),
        (database("rds", Some("us-east-1"), "a"), database("rds", Some("eu-west-1"), "a"), false),
        (database("rds", None, "a"), database("command", None, "a"), false),
        (database("rds", None, "a"), database("rds", None, "b"), false),
        (file("/a"), database("rds", None, "/a"), false),
    ] {
        assert_eq!((one.meets(&other), other.meets(&one)), (meet, meet), "{one:?} {other:?}");
    }
}

#[test]
fn two_restores_may_meet_and_two_drills_in_a_bucket() {
    let holder = |command: &str, resource: &Resource| Holder {
        command: command.into(),
        set: None,
        id: None,
        at: None,
        pid: 1,
        host: "host".into(),
        holds: vec![resource.clone()],
    };
    let file = Resource::File { path: "/a".into() };
    let bucket = Resource::bucket(None, &"s3://abc".parse().unwrap());
    for (one, other, in_file, in_bucket) in [
        (RESTORE, UNDO, false, false),
        (RESTORE, "recovery", true, true),
        (RESTORE, DRILL, true, true),
        ("mark", "recovery", true, true),
        ("recovery", "recovery", true, true),
        (DRILL, "recovery", true, true),
        (DRILL, DRILL, true, false),
        (WORKER, WORKER, false, false),
        (WORKER, RESTORE, true, true),
        (WORKER, UNDO, true, true),
        (WORKER, "recovery", true, true),
    ] {
        for (resource, meet) in [(&file, in_file), (&bucket, in_bucket)] {
            let meets = holder(one, resource).meets(&holder(other, resource)).is_some();
            assert_eq!(meets, meet, "{one} {other} {resource:?}");
        }
    }
}

#[test]
fn workers_of_one_plan_set_may_meet() {
    let worker = |set: &str| Holder {
        command: WORKER.into(),
        set: Some(set.into()),
        id: None,
        at: None,
        pid: 1,
        host: "host".into(),
        holds: vec![Resource::bucket(None, &"s3://abc".parse().unwrap())],
    };
    assert!(worker("one").meets(&worker("one")).is_none());
    assert!(worker("one").meets(&worker("other")).is_some());
}
