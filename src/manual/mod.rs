//! The manual: the pages next to this file, in display order.

/// A page of the manual.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Topic {
    /// The file name, without `.md`.
    pub name: &'static str,
    /// The Markdown text.
    pub text: &'static str,
}

impl Topic {
    /// Returns the sentence below the title: the purpose of the page.
    pub(crate) fn summary(&self) -> &'static str {
        self.text.lines().nth(2).unwrap_or_default()
    }
}

macro_rules! topics {
    ($($name:literal)*) => {
        &[$(Topic { name: $name, text: include_str!(concat!($name, ".md")) }),*]
    };
}

/// Every page: first those for an incident, then those for preparation, then the reference.
pub(crate) const TOPICS: &[Topic] = topics! {
    "quickstart" "runbooks" "timeline" "read-the-past" "serve" "restore" "runs-and-undo" "plans" "shards" "directory" "archives" "references"
    "troubleshooting" "concepts" "permissions" "recovery-file" "rds-and-aurora" "stores" "volumes" "recipes"
    "message-queues" "drill" "mark" "scheduling" "monitoring" "guarantees" "exit-codes" "json" "plan-format" "performance"
    "large-buckets" "servers" "security" "compared" "internals" "changelog"
    "glossary"
};

/// Finds a page by name.
pub(crate) fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

#[cfg(test)]
mod tests;
