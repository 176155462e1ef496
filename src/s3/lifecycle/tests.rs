use super::*;

#[test]
fn servers_that_hide_their_rules_are_known_by_their_hosts() {
    for endpoint in [
        "https://s3.us-west-004.backblazeb2.com",
        "https://S3.eu-central-003.BackblazeB2.com:443/",
        "https://prod-uploads.s3.us-west-004.backblazeb2.com./",
        "http://backblazeb2.com",
    ] {
        assert!(hides_rules(endpoint), "{endpoint}");
    }
    for endpoint in [
        "https://s3.eu-west-1.amazonaws.com",
        "http://s3.us-west-004.backblazeb2.com.localhost:9000",
        "https://notbackblazeb2.com",
        "https://example.com/backblazeb2.com",
        "http://[::1]:9000",
    ] {
        assert!(!hides_rules(endpoint), "{endpoint}");
    }
}

/// Nothing is sent: "no such configuration" would be mistaken for a complete history.
#[tokio::test]
async fn rules_that_are_hidden_are_unknown() {
    let client = Client::to("https://s3.us-west-004.backblazeb2.com");
    let rules = client.lifecycle("prod-uploads").await.unwrap();
    assert_eq!(rules, Known::Unclear(HIDDEN.to_owned()));
}
