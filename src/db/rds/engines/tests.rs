use super::*;

#[test]
fn engines_are_known_by_their_names() {
    use ClusterEngine::{Aurora, DocumentDb, MultiAz, Neptune};
    for (name, engine) in [
        ("aurora-postgresql", Some(Aurora)),
        ("aurora-mysql", Some(Aurora)),
        ("aurora", Some(Aurora)),
        ("mysql", Some(MultiAz)),
        ("postgres", Some(MultiAz)),
        ("docdb", Some(DocumentDb)),
        ("neptune", Some(Neptune)),
        ("custom-sqlserver-ee", None),
        ("", None),
    ] {
        assert_eq!(ClusterEngine::of(name), engine, "{name}");
    }
}

/// Tests the table in the module docs.
#[test]
fn what_an_engine_does_not_have_is_named() {
    use ClusterEngine::{Aurora, DocumentDb, MultiAz, Neptune};
    for (setting, having) in [
        ("port = 1", &[Aurora, MultiAz, DocumentDb, Neptune][..]),
        ("storage-type = \"a\"", &[Aurora, MultiAz, DocumentDb, Neptune]),
        ("deletion-protection = true", &[Aurora, MultiAz, DocumentDb, Neptune]),
        ("instances = 1", &[Aurora, DocumentDb, Neptune]),
        ("backtrack-window = 1", &[Aurora]),
        ("serverless-v2-max-capacity = 1.0", &[Aurora, DocumentDb, Neptune]),
        ("serverless-v2-seconds-until-auto-pause = 1", &[Aurora]),
        ("network-type = \"DUAL\"", &[Aurora, DocumentDb]),
        ("db-cluster-instance-class = \"a\"", &[MultiAz]),
        ("iops = 1", &[MultiAz]),
        ("monitoring-interval = 1", &[MultiAz]),
        ("publicly-accessible = true", &[MultiAz]),
        ("enable-iam-database-authentication = true", &[Aurora, MultiAz, Neptune]),
        ("manage-master-user-password = true", &[Aurora, MultiAz, DocumentDb]),
        ("database-insights-mode = \"a\"", &[Aurora, MultiAz]),
    ] {
        let all: ClusterSettings = toml::from_str(setting).unwrap();
        for engine in [Aurora, MultiAz, DocumentDb, Neptune] {
            let lost = lost(&all, &engine.known(all.clone()));
            let name = setting.split(' ').next().map(ToOwned::to_owned);
            assert_eq!(lost, name.filter(|_| !having.contains(&engine)), "{engine:?}");
        }
    }
    let all: ClusterSettings =
        toml::from_str("[instance]\nmonitoring-interval = 1\npromotion-tier = 1").unwrap();
    let known = DocumentDb.known(all.clone());
    assert_eq!(lost(&all, &known).as_deref(), Some("instance.monitoring-interval"));
    assert_eq!(known.instance.and_then(|instance| instance.promotion_tier), Some(1));
}
