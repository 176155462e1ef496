use super::*;

fn class(class: &str) -> InstanceSettings {
    InstanceSettings { db_instance_class: Some(class.into()), ..InstanceSettings::default() }
}

#[test]
fn instances_are_like_the_source_s_unless_the_file_says_otherwise() {
    let source = [class("db.r7g.large"), class("db.r7g.medium")];
    let classes = |file: &str, source: &[InstanceSettings]| {
        let overrides: ClusterSettings = toml::from_str(file).unwrap();
        let instances = overrides.instances(source).into_iter();
        instances.map(|instance| instance.db_instance_class).collect::<Vec<_>>()
    };
    let some = |classes: &[&str]| classes.iter().map(|class| Some((*class).to_owned())).collect::<Vec<_>>();
    let given = "[instance]\ndb-instance-class = \"db.t4g.medium\"";
    assert_eq!(classes("", &source), some(&["db.r7g.large", "db.r7g.medium"]));
    assert_eq!(classes("instances = 1", &source), some(&["db.r7g.large"]));
    assert_eq!(classes("instances = 3", &source), some(&["db.r7g.large", "db.r7g.medium", "db.r7g.medium"]));
    assert_eq!(classes(given, &source), some(&["db.t4g.medium", "db.t4g.medium"]));
    assert_eq!(classes(given, &[]), some(&["db.t4g.medium"]));
    assert_eq!(classes("", &[]), [None]);
    assert_eq!(classes("instances = 0", &source), []);
}
