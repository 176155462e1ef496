//! The manual's tables of measurements are those that the benchmarks printed last.

use std::collections::BTreeMap;
use std::path::Path;

/// The tables of a text, by head; of several with the same one, the last.
fn tables(text: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut inside = None;
    for line in text.lines() {
        let head = line.starts_with('|').then(|| inside.unwrap_or(line));
        if let Some(head) = head {
            let table = tables.entry(head).or_default();
            if inside.is_none() {
                table.clear();
            }
            table.push(line);
        }
        inside = head;
    }
    tables
}

#[test]
fn the_manual_has_the_latest_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(root.join("src/manual/performance.md")).unwrap();
    let manual = tables(&manual);
    let runs = std::fs::read_dir(root.join("benches/runs")).unwrap();
    let mut runs: Vec<_> = runs.map(|run| run.unwrap().file_name().into_string().unwrap()).collect();
    // Those of a section are in the order of their dates: the last one counts.
    runs.sort();
    let section = |run: &String| run.split('.').next().unwrap().to_owned();
    let runs: BTreeMap<String, String> = runs.into_iter().map(|run| (section(&run), run)).collect();
    let read = |run: &String| std::fs::read_to_string(root.join("benches/runs").join(run)).unwrap();
    let texts: Vec<String> = runs.values().map(read).collect();
    let mut latest = BTreeMap::new();
    for text in &texts {
        latest.extend(tables(text));
    }
    assert!(!latest.is_empty());
    for (head, table) in latest {
        let written = manual.get(head);
        assert_eq!(written, Some(&table), "{head}: run `bash benches/record.sh --tables`, or add the head");
    }
}
