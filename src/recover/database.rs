//! A database or a store of a recovery file, whatever its kind.

use crate::db::{CutOver, Noun, command, rds};

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DatabaseKind {
    /// A database or a store, restored by commands.
    Command(command::Settings),
    Rds(rds::Settings),
    /// A cluster: Aurora, Multi-AZ, `DocumentDB` or Neptune.
    Aurora(rds::Settings),
}

impl DatabaseKind {
    pub(crate) fn name(&self) -> &str {
        match self {
            DatabaseKind::Command(settings) => &settings.name,
            DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings) => &settings.name,
        }
    }

    /// Returns true if it is restored beside the database in use, which keeps running meanwhile. RDS creates a new
    /// database, and so does a command whose target differs from its source. Other commands may restore in place.
    pub(super) fn is_restored_beside(&self) -> bool {
        match self {
            DatabaseKind::Command(_) => {
                matches!(self.places(), (Some(source), Some(target)) if source != target)
            }
            DatabaseKind::Rds(_) | DatabaseKind::Aurora(_) => true,
        }
    }

    /// Returns true if commands restore it over itself, with no target or the source as the target, so that its
    /// contents are lost.
    pub(crate) fn is_restored_in_place(&self) -> bool {
        match (self, self.places()) {
            (DatabaseKind::Command(_), (source, target)) => target.is_none() || source == target,
            _ => false,
        }
    }

    /// The variable that gives hooks and the references' command the database's endpoint.
    pub(crate) fn endpoint_variable(&self) -> String {
        self.variable("ENDPOINT")
    }

    /// The variable for another property of the database: `ASOF_HOST_ORDERS` for `HOST`.
    pub(crate) fn variable(&self, what: &str) -> String {
        let name = self.name().to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        format!("ASOF_{what}_{name}")
    }

    /// The names of the source and the target.
    pub(crate) fn places(&self) -> (Option<&str>, Option<&str>) {
        match self {
            DatabaseKind::Command(settings) => (settings.source.as_deref(), settings.target.as_deref()),
            DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings) => {
                let source = match &settings.source {
                    rds::Source::Identifier(id) => Some(id.as_str()),
                    rds::Source::ResourceId(_) | rds::Source::BackupArn(_) => None,
                };
                (source, Some(&settings.target))
            }
        }
    }

    pub(super) fn is_of_rds(&self) -> bool {
        matches!(self, DatabaseKind::Rds(_) | DatabaseKind::Aurora(_))
    }

    /// The source whose name it takes, if the cut-over renames.
    pub(crate) fn swaps_with(&self) -> Option<&str> {
        match self {
            DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings)
                if settings.cut_over == CutOver::Rename =>
            {
                self.places().0
            }
            _ => None,
        }
    }

    pub(crate) fn noun(&self) -> Noun {
        match self {
            DatabaseKind::Command(settings) => settings.noun,
            DatabaseKind::Rds(_) | DatabaseKind::Aurora(_) => Noun::Database,
        }
    }

    /// The name after its noun, as in `database orders`.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.noun(), self.name())
    }
}
