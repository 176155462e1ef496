use super::*;

const HISTORY: &str = r#"[
      {"from": "2026-01-01T00:00:00Z", "configuration": {
        "TransitionDefaultMinimumObjectSize": "all_storage_classes_128K",
        "Rules": [
          {"ID": "old form", "Prefix": "logs/", "Status": "Enabled", "Expiration": {"Days": 30},
           "Transitions": [{"Days": 10, "StorageClass": "GLACIER"}],
           "NoncurrentVersionTransitions": [], "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
          {"ID": "small", "Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "k", "Value": "v"}],
           "ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 9}}, "Status": "Disabled",
           "NoncurrentVersionExpiration": {"NoncurrentDays": 7, "NewerNoncurrentVersions": 3}}]}},
      {"from": "2026-02-01T12:00:00+01:00", "configuration": {"Rules": [
          {"Status": "Enabled", "Filter": {}, "Expiration": {"ExpiredObjectDeleteMarker": true},
           "NoncurrentVersionExpiration": {"NoncurrentDays": 1}},
          {"Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}},
           "Expiration": {"Date": "2026-03-01T00:00:00+00:00"}}]}}
    ]"#;

fn instant(text: &str) -> Instant {
    Instant::parse_listed(text.as_bytes()).unwrap()
}

#[test]
fn a_history_is_read_as_the_api_gives_it() {
    let now = Rule { id: "now".into(), enabled: true, ..Rule::default() };
    let lifecycle = Lifecycle::of_now(vec![now.clone()]).with_history(HISTORY, "h.json").unwrap();
    let tags = vec![("k".to_owned(), "v".to_owned())];
    let prefixed = |prefix: &str| Filter { prefix: prefix.to_owned(), ..Filter::default() };
    let first = Era {
        until: Some(instant("2026-02-01T11:00:00Z")),
        rules: vec![
            Rule {
                id: "old form".into(),
                enabled: true,
                filter: prefixed("logs/"),
                expiration: Some(Expiration::Days(30)),
                noncurrent: None,
            },
            Rule {
                id: "small".into(),
                enabled: false,
                filter: Filter {
                    tags: tags.clone(),
                    larger_than: Some(1),
                    smaller_than: Some(9),
                    ..prefixed("a/")
                },
                expiration: None,
                noncurrent: Some(NoncurrentExpiration { days: 7, newer: 3 }),
            },
        ],
    };
    let second = Era {
        until: None,
        rules: vec![
            Rule {
                enabled: true,
                expiration: Some(Expiration::ExpiredMarkers),
                noncurrent: Some(NoncurrentExpiration { days: 1, newer: 0 }),
                ..Rule::default()
            },
            Rule {
                enabled: true,
                filter: Filter { tags, ..Filter::default() },
                expiration: Some(Expiration::Date(instant("2026-03-01T00:00:00Z"))),
                ..Rule::default()
            },
        ],
    };
    assert_eq!(lifecycle.eras, [Era { rules: vec![now], until: None }, first, second]);
}

#[test]
fn what_cannot_be_understood_is_refused_with_its_place() {
    let rule =
        |rule: &str| format!(r#"[{{"from":"2026-01-01T00:00:00Z","configuration":{{"Rules":[{rule}]}}}}]"#);
    for (text, expected) in [
        ("{}".to_owned(), "line 1 column 0"),
        ("[\n{\"from\": 7}]".to_owned(), "line 2 column 10"),
        (rule(r#"{"Status":"on"}"#), "unknown variant `on`"),
        (rule(r#"{"Status":"Enabled","NoncurentVersionExpiration":{}}"#), "unknown field"),
        (rule(r#"{"Status":"Enabled","NoncurrentVersionExpiration":{}}"#), "missing field `NoncurrentDays`"),
        (rule(r#"{"Status":"Enabled","Filter":{"Size":1}}"#), "unknown field `Size`"),
        (rule(r#"{"Status":"Enabled","Expiration":{"Days":-1}}"#), "line 1 column"),
        (HISTORY.replace("2026-02-01", "2025-02-01"), "entry 2 is not later"),
    ] {
        let error = Lifecycle::default().with_history(&text, "h.json").unwrap_err();
        assert_eq!(error.kind(), crate::error::ErrorKind::Usage);
        assert!(error.to_string().contains(expected), "{expected}: {error}");
    }
}
