use super::*;

fn parse(text: &str) -> Result<Prices> {
    Prices::parse(text, "prices.toml")
}

#[test]
fn the_prices_of_aws_are_complete() {
    let prices = parse(US_EAST_1).unwrap();
    let classes: Vec<_> = prices.class.keys().map(String::as_str).collect();
    let expected = [
        "DEEP_ARCHIVE",
        "GLACIER",
        "GLACIER_IR",
        "INTELLIGENT_TIERING",
        "ONEZONE_IA",
        "STANDARD",
        "STANDARD_IA",
    ];
    assert_eq!(classes, expected);
}

#[test]
fn prices_can_be_toml_or_json() {
    let toml = "name = \"x\"\n[class.STANDARD]\nwrite = 1\nread = 0.5\n";
    let json = "{\"name\":\"x\",\"class\":{\"STANDARD\":{\"write\":1,\"read\":0.5}}}";
    assert_eq!(parse(toml).unwrap(), parse(json).unwrap());
}

#[test]
fn other_files_are_refused() {
    for (text, error) in [
        ("", "line 1: missing field `name`"),
        ("name = \"x\"\n[class]\n", "it has no storage class"),
        ("name = \"x\"\n[class.STANDARD]\nwrite = 1\n", "line 2: missing field `read`"),
        (
            "name = \"x\"\n[class.STANDARD]\nwrite = -1\nread = 0\n",
            "a price of STANDARD is negative or not a number",
        ),
        (
            "name = \"x\"\n[class.STANDARD]\nwrite = nan\nread = 0\n",
            "a price of STANDARD is negative or not a number",
        ),
        (
            "name = \"x\"\n[class.STANDARD]\nwrite = 1\nread = 0\nput = 1\n",
            "line 5: unknown field `put`, expected one of `write`, `read`, `retrieval`, `thaw`",
        ),
        ("{\"name\":1}", "invalid type: integer `1`, expected a string at line 1 column 9"),
    ] {
        let shown = parse(text).unwrap_err().to_string();
        assert_eq!(shown, format!("cannot read prices from prices.toml: {error}"), "{text}");
    }
}

#[test]
fn only_aws_has_prices_unless_they_are_given() {
    let given = parse("name = \"x\"\n[class.STANDARD]\nwrite = 1\nread = 0\n").unwrap();
    let url = |text: &str| Endpoint::Url(text.to_owned());
    for (endpoint, has_prices) in [
        (Endpoint::Aws, true),
        (url("https://s3.eu-west-1.amazonaws.com"), true),
        (url("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com:443/path"), true),
        (url("https://s3.cn-north-1.amazonaws.com.cn"), false),
        (url("http://127.0.0.1:9000"), false),
        (url("https://notamazonaws.com"), false),
        (url("https://minio.example/amazonaws.com"), false),
    ] {
        assert_eq!(Prices::at(&endpoint, None).is_some(), has_prices, "{endpoint:?}");
        assert_eq!(Prices::at(&endpoint, Some(given.clone())).as_ref(), Some(&given));
    }
}
