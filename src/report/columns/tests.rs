use super::*;

fn shown(columns: Option<usize>) -> String {
    let row = ["r-1", "done", "s3://prod-uploads as of 2024-05-06 07:08:09 UTC"].map(ToOwned::to_owned);
    Columns::new(["RUN", "STATE", "WHAT"], [row]).render(Screen { columns, rows: None })
}

#[test]
fn a_table_that_is_too_wide_wraps_its_last_column_or_turns_into_records() {
    let whole = "RUN  STATE  WHAT\nr-1  done   s3://prod-uploads as of 2024-05-06 07:08:09 UTC\n";
    let wrapped =
        "RUN  STATE  WHAT\nr-1  done   s3://prod-uploads as of\n            2024-05-06 07:08:09 UTC\n";
    let records = "RUN: r-1\n  STATE: done\n  WHAT: s3://prod-uploads as of 2024-05-06 07:08:09 UTC\n";
    for (columns, expected) in
        [(None, whole), (Some(80), whole), (Some(59), whole), (Some(40), wrapped), (Some(30), records)]
    {
        assert_eq!(shown(columns), expected, "{columns:?}");
    }
}

#[test]
fn a_heading_alone_is_nothing() {
    assert_eq!(Columns::new(["RUN"], []).render(Screen::ENDLESS), "");
}
