//! Runs the real binary as a process and measures its cost.

#[path = "../proc/mod.rs"]
mod proc;

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The cost of one run of the binary.
pub(crate) struct Cost {
    /// The CPU time, user and system, of the whole process.
    pub(crate) cpu: Duration,
    /// The wall time.
    pub(crate) elapsed: Duration,
    /// The peak resident memory.
    pub(crate) peak_kib: u64,
    /// The summary, which is the last line of output.
    pub(crate) summary: serde_json::Value,
}

/// Runs `asof` with these arguments and `--format json`, and reads the summary.
pub(crate) fn asof(words: &[&str], server: (&str, &str, &str)) -> Cost {
    let (url, key, secret) = server;
    let (began, before) = (Instant::now(), cpu(CHILDREN));
    let mut child = Command::new(env!("CARGO_BIN_EXE_asof"))
        .args(words)
        .args(["--format", "json", "--endpoint-url", url, "--region", "us-east-1"])
        .env_clear()
        .envs([
            ("AWS_ACCESS_KEY_ID", key),
            ("AWS_SECRET_ACCESS_KEY", secret),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let id = child.id();
    let peak = std::thread::spawn(move || peak_kib(id));
    let mut out = child.stdout.take().unwrap();
    let (mut tail, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let n = out.read(&mut buffer).unwrap();
        if n == 0 {
            break;
        }
        tail.extend_from_slice(buffer.get(..n).unwrap());
        let spare = tail.len().saturating_sub(1 << 16);
        tail.drain(..spare);
    }
    assert!(child.wait().unwrap().success());
    let last = String::from_utf8_lossy(&tail);
    let summary = serde_json::from_str(last.trim_end().lines().next_back().unwrap()).unwrap();
    Cost {
        cpu: cpu(CHILDREN).saturating_sub(before),
        elapsed: began.elapsed(),
        peak_kib: peak.join().unwrap(),
        summary,
    }
}

/// The CPU time of all children that have exited: where `/proc/self/stat` has it.
pub(crate) const CHILDREN: usize = 13;

/// Returns a CPU time of this process, user and system.
pub(crate) fn cpu(field: usize) -> Duration {
    proc::cpu("self", field)
}

/// Returns the peak resident memory of a process, sampled until it exits.
fn peak_kib(process: u32) -> u64 {
    let mut peak = 0;
    while let Some(kib) = proc::peak_kib(process) {
        peak = kib;
        std::thread::sleep(Duration::from_millis(10));
    }
    peak
}
