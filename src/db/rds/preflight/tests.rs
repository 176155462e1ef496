use super::*;
use Verdict::{Failed, Unknown, Warned};

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn wanted() -> Wanted {
    Wanted {
        engine: Some("postgres".into()),
        version: Some("16.4".into()),
        instances: vec![("restored".into(), Some("db.r7g.large".into()))],
        storage_type: Some("gp3".into()),
        storage: Some(100),
        subnet_group: Some("private".into()),
        parameter_groups: vec![(Family::Instance, "tuned".into())],
        option_group: Some("audited".into()),
        ..Wanted::default()
    }
}

fn offer() -> Offer {
    let zones = set(&["a", "b", "c"]);
    Offer { of_version: true, zones, multi_az: true, storage_types: set(&["gp2", "gp3"]) }
}

fn answers() -> Answers {
    Answers {
        subnet_group: Some(Answer::Told(set(&["a", "b"]))),
        families: vec![Answer::Told("postgres16".into())],
        option_group: Some(Answer::Told(("postgres".into(), "16".into()))),
        classes: vec![("db.r7g.large".into(), Answer::Told(offer()))],
        quotas: Answer::Told(vec![("DBInstances".into(), 39, 40), ("DBClusters".into(), 40, 40)]),
        blue_green: Answer::Told(Vec::new()),
    }
}

/// Returns the findings, except the one that is always "not checked".
fn found(wanted: &Wanted, answers: &Answers) -> Vec<(Verdict, String)> {
    let mut found = judge(wanted, answers);
    let last = found.pop().unwrap();
    assert!(last.verdict == Unknown && last.words.starts_with("not checked: "), "{last:?}");
    let promoted =
        found.pop_if(|one| one.words.starts_with("unknown: whether the source was a read replica"));
    let is_told_otherwise = wanted.replica_of.is_some() || wanted.created_after.is_some();
    assert_eq!(promoted.is_none(), is_told_otherwise, "{promoted:?}");
    found.into_iter().map(|finding| (finding.verdict, finding.words)).collect()
}

type Change = fn(&mut Wanted, &mut Answers);
type Row = (Change, &'static [(Verdict, &'static str)]);

fn check(table: &[Row]) {
    for (n, (change, expected)) in table.iter().enumerate() {
        let (mut wanted, mut answers) = (wanted(), answers());
        change(&mut wanted, &mut answers);
        let found = found(&wanted, &answers);
        assert_eq!(found.len(), expected.len(), "row {n}: {found:?}");
        for ((verdict, words), (is, contains)) in found.iter().zip(*expected) {
            assert!(verdict == is && words.contains(contains), "row {n}: {found:?}");
        }
    }
}

#[test]
fn each_answer_about_a_group_has_its_verdict() {
    check(&[
        (|_, _| {}, &[]),
        (
            |_, answers| answers.subnet_group = Some(Answer::Missing),
            &[(Failed, "the subnet group private does not exist")],
        ),
        (
            |_, answers| answers.families = vec![Answer::Missing],
            &[(Failed, "the parameter group tuned does not exist")],
        ),
        (
            |_, answers| answers.families = vec![Answer::Told("mysql8.0".into())],
            &[(Failed, "is for mysql8.0, but")],
        ),
        (
            |_, answers| answers.families = vec![Answer::Told("postgres15".into())],
            &[(Warned, "is for version 15, but")],
        ),
        (
            |_, answers| answers.families = vec![Answer::Told("postgres1".into())],
            &[(Warned, "is for version 1, but")],
        ),
        (|wanted, _| wanted.version = None, &[]),
        (
            |_, answers| answers.option_group = Some(Answer::Missing),
            &[(Failed, "the option group audited does not exist")],
        ),
        (
            |_, answers| answers.option_group = Some(Answer::Told(("mysql".into(), "8.0".into()))),
            &[(Failed, "the option group audited is for mysql, but the database is postgres")],
        ),
        (
            |_, answers| answers.option_group = Some(Answer::Told(("postgres".into(), "15".into()))),
            &[(Warned, "the option group audited is for version 15")],
        ),
    ]);
}

