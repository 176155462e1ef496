use super::*;

const ROLE: &str = "arn:aws:iam::1:role/import";

fn server() -> Server {
    let text = |text: &str| Some(text.to_owned());
    Server { region: text("eu-west-1"), profile: text("on call"), ..Server::default() }
}

fn commands(follow_ups: &[FollowUp]) -> Vec<String> {
    follow_ups.iter().map(|follow_up| follow_up.command.join(" ")).collect()
}

#[test]
fn a_role_that_is_lacking_is_added() {
    let role = |feature: Option<&str>| (ROLE.to_owned(), feature.map(ToOwned::to_owned));
    let of = |source: Vec<_>, restored: Vec<_>, kind: &str| {
        let source = Facts { roles: source, ..Facts::default() };
        let restored = Restored { id: "dst".to_owned(), roles: restored, ..Restored::default() };
        commands(&roles(&source, &restored, kind, &server()))
    };
    let added = |kind: &str, feature: &str| {
        format!(
            "aws rds add-role-to-db-{kind} --db-{kind}-identifier dst --role-arn {ROLE}{feature} --region \
                 eu-west-1 --profile on call"
        )
    };
    let import = role(Some("s3Import"));
    let expected = [added("instance", " --feature-name s3Import")];
    assert_eq!(of(vec![import.clone()], vec![], "instance"), expected);
    // The same role for another feature counts as a different role.
    assert_eq!(of(vec![import.clone()], vec![role(Some("s3Export"))], "instance"), expected);
    assert!(of(vec![import.clone()], vec![import], "instance").is_empty());
    assert_eq!(of(vec![role(None)], vec![], "cluster"), [added("cluster", "")]);
    assert_eq!(of(vec![role(Some(""))], vec![], "cluster"), [added("cluster", "")]);
    assert!(of(vec![], vec![role(None)], "cluster").is_empty());
}

#[test]
fn a_replica_that_is_lacking_is_created_where_the_source_has_it() {
    let of = |replica: &str, arn: Option<&str>, there: &[&str]| {
        let source = Facts { replicas: vec![replica.to_owned()], ..Facts::default() };
        let replicas_there = there.iter().map(|&id| id.to_owned()).collect();
        let arn = arn.map(ToOwned::to_owned);
        let restored =
            Restored { id: "dst".to_owned(), arn, replicas: replicas_there, ..Restored::default() };
        commands(&replicas(&source, &restored, &server()))
    };
    let (arn, far) = (Some("arn:aws:rds:eu-west-1:1:db:dst"), "arn:aws:rds:us-east-2:1:db:src-ro");
    let create = "aws rds create-db-instance-read-replica --db-instance-identifier dst-src-ro \
                      --source-db-instance-identifier";
    let here = format!("{create} dst --region eu-west-1 --profile on call");
    let there =
        format!("{create} {} --source-region eu-west-1 --region us-east-2 --profile on call", arn.unwrap());
    assert_eq!(of("src-ro", arn, &[]), [&*here]);
    assert_eq!(of("src-ro", None, &["dst-other"]), [&*here]);
    assert_eq!(of(far, arn, &[]), [&*there]);
    assert!(of(far, None, &[]).is_empty());
    assert!(of("src-ro", arn, &["dst-src-ro"]).is_empty());
    assert!(of(far, arn, &["arn:aws:rds:us-east-2:1:db:dst-src-ro"]).is_empty());
}
