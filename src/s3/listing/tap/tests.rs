use super::*;

#[tokio::test]
async fn a_body_that_does_not_come_holds_up_no_other() {
    let turns = Semaphore::new(1);
    let stalled = in_turn(&turns, std::future::pending::<()>());
    let quick = in_turn(&turns, async { "read" });
    let read = tokio::select! {
        biased;
        () = stalled => "stalled",
        read = quick => read,
    };
    assert_eq!(read, "read");
}
