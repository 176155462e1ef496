use super::*;

fn after(typed: &[&str], verb: &'static str) -> Suggestion {
    let words = std::iter::once("asof").chain(typed.iter().copied());
    Suggestion::after(Typed::of(&Cli::command().try_get_matches_from(words).unwrap()), verb)
}

#[test]
fn a_recovery_goes_on_with_what_it_was_begun_with() {
    for typed in [
        "",
        " --state-dir /var/asof",
        " --on-conflict overwrite --rate 100/s --concurrency 7 --doubtful trust --thaw bulk --thaw-days 9 \
         --locks --multipart-window 90m --deadline 2h --state-dir '/a b' --endpoint-url http://127.0.0.1:9000",
        " --doubtful skip --no-head --profile prod",
    ] {
        let words = typed.replace("'/a b'", "/a\u{a0}b");
        let words: Vec<_> = words
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| word.replace('\u{a0}', " "))
            .collect();
        let all: Vec<_> =
            ["recover", "f.toml", "--at", "1h"].into_iter().chain(words.iter().map(|w| &**w)).collect();
        let again = after(&all, "recover").word("f.toml").option("at", "1h");
        assert_eq!(again.to_string(), format!("asof recover f.toml --at 1h{typed}"));
    }
}

#[test]
fn each_option_is_typed_as_it_was() {
    let typed = [
        "diff",
        "s3://abc",
        "--at",
        "1h",
        "--include",
        "a*",
        "--exclude=-x*",
        "--include",
        "b",
        "--exclude",
        "it's",
        "--keys-from",
        "keys.txt",
        "--trust-etag",
        "--only",
        "undelete,revert",
        "--undelete",
        "remove-marker",
        "--endpoint-url",
        "http://127.0.0.1:9000",
        "--expected-bucket-owner",
        "111122223333",
        "--path-style",
        "--request-payer",
        "requester",
        "--list-concurrency",
        "3",
        "--json",
        "--quiet",
        "-v",
        "--all",
    ];
    assert_eq!(
        after(&typed, "restore").to_string(),
        r"asof restore --at 1h --include 'a*' --include b --exclude='-x*' --exclude 'it'\''s' --keys-from keys.txt --trust-etag --only undelete,revert --undelete remove-marker --endpoint-url http://127.0.0.1:9000 --expected-bucket-owner 111122223333 --path-style --request-payer requester --list-concurrency 3"
    );
    assert_eq!(
        after(&typed, "restore").option("plan", "p").without(&["only"]).to_string(),
        "asof restore --plan p --endpoint-url http://127.0.0.1:9000 --expected-bucket-owner 111122223333 --path-style --request-payer requester --list-concurrency 3",
        "a plan has chosen the keys"
    );
}

#[test]
fn an_option_of_the_same_name_and_another_meaning_is_not_repeated() {
    let timeline = ["timeline", "s3://abc", "--to", "1h"];
    assert_eq!(after(&timeline, "restore").to_string(), "asof restore");
    let verify = ["verify", "s3://abc", "--at", "1h", "--doubtful", "trust", "--state-dir", "/s"];
    assert_eq!(after(&verify, "restore").option("at", "x").to_string(), "asof restore --at x --state-dir /s");
    let relative = ["show", "p", "--state-dir", "s", "--profile", "p"];
    let here = std::env::current_dir().unwrap();
    assert_eq!(after(&relative, "runs").to_string(), format!("asof runs --state-dir {}/s", here.display()));
}

#[test]
fn a_run_knows_its_server() {
    let server = Server { region: Some("eu-west-1".to_owned()), path_style: true, ..Server::default() };
    let typed = ["resume", "r", "--region", "eu-west-1", "--path-style", "--profile", "p"];
    assert_eq!(after(&typed, "undo").knows(&server).to_string(), "asof undo --profile p");
    let other = ["resume", "r", "--region", "eu-west-2"];
    assert_eq!(after(&other, "undo").knows(&server).to_string(), "asof undo --region eu-west-2");
    let on = after(&other, "verify").on(&server).to_string();
    assert_eq!(on, "asof verify --path-style --region eu-west-2");
}
