//! Valid settings of a recovery file, and the errors for invalid ones.

use super::*;

const BUCKET: &str = "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"in-place\"\n";

fn error(text: &str) -> String {
    RecoveryFile::parse("r.toml", text).unwrap_err().to_string()
}

#[test]
fn everything_is_read() {
    let text = r#"
[[bucket]]
source = "s3://prod/a"
target = "s3://scratch/a"
endpoint-url = "http://127.0.0.1:1"
path-style = true
[[database]]
kind = "command"
name = "orders"
restore = ["db", "restore"]
wait = { shell = "sleep 1; true" }
[[database]]
kind = "rds"
source = "prod"
target = "prod-restored"
overrides = { port = 5433 }
[hooks]
quiesce = ["stop"]
[references]
command = ["keys"]
bucket = "s3://prod/a"
heal = "30s"
[mark]
deadline = "2m"
"#;
    let file = RecoveryFile::parse("r.toml", text).unwrap();
    assert_eq!(file.about(), ["bucket s3://prod/a into s3://scratch/a", "database orders", "database prod"]);
    let DatabaseKind::Command(orders) = &file.databases[0] else { panic!("{file:?}") };
    assert_eq!(orders.wait, Some(Program::new(["/bin/sh", "-c", "sleep 1; true"])));
    let DatabaseKind::Rds(prod) = &file.databases[1] else { panic!("{file:?}") };
    assert!(prod.like_source && prod.overrides.contains_key("port"));
    let location = "s3://prod/a".parse().unwrap();
    let with = ComparedWith::Bucket { location, heal: Some(Duration::from_secs(30)) };
    assert_eq!((file.references.lists[0].name.clone(), &file.references.comparisons[0].with), (None, &with));
    assert_eq!(file.mark.deadline(), Duration::from_mins(2));
    let shape = file.shape();
    assert!(shape.quiesce && !shape.resume && shape.references);
}

/// | databases | buckets contain |
/// |---|---|
/// | some | objects dated before T |
/// | none | objects dated T, too |
#[test]
fn beside_a_database_a_bucket_holds_what_is_dated_before_the_time() {
    let at = Instant::from_millis(1_763_389_805_000);
    let alone = RecoveryFile::parse("r.toml", BUCKET).unwrap();
    assert_eq!(alone.buckets_at(at), at);
    let database = "[[database]]\nkind = \"command\"\nrestore = [\"db\"]\n";
    let beside = RecoveryFile::parse("r.toml", &format!("{BUCKET}{database}")).unwrap();
    assert_eq!(beside.buckets_at(at).to_string(), "2025-11-17T14:30:04.999Z");
}

#[test]
fn what_cannot_be_is_told_with_its_line_and_column() {
    let with = |rest: &str| format!("{BUCKET}{rest}");
    for (text, told) in [
        (with("sauce = 1\n"), "r.toml, line 4, column 1: unknown field `sauce`"),
        (
            BUCKET.replace("s3://prod", "prod"),
            "r.toml, line 2, column 10: cannot read prod: it does not begin with s3://",
        ),
        (BUCKET.replace("in-place", "inplace"), "r.toml, line 3, column 10: cannot read inplace"),
        (BUCKET.replace("target", "# target"), "r.toml, line 1, column 1: missing field `target`"),
        (
            with("[hooks]\nquiesce = \"stop\"\n"),
            "r.toml, line 5, column 11: invalid type: string \"stop\", expected a command as a list",
        ),
        (with("[hooks]\nquiesce = []\n"), "r.toml, line 5, column 11: no program given"),
        (with("[hooks]\nquiesce = { shell = \" \" }\n"), "r.toml, line 5, column 11: no program given"),
        (with("[hooks]\nresume = { shel = \"x\" }\n"), "r.toml, line 5, column 10: unknown field `shel`"),
        (with("[[database]]\nkind = \"oracle\"\n"), "r.toml, line 5, column 8: unknown variant `oracle`"),
        (
            with("[[database]]\nkind = \"command\"\n"),
            "r.toml, line 4, column 1: the database database-1 has no restore command",
        ),
        (
            with("[[database]]\nkind = \"command\"\nrestore = [\"r\"]\nlike-source = true\n"),
            "r.toml, line 4, column 1: the database database-1 has kind command, which has no like-source",
        ),
        (
            with("[[database]]\nkind = \"rds\"\ntarget = \"t\"\n"),
            "r.toml, line 4, column 1: the database t needs exactly one of",
        ),
        (
            with("[[database]]\nkind = \"command\"\nname = \"a\"\ntarget = \"\"\nrestore = [\"r\"]\n"),
            "r.toml, line 4, column 1: the database a has an empty target",
        ),
        (with("[mark]\ndeadline = \"soon\"\n"), "r.toml, line 5, column 12: write a duration as"),
        (
            with("[references]\ncommand = [\"k\"]\nbucket = \"s3://other\"\n"),
            "r.toml, line 4, column 1: the references use s3://other, which is not the source of any [[bucket]]",
        ),
        ("[hooks]\n".to_owned(), "r.toml has no bucket, no database and no store"),
        ("[[bucket]\n".to_owned(), "r.toml, line 1, column "),
    ] {
        let error = error(&text);
        assert!(error.starts_with(told), "{text}\n  told:     {told}\n  in truth: {error}");
    }
}

