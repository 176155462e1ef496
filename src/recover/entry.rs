//! A database entry as written in the recovery file, and the fields that each kind allows.

use serde::Deserialize;

use super::database::DatabaseKind;
use crate::db::{CutOver, Noun, command, rds};
use crate::program::Program;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Rds,
    /// A cluster of any engine; `aurora` is the older name.
    #[serde(alias = "cluster")]
    Aurora,
    Command,
}

/// A database as written, with the fields of every kind, so that an error about an unknown field names its line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Entry {
    kind: Kind,
    name: Option<String>,
    source: Option<String>,
    target: Option<String>,
    source_resource_id: Option<String>,
    source_backup_arn: Option<String>,
    like_source: Option<bool>,
    overrides: Option<toml::Table>,
    cut_over: Option<CutOver>,
    endpoint_url: Option<String>,
    region: Option<String>,
    profile: Option<String>,
    window: Option<Program>,
    restore: Option<Program>,
    progress: Option<Program>,
    wait: Option<Program>,
    endpoint: Option<Program>,
    teardown: Option<Program>,
    pub(super) check: Option<Program>,
}

impl Entry {
    /// Converts the entry if its fields match its kind. `n` is its number in the file.
    pub(super) fn check(self, n: usize) -> std::result::Result<DatabaseKind, String> {
        // Avoid the target's name: if the target is taken, the file names another, but it is still the same database.
        let source = [&self.source, &self.source_resource_id, &self.source_backup_arn];
        let given = std::iter::once(&self.name).chain(source).chain([&self.target]);
        let name = given.flatten().next().cloned().unwrap_or_else(|| format!("database-{}", n + 1));
        for (field, text) in [("name", &self.name), ("source", &self.source), ("target", &self.target)] {
            if text.as_ref().is_some_and(String::is_empty) {
                return Err(format!("the database {name} has an empty {field}"));
            }
        }
        self.check_fields(&name)?;
        match self.kind {
            Kind::Command => Ok(DatabaseKind::Command(command::Settings {
                noun: Noun::Database,
                restore: self.restore.ok_or_else(|| format!("the database {name} has no restore command"))?,
                name,
                source: self.source,
                target: self.target,
                window: self.window.map_or(command::Restorable::AnyTime, command::Restorable::Printed),
                snapshots: None,
                progress: self.progress,
                wait: self.wait,
                endpoint: self.endpoint,
                teardown: self.teardown,
            })),
            Kind::Rds => self.of_aws(name).map(DatabaseKind::Rds),
            Kind::Aurora => self.of_aws(name).map(DatabaseKind::Aurora),
        }
    }

    fn check_fields(&self, name: &str) -> std::result::Result<(), String> {
        let commands = [
            ("window", self.window.is_some()),
            ("restore", self.restore.is_some()),
            ("progress", self.progress.is_some()),
            ("wait", self.wait.is_some()),
            ("endpoint", self.endpoint.is_some()),
            ("teardown", self.teardown.is_some()),
        ];
        let of_aws = [
            ("source-resource-id", self.source_resource_id.is_some()),
            ("source-backup-arn", self.source_backup_arn.is_some()),
            ("like-source", self.like_source.is_some()),
            ("overrides", self.overrides.is_some()),
            ("cut-over", self.cut_over.is_some()),
            ("endpoint-url", self.endpoint_url.is_some()),
            ("region", self.region.is_some()),
            ("profile", self.profile.is_some()),
        ];
        let (kind, foreign): (_, &[(&str, bool)]) = match self.kind {
            Kind::Command => ("command", &of_aws),
            Kind::Rds => ("rds", &commands),
            Kind::Aurora => ("aurora", &commands),
        };
        match foreign.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((field, _)) => Err(format!("the database {name} has kind {kind}, which has no {field}")),
        }
    }

    fn of_aws(self, name: String) -> std::result::Result<rds::Settings, String> {
        let source = match (self.source, self.source_resource_id, self.source_backup_arn) {
            (Some(id), None, None) => rds::Source::Identifier(id),
            (None, Some(id), None) => rds::Source::ResourceId(id),
            (None, None, Some(arn)) if self.kind == Kind::Rds => rds::Source::BackupArn(arn),
            _ => {
                let all = "source, source-resource-id and (rds only) source-backup-arn";
                return Err(format!("the database {name} needs exactly one of {all}"));
            }
        };
        let mut overrides = self.overrides.unwrap_or_default();
        let password = rds::PasswordFrom::take(&mut overrides)
            .map_err(|why| format!("the overrides of the database {name}: {why}"))?;
        Ok(rds::Settings {
            source,
            target: self.target.ok_or_else(|| format!("the database {name} has no target"))?,
            like_source: self.like_source.unwrap_or(true),
            overrides,
            password,
            cut_over: self.cut_over.unwrap_or_default(),
            server: rds::Server {
                endpoint_url: self.endpoint_url,
                region: self.region,
                profile: self.profile,
                read_timeout: None,
            },
            name,
        })
    }
}
