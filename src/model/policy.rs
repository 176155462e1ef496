//! Bucket policies, as far as they prevent copies.
//!
//! A policy can require conditional writes by denying those for which the key `s3:if-none-match` or `s3:if-match` is
//! null. In such a bucket S3 refuses `CopyObject`, with or without a condition
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html>).

use serde_json::Value;

/// Returns whether a statement denies unconditional writes; `None` if the policy cannot be read. Ignores the
/// statement's principals and resources.
pub fn demands_conditions(policy: &str) -> Option<bool> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let statements = one_or_many(policy.get("Statement")?);
    Some(statements.iter().any(|statement| denies_unconditional(statement)))
}

fn denies_unconditional(statement: &Value) -> bool {
    let denies = statement.get("Effect").and_then(Value::as_str) == Some("Deny");
    let null = statement.get("Condition").and_then(Value::as_object).into_iter().flatten();
    let mut null = null.filter(|(operator, _)| operator.eq_ignore_ascii_case("null")).map(|(_, keys)| keys);
    denies
        && null.any(|keys| {
            keys.as_object().is_some_and(|keys| keys.iter().any(|(key, value)| names_condition(key, value)))
        })
}

fn names_condition(key: &str, value: &Value) -> bool {
    let is_true = |value: &&Value| {
        value.as_bool() == Some(true) || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    };
    let named = ["s3:if-none-match", "s3:if-match"].iter().any(|name| key.eq_ignore_ascii_case(name));
    named && one_or_many(value).iter().any(is_true)
}

/// Returns the values of an element that IAM allows as a single value or a list.
fn one_or_many(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |many| many.iter().collect())
}

#[cfg(test)]
mod tests;
