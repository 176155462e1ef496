use super::*;

#[test]
fn a_source_is_kept_under_a_name_that_tells_the_time() {
    let kept = kept_name("prod", Instant::from_millis(1_763_389_805_000));
    assert_eq!(kept, "prod-before-20251117t143005z");
    assert_eq!(kept.len(), "prod".len() + KEPT_SUFFIX);
}
