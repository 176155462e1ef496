use super::*;
use crate::model::Instant;
use crate::state::Server;

#[test]
fn the_table_holds() {
    let manifest = |place: &str, at: i64| {
        let (place, at) = (place.parse().unwrap(), Instant::from_millis(at));
        RunManifest::restore(place, at, None, Server::default(), Instant::from_millis(0))
    };
    let worked =
        |until: i64| Some(Worked { planned: Instant::from_millis(0), until: Instant::from_millis(until) });
    let undo = |run: &str| RunManifest { undoes: Some(run.into()), ..manifest("s3://abc", 1) };
    let own = manifest("s3://abc/d/", 1);
    for (other, until, overtakes) in [
        (undo("own"), worked(1), true),
        (undo("another"), worked(3), true),
        (undo("another"), worked(2), false),
        (RunManifest { heals: true, ..manifest("s3://abc", 2) }, worked(3), false),
        (manifest("s3://abc", 1), worked(3), false),
        (manifest("s3://abc", 2), worked(3), true),
        (manifest("s3://abc", 2), worked(2), false),
        (manifest("s3://abc", 2), None, true),
        (manifest("s3://abc/e/", 2), worked(3), false),
        (manifest("s3://abd", 2), worked(3), false),
    ] {
        let own = BucketRun { id: "own", manifest: &own, worked: worked(2) };
        let other = BucketRun { id: "other", manifest: &other, worked: until };
        assert_eq!(by_run(own, other).is_some(), overtakes, "{other:?}");
    }
}
