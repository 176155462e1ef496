//! Stores beside the bucket and the database: files that a shell script copies.

use super::story::Story;

/// Notes each call, and, once the shell script `until-STORE-CALL` succeeds, if there is one, does what it is called for. A store is a file; a restored one is a copy of it, or of a
/// snapshot, beside a file with the tag of its restore.
const STORE: &str = r#"#!/bin/sh
dir=$(dirname "$0")
s=$ASOF_STORE
restored="$dir/restored-$s"
echo "$1 $s ${ASOF_SNAPSHOT:--} ${ASOF_MARK:--}" >> "$dir/store-calls"
if [ -e "$dir/sleep-$s-$1" ]; then sleep "$(cat "$dir/sleep-$s-$1")"; fi
if [ -e "$dir/until-$s-$1" ]; then until sh "$dir/until-$s-$1"; do sleep 0.05; done; fi
if [ -e "$dir/fail-$s-$1" ]; then echo "told to fail" >&2; exit 7; fi
if [ -e "$dir/print-$s-$1" ]; then exec cat "$dir/print-$s-$1"; fi
tag=$(cat "$restored.tag" 2>/dev/null)
case $1 in
window) echo "@0 -" ;;
snapshot) cp "$dir/$s" "$dir/snap-$s-$ASOF_MARK" && echo "snap-$s-$ASOF_MARK" ;;
release) rm -f "$dir/$ASOF_SNAPSHOT" ;;
restore)
    if [ "$tag" = "$ASOF_RUN" ]; then exit 0; fi
    if [ -e "$restored.tag" ]; then exit 9; fi
    cp "$dir/${ASOF_SNAPSHOT:-$s}" "$restored"
    echo "$ASOF_RUN" > "$restored.new"
    mv "$restored.new" "$restored.tag" ;;
progress)
    if [ -z "$tag" ]; then echo none
    elif [ "$tag" != "$ASOF_RUN" ]; then echo "foreign tagged $tag"
    elif [ -e "$dir/stuck-$s" ]; then echo restoring 5
    else echo available; fi ;;
endpoint) echo "file://$restored" ;;
check) [ "$ASOF_ENDPOINT" = "file://$restored" ] ;;
teardown) if [ "$tag" = "$ASOF_RUN" ]; then rm "$restored.tag" "$restored"; fi ;;
esac
"#;

/// The lines of a store that can be restored to marks only.
pub(crate) const MARKED: &str =
    "snapshot = [\"./store\", \"snapshot\"]\nrelease = [\"./store\", \"release\"]";

impl Story {
    /// Adds stores to the recovery file, each with more lines.
    pub(crate) fn add_stores(&self, stores: &[(&str, &str)]) {
        self.write("store", STORE);
        let made = std::process::Command::new("chmod").arg("+x").arg(self.path("store")).status();
        assert!(made.unwrap().success());
        let added: String = stores.iter().map(|(name, more)| self.store(name, more)).collect();
        self.write("recovery.toml", &format!("{}{added}", self.read("recovery.toml")));
    }

    fn store(&self, name: &str, more: &str) -> String {
        self.write(name, &format!("{name} then"));
        let command = |what: &str| format!("{what} = [\"./store\", \"{what}\"]\n");
        let commands = ["restore", "progress", "endpoint", "teardown"].map(command).concat();
        format!(
            "[[store]]\nname = \"{name}\"\nsource = \"{name}\"\ntarget = \"restored-{name}\"\n{commands}{more}\n"
        )
    }

    /// Returns the number of calls of the script for this, about this store.
    pub(crate) fn store_calls(&self, what: &str, store: &str) -> usize {
        self.stores_of(what).into_iter().filter(|name| name == store).count()
    }

    /// The stores that it was called for.
    pub(crate) fn stores_of(&self, what: &str) -> Vec<String> {
        let calls = self.read("store-calls");
        let calls = calls.lines().map(|call| call.split(' ').collect::<Vec<_>>());
        calls.filter(|call| call[0] == what).map(|call| call[1].to_owned()).collect()
    }

    /// The contents of a restored store.
    pub(crate) fn restored(&self, store: &str) -> String {
        self.read(&format!("restored-{store}"))
    }

    /// The snapshots that there are.
    pub(crate) fn snapshots(&self) -> Vec<String> {
        let dir = self.path("store").parent().unwrap().to_owned();
        let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.starts_with("snap-"));
        names.sort();
        names
    }
}
