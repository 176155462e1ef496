//! Formats numbers for people.

use std::time::Duration;

pub(crate) use crate::model::{count, plural};

/// Formats bytes in the largest binary unit that results in at least one: `41.7 GiB`.
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if n < 1024 {
        return format!("{n} B");
    }
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let mut value = n as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1023.95 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS.get(unit).copied().unwrap_or_default())
}

/// Formats a duration in its two largest units: `3d 2h`.
pub(crate) fn length(length: Duration) -> String {
    let mut rest = length.as_secs();
    let mut parts = Vec::new();
    for (name, unit) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if rest >= unit {
            parts.push(format!("{}{name}", rest / unit));
            rest %= unit;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.get(..2).unwrap_or(&parts).join(" ") }
}

/// Formats a duration in a suitable unit: `12 min`.
pub(super) fn duration(seconds: u64) -> String {
    match seconds {
        0..=90 => format!("{seconds} s"),
        91..=5400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{:.1} h", f64::from(u32::try_from(seconds).unwrap_or(u32::MAX)) / 3600.0),
    }
}

#[cfg(test)]
mod tests;
