use clap::Parser as _;

use super::super::args::common::PayerArg;
use super::*;

#[derive(clap::Parser)]
struct Recovery {
    #[command(flatten)]
    carry: CarryArgs,
}

#[test]
fn a_recovery_goes_on_with_what_it_was_begun_with() {
    for typed in [
        "",
        " --state-dir /var/asof",
        " --on-conflict overwrite --rate 100/s --concurrency 7 --doubtful trust --thaw bulk --thaw-days 9 \
             --locks --multipart-window 5400s --deadline 7200s --state-dir '/a b' --endpoint-url http://127.0.0.1:9000",
        " --doubtful skip --no-head --profile prod",
    ] {
        let words = typed.replace("'/a b'", "/a\u{a0}b");
        let words = words.split(' ').filter(|word| !word.is_empty()).map(|word| word.replace('\u{a0}', " "));
        let carry = Recovery::parse_from(std::iter::once("asof".to_owned()).chain(words)).carry;
        assert_eq!(of_recovery(&carry), typed);
    }
}

#[test]
fn each_option_is_typed_as_it_was() {
    let select = SelectArgs {
        include: vec!["a*".into(), "b".into()],
        exclude: vec!["it's".into()],
        keys_from: Some("keys.txt".into()),
    };
    let server = ServerArgs {
        endpoint_url: Some("http://127.0.0.1:9000".into()),
        region: None,
        profile: Some("prod".into()),
        path_style: true,
        expected_bucket_owner: Some("111122223333".parse().unwrap()),
        request_payer: Some(PayerArg::Requester),
        list_concurrency: 64,
        read_timeout: crate::limits::BODY_IDLE,
    };
    assert_eq!(
        options(&select, &CompareArgs { trust_etag: true }, &server),
        r" --include 'a*' --include b --exclude 'it'\''s' --keys-from keys.txt --trust-etag --endpoint-url http://127.0.0.1:9000 --profile prod --expected-bucket-owner 111122223333 --request-payer requester --path-style"
    );
}
