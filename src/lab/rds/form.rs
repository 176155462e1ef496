//! A request of the query protocol: a form whose parameter names spell out lists and structures.

use std::collections::BTreeMap;

use crate::endpoint::request::decode_form;

/// The fields of a request.
#[derive(Debug, Default)]
pub(super) struct Form {
    fields: BTreeMap<String, String>,
}

impl Form {
    /// Parses a form, ignoring malformed fields.
    pub(super) fn parse(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let field = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode_form(name).ok()?, decode_form(value).ok()?))
        };
        Self { fields: text.split('&').filter_map(field).collect() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// Returns `List.Member.1`, `List.Member.2` and so on; `None` if there is no first.
    pub(super) fn list(&self, name: &str) -> Option<Vec<String>> {
        let list: Vec<_> = (1..).map_while(|n| self.get(&format!("{name}.{n}"))).map(str::to_owned).collect();
        (!list.is_empty()).then_some(list)
    }

    /// Returns `List.Member.1.Key` and `List.Member.1.Value`, and so on.
    pub(super) fn pairs(&self, list: &str, key: &str, value: &str) -> BTreeMap<String, String> {
        let pair = |n: u32| {
            let key = self.get(&format!("{list}.{n}.{key}"))?;
            let value = self.get(&format!("{list}.{n}.{value}")).unwrap_or_default();
            Some((key.to_owned(), value.to_owned()))
        };
        (1..).map_while(pair).collect()
    }

    pub(super) fn tags(&self) -> BTreeMap<String, String> {
        self.pairs("Tags.Tag", "Key", "Value")
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

#[cfg(test)]
mod tests;
