use std::sync::Arc;

use super::super::version::{Attributes, Object};
use super::*;
use crate::endpoint::error::Code;

fn entry(etag: Option<&str>) -> Entry {
    let object = etag.map(|etag| {
        Arc::new(Object {
            body: hyper::body::Bytes::new(),
            etag: etag.to_owned(),
            parts: Vec::new(),
            attributes: Attributes::default(),
            checksum: None,
        })
    });
    Entry { order: 1, object, ..Entry::default() }
}

fn code(result: Result<()>) -> Option<Code> {
    result.err().map(|error| error.code)
}

#[test]
fn writes() {
    let (live, marker) = (entry(Some("aa")), entry(None));
    let none = Condition { none: true, ..Condition::default() };
    assert_eq!(code(none.allows_write("k", Some(&live))), Some(Code::PreconditionFailed));
    assert_eq!(code(none.allows_write("k", Some(&marker))), None);
    assert_eq!(code(none.allows_write("k", None)), None);
    let matches = |etag: &str| Condition { matches: Some(etag.to_owned()), none: false };
    assert_eq!(code(matches("\"aa\"").allows_write("k", Some(&live))), None);
    assert_eq!(code(matches("aa").allows_write("k", Some(&live))), None);
    assert_eq!(code(matches("bb").allows_write("k", Some(&live))), Some(Code::PreconditionFailed));
    assert_eq!(code(matches("aa").allows_write("k", Some(&marker))), Some(Code::NoSuchKey));
    assert_eq!(code(matches("aa").allows_write("k", None)), Some(Code::NoSuchKey));
}

#[test]
fn deletes() {
    let (live, marker) = (entry(Some("aa")), entry(None));
    let any = Condition { matches: Some("*".to_owned()), none: false };
    assert_eq!(code(any.allows_delete("k", Some(&live))), None);
    assert_eq!(code(any.allows_delete("k", Some(&marker))), Some(Code::PreconditionFailed));
    assert_eq!(code(any.allows_delete("k", None)), Some(Code::NoSuchKey));
}
