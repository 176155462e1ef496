use super::*;

#[test]
fn keys_are_shortened_in_the_middle() {
    for (text, room, shown) in [
        ("a/b.jpg", 7, "a/b.jpg"),
        ("a/b.jpg", 6, "a/…jpg"),
        ("uploads/2026/11/photo-0001.jpg", 16, "uploads…0001.jpg"),
        ("写真/東京/夜.jpg", 12, "写真/…夜.jpg"),
        ("写写写写", 4, "…写"),
        ("abc", 1, "…"),
        ("abc", 0, "…"),
    ] {
        assert_eq!(shorten(text, room), shown, "{text} in {room}");
    }
}

#[test]
fn lines_are_wrapped_at_words() {
    for (line, columns, shown) in [
        ("  short", 20, "  short"),
        ("  one two three four five", 20, "  one two three four\n  five"),
        ("  one two three four five", 24, "  one two three four\n    five"),
        ("nospacesnospacesnospaces", 20, "nospacesnospacesnosp\naces"),
        ("  apply it: asof restore s3://b --at 2h", 30, "  apply it:\n    asof restore s3://b --at 2h"),
    ] {
        assert_eq!(fit(line, columns), shown, "{line} in {columns}");
    }
}

#[test]
fn only_commands_are_wider_than_the_screen() {
    let line = format!("  a line with {} and {}", "w".repeat(90), "many words ".repeat(30));
    for columns in limits::LEAST_COLUMNS..=200 {
        for shown in fit(&line, columns).lines() {
            assert!(display_width(shown) <= columns, "{columns}: {shown}");
        }
    }
}

#[test]
fn the_rest_of_a_line_hangs_below_its_last_column_if_there_is_room() {
    let screen = |columns| Screen { columns: Some(columns), rows: None };
    let line = "  undelete  12  deleted since T; restored";
    assert_eq!(Screen::ENDLESS.wrap(line, 16), line);
    assert_eq!(screen(36).wrap(line, 16), "  undelete  12  deleted since T;\n                restored");
    assert_eq!(screen(32).wrap(line, 16), "  undelete  12  deleted since T;\n  restored");
}
