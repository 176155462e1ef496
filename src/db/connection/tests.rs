use super::*;

#[test]
fn the_parts_of_an_endpoint_are_those_that_it_names() {
    for (endpoint, host, port, dbname) in [
        (
            "prod.abc.eu-west-1.rds.amazonaws.com:5432",
            Some("prod.abc.eu-west-1.rds.amazonaws.com"),
            Some("5432"),
            None,
        ),
        ("[::1]:5432", Some("::1"), Some("5432"), None),
        ("postgresql://asof@127.0.0.1:6432/orders", Some("127.0.0.1"), Some("6432"), Some("orders")),
        (
            "postgresql://a:p%40b@db:6432/my%20orders?sslmode=require",
            Some("db"),
            Some("6432"),
            Some("my orders"),
        ),
        ("mysql://db/orders", Some("db"), None, Some("orders")),
        ("mysql://[fe80::1]/", Some("fe80::1"), None, None),
        // Without a port it may be anything, such as a name or a file.
        ("restored", None, None, None),
        ("host=db port=5432", None, None, None),
        ("file:///var/db", None, None, None),
        ("postgresql://a:1,b:2/orders", None, None, None),
        ("db:port", None, None, None),
        ("db:99999", None, None, None),
        ("", None, None, None),
    ] {
        let found = parts(endpoint);
        assert_eq!(
            (found.host.as_deref(), found.port.as_deref(), found.dbname.as_deref()),
            (host, port, dbname),
            "{endpoint}"
        );
    }
}

#[test]
fn what_is_not_known_is_not_set() {
    assert_eq!(Connection::default().variables(), []);
    let text = |text: &str| Some(text.to_owned());
    let cluster = Connection {
        endpoint: text("w:5432"),
        reader_endpoint: text("r:5432"),
        identifier: text("restored"),
        engine: text("aurora-postgresql"),
        dbname: None,
    };
    let variables = cluster.variables();
    let names: Vec<_> = variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let wanted = [
        "ENDPOINT=w:5432",
        "HOST=w",
        "PORT=5432",
        "READER_ENDPOINT=r:5432",
        "DB_IDENTIFIER=restored",
        "ENGINE=aurora-postgresql",
    ];
    assert_eq!(names, wanted);
}
