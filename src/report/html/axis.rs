//! The axes of pictures: places in ten-thousandths of an axis, so that no rounding shows, and round numbers as labels.

use maud::{Markup, html};

use super::super::timeline::instant;

/// The length of an axis, in its own units.
pub(super) const LENGTH: u64 = 10_000;

/// The most labels of a horizontal axis; a narrow screen shows every other one.
const LABELS: i64 = 8;
/// Round steps between labels, in seconds.
const STEPS: [i64; 19] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800];
const DAY: i64 = 86_400;

/// A horizontal axis of time, in any unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub from: i64,
    pub to: i64,
}

/// A label below its place on a horizontal axis.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tick {
    pub at: u64,
    pub text: String,
    /// A second line.
    pub below: String,
}

impl Axis {
    /// Returns the place of a time; times beyond an end are at that end.
    pub(super) fn place(self, time: i64) -> u64 {
        let length = self.to.saturating_sub(self.from).max(1).unsigned_abs();
        let from = time.clamp(self.from, self.to.max(self.from)).saturating_sub(self.from).unsigned_abs();
        let place = u128::from(from) * u128::from(LENGTH) / u128::from(length);
        u64::try_from(place).unwrap_or(LENGTH)
    }

    /// Returns the style of a box that begins and ends at these times.
    pub(super) fn across(self, from: i64, to: i64) -> String {
        let (left, right) = (self.place(from), self.place(to));
        format!("left:{};width:{}", percent(left), percent(right.saturating_sub(left)))
    }

    /// Returns the round times within an axis of seconds, with `unit` of them in a second.
    fn round(self, unit: i64) -> (i64, impl Iterator<Item = i64>) {
        let length = self.to.saturating_sub(self.from) / unit;
        let days = length / LABELS / DAY + 1;
        let step = STEPS.into_iter().find(|step| length / step < LABELS).unwrap_or(days * DAY) * unit;
        let first = (self.from.div_euclid(step) + i64::from(self.from.rem_euclid(step) > 0)) * step;
        (step / unit, (0..=LABELS).map(move |n| first + n * step).take_while(move |time| *time <= self.to))
    }

    /// Returns the labels of an axis of seconds since 1970: times of day in UTC, with the date where it begins.
    pub(super) fn clock(self) -> Vec<Tick> {
        let mut last = String::new();
        let (step, times) = self.round(1);
        let tick = |time: i64| {
            let human = instant(time).human();
            let (date, clock) = human.split_once(' ').unwrap_or_default();
            let clock: String = clock.chars().take(if step < 60 { 8 } else { 5 }).collect();
            let is_new = last != date;
            date.clone_into(&mut last);
            let at = self.place(time);
            if step >= DAY {
                return Tick { at, text: date.to_owned(), below: String::new() };
            }
            Tick { at, text: clock, below: if is_new { date.to_owned() } else { String::new() } }
        };
        times.map(tick).collect()
    }

    /// Returns the labels of an axis of milliseconds since its start.
    pub(super) fn elapsed(self) -> Vec<Tick> {
        let (_, times) = self.round(1000);
        let text = |ms: i64| match ms / 1000 {
            seconds if seconds % 3600 == 0 && seconds > 0 => format!("{} h", seconds / 3600),
            seconds if seconds % 60 == 0 && seconds > 0 => format!("{} min", seconds / 60),
            seconds => format!("{seconds} s"),
        };
        times.map(|ms| Tick { at: self.place(ms), text: text(ms), below: String::new() }).collect()
    }
}

/// Renders the labels of a horizontal axis.
pub(super) fn labels(ticks: &[Tick]) -> Markup {
    html! {
        div class="x" {
            @for (n, tick) in ticks.iter().enumerate() {
                span class=(edge(tick.at, n)) style={ "left:" (percent(tick.at)) } {
                    (tick.text)
                    @if !tick.below.is_empty() { br; (tick.below) }
                }
            }
        }
    }
}

/// Labels at an end stay within the picture; every other one gives way on a narrow screen.
fn edge(at: u64, n: usize) -> &'static str {
    match (at, n % 2 == 1) {
        (..600, false) => "start",
        (..600, true) => "start odd",
        (9400.., false) => "end",
        (9400.., true) => "end odd",
        (_, true) => "odd",
        (_, false) => "",
    }
}

/// Formats a place as a share of the axis.
pub(super) fn percent(place: u64) -> String {
    format!("{}.{:02}%", place / 100, place % 100)
}

/// The scale of a vertical axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Linear {
        top: u64,
    },
    /// Keeps small numbers visible beside large ones.
    SquareRoot {
        top: u64,
    },
}

