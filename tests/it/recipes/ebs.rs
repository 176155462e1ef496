//! The recipe `ebs-volumes` with the AWS CLI and moto, whose volumes have no data.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::aws::{with_credentials, with_moto};
use super::{command, id, lab};
use crate::support::recipe::{Recipe, printed};
use crate::support::{Run, Subject};

const NAME: &str = "ebs-volumes";
/// That of the recipe's recovery file.
const TARGET: &str = "prod-restored";
const ZONE: &str = "us-east-1a";

/// The number of kills of the command, each time a little later.
const KILLS: u32 = 3;

fn ec2(arguments: &[&str]) -> String {
    let words = [&["ec2", "--output", "text"], arguments].concat();
    printed(with_credentials(Command::new("aws").args(words))).trim().to_owned()
}

fn instance() -> String {
    let image = ec2(&["describe-images", "--query", "Images[0].ImageId"]);
    let place = format!("AvailabilityZone={ZONE}");
    let run = ["run-instances", "--image-id", &image, "--placement", &place];
    ec2(&[&run[..], &["--query", "Instances[0].InstanceId"]].concat())
}

fn add_volume(instance: &str, device: &str) {
    let made = ["create-volume", "--size", "9", "--volume-type", "gp3", "--availability-zone", ZONE];
    let volume = ec2(&[&made[..], &["--query", "VolumeId"]].concat());
    ec2(&["attach-volume", "--volume-id", &volume, "--instance-id", instance, "--device", device]);
}

/// The lines that describe the restored volumes.
fn volumes(fields: &str) -> Vec<String> {
    let filter = format!("Name=tag:asof:target,Values={TARGET}");
    let query = format!("sort_by(Volumes, &SnapshotId)[].[{fields}]");
    ec2(&["describe-volumes", "--filters", &filter, "--query", &query]).lines().map(str::to_owned).collect()
}

/// The snapshots of a mark, sorted.
fn snapshots(mark: &str) -> Vec<String> {
    let filter = format!("Name=tag:asof:mark,Values={mark}");
    let query = "sort_by(Snapshots, &SnapshotId)[].[SnapshotId]";
    ec2(&["describe-snapshots", "--filters", &filter, "--query", query]).lines().map(str::to_owned).collect()
}

struct Scene {
    subject: Subject,
    recipe: Recipe,
    file: String,
    instance: String,
}

impl Scene {
    async fn new(dir: &Path) -> Self {
        let (subject, recipe, instance) = (lab().await, Recipe::write(NAME, dir), instance());
        add_volume(&instance, "/dev/sde");
        add_volume(&instance, "/dev/sdf");
        recipe.set(&format!("ZONE={ZONE}\nINSTANCE={}", self::instance()));
        let bucket = subject.bucket().await;
        bucket.put("one", "one").await;
        super::next_second().await;
        let text = recipe.recovery_file(&bucket.url(""), "in-place", "[hooks]\n");
        let file = dir.join("recovery.toml");
        std::fs::write(&file, text.replace("i-0123456789abcdef0", &instance)).unwrap();
        Self { subject, recipe, file: file.to_str().unwrap().to_owned(), instance }
    }

    async fn asof(&self, arguments: &[&str], more: &[(&str, &str)]) -> Run {
        let words = [&[arguments[0], &self.file, "--format", "json"], &arguments[1..]].concat();
        let mut command = command(&self.subject, &words);
        with_moto(&mut command).envs(more.iter().copied());
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    }

