use super::*;

/// With a name swap, the names of the cluster's instances contain a date.
#[test]
fn the_instances_of_a_cluster_are_those_that_rds_names() {
    let server = Server { region: Some("eu-west-1".to_owned()), ..Server::default() };
    let how = cluster("restored", &server);
    assert!(how.starts_with("for one in $(aws rds describe-db-clusters --db-cluster-identifier restored "));
    assert!(!how.contains("restored-1"), "{how}");
    assert_eq!(how.matches(" --region eu-west-1").count(), 4, "{how}");
}
