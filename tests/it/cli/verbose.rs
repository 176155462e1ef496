//! `-v` and `-vv`: the stages of a command, and its keys and requests.

use super::stage::{BUCKET, Stage};

#[test]
fn twice_verbose_names_each_key_and_once_the_bucket() {
    let stage = Stage::after_incident();
    let shown = stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z -v").run();
    assert!(shown.contains("INFO asof::list::parallel: listing versions bucket=\"prod-uploads\""), "{shown}");
    assert!(!shown.contains("DEBUG"), "{shown}");
    let quiet = stage.asof("diff s3://prod-uploads --at 2024-05-06T07:08:09Z").run();
    assert!(!quiet.contains("asof::"), "{quiet}");
    stage.lab.put(BUCKET, "a\u{202e}b\nc", asof::lab::Put::of("odd".to_owned())).unwrap();
    stage.time("2024-05-06T09:00:00Z");
    stage.delete("a\u{202e}b\nc");
    stage.time("2024-05-06T10:00:00Z");
    let shown = stage.asof("restore s3://prod-uploads --at 2024-05-06T08:30:00Z --yes -vv").run();
    let settled = |line: &&str| line.contains("DEBUG asof::apply::pool: settled");
    let settled: Vec<_> = shown.lines().filter(settled).collect();
    let [settled] = settled[..] else { panic!("one change, one line: {settled:?} of {shown}") };
    assert!(settled.contains(r"key=a\u{202e}b\u{a}c outcome=Copied"), "{settled}");
}
