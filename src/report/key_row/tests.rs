use super::*;

const KEY: &str = "uploads/2026/11/customers/4711/report.pdf";

fn shown(columns: Option<usize>, notes: &str) -> String {
    let facts = "2026-11-22 00:56:07 UTC    41.7 KiB".to_owned();
    let row = KeyRow { word: "delete", tone: Tone::Plain, facts, key: KEY, notes: notes.to_owned() };
    row.render(Screen { columns, rows: None })
}

#[test]
fn a_key_is_whole_in_a_pipe_and_shortened_or_on_a_line_of_its_own_on_a_terminal() {
    for (columns, notes, expected) in [
        (
            None,
            "",
            "  delete     2026-11-22 00:56:07 UTC    41.7 KiB  uploads/2026/11/customers/4711/report.pdf",
        ),
        (
            None,
            "multipart",
            "  delete     2026-11-22 00:56:07 UTC    41.7 KiB  uploads/2026/11/customers/4711/report.pdf   (multipart)",
        ),
        (
            Some(120),
            "",
            "  delete     2026-11-22 00:56:07 UTC    41.7 KiB  uploads/2026/11/customers/4711/report.pdf",
        ),
        (Some(80), "", "  delete     2026-11-22 00:56:07 UTC    41.7 KiB  uploads/2026/1…4711/report.pdf"),
        (
            Some(80),
            "multipart",
            "  delete     2026-11-22 00:56:07 UTC    41.7 KiB  uploads/2026/1…4711/report.pdf\n    (multipart)",
        ),
        (
            Some(100),
            "multipart",
            "  delete     2026-11-22 00:56:07 UTC    41.7 KiB  uploads/2026/11/c…rs/4711/report.pdf   (multipart)",
        ),
        (Some(40), "", "  delete  uploads/2026/1…4711/report.pdf\n    2026-11-22 00:56:07 UTC 41.7 KiB"),
        (Some(20), "", "  delete  uplo…t.pdf\n    2026-11-22 00:56:07 UTC 41.7 KiB"),
    ] {
        assert_eq!(shown(columns, notes), expected, "{columns:?} {notes}");
    }
}
