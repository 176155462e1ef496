use super::*;

#[test]
fn a_wave_of_refusals_counts_once_and_answers_open_the_window_again() {
    let mut pressure = AdaptiveLimit::new(64, 0.9);
    for _ in 0..64 {
        pressure.strained(Strain::Refusal, Duration::from_millis(10));
    }
    assert_eq!(pressure.window(), 57);
    for wave in 1..200 {
        pressure.strained(Strain::Refusal, Duration::from_millis(10 + wave * 50));
    }
    assert_eq!(pressure.window(), 1);
    for _ in 0..10_000 {
        pressure.answered();
    }
    assert_eq!(pressure.window(), 64);
}

#[test]
fn a_wave_of_each_class_counts_by_itself() {
    let mut pressure = AdaptiveLimit::new(64, 0.5);
    for strain in [Strain::Refusal, Strain::Failure, Strain::Refusal] {
        pressure.strained(strain, Duration::from_millis(10));
    }
    assert_eq!(pressure.window(), 16);
}
