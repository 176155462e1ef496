//! AWS CLI commands that remove a drill's leftovers by hand.

use super::Server;

/// Removes an instance that belongs to no cluster.
pub(super) fn instance(id: &str, server: &Server) -> String {
    let region = region(server);
    format!(
        "aws rds delete-db-instance --db-instance-identifier {id} --skip-final-snapshot --delete-automated-backups{region} \
         (if it is protected, before that: aws rds modify-db-instance --db-instance-identifier {id} \
         --no-deletion-protection --apply-immediately{region})"
    )
}

/// Removes a cluster with its instances, whatever their names. RDS removes the instances of a Multi-AZ DB cluster
/// itself.
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

/// The `--region` option, only if the region needs no shell quoting.
fn region(server: &Server) -> String {
    let plain = |region: &&String| region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    server.region.as_ref().filter(plain).map(|region| format!(" --region {region}")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
