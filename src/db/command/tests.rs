use super::*;

#[test]
fn a_window_is_two_times() {
    let at = |second: i64| Some(Instant::from_millis(second * 1000));
    for (printed, earliest, latest) in [
        ("@100 @200\n", at(100), at(200)),
        ("1970-01-01T00:01:40Z\n1970-01-01T01:03:20+01:00\n", at(100), at(200)),
        ("- @200", None, at(200)),
        ("- -", None, None),
    ] {
        assert_eq!(read_window(printed), Some(Window::between(earliest, latest)), "{printed}");
    }
    for printed in ["", "@100", "@100 @200 @300", "now -", "2h 1h", "2026-11-17 14:30:05"] {
        assert_eq!(read_window(printed), None, "{printed}");
    }
}

#[tokio::test]
async fn a_teardown_that_hangs_is_stopped() {
    let settings = Settings {
        noun: Noun::Database,
        name: "orders".to_owned(),
        source: None,
        target: Some("copy".to_owned()),
        window: Restorable::AnyTime,
        snapshots: None,
        restore: Program::new(["true"]),
        progress: None,
        wait: None,
        endpoint: None,
        teardown: Some(Program::new(["sleep", "60"])),
    };
    let database = Database::new(settings, Vec::new(), Cancel::default());
    let request = RestoreRequest::new(Instant::from_millis(0), "tag");
    let error = database.teardown_within(&request, Duration::from_millis(100)).await.unwrap_err();
    let told = "the teardown command of the database orders was stopped after 0.1 s";
    assert_eq!(error.to_string(), told);
}

#[test]
fn progress_is_one_word_and_more() {
    for (printed, found, percent) in [
        ("none", Found::Nothing, None),
        ("restoring\n", Found::Restoring, None),
        ("restoring 41%", Found::Restoring, Some(41)),
        ("restoring 100", Found::Restoring, Some(100)),
        ("restoring 400", Found::Restoring, None),
        (" available ", Found::Available, None),
        ("failed disk full", Found::Failed("disk full".into()), None),
        ("foreign another run's", Found::Foreign("another run's".into()), None),
    ] {
        assert_eq!(read_progress(printed), Some((found, percent)), "{printed}");
    }
    for printed in ["", "done", "Available", "41%"] {
        assert_eq!(read_progress(printed), None, "{printed}");
    }
}
