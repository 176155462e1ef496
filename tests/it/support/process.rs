//! Tests of the library in a process of their own.

use std::process::Command;

/// Set in the process of such a test.
const ALONE: &str = "ASOF_TEST_ALONE";

/// Runs a test, named as the test harness names it, in a process whose environment has the credentials of the lab:
/// the library takes them from there, and other tests must not see them. `act` runs in that process.
pub(crate) fn alone<F: Future<Output = ()>>(name: &str, act: impl FnOnce() -> F) {
    if std::env::var_os(ALONE).is_some() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        return runtime.block_on(act());
    }
    let lab = asof::lab::Options::default().credentials;
    let mut again = Command::new(std::env::current_exe().unwrap());
    again.args([name, "--exact", "--nocapture"]).env(ALONE, "1").env_remove("AWS_PROFILE");
    again.envs([("AWS_ACCESS_KEY_ID", &*lab.access_key), ("AWS_SECRET_ACCESS_KEY", &*lab.secret_key)]);
    let run = again.env("AWS_EC2_METADATA_DISABLED", "true").output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success() && out.contains("1 passed"), "{out}\n{err}");
}
