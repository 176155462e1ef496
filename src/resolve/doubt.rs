//! What makes it doubtful that a change can, or should, be carried out as it stands. A person has to say what is done.

use serde::{Deserialize, Serialize};

use crate::model::Version;

/// Why a key is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The version live at T lies in an archive, and has to be thawed before it can be copied.
    Archived,
}

impl Doubt {
    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Doubt::Archived => "archived",
        }
    }

    /// The doubts about bringing back what was live at T, by its storage class. A listing does not tell of
    /// Intelligent-Tiering's archives: those are found out when the version is copied.
    ///
    /// | storage class | doubt |
    /// |---|---|
    /// | GLACIER, DEEP_ARCHIVE | archived |
    /// | any other, GLACIER_IR too | none |
    pub fn of(then: Option<&Version>) -> Vec<Self> {
        let archived = then.is_some_and(|v| matches!(&*v.storage_class, "GLACIER" | "DEEP_ARCHIVE"));
        if archived { vec![Doubt::Archived] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_classes_that_must_be_thawed_are_in_doubt() {
        for (class, archived) in [
            ("GLACIER", true),
            ("DEEP_ARCHIVE", true),
            ("GLACIER_IR", false),
            ("INTELLIGENT_TIERING", false),
            ("STANDARD", false),
            ("", false),
        ] {
            let version = Version { storage_class: class.to_owned(), ..Version::default() };
            assert_eq!(Doubt::of(Some(&version)) == [Doubt::Archived], archived, "{class}");
        }
        assert_eq!(Doubt::of(None), []);
    }
}
