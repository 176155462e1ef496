//! The manual: the pages beside this file, in the order in which they are listed.

/// A page of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Topic {
    /// The name of its file, without `.md`.
    pub name: &'static str,
    /// Its text, as Markdown.
    pub text: &'static str,
}

impl Topic {
    /// The sentence below its title: the purpose of the page.
    pub(crate) fn summary(&self) -> &'static str {
        self.text.lines().nth(2).unwrap_or_default()
    }
}

macro_rules! topics {
    ($($name:literal)*) => {
        &[$(Topic { name: $name, text: include_str!(concat!($name, ".md")) }),*]
    };
}

/// Every page: for an incident, to prepare, for reference.
pub(crate) const TOPICS: &[Topic] = topics! {
    "quickstart" "runbooks" "timeline" "restore" "runs-and-undo" "plans" "directory" "archives" "references"
    "troubleshooting" "concepts" "permissions" "recovery-file" "rds-and-aurora" "drill" "mark" "scheduling"
    "guarantees" "exit-codes" "json" "plan-format" "performance" "large-buckets" "servers" "compared" "internals"
    "glossary"
};

/// The page of this name.
pub(crate) fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

#[cfg(test)]
mod tests;
