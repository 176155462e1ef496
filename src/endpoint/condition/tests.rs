use super::*;

const DAY: &str = "Tue, 17 Nov 2026 14:30:05 GMT";
const BEFORE: &str = "Tue, 17 Nov 2026 14:30:04 GMT";

fn check(headers: &[(&str, &str)]) -> Option<Code> {
    let mut builder = hyper::Request::builder().uri("/b/k");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let request = Request::new(builder.body(()).unwrap().into_parts().0).unwrap();
    // Within a second: headers cannot express it, so it must not count.
    let object = Compared { etag: "aa", modified: 1_794_925_805_678 };
    check_read(&request, "", object, Code::NotModified).err().map(|error| error.code)
}

#[test]
fn every_row_of_the_table() {
    let (refused, unchanged) = (Some(Code::PreconditionFailed), Some(Code::NotModified));
    let cases: [(&[(&str, &str)], _); 19] = [
        (&[], None),
        (&[("if-match", "\"aa\"")], None),
        (&[("if-match", "\"bb\", \"aa\"")], None),
        (&[("if-match", "*")], None),
        (&[("if-match", "\"bb\"")], refused),
        (&[("if-match", "\"aa\""), ("if-unmodified-since", BEFORE)], None),
        (&[("if-unmodified-since", BEFORE)], refused),
        (&[("if-unmodified-since", DAY)], None),
        (&[("if-unmodified-since", "yesterday")], None),
        (&[("if-none-match", "\"aa\"")], unchanged),
        (&[("if-none-match", "W/\"aa\"")], unchanged),
        (&[("if-none-match", "\"bb\"")], None),
        (&[("if-none-match", "\"bb\""), ("if-modified-since", DAY)], None),
        (&[("if-none-match", "\"aa\""), ("if-modified-since", BEFORE)], unchanged),
        (&[("if-modified-since", DAY)], unchanged),
        (&[("if-modified-since", BEFORE)], None),
        (&[("if-modified-since", "yesterday")], None),
        (&[("if-match", "\"bb\""), ("if-none-match", "\"aa\"")], refused),
        (&[("if-match", "\"aa\""), ("if-none-match", "\"aa\"")], unchanged),
    ];
    for (headers, expected) in cases {
        assert_eq!(check(headers), expected, "{headers:?}");
    }
}
