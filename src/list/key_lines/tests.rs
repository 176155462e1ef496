use super::*;
use crate::error::ErrorKind;

fn read(input: &[u8], terminator: Terminator) -> Result<Vec<String>> {
    let (location, mut keys) = ("s3://bucket".parse().unwrap(), Vec::new());
    each_key(input, terminator, &location, "FILE", |key| {
        keys.push(key.to_owned());
        Ok(())
    })?;
    Ok(keys)
}

#[test]
fn keys_are_read_as_they_are() {
    let long = "x".repeat(limits::KEY_BYTES);
    for (input, terminator, expected) in [
        ("", Terminator::Line, &[][..]),
        ("\n\n", Terminator::Line, &[]),
        ("b\na\n\nb\n", Terminator::Line, &["b", "a", "b"]),
        ("b\na", Terminator::Line, &["b", "a"]),
        ("a\r\n", Terminator::Line, &["a\r"]),
        (" a\0b\n", Terminator::Line, &[" a\0b"]),
        ("b\nc\0a\0\0", Terminator::Null, &["b\nc", "a"]),
        (&long, Terminator::Line, &[&long]),
        (&format!("{long}\n{long}\n"), Terminator::Line, &[&long, &long]),
    ] {
        assert_eq!(read(input.as_bytes(), terminator).unwrap(), expected, "{input:?}");
    }
}

#[test]
fn what_is_no_key_is_refused_with_its_line() {
    let long = "x".repeat(limits::KEY_BYTES + 1);
    for (input, expected) in [
        (&b"a\n\nb\xff\n"[..], "cannot read keys from FILE: line 3 is not UTF-8"),
        (long.as_bytes(), "cannot read keys from FILE: line 1 is longer than 1024 bytes, the limit of a key"),
    ] {
        let error = read(input, Terminator::Line).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Usage, expected.to_owned()));
    }
    let location = "s3://bucket/a/".parse().unwrap();
    let error = each_key(&b"b\n"[..], Terminator::Line, &location, "FILE", |_| Ok(())).unwrap_err();
    assert_eq!(error.to_string(), "the key b in FILE is not under s3://bucket/a/");
}
