use super::*;

fn struck(when: When, requests: u64) -> Vec<u64> {
    let faults = Faults::default();
    faults.push(Rule::on(Operation::CopyObject, Fault::SlowDown, when));
    (1..=requests).filter(|_| faults.judge(Operation::CopyObject, None).fault.is_some()).collect()
}

#[test]
fn strikes_when_told() {
    assert_eq!(struck(When::Nth(2), 4), [2]);
    assert_eq!(struck(When::First(2), 4), [1, 2]);
    assert_eq!(struck(When::Every(2), 5), [2, 4]);
    let some = struck(When::Probability { p: 0.25, seed: 7 }, 4_000);
    assert!((800..1_200).contains(&some.len()), "{}", some.len());
    assert_eq!(some, struck(When::Probability { p: 0.25, seed: 7 }, 4_000));
}

#[test]
fn only_what_it_names_and_delays_add_up() {
    let faults = Faults::default();
    let second = Duration::from_secs(1);
    faults.push(Rule::on_any(Fault::Delay(second), When::Always));
    faults.push(Rule::on_any(Fault::Delay(second), When::Always).under("a/"));
    faults.push(Rule::on(Operation::GetObject, Fault::Reset, When::Always));
    let verdict = faults.judge(Operation::GetObject, Some("a/b"));
    assert_eq!((verdict.delay, verdict.fault), (2 * second, Some(Fault::Reset)));
    let verdict = faults.judge(Operation::PutObject, Some("b"));
    assert_eq!((verdict.delay, verdict.fault), (second, None));
    assert_eq!(faults.injected(), 4);
    faults.clear();
    assert_eq!(faults.judge(Operation::GetObject, None).fault, None);
}