#[test]
fn each_answer_about_a_class_a_quota_and_the_past_has_its_verdict() {
    check(&[
        (
            |_, answers| answers.classes[0].1 = Answer::Missing,
            &[(Failed, "is not available for postgres here")],
        ),
        (
            |_, answers| answers.classes[0].1 = Answer::Told(Offer { of_version: false, ..offer() }),
            &[(Warned, "is not available for postgres 16.4, the source's current version")],
        ),
        (
            |_, answers| answers.classes[0].1 = Answer::Told(Offer { zones: set(&["c"]), ..offer() }),
            &[(Failed, "is not available in any zone of the subnet group")],
        ),
        (|wanted, _| wanted.zone = Some("d".into()), &[(Failed, "is not available in d")]),
        (|wanted, _| wanted.multi_az = true, &[]),
        (
            |wanted, answers| {
                wanted.multi_az = true;
                answers.classes[0].1 = Answer::Told(Offer { zones: set(&["a", "c"]), ..offer() });
            },
            &[(Failed, "in two zones of the subnet group, but it is available in one")],
        ),
        (
            |wanted, answers| {
                wanted.multi_az = true;
                answers.classes[0].1 = Answer::Told(Offer { multi_az: false, ..offer() });
            },
            &[(Failed, "is not available with Multi-AZ")],
        ),
        (|wanted, _| wanted.storage_type = Some("io2".into()), &[(Failed, "with storage type io2")]),
        (
            |_, answers| answers.quotas = Answer::Told(vec![("DBInstances".into(), 40, 40)]),
            &[(Failed, "the quota DBInstances is too small: 40 of 40 are used and 1 more are needed")],
        ),
        (
            |_, answers| answers.quotas = Answer::Told(vec![("AllocatedStorage".into(), 950, 1000)]),
            &[(Failed, "the quota AllocatedStorage is too small")],
        ),
        (|wanted, _| wanted.is_cluster = true, &[(Failed, "the quota DBClusters is too small")]),
        (
            |_, answers| answers.blue_green = Answer::Told(vec![("upgrade".into(), "AVAILABLE".into())]),
            &[(Warned, "the blue/green deployment upgrade (AVAILABLE)")],
        ),
        (|wanted, _| wanted.replica_of = Some("primary".into()), &[(Warned, "is a replica of primary")]),
        (
            |wanted, _| wanted.created_after = Some(Instant::from_millis(100_000)),
            &[(Warned, "created at 1970-01-01 00:01:40 UTC, after the target time")],
        ),
        (|wanted, answers| (wanted.subnet_group, answers.subnet_group) = (None, None), &[]),
    ]);
}

/// A missing permission neither fails nor passes a check.
#[test]
fn what_cannot_be_asked_is_unknown_with_its_permission() {
    let no = || "denied".to_owned();
    let answers = Answers {
        subnet_group: Some(Answer::Unknown("rds:DescribeDBSubnetGroups", no())),
        families: vec![Answer::Unknown("rds:DescribeDBParameterGroups", no())],
        option_group: Some(Answer::Unknown("rds:DescribeOptionGroups", no())),
        classes: vec![("c".into(), Answer::Unknown("rds:DescribeOrderableDBInstanceOptions", no()))],
        quotas: Answer::Unknown("rds:DescribeAccountAttributes", no()),
        blue_green: Answer::Unknown("rds:DescribeBlueGreenDeployments", no()),
    };
    let found = found(&wanted(), &answers);
    assert_eq!(found.len(), 6, "{found:?}");
    for (verdict, words) in found {
        assert!(
            verdict == Unknown && words.contains("(rds:Describe") && words.contains(": denied)"),
            "{words}"
        );
    }
}

#[test]
fn the_outline_has_what_will_be_made() {
    let cluster = Wanted {
        is_cluster: true,
        engine: Some("aurora-mysql".into()),
        instances: vec![("r-1".into(), Some("db.r7g.large".into())), ("r-2".into(), None)],
        kms_key: Some("key".into()),
        security_groups: vec!["sg-1".into()],
        ..Wanted::default()
    };
    assert_eq!(
        outline("orders", "r", &cluster),
        [
            "database orders into r: aurora-mysql, r-1 (db.r7g.large), r-2 (the source's class), KMS key key",
            "  subnet group RDS's default, security groups sg-1, parameter group RDS's default",
        ]
    );
    assert_eq!(
        outline("orders", "restored", &Wanted { multi_az: true, ..wanted() }),
        [
            "database orders into restored: postgres 16.4, db.r7g.large, Multi-AZ, storage gp3 100 GiB, not encrypted",
            "  subnet group private, security groups RDS's default, parameter group tuned, option group audited",
        ]
    );
}
