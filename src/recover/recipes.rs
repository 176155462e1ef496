//! Recovery files for other servers, with the commands that they run. `tests/it/recipes` runs each on the real server.

/// A recovery file and the files beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recipe {
    pub name: &'static str,
    pub recovery_file: &'static str,
    pub readme: &'static str,
    /// The commands and their settings.
    pub commands: &'static [RecipeFile],
}

/// A file of a recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecipeFile {
    pub name: &'static str,
    pub text: &'static str,
}

impl RecipeFile {
    /// Returns whether the recovery file runs it.
    pub(crate) fn is_program(self) -> bool {
        self.text.starts_with("#!")
    }
}

macro_rules! recipes {
    ($($name:literal { $($dir:literal / $file:literal)+ })+) => {
        &[$(Recipe {
            name: $name,
            recovery_file: include_str!(concat!("../../fixtures/recipes/", $name, "/recovery.toml")),
            readme: include_str!(concat!("../../fixtures/recipes/", $name, "/README.md")),
            commands: &[$(RecipeFile {
                name: $file,
                text: include_str!(concat!("../../fixtures/recipes/", $dir, "/", $file)),
            }),+],
        }),+]
    };
}

/// Every recipe: first databases, then everything else.
pub(crate) const RECIPES: &[Recipe] = recipes! {
    "postgres-wal" {
        "postgres-wal" / "postgres-wal.sh"
        "postgres-wal" / "postgres-wal.env"
        "common" / "restored.sh"
        "common" / "postgres.sh"
    }
    "pgbackrest" {
        "pgbackrest" / "pgbackrest.sh"
        "pgbackrest" / "pgbackrest.env"
        "common" / "restored.sh"
        "common" / "postgres.sh"
    }
    "mariadb-binlog" {
        "mariadb-binlog" / "mariadb-binlog.sh"
        "mariadb-binlog" / "mariadb-binlog.env"
        "common" / "restored.sh"
    }
    "dynamodb-pitr" {
        "dynamodb-pitr" / "dynamodb-pitr.sh"
        "dynamodb-pitr" / "dynamodb-pitr.env"
    }
    "ebs-volumes" {
        "ebs-volumes" / "ebs-volumes.sh"
        "ebs-volumes" / "ebs-volumes.env"
    }
    "rabbitmq-outbox" {
        "rabbitmq-outbox" / "rabbitmq-outbox.py"
        "rabbitmq-outbox" / "rabbitmq-outbox.env"
    }
    "rabbitmq-stream" {
        "rabbitmq-stream" / "rabbitmq-stream.py"
        "rabbitmq-stream" / "rabbitmq-stream.env"
    }
};

#[cfg(test)]
mod tests;
