use aws_sdk_rds::types::{
    DbInstanceRole, DbParameterGroupStatus, DbSubnetGroup, Endpoint, OptionGroupMembership, ProcessorFeature,
};

use super::*;

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

fn member(id: &str, status: &str) -> VpcSecurityGroupMembership {
    VpcSecurityGroupMembership::builder().vpc_security_group_id(id).status(status).build()
}

/// An instance with no setting at RDS's default.
fn source() -> DbInstance {
    let option_group =
        |name: &str, status: &str| OptionGroupMembership::builder().option_group_name(name).status(status);
    DbInstance::builder()
        .engine("postgres")
        .db_instance_class("db.r7g.large")
        .db_parameter_groups(DbParameterGroupStatus::builder().db_parameter_group_name("tuned").build())
        .db_subnet_group(DbSubnetGroup::builder().db_subnet_group_name("private").build())
        .option_group_memberships(option_group("later", "pending-apply").build())
        .option_group_memberships(option_group("audited", "in-sync").build())
        .vpc_security_groups(member("sg-2", "active"))
        .vpc_security_groups(member("sg-1", "adding"))
        .vpc_security_groups(member("sg-0", "removing"))
        .endpoint(Endpoint::builder().address("prod.example.com").port(6432).build())
        .multi_az(true)
        .storage_type("io1")
        .iops(5000)
        .allocated_storage(500)
        .max_allocated_storage(1000)
        .iam_database_authentication_enabled(true)
        .enabled_cloudwatch_logs_exports("upgrade")
        .enabled_cloudwatch_logs_exports("postgresql")
        .deletion_protection(true)
        .publicly_accessible(true)
        .auto_minor_version_upgrade(false)
        .copy_tags_to_snapshot(true)
        .backup_retention_period(14)
        .preferred_backup_window("03:00-03:30")
        .preferred_maintenance_window("sun:04:00-sun:04:30")
        .network_type("DUAL")
        .ca_certificate_identifier("rds-ca-ecc384-g1")
        .engine_lifecycle_support("open-source-rds-extended-support-disabled")
        .dedicated_log_volume(true)
        .monitoring_interval(15)
        .monitoring_role_arn("arn:aws:iam::1:role/monitor")
        .performance_insights_enabled(true)
        .performance_insights_kms_key_id("key")
        .performance_insights_retention_period(465)
        .database_insights_mode("advanced".into())
        .processor_features(ProcessorFeature::builder().name("coreCount").value("2").build())
        .promotion_tier(3)
        .availability_zone("eu-west-1a")
        .license_model("postgresql-license")
        .tag_list(tag("team", "orders"))
        .tag_list(tag("aws:cloudformation:stack-name", "prod"))
        .tag_list(tag(OWN[0], "an-earlier-recovery"))
        .tag_list(tag(OWN[1], "drill"))
        .tag_list(tag(OWN[2], "2025-11-17T14:30:05Z"))
        .build()
}

