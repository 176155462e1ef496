use super::*;

#[test]
fn the_table_holds() {
    for (keys, expected) in [
        (&[][..], &[][..]),
        (&["a", "b/c"], &[]),
        (&["/a", "/b/c"], &["begins with '/'"]),
        (&["/a", "b"], &[]),
        (&["s3://bucket/a"], &["begins with s3://"]),
        (&["a\r", "b\r"], &["ends in a carriage return"]),
        (&["a\r", "b"], &[]),
        (&["/a\r", "/b\r"], &["begins with '/'", "ends in a carriage return"]),
        (&["\r"], &["ends in a carriage return"]),
    ] {
        let mut shapes = KeyShapes::default();
        for key in keys {
            shapes.add(key);
        }
        let causes = shapes.likely_causes();
        assert_eq!(causes.len(), expected.len(), "{keys:?}: {causes:?}");
        for (cause, part) in causes.iter().zip(expected) {
            assert!(cause.contains(part), "{keys:?}: {causes:?}");
        }
    }
}
