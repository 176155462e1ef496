//! How clients reach a restored database, and the variables that tell hooks of it.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

/// How a restored database is reached, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Connection {
    /// Where it answers: `HOST:PORT` of RDS, whatever the command `endpoint` printed of others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Where a cluster's readers answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader_endpoint: Option<String>,
    /// The identifier of the instance or cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Its engine, in RDS's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The database in it that was made with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dbname: Option<String>,
}

/// The parts of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Parts {
    host: Option<String>,
    port: Option<String>,
    dbname: Option<String>,
}

impl Connection {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The variables for hooks, without the `ASOF_` that each begins with. One that is not known is not set.
    ///
    /// | variable | of RDS | of a command |
    /// |---|---|---|
    /// | `ENDPOINT` | `HOST:PORT` | what `endpoint` printed |
    /// | `HOST`, `PORT` | of the endpoint | of the endpoint, where that is `HOST:PORT` or a URL |
    /// | `DBNAME` | the database that was made with it, where there is one | the path of a URL |
    /// | `READER_ENDPOINT` | `HOST:PORT` of a cluster's readers | |
    /// | `DB_IDENTIFIER`, `ENGINE` | as RDS has them | the target, if the file names one |
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let Parts { host, port, dbname } = self.endpoint.as_deref().map(parts).unwrap_or_default();
        let variables = [
            ("ENDPOINT", self.endpoint.clone()),
            ("HOST", host),
            ("PORT", port),
            ("READER_ENDPOINT", self.reader_endpoint.clone()),
            ("DB_IDENTIFIER", self.identifier.clone()),
            ("ENGINE", self.engine.clone()),
            ("DBNAME", self.dbname.clone().or(dbname)),
        ];
        variables.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// | endpoint | host | port | database |
/// |---|---|---|---|
/// | `SCHEME://[USER@]HOST[:PORT][/DATABASE][?…]` | its host | its port, if it has one | its path, if it has one |
/// | `HOST:PORT`, `[HOST]:PORT` | the host | the port | |
/// | any other, several hosts among them | | | |
fn parts(endpoint: &str) -> Parts {
    let Some((_, rest)) = endpoint.split_once("://") else {
        let named = host_and_port(endpoint).filter(|(_, port)| port.is_some());
        let (host, port) = named.unzip();
        return Parts { host, port: port.flatten(), dbname: None };
    };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let Some((host, port)) = host_and_port(place) else { return Parts::default() };
    let dbname = percent_decode_str(path).decode_utf8_lossy().into_owned();
    Parts { host: Some(host), port, dbname: Some(dbname).filter(|name| !name.is_empty()) }
}

/// A host without the brackets of an IPv6 address, and its port.
fn host_and_port(text: &str) -> Option<(String, Option<String>)> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':')?)),
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '%');
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let port = port.map(ToOwned::to_owned);
    (!host.is_empty() && host.chars().all(is_host) && is_port).then(|| (host.to_owned(), port))
}

#[cfg(test)]
mod tests {
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
            // Without a port it may be anything: a name, a file.
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
}
