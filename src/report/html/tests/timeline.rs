//! Timelines of an incident, and of a day without one.

use super::{T, now, ran};
use crate::engine::Activity;
use crate::model::Location;
use crate::report::{Format, TimelineView};
use crate::timeline::{Event, Found, OwnRun, Timeline, Window};

fn place(text: &str) -> Location {
    text.parse().unwrap()
}

/// Six hours around the incident: a writer that never rests, the incident, and asof's restore an hour later.
fn found(incident: bool) -> Found {
    let (from, to) = (T - 3 * 3600 - 204, T + 3 * 3600 - 205);
    let mut timeline = Timeline::new("uploads/", Window { from: Some(from), to: Some(to) }, None);
    let mut add = |key: String, second: i64, event| timeline.add(&key, second, Some(event));
    for second in (from..to).step_by(20) {
        add(format!("uploads/2026/{second}.jpg"), second, Event::Put);
        if second % 7 == 0 {
            add("uploads/index.json".into(), second + 1, Event::Overwrite);
        }
    }
    if incident {
        for n in 0..8214_i64 {
            add(format!("uploads/2026/{n:05}.jpg"), T + 1 + n / 200, Event::Delete);
        }
        for n in 0..312 {
            add(format!("uploads/thumbs/{n:05}.jpg"), T + 55 + n / 40, Event::Overwrite);
        }
        for n in 0..8526_i64 {
            add(format!("uploads/2026/{n:05}.jpg"), T + 3600 + n / 300, Event::Put);
        }
    }
    let run = OwnRun { id: "20261117T153000Z-k3v9".into(), from: T + 3590, to: T + 3640, changes: 9000 };
    let mut found = timeline.finish(&[run]);
    found.bins.cover(from);
    found.bins.cover(to);
    found
}

fn page(found: Found) -> String {
    let window = Window { from: Some(T - 3 * 3600 - 204), to: Some(T + 3 * 3600 - 205) };
    let activity = Activity { found, window, has_step: false, unmarked: None };
    let place = place("s3://prod-uploads/uploads/");
    let view =
        TimelineView::new(&place, activity, Format::Table, "asof diff s3://prod-uploads/uploads/".into());
    view.page(&ran("asof timeline s3://prod-uploads/uploads/ --from 6h --html incident.html"), now())
}

pub(super) fn incident() -> String {
    page(found(true))
}

pub(super) fn quiet() -> String {
    page(found(false))
}
