//! Slots follow the window.

use futures::FutureExt;

use super::*;

#[test]
fn no_more_slots_than_requests_may_be_in_flight() {
    let pressure = SharedPressure::new(2, &Cancel::default());
    let mut slots: Vec<_> = (0..2).filter_map(|_| pressure.slot().now_or_never()).collect();
    assert_eq!((slots.len(), pressure.taken.load(Ordering::SeqCst)), (2, 2));
    let mut next = Box::pin(pressure.slot());
    assert!(next.as_mut().now_or_never().is_none());
    slots.pop();
    assert!(next.now_or_never().is_some(), "a freed slot is taken by who waits");
    assert_eq!(pressure.taken.load(Ordering::SeqCst), 1);
}

#[test]
fn a_strained_server_gets_fewer_and_later_more() {
    let pressure = SharedPressure::new(4, &Cancel::default());
    pressure.failed(&Error::new(ErrorKind::Throttled, "slow down"));
    assert_eq!(pressure.window(), 2);
    let mut slots: Vec<_> = std::iter::from_fn(|| pressure.slot().now_or_never()).collect();
    assert_eq!(slots.len(), 2);
    let (mut third, mut fourth) = (Box::pin(pressure.slot()), Box::pin(pressure.slot()));
    assert!(third.as_mut().now_or_never().is_none() && fourth.as_mut().now_or_never().is_none());
    while pressure.window() < 4 {
        pressure.answered();
    }
    slots.pop();
    let (third, fourth) = (third.now_or_never(), fourth.now_or_never());
    assert!(third.is_some(), "woken by the freed slot");
    assert!(fourth.is_some(), "woken by the one before it: the window has grown by more than one");
    assert_eq!(pressure.taken.load(Ordering::SeqCst), 3);
}
