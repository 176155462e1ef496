use super::*;

#[test]
fn what_was_kept_is_read_again_and_only_of_the_same_source() {
    let group = aws_sdk_rds::types::VpcSecurityGroupMembership::builder().vpc_security_group_id("sg-1");
    let instance = DbInstance::builder()
        .db_instance_class("db.r7g.large")
        .vpc_security_groups(group.status("active").build())
        .deletion_protection(true)
        .engine("postgres");
    let captured = Captured::of_instance("prod", &instance.build());
    let json = captured.to_json().unwrap();
    assert_eq!(Captured::read("orders", "prod", &json).unwrap(), captured);
    let other = Captured::<InstanceSettings>::read("orders", "other", &json).unwrap_err();
    assert!(other.to_string().contains("they are for prod, but the recovery file names other"), "{other}");
    let newer = String::from_utf8(json).unwrap().replace("\"format\": 1", "\"format\": 2");
    let newer = Captured::<InstanceSettings>::read("orders", "prod", newer.as_bytes()).unwrap_err();
    assert!(newer.to_string().contains("they were written by a newer asof"), "{newer}");
}

#[tokio::test]
async fn a_source_is_read_once() {
    let once = Once::default();
    let of =
        |class: &str| Captured::of_instance("prod", &DbInstance::builder().db_instance_class(class).build());
    let first = once.get(async || Ok(of("a"))).await.unwrap();
    let second = once.get(async || Ok(of("b"))).await.unwrap();
    assert_eq!(first.settings.db_instance_class.as_deref(), Some("a"));
    assert_eq!(first, second);
    once.set(of("c"));
    assert_eq!(once.get(async || Ok(of("d"))).await.unwrap().settings, of("c").settings);
}