impl Scale {
    /// Chooses the scale of these numbers, up to the next round one. A square root where the largest is far above the
    /// others.
    ///
    /// | largest number | scale |
    /// |---|---|
    /// | more than ten times the median of those above zero | square root |
    /// | other | linear |
    pub(super) fn of(numbers: impl Iterator<Item = u64>) -> Self {
        let mut numbers: Vec<_> = numbers.filter(|n| *n > 0).collect();
        numbers.sort_unstable();
        let largest = numbers.last().copied().unwrap_or(1);
        let median = numbers.get(numbers.len() / 2).copied().unwrap_or(1);
        let top = round_up(largest);
        if largest > median.saturating_mul(10) { Self::SquareRoot { top } } else { Self::Linear { top } }
    }

    /// Returns the height of a number.
    pub(super) fn height(self, n: u64) -> u64 {
        let length = u128::from(LENGTH);
        let height = match self {
            Self::Linear { top } => u128::from(n) * length / u128::from(top.max(1)),
            Self::SquareRoot { top } => (u128::from(n) * length * length / u128::from(top.max(1))).isqrt(),
        };
        u64::try_from(height).unwrap_or(LENGTH).min(LENGTH)
    }

    /// Returns the numbers to label: the top, and a round one about halfway up.
    pub(super) fn marks(self) -> Vec<u64> {
        let (top, middle) = match self {
            Self::Linear { top } => (top, top / 2),
            Self::SquareRoot { top } => (top, top / 4),
        };
        [middle, top].into_iter().filter(|n| *n > 0).collect()
    }

    /// Describes the scale.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Linear { .. } => "linear scale",
            Self::SquareRoot { .. } => "square-root scale: a bar twice as long is four times as many",
        }
    }
}

/// Returns the next 1, 2, 4 or 8 times a power of ten: half and a quarter of most are whole.
fn round_up(n: u64) -> u64 {
    let mut power = 1_u64;
    loop {
        if let Some(top) = [1, 2, 4, 8].into_iter().map(|m| power.saturating_mul(m)).find(|top| *top >= n) {
            return top;
        }
        power = power.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(ticks: &[Tick]) -> Vec<&str> {
        ticks.iter().map(|tick| tick.text.as_str()).collect()
    }

    #[test]
    fn a_day_has_a_label_every_six_hours_and_its_date_once() {
        let axis = Axis { from: 1_714_953_600, to: 1_714_953_600 + DAY };
        let ticks = axis.clock();
        assert_eq!(texts(&ticks), ["00:00", "06:00", "12:00", "18:00", "00:00"]);
        let dated: Vec<_> = ticks.iter().filter(|tick| !tick.below.is_empty()).map(|tick| tick.at).collect();
        assert_eq!(dated, [0, LENGTH]);
    }

    #[test]
    fn minutes_have_seconds() {
        let axis = Axis { from: 1_714_953_603, to: 1_714_953_640 };
        assert_eq!(
            texts(&axis.clock()),
            ["00:00:05", "00:00:10", "00:00:15", "00:00:20", "00:00:25", "00:00:30", "00:00:35", "00:00:40"]
        );
    }

    #[test]
    fn durations_are_in_the_largest_unit() {
        assert_eq!(texts(&Axis { from: 0, to: 9000 }.elapsed()), ["0 s", "2 s", "4 s", "6 s", "8 s"]);
        let hours = Axis { from: 0, to: 3_600_000 * 3 }.elapsed();
        assert_eq!(texts(&hours), ["0 s", "30 min", "1 h", "90 min", "2 h", "150 min", "3 h"]);
    }

    #[test]
    fn one_spike_makes_the_scale_a_square_root() {
        assert_eq!(Scale::of([3, 3, 4, 0, 0].into_iter()), Scale::Linear { top: 4 });
        let spiked = Scale::of([3, 3, 3, 8214].into_iter());
        assert_eq!(spiked, Scale::SquareRoot { top: 10_000 });
        assert_eq!(spiked.height(2500), LENGTH / 2);
        assert_eq!(spiked.marks(), [2500, 10_000]);
    }

    proptest! {
        #[test]
        fn every_time_has_a_place_and_labels_are_few(from in -1_i64 << 40..1 << 40, length in 0_i64..1 << 40, time in any::<i64>()) {
            let axis = Axis { from, to: from + length };
            prop_assert!(axis.place(time) <= LENGTH);
            let ticks = axis.clock();
            prop_assert!(ticks.len() <= 9, "{ticks:?}");
            prop_assert!(ticks.is_sorted_by_key(|tick| tick.at));
        }

        #[test]
        fn more_events_are_never_lower(numbers in proptest::collection::vec(any::<u64>(), 1..9)) {
            let scale = Scale::of(numbers.iter().copied());
            let mut sorted = numbers.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.is_sorted_by_key(|n| scale.height(*n)));
            prop_assert!(sorted.iter().all(|n| scale.height(*n) <= LENGTH));
        }
    }
}
