use proptest::prelude::*;

use super::*;

fn subject(place: &str) -> Subject {
    Subject { command: "verify", place: place.to_owned() }
}

fn text(subject: &Subject, exit_code: u8, last_success: Option<Instant>, measured: &[Sample]) -> String {
    let ended = Instant::from_millis(1_794_925_805_123);
    let elapsed = Duration::from_millis(90_500);
    Metrics { subject, exit_code, ended, elapsed, last_success, measured }.to_string()
}

#[test]
fn samples_of_a_gauge_stand_together_below_its_help() {
    let keys = |outcome, n| Sample::count(Gauge::Keys, n).of(OUTCOME_LABEL, outcome);
    let bytes = Sample::count(Gauge::Bytes, u64::MAX).of(OUTCOME_LABEL, "copied");
    let measured = [keys("copied", 3), bytes, keys("failed", 0)];
    insta::assert_snapshot!(text(&subject("s3://prod"), 0, None, &measured), @r#"
    # HELP asof_last_run_success 1 if the last run exited with code 0, otherwise 0.
    # TYPE asof_last_run_success gauge
    asof_last_run_success{command="verify",place="s3://prod"} 1
    # HELP asof_last_run_exit_code Exit code of the last run.
    # TYPE asof_last_run_exit_code gauge
    asof_last_run_exit_code{command="verify",place="s3://prod"} 0
    # HELP asof_last_run_timestamp_seconds Time the last run ended, as Unix time.
    # TYPE asof_last_run_timestamp_seconds gauge
    asof_last_run_timestamp_seconds{command="verify",place="s3://prod"} 1794925805.123
    # HELP asof_last_run_duration_seconds Duration of the last run.
    # TYPE asof_last_run_duration_seconds gauge
    asof_last_run_duration_seconds{command="verify",place="s3://prod"} 90.500
    # HELP asof_last_success_timestamp_seconds Time the last successful run ended, as Unix time.
    # TYPE asof_last_success_timestamp_seconds gauge
    asof_last_success_timestamp_seconds{command="verify",place="s3://prod"} 1794925805.123
    # HELP asof_keys Keys of the last run, by outcome.
    # TYPE asof_keys gauge
    asof_keys{command="verify",place="s3://prod",outcome="copied"} 3
    asof_keys{command="verify",place="s3://prod",outcome="failed"} 0
    # HELP asof_bytes Bytes of the last run, by outcome.
    # TYPE asof_bytes gauge
    asof_bytes{command="verify",place="s3://prod",outcome="copied"} 18446744073709551615
    "#);
}

const OUTCOME_LABEL: &str = "outcome";

#[test]
fn last_success_is_read_back() {
    let prod = subject("s3://prod");
    let succeeded = text(&prod, 0, None, &[]);
    let failed = text(&prod, 1, None, &[]);
    let written = Instant::from_millis(1_794_925_805_123);
    let carried = text(&prod, 4, Some(written), &[]);
    let other = Subject { command: "check", ..prod.clone() };
    let altered = succeeded.replace("1794925805.123", "soon");
    let rows = [
        (&prod, succeeded.as_str(), Earlier::At(written)),
        (&prod, &carried, Earlier::At(written)),
        (&prod, &failed, Earlier::Never),
        (&prod, "", Earlier::OfAnother),
        (&prod, "<!DOCTYPE html>", Earlier::OfAnother),
        (&prod, &altered, Earlier::OfAnother),
        (&subject("s3://prod/a"), &succeeded, Earlier::OfAnother),
        (&other, &succeeded, Earlier::OfAnother),
    ];
    for (subject, text, earlier) in rows {
        assert_eq!(subject.last_success(text), earlier, "{subject:?} {text}");
    }
}

#[test]
fn seconds_are_parsed_as_they_are_written() {
    for ms in [0, 1, 999, 1000, 1_794_925_805_123, i64::MAX] {
        assert_eq!(parse_millis(&Value::Millis(ms).to_string()), Some(ms));
    }
    for text in ["", "1", "1.5", "1e9.000", "-1.000", "+1.000", ".000", "99999999999999999999.000", "NaN"] {
        assert_eq!(parse_millis(text), None, "{text}");
    }
    assert_eq!(Value::Millis(-1_500).to_string(), "-1.500");
}

/// Reads the value of a label as a Prometheus server does, up to its quote, and returns what follows it.
fn unescaped(text: &str) -> (String, &str) {
    let (mut value, mut chars) = (String::new(), text.chars());
    loop {
        match chars.next().expect("a quote ends the value") {
            '"' => return (value, chars.as_str()),
            '\\' => value.push(match chars.next() {
                Some('n') => '\n',
                Some(c @ ('\\' | '"')) => c,
                other => panic!("{other:?} is escaped in {text}"),
            }),
            c => value.push(c),
        }
    }
}

proptest! {
    #[test]
    fn any_place_is_one_label(place in "[\\PC\\n\\r\\\\\"{}=, \u{202e}]{0,40}") {
        let subject = subject(&place);
        let text = text(&subject, 0, None, &[]);
        let samples: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        prop_assert_eq!(samples.len(), 5);
        for line in samples {
            let (_, rest) = line.split_once("{command=\"verify\",place=\"").unwrap();
            let (value, rest) = unescaped(rest);
            prop_assert_eq!(&value, &*printable(&place));
            prop_assert!(rest.starts_with("} "), "{}", line);
        }
        prop_assert_eq!(subject.last_success(&text), Earlier::At(Instant::from_millis(1_794_925_805_123)));
    }

    #[test]
    fn escaping_loses_nothing(value in "[\\PC\\n\\\\\"]{0,40}") {
        let text = escaped(&value) + "\" 1";
        prop_assert!(!text.contains('\n'));
        prop_assert_eq!(unescaped(&text), (value, " 1"));
    }
}

/// The names of metrics in a text.
fn named(text: &str) -> std::collections::BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("asof_")).collect()
}

#[test]
fn rules_and_dashboard_name_metrics_that_exist_and_the_manual_every_one() {
    let all: std::collections::BTreeSet<_> = Gauge::ALL.iter().map(|gauge| gauge.name()).collect();
    assert_eq!(all.len(), Gauge::ALL.len(), "two gauges have the same name");
    let rules = include_str!("../../../fixtures/monitoring/alerts.yml");
    let tests = include_str!("../../../fixtures/monitoring/alerts.test.yml");
    let dashboard = include_str!("../../../fixtures/monitoring/dashboard.json");
    for text in [rules, tests, dashboard] {
        assert!(named(text).len() >= 5 && named(text).is_subset(&all), "{:?}", named(text));
    }
    let manual = crate::manual::find("monitoring").unwrap();
    assert_eq!(named(manual.text), all);
}