    fn command(&self, verb: &str, run: &str, snapshots: &[String]) -> Command {
        let mut command = self.recipe.command(verb);
        with_credentials(&mut command).env("ASOF_TARGET", TARGET).env("ASOF_RUN", run);
        command.env("ASOF_SNAPSHOT", snapshots.join(","));
        command
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "its server has to be started: tests/run.sh"]
async fn volumes_of_an_instance_come_back_to_a_mark() {
    let dir = tempfile::tempdir().unwrap();
    let scene = Scene::new(dir.path()).await;
    let text = std::fs::read_to_string(&scene.file).unwrap();

    let gone = [("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1")];
    let failed = scene.asof(&["mark", "--name", "unreachable"], &gone).await.expect_code(1);
    assert!(failed.stderr.contains("Could not connect to the endpoint URL"), "{failed}");
    std::fs::write(&scene.file, text.replace(&scene.instance, "i-0badc0de0badc0de0")).unwrap();
    scene.asof(&["mark", "--name", "wrong"], &[]).await.expect_code(1);
    std::fs::write(&scene.file, &text).unwrap();

    scene.asof(&["mark", "--name", "deploy"], &[]).await.expect_code(0);
    let taken = snapshots("deploy");
    assert_eq!(taken.len(), 2, "of all volumes but the root");
    // A second ago is after the mark.
    super::next_second().await;
    super::next_second().await;
    let no_mark = scene.asof(&["recover", "--at", "1s", "--yes"], &[]).await.expect_code(5);
    assert_eq!(volumes("VolumeId"), Vec::<String>::new(), "{no_mark}");
    add_volume(&scene.instance, "/dev/sdg");

    let at = ["recover", "--at", "mark:deploy", "--yes"];
    let run = scene.asof(&at, &[]).await.expect_code(0);
    assert_eq!(volumes("SnapshotId"), taken, "{run}");
    let mut made = volumes("Size, VolumeType, AvailabilityZone");
    made.sort();
    assert!(made.contains(&format!("9\tgp3\t{ZONE}")), "{made:?}");
    let mine = format!("{}\tavailable", id(&run));
    assert_eq!(volumes("Tags[?Key=='asof:run'].Value | [0], State"), [mine.clone(), mine], "{run}");

    scene.asof(&["mark", "--name", "later"], &[]).await.expect_code(0);
    assert_eq!(snapshots("later").len(), 3);
    let other = scene.asof(&["recover", "--at", "mark:later", "--yes"], &[]).await.expect_code(5);
    assert!(other.stderr.contains(&format!("belong to recovery {}", id(&run))), "{other}");
    attached_and_torn_down(&scene, &id(&run));
    killed(&scene, &taken);

    tokio::time::sleep(Duration::from_secs(2)).await;
    scene.asof(&["mark", "--expire", "1s"], &[]).await.expect_code(0);
    assert_eq!([snapshots("deploy"), snapshots("later")].concat(), Vec::<String>::new());
    printed(&mut scene.command("release", "", &taken));
}

/// The volumes go under the devices that they had, are not deleted while attached, and never for another recovery.
fn attached_and_torn_down(scene: &Scene, run: &str) {
    let mut attach = scene.recipe.command("attach");
    with_credentials(&mut attach).env("ASOF_RUN", run);
    printed(&mut attach);
    let mut devices = volumes("Attachments[0].Device");
    devices.sort();
    assert!(devices == ["/dev/sde", "/dev/sdf"], "{devices:?}");
    printed(&mut attach);
    let refused = scene.command("teardown", run, &[]).output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is attached; detach it first"), "{refused:?}");
    for volume in volumes("VolumeId") {
        let instance = scene.recipe.settings()["INSTANCE"].clone();
        ec2(&["detach-volume", "--volume-id", &volume, "--instance-id", &instance]);
    }
    printed(&mut scene.command("teardown", "another", &[]));
    assert_eq!(volumes("VolumeId").len(), 2);
    printed(&mut scene.command("teardown", run, &[]));
    assert_eq!(volumes("VolumeId"), Vec::<String>::new());
}

/// Killed at any moment and run again, it makes one volume of each snapshot.
fn killed(scene: &Scene, taken: &[String]) {
    for n in 1..=KILLS {
        let run = format!("killed-{n}");
        let mut process = scene.command("restore", &run, taken).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(u64::from(n) * 1400));
        process.kill().unwrap();
        process.wait().unwrap();
        // The CLI that it had started may be making a volume still.
        std::thread::sleep(Duration::from_millis(1500));
        printed(&mut scene.command("restore", &run, taken));
        assert_eq!(volumes("SnapshotId"), taken);
        assert_eq!(printed(&mut scene.command("progress", &run, taken)).trim(), "available");
        printed(&mut scene.command("teardown", &run, taken));
    }
}
