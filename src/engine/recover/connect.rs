//! Connects to the servers of the buckets and databases in a recovery file.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::serve::ServedBucket;
use super::bucket::BucketPart;
use super::source::Source;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::db::{Database, command, rds};
use crate::error::Result;
use crate::recover::{Bucket, DatabaseKind, Marks, RecoveryFile, Target};
use crate::s3::{Client, ServerClock, Settings};
use crate::state::Server;

/// Connects to the databases and stores of a file. `server` supplies RDS settings missing from the file; `marks` knows
/// the snapshots of the stores; `cancel` stops queries.
pub(crate) async fn databases(
    source: &Source,
    server: &Settings,
    marks: &Marks,
    cancel: &Cancel,
) -> Result<Vec<Database>> {
    let mut databases = Vec::new();
    let path = source.path.to_string_lossy();
    for kind in &source.file.databases {
        let cancel = cancel.clone();
        databases.push(match kind.clone() {
            DatabaseKind::Command(settings) => {
                let snapshots = marks.snapshots(&path, &settings.name);
                Database::Command(command::Database::new(settings, snapshots, cancel))
            }
            DatabaseKind::Rds(settings) => {
                Database::Rds(rds::Instance::connect(on_server(settings, server), cancel).await?)
            }
            DatabaseKind::Aurora(settings) => {
                Database::Aurora(rds::Cluster::connect(on_server(settings, server), cancel).await?)
            }
        });
    }
    Ok(databases)
}

/// Fills in missing settings, except the endpoint: that of `server` is an S3 endpoint.
pub(super) fn on_server(mut settings: rds::Settings, server: &Settings) -> rds::Settings {
    let named = &mut settings.server;
    named.region = named.region.take().or_else(|| server.region.clone());
    named.profile = named.profile.take().or_else(|| server.profile.clone());
    named.read_timeout = server.read_timeout;
    settings
}

/// Connects to the buckets of a file, each with its own client. `server` supplies settings missing from the file; `target`
/// maps the target in the file to where the bucket is restored.
pub(super) async fn buckets(
    file: &RecoveryFile,
    server: &Settings,
    target: impl Fn(&Target) -> Target,
) -> Result<Vec<BucketPart>> {
    let mut parts = Vec::new();
    for bucket in &file.buckets {
        let settings = of_bucket(bucket, server.clone());
        let client = Client::connect(settings.clone(), Arc::default()).await?;
        parts.push(BucketPart {
            server: Server::of(&settings, &client),
            client,
            location: bucket.source.clone(),
            target: target(&bucket.target),
            allow_mass_delete: bucket.allow_mass_delete,
            allow_empty: bucket.allow_empty,
        });
    }
    Ok(parts)
}

/// Connects to the buckets of a file for a view of them: each once, whatever prefixes of it the file names.
pub(crate) async fn viewed_buckets(
    file: &RecoveryFile,
    server: &Settings,
    counters: &Arc<Counters>,
) -> Result<Vec<ServedBucket>> {
    let mut connected = Vec::new();
    let mut seen = BTreeSet::new();
    for bucket in &file.buckets {
        let name = bucket.source.bucket.clone();
        let settings = of_bucket(bucket, server.clone());
        if seen.insert((name.clone(), settings.endpoint_url.clone())) {
            connected
                .push(ServedBucket { name, client: Client::connect(settings, Arc::clone(counters)).await? });
        }
    }
    Ok(connected)
}

fn of_bucket(bucket: &Bucket, server: Settings) -> Settings {
    Settings {
        endpoint_url: bucket.endpoint_url.clone().or(server.endpoint_url),
        region: bucket.region.clone().or(server.region),
        profile: bucket.profile.clone().or(server.profile),
        path_style: bucket.path_style || server.path_style,
        expected_bucket_owner: bucket.expected_bucket_owner.clone().or(server.expected_bucket_owner),
        request_payer: bucket.request_payer.or(server.request_payer),
        ..server
    }
}

/// The clock of these buckets' servers. If they differ, the one furthest behind: a time in its past is in the past of
/// all. A server that does not answer is ignored here; the request that needs it fails.
pub(super) async fn clock_of(parts: &[BucketPart]) -> ServerClock {
    let answers = parts.iter().map(|part| part.client.ask_clock(&part.location.bucket));
    let clocks = futures::future::join_all(answers).await;
    let told = clocks.into_iter().filter(|clock| clock.skew().is_some());
    told.min_by_key(|clock| clock.now()).cloned().unwrap_or_default()
}
