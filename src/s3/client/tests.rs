use super::*;

#[test]
fn hosts_that_cannot_carry_a_bucket_name_are_known() {
    for url in ["http://127.0.0.1:9000", "http://localhost:4566/", "http://[::1]:80", "https://10.0.0.1"] {
        assert!(needs_path_style(url), "{url}");
    }
    for url in ["https://s3.eu-west-1.amazonaws.com", "http://minio.local:9000"] {
        assert!(!needs_path_style(url), "{url}");
    }
}

#[test]
fn every_wait_has_an_end_and_a_long_copy_its_time() {
    let (second, minutes) = (Duration::from_secs(1), Duration::from_mins);
    for (read_timeout, first_byte, of_copy) in [
        (None, minutes(1), minutes(5)),
        (Some(second), second, minutes(5)),
        (Some(minutes(10)), minutes(10), minutes(10)),
    ] {
        let settings = Settings { read_timeout, ..Settings::default() };
        let timeouts = timeouts(&settings);
        assert_eq!(timeouts.connect_timeout(), Some(limits::CONNECT_TIMEOUT));
        assert_eq!(timeouts.read_timeout(), Some(first_byte), "{read_timeout:?}");
        assert_eq!(timeouts.operation_attempt_timeout(), Some(minutes(30)));
        let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
        let config = config.http_client(http_client(limits::BODY_IDLE).unwrap()).build();
        let client = Client::new(&config, settings, Arc::default()).unwrap();
        assert_eq!(client.copy_timeout, of_copy, "{read_timeout:?}");
    }
}

#[test]
fn an_endpoint_has_a_scheme_and_a_host() {
    assert!(check_endpoint("http://127.0.0.1:1").is_ok());
    for url in ["127.0.0.1:9000", "http://", "http:///x", "ftp://x", ""] {
        assert!(check_endpoint(url).is_err(), "{url}");
    }
}

#[test]
fn a_run_that_was_begun_on_a_server_asks_that_one_unless_another_is_typed() {
    let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest());
    let config = config.http_client(http_client(limits::BODY_IDLE).unwrap());
    let config = config.endpoint_url("http://environment").build();
    let url = |host: &str| Endpoint::Url(format!("http://{host}"));
    for (typed, begun_on, asked) in [
        (None, None, url("environment")),
        (None, Some(url("begun")), url("begun")),
        (None, Some(Endpoint::Aws), Endpoint::Aws),
        (Some("http://typed/"), Some(Endpoint::Aws), url("typed")),
    ] {
        let settings =
            Settings { endpoint_url: typed.map(ToOwned::to_owned), begun_on, ..Settings::default() };
        let client = Client::new(&config, settings, Arc::default()).unwrap();
        assert_eq!(client.endpoint(), asked, "{typed:?}");
    }
}
