use super::*;

#[test]
fn writes_and_reads_s3_dates() {
    let at = 1_794_925_805_678;
    assert_eq!(iso(at, false), "2026-11-17T14:30:05.000Z");
    assert_eq!(iso(at, true), "2026-11-17T14:30:05.678Z");
    assert_eq!(http_date(at), "Tue, 17 Nov 2026 14:30:05 GMT");
    assert_eq!(parse_http_date(&http_date(at)), Some(1_794_925_805_000));
    assert_eq!(parse_amz_date("20261117T143005Z"), Some(1_794_925_805_000));
}
