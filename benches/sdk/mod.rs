//! The SDK alone, for comparison: on a thread of its own, so that the CPU time of the server is not counted.

use std::time::Duration;

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};

pub(crate) fn client((url, key, secret): (&str, &str, &str)) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .credentials_provider(Credentials::new(key, secret, None, None, "bench"))
        .force_path_style(true)
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

/// Runs a future on a new thread. Returns its output, and the CPU time of the thread.
pub(crate) fn measure<T: Send + 'static, F: Future<Output = T>>(
    run: impl FnOnce() -> F + Send + 'static,
) -> (T, Duration) {
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let before = thread_cpu();
        let output = runtime.block_on(run());
        (output, thread_cpu().saturating_sub(before))
    });
    thread.join().unwrap()
}

fn thread_cpu() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(counted.split_whitespace().next().unwrap().parse().unwrap())
}
