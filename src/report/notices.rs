//! The wording of the events of recoveries, drills, aborts and marks.

use super::checks::head;
use super::diff::DiffView;
use super::heading::{Heading, Purpose};
use super::screen::Screen;
use crate::error::Result;
use crate::model::{Destination, printable};
use crate::recover::{BucketPlan, Consistency, LooseSnapshot, MarkLine, Notice, Resumed, SnapshotFate};

/// Shown if there is no hook to resume the application.
pub(super) const STILL_QUIESCED: &str = "the application is still quiesced: the file has no resume hook";

/// Shown for an adopted recovery: only the lost state directory knew its runs.
const LOST: &str = "its changes in buckets are found by listing them, and asof undo does not know its runs; it is unknown whether the application was quiesced or resumed since: the quiesce hook runs, and writes after the target time are rewound";

/// Shown because the settings of an isolated source could be copied to the restored database.
const SETTINGS: &str = "the settings of the sources are read again: if a source has been isolated since, pass its earlier settings with --settings-from FILE";

/// Returns the lines of an event; `None` for events shown elsewhere.
pub(crate) fn notice_line(notice: &Notice<'_>) -> Option<String> {
    let line = match notice {
        Notice::Caution(words) => (*words).to_owned(),
        Notice::Database { name, words } => format!("database {name}: {words}"),
        Notice::Waiting { database, at, latest } => format!(
            "waiting until the database {database} can be restored to {}: latest restorable time {}",
            at.human(),
            latest.human()
        ),
        Notice::KilledMark { killed, resumed } => {
            let then = match resumed {
                Resumed::Now => "running the resume hook first".to_owned(),
                Resumed::Never => STILL_QUIESCED.to_owned(),
                Resumed::AtTheEnd(mark) => {
                    format!("a recovery runs the resume hook at its end; resume it now: {mark}")
                }
                Resumed::ByHand(mark) => {
                    format!("the file has no resume hook; once it is resumed by hand: {mark}")
                }
            };
            format!("{killed}; {then}")
        }
        Notice::Resuming { id, at } => format!("resuming the recovery {id} to {}", at.human()),
        Notice::MayRewind => "writes to its buckets since then may be rewound to that time".to_owned(),
        Notice::Adopting { id, at } => {
            format!("adopting the recovery {id} to {}\n{LOST}\n{SETTINGS}", at.human())
        }
        Notice::HasEnded { id, at, ended, now } => format!(
            "the recovery {id} to {} already finished at {} ({} ago): this command changes nothing and checks that it is still in place",
            at.human(),
            ended.human(),
            ended.age(*now)
        ),
        Notice::Closed { id, at, why } => {
            format!("the recovery {id} to {} is closed: {why}", at.human())
        }
        Notice::OtherTargets(targets) => format!(
            "the file had other targets when the recovery started ({}): only its current targets are checked",
            targets.join(", ")
        ),
        Notice::TearingDown(id) => format!("tearing down leftovers of the drill {id}"),
        Notice::LeftBehind(left) => {
            let left: Vec<_> = left.iter().map(|left| format!("left behind: {left}")).collect();
            left.join("\n") + "\nthe next drill of this file will try again to tear it down"
        }
        Notice::Kept { id, places } => {
            format!("kept, tagged {id}: {places}; asof drill without --keep tears them down before it begins")
        }
        Notice::Unquiesced => {
            "the file has no quiesce hook, so writers continue: rows and objects of this second may disagree"
                .to_owned()
        }
        Notice::CrashConsistent => {
            "the file has no quiesce hook, so writers continue: the mark is crash-consistent only".to_owned()
        }
        Notice::Marked(mark) => {
            let MarkLine { name, consistency, .. } = mark;
            let (name, worth) = (printable(name), worth(*consistency));
            format!("the target time is that of the mark {name}: {}{worth}", consistency.name())
        }
        Notice::Loose { snapshot, fate } => loose_line(snapshot, fate),
        Notice::StillQuiesced => STILL_QUIESCED.to_owned(),
        Notice::ClockSkew(_)
        | Notice::Plan { .. }
        | Notice::Bucket(_)
        | Notice::Abort(_)
        | Notice::Aborted(_)
        | Notice::Step(_) => return None,
    };
    Some(line)
}

/// Returns the meaning of a mark's consistency for the rows and objects of its second.
fn worth(consistency: Consistency) -> &'static str {
    match consistency {
        Consistency::Quiesced => ", nothing was being written",
        Consistency::CrashConsistent => {
            ", the snapshots are as after a power failure, and objects of the last seconds may disagree with them"
        }
        Consistency::Unquiesced => ", rows and objects of its second may disagree",
        Consistency::Unknown => "",
    }
}

fn loose_line(LooseSnapshot { mark, store, id }: &LooseSnapshot, fate: &SnapshotFate) -> String {
    let (mark, store) = (printable(mark), printable(store));
    let of = format!("of the store {store}, taken for the mark {mark}");
    let snapshot = match id {
        Some(id) => format!("the snapshot {} {of}", printable(id)),
        None => format!("a snapshot {of}"),
    };
    match fate {
        SnapshotFate::Released => format!("released {snapshot}"),
        SnapshotFate::Needed(recovery) => {
            format!("kept {snapshot}: the unfinished recovery {recovery} needs it")
        }
        SnapshotFate::Left(why) => format!(
            "left behind: {snapshot}: {}; the next mark of this file tries again to release it",
            printable(why)
        ),
        SnapshotFate::Unknown => format!(
            "the mark {mark} ended while the store {store} was taking its snapshot, whose ID is unknown: if it exists, remove it by hand"
        ),
    }
}

/// Returns the part of a plan that an event shows; empty for any other event. `name` is the recovery file's.
pub(crate) fn plan_text(name: &str, notice: &Notice<'_>, screen: Screen) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    match notice {
        Notice::Plan { at, now, lines } => {
            let mut text = format!("{name} to {} ({} ago)\n\n", at.human(), at.age(*now));
            lines.iter().for_each(|line| text.extend(["  ", line, "\n"]));
            text.push_str(if lines.is_empty() { "" } else { "\n" });
            out = text.into_bytes();
        }
        Notice::Bucket(BucketPlan { location, to, at, now, checks, sums, warnings }) => {
            let purpose = if to.is_some() { Purpose::Elsewhere } else { Purpose::Restore };
            let heading = Heading::new(location, *at, purpose, *now)
                .against(to.cloned().map(Destination::Bucket))
                .notes(head(checks));
            let mut view = DiffView::new(heading, false, screen);
            view.warn(warnings);
            view.sums(sums, &mut out)?;
            out.push(b'\n');
        }
        _ => {}
    }
    Ok(out)
}
