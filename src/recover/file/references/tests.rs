//! References of more than one store.

use super::super::RecoveryFile;
use super::*;

const BUCKETS: &str = "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"in-place\"\n";
const ORDERS: &str = "[[references]]\nname = \"orders\"\ncommand = [\"o\"]\nbucket = \"s3://prod\"\n";
const MESSAGES: &str = "[[references]]\nname = \"messages\"\ncommand = [\"m\"]\n";

fn references(text: &str) -> References {
    RecoveryFile::parse("r.toml", &format!("{BUCKETS}{text}")).unwrap().references
}

fn between(names: &str) -> String {
    format!("[[references]]\nbetween = [{names}]\n")
}

#[test]
fn several_lists_are_compared_with_buckets_and_each_other() {
    let of_both = between(r#""messages", "orders""#);
    let in_orders = "strip-prefix = \"https://cdn/\"\nnull = true\n";
    // The comparison may stand before its lists.
    let file = references(&format!("{of_both}orphans = true\n{ORDERS}{MESSAGES}{in_orders}"));
    let names: Vec<_> = file.lists.iter().map(|list| list.name.as_deref()).collect();
    assert_eq!(names, [Some("orders"), Some("messages")]);
    let [orders, messages] = &file.lists[..] else { panic!("{file:?}") };
    assert_eq!((orders.bucket.is_some(), messages.bucket.is_some()), (true, false));
    assert_eq!((&*messages.strip_prefix, messages.null), ("https://cdn/", true));
    assert_eq!(messages.label(), "the command of the references messages");
    let [first, second] = &file.comparisons[..] else { panic!("{file:?}") };
    assert_eq!((first.list, &first.with, first.orphans), (1, &ComparedWith::List(0), true));
    assert_eq!(first.name.as_deref(), Some("messages in orders"));
    assert_eq!((second.list, file.is_with_bucket("orders")), (0, true));
    assert!(!file.is_with_bucket("messages in orders") && !file.is_empty());
}

#[test]
fn alone_they_need_no_name() {
    let table = "[references]\ncommand = [\"o\"]\nbucket = \"s3://prod\"\n";
    for text in [table.to_owned(), table.replace("[references]", "[[references]]")] {
        let file = references(&text);
        assert_eq!((file.lists.len(), &file.comparisons[0].name), (1, &None), "{text}");
        assert_eq!(file.lists[0].label(), "the references' command");
    }
    assert!(references("").is_empty());
}

#[test]
fn references_that_cannot_be_are_told_with_their_line() {
    let both = format!("{ORDERS}{MESSAGES}");
    for (text, told) in [
        (ORDERS.repeat(2), "line 8, column 1: two references have the name orders"),
        (
            format!("{ORDERS}[[references]]\ncommand = [\"m\"]\nbucket = \"s3://prod\"\n"),
            "line 8, column 1: each of several [[references]] needs a name",
        ),
        (ORDERS.replace("orders", ""), "line 4, column 1: the name of the references is empty"),
        (
            ORDERS.replace("orders", "a\\u001b[2J"),
            "line 4, column 1: the name a\\u{1b}[2J has control characters",
        ),
        (
            both.clone() + &between(r#""orders", "queue""#),
            "line 11, column 1: between names queue, which no [[references]] with a command has as its name",
        ),
        (
            both.clone() + &between(r#""orders", "messages", "orders""#),
            "line 11, column 1: between takes two names of [[references]], not 3",
        ),
        (both.clone() + &between(""), "line 11, column 1: between takes two names of [[references]], not 0"),
        (both.clone() + &between(r#""orders", "orders""#), "line 11, column 1: between names orders twice"),
        (
            both.clone() + &between(r#""orders", "messages""#).repeat(2),
            "line 13, column 1: two references have the name orders in messages",
        ),
        (
            both.clone()
                + &between(r#""messages", "orders""#)
                + &between(r#""messages in orders", "orders""#),
            "line 13, column 1: between names messages in orders, which no [[references]] with a command has",
        ),
        (
            both.clone() + &between(r#""messages", "orders""#) + "heal = \"30s\"\n",
            "line 11, column 1: the references messages in orders have between, so they have no heal",
        ),
        (
            both.clone() + &between(r#""messages", "orders""#) + "command = [\"x\"]\n",
            "line 11, column 1: the references messages in orders have between, so they have no command",
        ),
        (both, "line 8, column 1: the references messages are compared with nothing: add bucket, or another"),
        (
            format!("{ORDERS}{MESSAGES}allow-empty = true\n"),
            "line 8, column 1: the references messages have no bucket, so they have no allow-empty",
        ),
        (ORDERS.replace("command", "# command"), "line 4, column 1: the references orders have no command"),
        (
            ORDERS.replace("s3://prod", "s3://other"),
            "line 4, column 1: the references orders use s3://other, which is not the source of any [[bucket]]",
        ),
        (
            "[references]\ncommand = [\"o\"]\n".to_owned(),
            "line 4, column 1: the references are compared with nothing",
        ),
        (ORDERS.replace("name", "nam"), "line 5, column 1: unknown field `nam`"),
        ("[references]\nnam = 1\n".to_owned(), "line 5, column 1: unknown field `nam`"),
        (between("1"), "line 5, column 12: invalid type: integer `1`, expected a string"),
    ] {
        let error = RecoveryFile::parse("r.toml", &format!("{BUCKETS}{text}")).unwrap_err().to_string();
        let told = format!("r.toml, {told}");
        assert!(error.starts_with(&told), "{text}\n  told:     {told}\n  in truth: {error}");
    }
    let error = RecoveryFile::parse("r.toml", &format!("references = 3\n{BUCKETS}")).unwrap_err().to_string();
    assert!(error.contains("expected a table [references], or [[references]] several times"), "{error}");
}
