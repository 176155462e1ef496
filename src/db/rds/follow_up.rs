//! IAM roles and read replicas, which no restore copies: the commands that add them to the restored database. asof
//! only prints them: a role may be meant for the source alone, and a replica costs money.

use super::Server;
use super::captured::Facts;
use super::managed::{Kind, Managed};
use crate::db::{FollowUp, RestoreRequest};
use crate::error::Result;

#[derive(Debug, Default)]
struct Restored {
    id: String,
    arn: Option<String>,
    roles: Vec<(String, Option<String>)>,
    replicas: Vec<String>,
}

impl<T: Kind> Managed<T> {
    /// Returns the follow-up commands. A cluster's readers are its members, which asof creates. Its replica in another
    /// region is a cluster of its own, which takes more than one command.
    pub(in crate::db) async fn follow_ups(&self, request: &RestoreRequest) -> Result<Vec<FollowUp>> {
        if !self.settings.like_source {
            return Ok(Vec::new());
        }
        let source = self.captured().await?;
        let has_replicas = T::HAS_REPLICAS && !source.facts.replicas.is_empty();
        if source.facts.roles.is_empty() && !has_replicas {
            return Ok(Vec::new());
        }
        let there = self.described(request).await?;
        let restored = Restored {
            id: there.identifier().to_owned(),
            arn: there.arn().map(ToOwned::to_owned),
            roles: there.roles(),
            replicas: there.replicas().to_vec(),
        };
        let server = &self.settings.server;
        let mut follow_ups = roles(&source.facts, &restored, T::KIND, server);
        if has_replicas {
            follow_ups.extend(replicas(&source.facts, &restored, server));
        }
        Ok(follow_ups)
    }
}

/// Returns the commands for missing roles.
///
/// | the source has a role for a feature | the restored database has it for that feature | |
/// |---|---|---|
/// | yes | yes | nothing |
/// | yes | no | `add-role-to-db-instance`, or `-cluster` |
fn roles(source: &Facts, restored: &Restored, kind: &str, server: &Server) -> Vec<FollowUp> {
    let lacking = source.roles.iter().filter(|role| !restored.roles.contains(role));
    let follow_up = |(role, feature): &(String, Option<String>)| {
        let mut command = aws(&format!("add-role-to-db-{kind}"));
        option(&mut command, &format!("--db-{kind}-identifier"), &restored.id);
        option(&mut command, "--role-arn", role);
        // RDS reports an empty feature for Aurora MySQL's roles.
        let feature = feature.as_deref().filter(|feature| !feature.is_empty());
        if let Some(feature) = feature {
            option(&mut command, "--feature-name", feature);
        }
        on_server(&mut command, server, server.region.as_deref());
        let of = feature.map(|feature| format!(" for {feature}")).unwrap_or_default();
        FollowUp { what: format!("IAM role {role}{of}"), command }
    };
    lacking.map(follow_up).collect()
}

/// Returns the commands for missing replicas. RDS lists a replica by its identifier, or by its ARN if it is in another
/// region. The new replica's name is the restored database's plus the old replica's, since the latter is taken.
///
/// | the source has a replica | the restored database has one with the new name | |
/// |---|---|---|
/// | in any region | yes | nothing |
/// | in the same region | no | `create-db-instance-read-replica` |
/// | in another region | no | the same in that region, with the restored database's ARN |
/// | in another region | no, and its ARN is unknown | nothing: no command would work |
fn replicas(source: &Facts, restored: &Restored, server: &Server) -> Vec<FollowUp> {
    let follow_up = |replica: &String| {
        let id = id_of(replica);
        let name = format!("{}-{id}", restored.id);
        if restored.replicas.iter().any(|there| id_of(there) == name) {
            return None;
        }
        let mut command = aws("create-db-instance-read-replica");
        option(&mut command, "--db-instance-identifier", &name);
        if let Some(region) = region_of(replica) {
            let arn = restored.arn.as_deref()?;
            option(&mut command, "--source-db-instance-identifier", arn);
            if let Some(from) = region_of(arn) {
                option(&mut command, "--source-region", from);
            }
            on_server(&mut command, server, Some(region));
        } else {
            option(&mut command, "--source-db-instance-identifier", &restored.id);
            on_server(&mut command, server, server.region.as_deref());
        }
        Some(FollowUp { what: format!("read replica like {id}"), command })
    };
    source.replicas.iter().filter_map(follow_up).collect()
}

/// Parses `arn:aws:rds:REGION:ACCOUNT:db:ID`.
fn region_of(name: &str) -> Option<&str> {
    name.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}

fn id_of(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn aws(verb: &str) -> Vec<String> {
    ["aws", "rds", verb].map(ToOwned::to_owned).to_vec()
}

fn option(command: &mut Vec<String>, name: &str, value: &str) {
    command.extend([name.to_owned(), value.to_owned()]);
}

fn on_server(command: &mut Vec<String>, server: &Server, region: Option<&str>) {
    let options = [("--region", region), ("--profile", server.profile.as_deref())];
    for (name, value) in options {
        if let Some(value) = value {
            option(command, name, value);
        }
    }
}

#[cfg(test)]
mod tests;
