//! Replies of RDS whose bodies stall.

use std::time::Instant;

use asof::lab::{Fault, RdsAction, Rule, When};
use asof::limits;

use super::{rds, with_source};
use crate::crash::block_on;

/// The restore was begun, and is found to be ours.
#[test]
fn a_reply_that_stalls_is_cut_off_and_the_request_retried() {
    block_on(async {
        for action in [RdsAction::DescribeDBInstances, RdsAction::RestoreDBInstanceToPointInTime] {
            let databases = with_source().await;
            rds(&databases).faults().push(Rule::on(action, Fault::Stalled, When::First(1)));
            let since = Instant::now();
            let run = databases.recover_with(databases.at(), &["--read-timeout", "1"]).await.expect_code(0);
            assert_eq!(rds(&databases).faults().injected(), 1, "{action:?}: {run}");
            assert!(since.elapsed() < limits::BODY_IDLE, "{action:?}: took {:?}", since.elapsed());
            assert!(databases.instance(&databases.id("dst")).await.is_some());
        }
    });
}
