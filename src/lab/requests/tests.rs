use super::*;

#[test]
fn counts_each_operation_and_the_most_at_once() {
    let requests = Requests::default();
    for (place, operation) in Operation::ALL.iter().enumerate() {
        assert_eq!(*operation as usize, place);
    }
    let first = requests.begin(Operation::GetObject);
    let second = requests.begin(Operation::PutObject);
    drop((first, second));
    drop(requests.begin(Operation::GetObject));
    assert_eq!(requests.all(), [(Operation::PutObject, 1), (Operation::GetObject, 2)]);
    assert_eq!((requests.total(), requests.most_in_flight()), (3, 2));
    requests.reset();
    assert_eq!(requests.total(), 0);
}
