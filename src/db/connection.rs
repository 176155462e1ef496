//! Connection details of a restored database, and the variables that pass them to hooks.

use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Connection {
    /// The address: `HOST:PORT` for RDS, or the output of the `endpoint` command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// The address of a cluster's readers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader_endpoint: Option<String>,
    /// The identifier of the instance or cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// The engine, as RDS names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// The initial database that was created with the instance or cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dbname: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Parts {
    host: Option<String>,
    port: Option<String>,
    dbname: Option<String>,
}

impl Connection {
    /// Returns whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the variables for hooks, without their `ASOF_` prefix. Unknown values are not set.
    ///
    /// | variable | RDS | commands |
    /// |---|---|---|
    /// | `ENDPOINT` | `HOST:PORT` | the output of `endpoint` |
    /// | `HOST`, `PORT` | from the endpoint | from the endpoint, if it is `HOST:PORT` or a URL |
    /// | `DBNAME` | the initial database, if there is one | the path of a URL |
    /// | `READER_ENDPOINT` | `HOST:PORT` of a cluster's readers | |
    /// | `DB_IDENTIFIER`, `ENGINE` | as RDS reports them | the target, if the file names one |
    pub(crate) fn variables(&self) -> Vec<(&'static str, String)> {
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

/// Splits an endpoint.
///
/// | endpoint | host | port | database |
/// |---|---|---|---|
/// | `SCHEME://[USER@]HOST[:PORT][/DATABASE][?…]` | its host | its port, if any | its path, if any |
/// | `HOST:PORT`, `[HOST]:PORT` | the host | the port | |
/// | anything else, including several hosts | | | |
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

/// Splits a host, without the brackets of an IPv6 address, from its port.
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
mod tests;
