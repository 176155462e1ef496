//! The roles for Terraform and the jobs for Kubernetes in `fixtures/packages`: they are what asof prints and accepts.

use std::fs;
use std::path::{Path, PathBuf};

use asof::cli::Cli;
use clap::Parser as _;

use crate::cli::stage::Stage;
use crate::jobs::valid_manifest;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/packages").join(name)
}

#[test]
fn policies_of_the_roles_are_what_asof_prints() {
    let stage = Stage::new();
    for (job, usage) in [("check", "plan"), ("drill", "drill")] {
        let printed = stage.asof(&format!("check --iam {usage}")).command.output().unwrap().stdout;
        let path = example(&format!("terraform/{job}.json"));
        let kept = fs::read_to_string(&path).unwrap();
        assert!(kept.as_bytes() == printed, "run asof check --iam {usage} > {}", path.display());
        // Inline policies of a role may have 10,240 characters; AWS does not count white space.
        assert!(kept.chars().filter(|c| !c.is_whitespace()).count() < 10_000);
    }
}

/// The placeholders of the policies, the names of the roles and those of the service accounts.
#[test]
fn roles_are_those_of_the_cron_jobs() {
    let roles = fs::read_to_string(example("terraform/asof.tf")).unwrap();
    let jobs = fs::read_to_string(example("kubernetes/asof.yaml")).unwrap();
    for placeholder in [":BUCKET", ":SCRATCH", "arn:aws:"] {
        assert!(roles.contains(&format!("\"{placeholder}\"")), "{placeholder}");
    }
    assert!(roles.contains("for job in [\"check\", \"drill\"]") && roles.contains("\"asof-${each.key}\""));
    for job in ["check", "drill"] {
        assert!(jobs.contains(&format!(":role/asof-{job}\" }}\n")), "{job}");
        assert!(jobs.contains(&format!("serviceAccountName: asof-{job}\n")), "{job}");
    }
}

#[test]
#[ignore = "needs tests/servers/validators.sh"]
fn cron_jobs_are_valid_and_run_what_asof_accepts() {
    let manifest = fs::read_to_string(example("kubernetes/asof.yaml")).unwrap();
    let documents = valid_manifest(&manifest);
    let documents = documents.as_array().unwrap();
    let of_kind = |kind: &'static str| documents.iter().filter(move |document| document["kind"] == kind);
    assert_eq!(of_kind("ServiceAccount").count(), 2);
    let mut jobs = Vec::new();
    for job in of_kind("CronJob") {
        let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        let words = pod["containers"][0]["args"].as_array().unwrap();
        let words = words.iter().map(|word| word.as_str().unwrap());
        let parsed = Cli::try_parse_from(["asof"].into_iter().chain(words));
        assert!(parsed.is_ok(), "{:?}", parsed.err());
        assert_eq!(pod["serviceAccountName"], job["metadata"]["name"]);
        jobs.push(job["metadata"]["name"].as_str().unwrap());
    }
    assert_eq!(jobs, ["asof-check", "asof-drill"]);
    // asof reads the recovery file of the ConfigMap, and knows its database.
    let stage = Stage::new();
    let file = of_kind("ConfigMap").next().unwrap()["data"]["drill.toml"].as_str().unwrap();
    stage.file("drill.toml", file.as_bytes());
    let shown = stage.asof("check --iam recover --database drill.toml").changes_nothing();
    assert!(shown.starts_with("exit code 0") && shown.contains("rds"), "{shown}");
}
