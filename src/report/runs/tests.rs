use super::*;

#[test]
fn columns_are_as_wide_as_what_they_hold() {
    let run = RunLine {
        run: "20251117T143005Z-7f3a",
        state: RunProgress::Done,
        began: Some(Instant::from_millis(0)),
        undoes: None,
        undone_by: Some("20251118T143005Z-7f3a"),
        location: Some("s3://prod-uploads/\u{1b}".into()),
        to: None,
        at: Some(Instant::from_millis(0)),
        changes: 1200,
        done: 1198,
        left: 2,
    };
    let unread = RunLine {
        run: "x",
        state: RunProgress::Damaged,
        began: None,
        undone_by: None,
        location: None,
        at: None,
        left: 0,
        ..run.clone()
    };
    assert_eq!(
            runs_table(&[run, unread], Instant::from_millis(90_061_000), Screen::ENDLESS),
            "\
RUN                    AGE      STATE    DONE            LEFT  UNDONE BY              WHAT
20251117T143005Z-7f3a  1 d 1 h  done     1,198 of 1,200  2     20251118T143005Z-7f3a  s3://prod-uploads/\\u{1b} as of 1970-01-01 00:00:00 UTC
x                      -        damaged  1,198 of 1,200  -     -                      its run.json is unreadable
"
        );
    assert_eq!(runs_table(&[], Instant::default(), Screen::ENDLESS), "");
}
