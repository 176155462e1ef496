//! Compares the keys of a database's rows with a large bucket: the real binary as a process, against a synthetic bucket in this
//! process.
//!
//! Prints the cost of `asof references` and of `asof diff` of the same bucket: CPU time (user and system, the whole
//! process) and peak memory, with the rows' keys in order and shuffled. Arguments are numbers of millions of keys, by
//! default 1 and 5. `--test` runs it with a small bucket.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod process;

use std::io::{BufWriter, Write};

use asof::lab::{Shape, SyntheticBucket, SyntheticOptions};
use process::Cost;

const AT: &str = "2026-01-01T00:00:00Z";

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let scale = if arguments.iter().any(|a| a == "--test") { 1000 } else { 1 };
    let named: Vec<u64> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for millions in if named.is_empty() { vec![1, 5] } else { named } {
        let keys = millions * 1_000_000 / scale;
        let options = SyntheticOptions { keys, shape: Shape::Flat, ..SyntheticOptions::default() };
        let synthetic = runtime.block_on(SyntheticBucket::start(options)).unwrap();
        println!("\n{keys} rows beside a bucket of as many keys");
        let diff = run(&synthetic, &["diff", "s3://synthetic"]);
        show("diff", &diff, &diff);
        for (name, shuffled) in [("references, in order", false), ("references, shuffled", true)] {
            let rows = rows(keys, shuffled);
            let path = rows.path().to_str().unwrap();
            let cost = run(&synthetic, &["references", "s3://synthetic", "--orphans", "--keys-from", path]);
            for (member, expected) in [("held", keys), ("dangling", 0), ("orphans", 0)] {
                assert_eq!(cost.summary[member], expected, "{}", cost.summary);
            }
            show(name, &cost, &diff);
        }
    }
}

fn run(synthetic: &SyntheticBucket, words: &[&str]) -> Cost {
    process::asof(
        &[words, &["--at", AT, "--list-concurrency", "64"]].concat(),
        (&synthetic.url(), "synthetic", "synthetic"),
    )
}

/// Writes a file with the synthetic bucket's keys.
fn rows(keys: u64, shuffled: bool) -> tempfile::NamedTempFile {
    let mut numbers: Vec<_> = (0..keys).collect();
    if shuffled {
        fastrand::Rng::with_seed(5).shuffle(&mut numbers);
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut out = BufWriter::new(file.as_file_mut());
    for number in numbers {
        writeln!(out, "images/photo-{number:012}.jpg").unwrap();
    }
    out.flush().unwrap();
    drop(out);
    file
}

fn show(name: &str, cost: &Cost, diff: &Cost) {
    let cpu = cost.cpu.as_secs_f64();
    println!(
        "  {name:<21} {cpu:>6.2} s of CPU, {:.2} times diff; {:.1} MiB at most; {:.1} s",
        cpu / diff.cpu.as_secs_f64(),
        cost.peak_kib as f64 / 1024.0,
        cost.elapsed.as_secs_f64()
    );
}
