use std::time::{Duration, Instant};

use super::Rate;
use crate::cancel::Cancel;
use crate::error::{ErrorKind, Result};
use crate::limits;

#[tokio::test]
async fn a_request_for_n_keys_takes_n_tokens() {
    let rate = Rate::per_second(1000);
    let began = Instant::now();
    rate.take(100).await.unwrap(); // the burst
    rate.take(150).await.unwrap();
    assert!(began.elapsed() >= Duration::from_millis(140), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_request_on_the_wire_is_given_a_little_time_after_a_halt() {
    let halt = Cancel::default();
    let halted = Rate::per_second(10).halted_by(&halt);
    halt.stop();
    let soon = async {
        tokio::time::sleep(limits::STOP_GRACE / 10).await;
        Ok(())
    };
    halted.answered(soon).await.unwrap();
    let given_up = halted.answered(std::future::pending::<Result<()>>()).await.unwrap_err();
    assert_eq!(given_up.kind(), ErrorKind::Transient, "it may have been carried out");
}

#[tokio::test]
async fn one_a_second_is_possible() {
    Rate::per_second(1).take(1).await.unwrap();
    Rate::per_second(0).take(1).await.unwrap();
}

#[tokio::test]
async fn who_is_halted_waits_no_longer_and_others_do() {
    let (rate, halt) = (Rate::per_second(10), Cancel::default());
    let halted = rate.halted_by(&halt);
    halted.take(1).await.unwrap();
    let (began, later) = (Instant::now(), Duration::from_millis(50));
    let stop = async {
        tokio::time::sleep(later).await;
        halt.stop();
    };
    let (waited, ()) = tokio::join!(halted.take(1000), stop);
    assert_eq!(waited.unwrap_err().kind(), ErrorKind::Interrupted);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    assert!(halted.take(1).await.is_err(), "a request was let through after the stop");
    rate.take(1).await.unwrap();
}
