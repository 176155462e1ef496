use super::*;
use crate::error::ErrorKind;

fn read(input: &[u8], terminator: Terminator) -> Result<Vec<String>> {
    read_in(input, &KeyFormat { terminator, ..KeyFormat::lines("s3://bucket".parse().unwrap()) })
}

fn read_in(input: &[u8], format: &KeyFormat) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    each_key(input, format, "FILE", |key| {
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
    let error = read_in(b"b\n", &KeyFormat::lines("s3://bucket/a/".parse().unwrap())).unwrap_err();
    assert_eq!(error.to_string(), "the key b in FILE is not under s3://bucket/a/");
}

/// A message holds a URL, whose end is the key.
#[test]
fn the_text_before_every_key_is_stripped() {
    let strip_prefix = "https://cdn/".to_owned();
    let location = "s3://bucket/a/".parse().unwrap();
    let format = KeyFormat { strip_prefix: strip_prefix.clone(), ..KeyFormat::lines(location) };
    let longest = format!("a/{}", "x".repeat(limits::KEY_BYTES - 2));
    let lines = format!("https://cdn/a/1\n\nhttps://cdn/{longest}\n");
    assert_eq!(read_in(lines.as_bytes(), &format).unwrap(), ["a/1", &longest]);
    for (line, told) in [
        ("a/1", "a/1 in FILE is not a key after https://cdn/"),
        ("https://cdn/", "https://cdn/ in FILE is not a key after https://cdn/"),
        ("https://cdn/b/1", "the key b/1 in FILE is not under s3://bucket/a/"),
        (
            &format!("{strip_prefix}{longest}x"),
            "cannot read keys from FILE: line 1 is longer than 1024 bytes, the limit of a key",
        ),
    ] {
        assert_eq!(read_in(line.as_bytes(), &format).unwrap_err().to_string(), told);
    }
}
