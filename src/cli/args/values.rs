//! The values of options that take one of a list of words, each with its help.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::engine::recover::{RECIPES, Recipe};
use crate::engine::{Action, OnConflict, OnDoubt, Platform, Tier, Undelete};
use crate::model::{RequestPayer, Use};
use crate::report::{ColorChoice, Format};

macro_rules! words {
    ($($of:ty { $($value:ident $word:literal $($help:literal)?;)+ })+) => {$(
        impl ValueEnum for $of {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$value),+]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                $(if matches!(self, Self::$value) {
                    return Some(PossibleValue::new($word)$(.help($help))?);
                })+
                None
            }
        }
    )+};
}

words! {
    OnConflict {
        Skip "skip" "Leave it unchanged and list it; exit with 3";
        Overwrite "overwrite" "Change it: the other version becomes noncurrent; in a directory, the file is replaced";
    }
    Undelete {
        Copy "copy" "Copy the version";
        RemoveMarker "remove-marker" "Remove its delete markers, 1,000 per request; the history is no longer complete";
    }
    Action {
        Undelete "undelete" "Keys deleted since T";
        Revert "revert" "Keys overwritten since T";
        Delete "delete" "Keys created since T";
    }
    Tier {
        Bulk "bulk" "Within 12 hours, from DEEP_ARCHIVE within 48; cheapest";
        Standard "standard" "Within 5 hours, from DEEP_ARCHIVE within 12";
        Expedited "expedited" "Within minutes, not from DEEP_ARCHIVE; most expensive";
    }
    OnDoubt {
        Skip "skip" "Leave these keys unchanged";
        Trust "trust" "Apply their changes; archived versions still need --thaw";
    }
    RequestPayer {
        Requester "requester";
    }
    Use {
        Plan "plan" "Commands that change nothing: timeline, history, check, diff, verify";
        Read "read" "Ls, cat, serve: read versions without restoring them";
        Restore "restore" "Restore in place, and undo --undelete copy";
        Work "work" "Work: a shard of a plan set; with --state-dir s3://…, also the state";
        RestoreTo "restore-to" "Restore into another bucket";
        RemoveMarker "remove-marker" "Restore with --undelete remove-marker, and undo";
        Thaw "thaw" "Restore with --thaw";
        Recover "recover" "Recover: buckets in place and RDS databases";
        Drill "drill" "Drill: buckets and databases into scratch copies";
    }
    Platform {
        Kubernetes "kubernetes" "A manifest for kubectl: an Indexed Job";
        AwsBatch "aws-batch" "Commands for bash: a job definition and an array job";
        Slurm "slurm" "A script for sbatch: a job array";
    }
    ColorChoice {
        Auto "auto";
        Always "always";
        Never "never";
    }
    Format {
        Table "table" "Human-readable table";
        Json "json" "JSON Lines";
        Csv "csv" "Comma-separated values";
    }
}

/// The policy of a check or a comparison for keys whose state at T is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TrustArg {
    /// Trust the listing
    Trust,
}

/// The formats of a command; only lists of keys, versions or counts can be CSV.
pub(super) fn formats(csv: bool) -> impl TypedValueParser<Value = Format> {
    let offered = Format::value_variants().iter().filter(move |form| csv || **form != Format::Csv);
    PossibleValuesParser::new(offered.filter_map(ValueEnum::to_possible_value))
        .try_map(|word| <Format as ValueEnum>::from_str(&word, false))
}

/// The recipes, by name.
pub(super) fn recipes() -> impl TypedValueParser<Value = &'static Recipe> {
    let names = RECIPES.iter().map(|recipe| PossibleValue::new(recipe.name));
    PossibleValuesParser::new(names).try_map(|name| {
        RECIPES.iter().find(|recipe| recipe.name == name).ok_or_else(|| format!("there is no recipe {name}"))
    })
}
