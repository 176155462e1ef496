use super::*;

const TIME: Duration = Duration::from_millis(50);

#[tokio::test]
async fn what_hangs_is_stopped_and_then_left() {
    let cancel = Cancel::default();
    assert_eq!(by(std::future::ready(1), TIME, TIME, &cancel).await, Ended::InTime(1));
    assert!(!cancel.is_stopped());
    let heeds = async {
        cancel.stopped().await;
        2
    };
    assert_eq!(by(heeds, TIME, TIME, &cancel).await, Ended::Late(2));
    assert!(cancel.is_stopped());
    let cancel = Cancel::default();
    assert_eq!(by(std::future::pending::<u8>(), TIME, TIME, &cancel).await, Ended::Abandoned);
}

#[test]
fn what_the_deadline_ended_has_failed_and_may_have_left_the_application_quiesced() {
    let deadline = Duration::from_secs(90);
    let carried = |ending| RecoveryOutcome {
        ending,
        still_quiesced: false,
        resumed: true,
        running: None,
        trouble: None,
    };
    let in_time = told(Ended::InTime(carried(Ending::Interrupted)), deadline, true);
    assert_eq!((in_time.ending, in_time.still_quiesced), (Ending::Interrupted, false));
    let done = told(Ended::Late(carried(Ending::Done)), deadline, true);
    assert_eq!((done.ending, done.trouble.is_none()), (Ending::Done, true));
    let late = told(Ended::Late(carried(Ending::Interrupted)), deadline, true);
    assert_eq!((late.ending, late.still_quiesced, late.resumed), (Ending::Failed, false, true));
    assert_eq!(late.trouble.unwrap().to_string(), "cannot finish within the deadline of 90s");
    for quiesced in [true, false] {
        let killed = told(Ended::Abandoned, deadline, quiesced);
        assert_eq!((killed.ending, killed.still_quiesced, killed.resumed), (Ending::Failed, quiesced, false));
        assert_eq!(killed.trouble.unwrap().to_string(), "cannot finish within the deadline of 90s");
    }
}

#[test]
fn a_length_is_told_as_it_is_typed() {
    let seconds = [43_200, 5400, 90, 0];
    let told = seconds.map(|seconds| in_words(Duration::from_secs(seconds)));
    assert_eq!(told, ["12h", "90m", "90s", "0s"]);
}
