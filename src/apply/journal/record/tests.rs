use super::*;

#[test]
fn records_keep_their_form() {
    let copied =
        Ending::Copied { version_id: Some("v\n1".to_owned()), etag: Some("0cc1".to_owned()), over: None };
    for (record, line) in [
        (
            Record::Started { format: 1, at: Instant::default(), changes: 2 },
            r#"6171b3c3 {"type":"started","format":1,"at":"1970-01-01T00:00:00Z","changes":2}"#,
        ),
        (Record::Taken { upto: 1000 }, r#"34fd3698 {"type":"taken","upto":1000}"#),
        (Record::Left { from: 3, upto: 7 }, r#"403aa72a {"type":"left","from":3,"upto":7}"#),
        (
            Record::Result { n: 7, ending: copied },
            r#"6e1e8464 {"type":"result","n":7,"outcome":"copied","version_id":"v\n1","etag":"0cc1"}"#,
        ),
        (
            Record::Result { n: 8, ending: Ending::Failed { error: "denied".to_owned(), over: None } },
            r#"3276e9c0 {"type":"result","n":8,"outcome":"failed","error":"denied"}"#,
        ),
    ] {
        assert_eq!(to_line(&record).unwrap(), format!("{line}\n"));
        assert_eq!(of_line::<Record>(format!("{line}\n").as_bytes()).unwrap(), record);
    }
}

#[test]
fn a_line_that_is_not_whole_is_no_record() {
    let line = to_line(&Record::Taken { upto: 1000 }).unwrap();
    for end in 0..line.len() {
        assert_eq!(of_line::<Record>(&line.as_bytes()[..end]), None, "{end}");
    }
    for at in 0..line.len() {
        let mut bytes = line.clone().into_bytes();
        for bit in [1, 0x20] {
            bytes[at] ^= bit;
            assert_eq!(of_line::<Record>(&bytes), None, "{at}");
        }
    }
}
