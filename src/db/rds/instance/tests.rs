//! Polls an hours-long restore with short pauses.

use std::time::Duration;

use aws_sdk_rds::config::{BehaviorVersion, Credentials, Region};

use super::*;
use crate::cancel::Cancel;
use crate::db::rds::captured::Once;
use crate::db::wait::poll;
use crate::db::{Database, Renamed, Swap};
use crate::error::{Error, ErrorKind};
use crate::lab::{Clock, Fault, Rds, RdsAction, Rule, When};
use crate::model::Instant;
use crate::retry::Backoff;

fn sdk(rds: &Rds) -> aws_sdk_rds::Client {
    let config = aws_sdk_rds::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .endpoint_url(rds.url())
        .credentials_provider(Credentials::new("lab", "lab", None, None, "tests"))
        .build();
    aws_sdk_rds::Client::from_conf(config)
}

fn settings() -> Settings {
    Settings {
        name: "orders".into(),
        source: Source::Identifier("src".into()),
        target: "dst".into(),
        like_source: true,
        overrides: toml::Table::new(),
        password: None,
        cut_over: CutOver::None,
        server: Server::default(),
    }
}

fn instance(sdk: aws_sdk_rds::Client) -> Database {
    Database::Rds(super::Instance {
        settings: settings(),
        overrides: Box::default(),
        captured: Once::default(),
        client: Client::of(sdk),
    })
}

fn pauses() -> Backoff {
    Backoff::new(Duration::from_millis(1), Duration::from_millis(2))
}

#[tokio::test]
async fn credentials_that_expire_meanwhile_are_waited_for_and_then_told() {
    let clock = Clock::default();
    clock.set(clock.now() - 60 * 60 * 1000);
    let rds = Rds::start(clock.clone()).await.unwrap();
    let sdk = sdk(&rds);
    let create = sdk.create_db_instance().db_instance_identifier("src").engine("postgres");
    create.db_instance_class("db.m6g.large").send().await.unwrap();
    let at = Instant::from_millis(clock.now() + 60_000);
    clock.resume();
    let database = instance(sdk);
    let request = RestoreRequest::new(at, "r-1");
    rds.set_restoring(&["creating"; 20]);
    database.start(&request).await.unwrap();
    let asked = rds.asked(RdsAction::DescribeDBInstances);
    let expired = |when| Rule::on(RdsAction::DescribeDBInstances, Fault::ExpiredToken, when);
    rds.faults().push(expired(When::Always));
    let cancel = Cancel::default();
    let mut failures = Vec::new();
    let seen = |answer: std::result::Result<&RestoreProgress, &Error>| {
        failures.extend(answer.err().map(ToString::to_string));
    };
    let told = poll(&database, &request, pauses(), &cancel, seen).await.unwrap_err();
    // Reported once, at the first failure.
    assert_eq!(failures, [told.to_string()]);
    assert_eq!(told.code(), Some("ExpiredToken"));
    assert!(
        told.hints()
            .concat()
            .contains("RDS continues what was requested, and the same command finds it by its tag"),
        "{told:?}"
    );
    let asked = rds.asked(RdsAction::DescribeDBInstances) - asked;
    assert_eq!(asked, usize::try_from(limits::DATABASE_FAILURES).unwrap());
    // After credentials are renewed, even if only intermittently, polling continues.
    rds.faults().clear();
    rds.faults().push(expired(When::Every(2)));
    rds.set_states("dst", &["creating", "modifying", "available"]);
    let mut states = Vec::new();
    let seen = |answer: std::result::Result<&RestoreProgress, &Error>| states.extend(answer.ok().cloned());
    let endpoint = poll(&database, &request, pauses(), &cancel, seen).await.unwrap();
    assert_eq!(endpoint.as_deref(), Some("dst.lab.rds.example.com:5432"));
    assert_eq!(states.len(), 3, "{states:?}");
    assert_eq!(rds.asked(RdsAction::RestoreDBInstanceToPointInTime), 1);
}

/// An application would be directed to it.
#[tokio::test]
async fn whoever_has_the_target_s_name_after_a_swap_is_not_what_was_restored() {
    let rds = Rds::start(Clock::default()).await.unwrap();
    rds.handle().occupy("dst");
    let database = instance(sdk(&rds));
    let renamed = |id: &str, from: &str, to: &str| Renamed {
        resource_id: id.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let (source, target) = (renamed("db-1", "src", "src-before"), renamed("db-2", "dst", "src"));
    let request = RestoreRequest {
        swap: Some(Swap { source, target }),
        ..RestoreRequest::new(Instant::default(), "r-1")
    };
    let gone = database.connection(&request).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::Missing, "{gone:?}");
}
