use super::*;
use crate::recover::RecoveryFile;

#[test]
fn the_file_that_is_written_can_be_read() {
    let file = RecoveryFile::parse("recovery.toml", TEMPLATE).unwrap();
    assert_eq!(file.about(), ["bucket s3://prod-uploads", "database orders"]);
    assert!(!TEMPLATE.contains(r"\n"), "an escape in a raw string is text");
}

fn is_setting(line: &str) -> bool {
    let name = line.split(" = ").next().unwrap();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    line.starts_with('[') || (is_name && name != line)
}

/// Every commented-out line is a valid setting.
#[test]
fn what_is_commented_out_can_be_read_too() {
    let set: Vec<_> = TEMPLATE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if is_setting(rest) => rest,
            _ => line,
        })
        .filter(|line| !line.starts_with("source-"))
        .collect();
    let file = RecoveryFile::parse("recovery.toml", &set.join("\n")).unwrap();
    assert_eq!(file.databases.len(), 3);
    assert!(
        file.references.comparisons.len() == 3
            && file.hooks.after_database.is_some()
            && file.mark.dump.is_some()
    );
}
