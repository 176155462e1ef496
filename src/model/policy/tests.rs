use super::*;

#[test]
fn a_statement_that_denies_writes_without_a_condition_is_found() {
    let statement = |effect: &str, condition: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":"*","Action":"s3:PutObject","Resource":"*","Condition":{condition}}}]}}"#
        )
    };
    for (policy, expected) in [
        (statement("Deny", r#"{"Null":{"s3:if-none-match":"true"}}"#), Some(true)),
        (
            statement(
                "Deny",
                r#"{"Null":{"s3:If-Match":[true]},"Bool":{"s3:ObjectCreationOperation":"true"}}"#,
            ),
            Some(true),
        ),
        (statement("Deny", r#"{"Null":{"s3:if-none-match":"false"}}"#), Some(false)),
        (statement("Allow", r#"{"Null":{"s3:if-none-match":"true"}}"#), Some(false)),
        (statement("Deny", r#"{"Bool":{"aws:SecureTransport":"false"}}"#), Some(false)),
        (statement("Deny", "[]"), Some(false)),
        (
            r#"{"Statement":{"Effect":"Deny","Condition":{"Null":{"s3:if-match":"true"}}}}"#.to_owned(),
            Some(true),
        ),
        ("{}".to_owned(), None),
        ("not JSON".to_owned(), None),
    ] {
        assert_eq!(demands_conditions(&policy), expected, "{policy}");
    }
}
