//! The manifest of a Kubernetes Indexed Job.

use super::{comment, name, profile};
use crate::engine::{ArrayJob, Reaction, Volume};
use crate::limits;
use crate::model::is_hostile;

/// The settings of the pods.
pub(super) struct Pod<'a> {
    pub(super) image: &'a str,
    pub(super) service_account: &'a str,
    pub(super) volume: Option<&'a Volume>,
}

/// Returns the manifest. By hand, since the comments are for the person who reviews it.
pub(super) fn manifest(job: &ArrayJob, pod: &Pod<'_>) -> String {
    let ArrayJob { shards, workers, .. } = job;
    let fatal: Vec<_> = Reaction::fatal().map(|code| code.to_string()).collect();
    let fatal = fatal.join(", ");
    let (retries, memory) = (limits::WORKER_RETRIES, limits::WORKER_MIB);
    // It is part of the names of pods, which are in lower case.
    let name = name(job).to_lowercase();
    let notes = [format!("To submit it again, delete it first: kubectl delete job {name}")];
    let notes: Vec<_> = notes.into_iter().chain(profile(job)).collect();
    let comment = comment(job, "kubectl apply -f -", &notes);
    let (account, image) = (quoted(pod.service_account), quoted(pod.image));
    let words: Vec<_> =
        job.command.iter().map(|word| format!("            - {}\n", argument(word))).collect();
    let words = words.concat();
    let (mounts, volumes) = pod.volume.map(volume).unwrap_or_default();
    format!(
        r#"{comment}apiVersion: batch/v1
kind: Job
metadata:
  name: {name}
spec:
  completionMode: Indexed
  completions: {shards}
  parallelism: {workers}
  backoffLimitPerIndex: {retries}
  podReplacementPolicy: Failed
  podFailurePolicy:
    rules:
      # Evicted or preempted: does not count as a retry.
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      # Wrong usage, incomplete or refused: a person decides. Other exit codes, such as 1 and 130, are retried.
      - action: FailIndex
        onExitCodes:
          containerName: worker
          operator: In
          values: [{fatal}]
  template:
    spec:
      restartPolicy: Never
      serviceAccountName: {account}
      containers:
        - name: worker
          # The entry point of the image must be asof.
          image: {image}
          args:
{words}          resources:
            requests:
              memory: {memory}Mi
            limits:
              memory: {memory}Mi
{mounts}{volumes}"#
    )
}

/// Returns the mounts of the container, and the volumes of the pod.
fn volume(volume: &Volume) -> (String, String) {
    let (claim, dir) = (quoted(&volume.name), quoted(&volume.dir));
    let mounts =
        format!("          volumeMounts:\n            - name: shared\n              mountPath: {dir}\n");
    let volumes = format!(
        "      volumes:\n        - name: shared\n          persistentVolumeClaim:\n            claimName: {claim}\n"
    );
    (mounts, volumes)
}

/// Quotes an argument: Kubernetes replaces `$(NAME)`, and reads `$$` as `$`.
fn argument(word: &str) -> String {
    quoted(&word.replace('$', "$$"))
}

/// Quotes text as a YAML scalar in double quotes, which has the escapes of JSON and `\U`. Words that YAML reads as plain
/// text stay as they are.
fn quoted(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        _ if is_hostile(c) || c > '\u{fffd}' => format!("\\U{:08x}", u32::from(c)),
        _ => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

/// Returns true if YAML reads an unquoted word as text, not as a number, boolean or collection.
fn is_plain(text: &str) -> bool {
    let start = text.strip_prefix("--").unwrap_or(text);
    start.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "/:.-_@+".contains(c))
        && !text.ends_with(':')
        && !RESERVED.contains(&&*text.to_ascii_lowercase())
}

/// Words that YAML does not read as text.
const RESERVED: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"];