#[test]
fn everything_that_was_chosen_is_carried_over() {
    insta::assert_snapshot!(shown(&InstanceSettings::of(&source())), @r#"
    InstanceSettings {
        auto_minor_version_upgrade: Some(false,
        ),
        backup_retention_period: Some(14,
        ),
        ca_certificate_identifier: Some("rds-ca-ecc384-g1",
        ),
        copy_tags_to_snapshot: Some(true,
        ),
        database_insights_mode: Some("advanced",
        ),
        db_instance_class: Some("db.r7g.large",
        ),
        db_parameter_group_name: Some("tuned",
        ),
        db_subnet_group_name: Some("private",
        ),
        dedicated_log_volume: Some(true,
        ),
        deletion_protection: Some(true,
        ),
        enable_cloudwatch_logs_exports: Some(Names(    [        "postgresql",        "upgrade",],),
        ),
        enable_iam_database_authentication: Some(true,
        ),
        enable_performance_insights: Some(true,
        ),
        engine_lifecycle_support: Some("open-source-rds-extended-support-disabled",
        ),
        iops: Some(5000,
        ),
        manage_master_user_password: Some(false,
        ),
        max_allocated_storage: Some(1000,
        ),
        monitoring_interval: Some(15,
        ),
        monitoring_role_arn: Some("arn:aws:iam::1:role/monitor",
        ),
        multi_az: Some(true,
        ),
        network_type: Some("DUAL",
        ),
        option_group_name: Some("audited",
        ),
        performance_insights_kms_key_id: Some("key",
        ),
        performance_insights_retention_period: Some(465,
        ),
        port: Some(6432,
        ),
        preferred_backup_window: Some("03:00-03:30",
        ),
        preferred_maintenance_window: Some("sun:04:00-sun:04:30",
        ),
        processor_features: Some({    "coreCount": "2",},
        ),
        promotion_tier: Some(3,
        ),
        publicly_accessible: Some(true,
        ),
        storage_type: Some("io1",
        ),
        tags: Some({    "team": "orders",},
        ),
        vpc_security_group_ids: Some(Names(    [        "sg-1",        "sg-2",],),
        ),
    }
    "#);
}

/// Formats one setting per line, without unset ones.
fn shown(settings: &InstanceSettings) -> String {
    let one_line =
        format!("{settings:#?}").replace("\n        ", "").replace("    ]", "]").replace("    }", "}");
    one_line.lines().filter(|line| !line.ends_with("None,")).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_file_comes_before_the_source() {
    let overrides: InstanceSettings = toml::from_str(
        "db-instance-class = \"db.t4g.small\"\nmulti-az = false\nvpc-security-group-ids = [\"sg-9\", \"sg-3\"]\n\
         tags = { team = \"drills\" }\nallocated-storage = 600\nport = 5433",
    )
    .unwrap();
    let source = InstanceSettings::of(&source());
    let wanted = overrides.over(source.clone());
    assert_eq!(wanted.db_instance_class.as_deref(), Some("db.t4g.small"));
    assert_eq!(
        (wanted.multi_az, wanted.allocated_storage, wanted.port),
        (Some(false), Some(600), Some(5433))
    );
    assert_eq!(wanted.vpc_security_group_ids, Some(Names(vec!["sg-3".into(), "sg-9".into()])));
    assert_eq!(wanted.tags, Some(BTreeMap::from([("team".into(), "drills".into())])));
    assert_eq!(wanted.processor_features, None, "they belong to the class");
    assert_eq!((wanted.iops, &wanted.db_subnet_group_name), (Some(5000), &source.db_subnet_group_name));
}

#[test]
fn storage_figures_are_named_where_rds_takes_them() {
    for (engine, storage, iops, throughput, named) in [
        ("postgres", "io1", Some(5000), None, (Some(5000), None)),
        ("mysql", "io2", Some(5000), Some(100), (Some(5000), None)),
        ("postgres", "gp3", Some(3000), Some(125), (None, None)),
        ("postgres", "gp3", Some(12_000), Some(500), (None, None)),
        ("postgres", "gp3", Some(12_000), Some(600), (Some(12_000), Some(600))),
        ("sqlserver-se", "gp3", Some(3000), Some(125), (Some(3000), Some(125))),
        ("postgres", "gp2", Some(300), None, (None, None)),
        ("postgres", "standard", None, None, (None, None)),
    ] {
        let source = DbInstance::builder()
            .engine(engine)
            .storage_type(storage)
            .set_iops(iops)
            .set_storage_throughput(throughput)
            .build();
        let settings = InstanceSettings::of(&source);
        assert_eq!((settings.iops, settings.storage_throughput), named, "{engine} {storage} {iops:?}");
    }
    let gp3 = InstanceSettings { storage_type: Some("gp3".into()), ..InstanceSettings::default() };
    let wanted = gp3.over(InstanceSettings::of(&source()));
    assert_eq!((wanted.iops, wanted.storage_throughput), (None, None), "they belong to io1");
}

#[test]
fn default_groups_are_left_to_rds() {
    for (name, carried) in
        [("tuned", Some("tuned")), ("default.postgres16", None), ("default:mysql-8-4", None)]
    {
        assert_eq!(own_group(Some(name)).as_deref(), carried);
    }
}

#[test]
fn only_what_is_otherwise_is_modified() {
    let wanted = InstanceSettings::of(&source());
    assert_eq!(wanted.clone().unlike(&wanted), InstanceSettings::default());
    let restored = InstanceSettings { monitoring_interval: Some(0), port: None, ..wanted.clone() };
    let unlike = wanted.clone().unlike(&restored);
    let expected =
        InstanceSettings { monitoring_interval: Some(15), port: Some(6432), ..InstanceSettings::default() };
    assert_eq!(unlike, expected);
    let bare = wanted.unlike(&InstanceSettings::default()).modifiable();
    assert_eq!((bare.db_subnet_group_name, bare.tags, bare.engine_lifecycle_support), (None, None, None));
}

#[test]
fn a_setting_that_is_not_known_is_named() {
    let wrong = toml::from_str::<InstanceSettings>("db-instance-clas = \"db.t4g.small\"").unwrap_err();
    assert!(wrong.message().contains("db-instance-clas"), "{wrong}");
}

#[test]
fn a_backup_tells_what_it_knows() {
    let backup = DbInstanceAutomatedBackup::builder()
        .engine("postgres")
        .port(6432)
        .option_group_name("audited")
        .storage_type("gp3")
        .iops(3000)
        .storage_throughput(125)
        .iam_database_authentication_enabled(true)
        .backup_retention_period(7)
        .build();
    let expected = InstanceSettings {
        port: Some(6432),
        option_group_name: Some("audited".into()),
        storage_type: Some("gp3".into()),
        enable_iam_database_authentication: Some(true),
        backup_retention_period: Some(7),
        ..InstanceSettings::default()
    };
    assert_eq!(InstanceSettings::of_backup(&backup), expected);
}

#[test]
fn what_nothing_carries_over_is_said() {
    let bound = DbInstance::builder().associated_roles(DbInstanceRole::builder().build()).build();
    assert_eq!(left_out(&bound), ["its IAM roles (aws rds add-role-to-db-instance)"]);
    assert_eq!(left_out(&source()), Vec::<&str>::new());
}
