//! The behavior of `asof` on any S3 server. Each case runs once per server, as `contract::SERVER::SUBJECT::CASE`.

use std::future::Future;

use crate::servers::{Kind, Server};
use crate::support::Subject;

mod buckets;
mod copies;
pub(crate) mod databases;
mod deletes;
mod history;
mod keys;
mod kills;
mod nulls;
mod order;
mod pages;
mod past;
mod references;
mod restore;
mod state;
mod volume;

/// Runs a case against a server.
fn run<C, F>(kind: Kind, case: C)
where
    C: FnOnce(Subject) -> F,
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { case(Subject::new(Server::find(kind).await)).await });
}

/// Makes one test of each case for one server. `$ignored` is `all` for a server that has to be started first: its tests run only
/// when they are asked for, and then fail without it; `any` for the lab, which each test starts itself.
macro_rules! on {
    ($server:ident, $kind:expr, $ignored:ident, $($subject:ident { $($case:ident)* })*) => {
        mod $server {
            use crate::servers::Kind;
            $(mod $subject {
                use super::Kind;
                $(#[test]
                #[cfg_attr($ignored(), ignore = "its server has to be started: tests/run.sh")]
                fn $case() {
                    crate::contract::run($kind, crate::contract::$subject::$case);
                })*
            })*
        }
    };
}

macro_rules! on_every_server {
    ($($cases:tt)*) => {
        on!(lab, Kind::Lab, any, $($cases)* databases {
            cluster_gets_its_instances
            drill_tears_down_what_is_its_own
            every_override_arrives
            instance_gets_its_source_s_name
            missing_source_is_named
            multi_az_cluster_keeps_its_class
            neptune_cluster_gets_its_instances
            somebody_elses_instance_is_left_alone
        } kills {
            drill_killed_at_random
            drill_of_a_cluster_killed_at_random
            recovery_killed_at_random
            recovery_of_a_cluster_killed_at_random
        });
        on!(lab_grouped, Kind::LabGrouped, any, $($cases)*);
        on!(lab_ragged, Kind::LabRagged, any, $($cases)*);
        on!(moto, Kind::Moto, all, $($cases)* databases {
            cluster_gets_its_instances
            drill_tears_down_what_is_its_own
            every_override_arrives
            instance_gets_its_source_s_name
            missing_source_is_named
            multi_az_cluster_keeps_its_class
            neptune_cluster_gets_its_instances
            somebody_elses_instance_is_left_alone
        } kills {
            drill_killed_at_random
            recovery_killed_at_random
            recovery_of_a_cluster_killed_at_random
        });
        on!(ministack, Kind::Ministack, all, $($cases)*);
        on!(rgw, Kind::Rgw, all, $($cases)*);
        on!(custom, Kind::Custom, all, $($cases)*);
    };
}

on_every_server! {
    buckets {
        never_versioned_is_refused
        suspended_is_refused
        missing_is_named
        wrong_secret_is_denied
        bad_times_are_wrong_usage
        restore_asks_first
    }
    copies {
        storage_class_is_kept
        acls_are_kept
        metadata_and_tags_are_kept
        multipart_object_comes_back
        large_objects_are_copied_in_parts
        changed_metadata_is_a_change
    }
    deletes {
        more_than_a_request_takes
    }
    history {
        every_version_newest_first
    }
    keys {
        odd_keys_are_restored
        odd_keys_are_deleted
        line_feed
        carriage_return
        control_character
    }
    nulls {
        objects_from_before_versioning_come_back
        null_in_the_middle_is_never_lost
    }
    order {
        put_and_delete_in_one_second_at_the_top
        put_and_delete_in_one_second_under_later_writes
        several_puts_in_one_second
    }
    pages {
        one_key_with_more_versions_than_a_page
        many_keys_over_several_pages
        prefix_is_the_border
    }
    past {
        folders_and_keys_are_listed_as_they_were
        bytes_of_one_second_are_read
    }
    references {
        late_upload_is_brought_back
    }
    restore {
        diff_names_every_change_and_changes_nothing
        in_place
        again_changes_nothing
        into_another_bucket
        within_a_prefix
    }
    state {
        run_is_undone_from_another_machine
        versioned_bucket_elects_one_writer_or_is_refused
    }
    volume {
        thousands_of_keys
    }
}
