use super::*;

#[test]
fn the_numbers_stay() {
    let numbers = [
        (Exit::Done, 0),
        (Exit::Failed, 1),
        (Exit::Usage, 2),
        (Exit::Incomplete, 3),
        (Exit::Differences, 4),
        (Exit::Refused, 5),
        (Exit::Interrupted, 130),
    ];
    for (exit, number) in numbers {
        assert_eq!(exit as u8, number);
    }
}
