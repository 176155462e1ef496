//! How a person removes what a drill has left behind: the commands of the AWS CLI.

use super::Server;

/// Removes an instance that is no cluster's.
pub(super) fn instance(id: &str, server: &Server) -> String {
    let region = region(server);
    format!(
        "aws rds delete-db-instance --db-instance-identifier {id} --skip-final-snapshot --delete-automated-backups{region} \
         (if it is protected, before that: aws rds modify-db-instance --db-instance-identifier {id} \
         --no-deletion-protection --apply-immediately{region})"
    )
}

/// Removes a cluster with its instances, whatever they are called. Those of a Multi-AZ DB cluster go with it.
pub(super) fn cluster(id: &str, server: &Server) -> String {
    let region = region(server);
    format!(
        "for one in $(aws rds describe-db-clusters --db-cluster-identifier {id} \
         --query 'DBClusters[0].DBClusterMembers[].DBInstanceIdentifier' --output text{region}); \
         do aws rds delete-db-instance --db-instance-identifier $one{region}; done (not for a Multi-AZ DB cluster), and then \
         aws rds delete-db-cluster --db-cluster-identifier {id} --skip-final-snapshot{region} (if it is protected, before \
         that: aws rds modify-db-cluster --db-cluster-identifier {id} --no-deletion-protection{region})"
    )
}

/// Only one that a shell takes as it is.
fn region(server: &Server) -> String {
    let plain = |region: &&String| region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    server.region.as_ref().filter(plain).map(|region| format!(" --region {region}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