#[test]
fn places_that_overlap_are_refused() {
    let buckets = |pairs: &[(&str, &str)]| -> String {
        let bucket = |(s, t): &(&str, &str)| format!("[[bucket]]\nsource = \"{s}\"\ntarget = \"{t}\"\n");
        pairs.iter().map(bucket).collect::<Vec<_>>().concat()
    };
    for pairs in [
        &[("s3://prod", "s3://prod/x")][..],
        &[("s3://prod/x/y", "s3://prod/x")],
        &[("s3://prod", "in-place"), ("s3://other", "s3://prod/copy")],
        &[("s3://prod", "s3://scratch"), ("s3://other", "s3://scratch/other")],
        &[("s3://prod", "in-place"), ("s3://prod/a", "in-place")],
    ] {
        assert!(error(&buckets(pairs)).contains("overlap"), "{pairs:?}");
    }
    let fine = buckets(&[
        ("s3://prod/a/", "in-place"),
        ("s3://prod/b/", "s3://scratch/b"),
        ("s3://x-y", "s3://scratch/c"),
    ]);
    assert!(RecoveryFile::parse("r.toml", &fine).is_ok());
}

#[test]
fn two_databases_have_two_names() {
    let one = "[[database]]\nkind = \"command\"\nname = \"a\"\nrestore = [\"r\"]\n";
    assert!(error(&one.repeat(2)).contains("two databases have the name a"));
}

/// Hooks find a database's endpoint in a variable, whose name cannot contain "-".
#[test]
fn two_databases_have_two_variables() {
    let one =
        |name: &str| format!("[[database]]\nkind = \"command\"\nname = \"{name}\"\nrestore = [\"r\"]\n");
    assert!(
        error(&(one("a-b") + &one("A_b")))
            .contains("the databases a-b and A_b would both set ASOF_ENDPOINT_A_B for the hooks")
    );
    assert!(RecoveryFile::parse("r.toml", &(one("a-b") + &one("a-c"))).is_ok());
}

#[test]
fn two_databases_of_rds_have_two_targets() {
    let one = |name: &str, kind: &str| {
        format!(
            "[[database]]\nkind = \"{kind}\"\nname = \"{name}\"\nsource = \"{name}\"\ntarget = \"restored\"\n"
        )
    };
    let both = one("orders", "rds") + &one("billing", "rds");
    assert!(error(&both).contains("two databases have the target restored"));
    assert!(
        error(&(one("orders", "rds") + &one("billing", "aurora"))).contains("two databases have the target")
    );
}

#[test]
fn only_a_database_of_rds_gets_its_source_s_name() {
    let rds = |target: &str| {
        format!(
            "[[database]]\nkind = \"rds\"\nname = \"{target}\"\nsource = \"prod\"\ntarget = \"{target}\"\n\
             cut-over = \"rename\"\n"
        )
    };
    let file = RecoveryFile::parse("r.toml", &rds("restored")).unwrap();
    assert_eq!((file.shape().swaps, crate::recover::drill_shape(&file).swaps), (vec![true], vec![]));
    let plain = RecoveryFile::parse("r.toml", &rds("restored").replace("\"rename\"", "\"none\"")).unwrap();
    assert_eq!(plain.shape().swaps, [false]);
    let held = |file: &RecoveryFile| file.resources("/r.toml".into(), std::iter::repeat(None)).len();
    assert_eq!((held(&file), held(&plain)), (3, 2));
    // Each would take the other's name.
    assert!(error(&(rds("one") + &rds("two"))).contains("two databases have the target prod"));
    let command =
        "[[database]]\nkind = \"command\"\nname = \"a\"\nrestore = [\"r\"]\ncut-over = \"rename\"\n";
    assert!(error(command).contains("the database a has kind command, which has no cut-over"));
    assert!(error(&rds("restored").replace("\"rename\"", "\"swap\"")).contains("unknown variant `swap`"));
}
