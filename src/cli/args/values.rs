//! The words that stand for the values of an option, each with its help.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::engine::{Action, OnConflict, OnDoubt, Tier, Undelete};
use crate::model::{RequestPayer, Use};
use crate::report::Format;

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
        Skip "skip" "It is left alone and listed, and the exit code is 3";
        Overwrite "overwrite" "What is there stays as a noncurrent version; a file is replaced";
    }
    Undelete {
        Copy "copy" "Copy the version";
        RemoveMarker "remove-marker" "Remove the delete markers above it, by their version ids: a thousand a request, but the history is no longer whole";
    }
    Action {
        Undelete "undelete" "Keys deleted since";
        Revert "revert" "Keys overwritten since";
        Delete "delete" "Keys created since";
    }
    Tier {
        Bulk "bulk" "Within 12 hours, the cheapest; from DEEP_ARCHIVE within 48";
        Standard "standard" "Within 5 hours; from DEEP_ARCHIVE within 12";
        Expedited "expedited" "Within minutes, the dearest; not from DEEP_ARCHIVE";
    }
    OnDoubt {
        Skip "skip" "Leave these keys as they are";
        Trust "trust" "Carry the change out; archived versions need --thaw all the same";
    }
    RequestPayer {
        Requester "requester";
    }
    Use {
        Plan "plan" "Look, and change nothing: timeline, history, check, diff, verify";
        Restore "restore" "Restore in place, and undo --undelete copy";
        RestoreTo "restore-to" "Restore into another bucket";
        RemoveMarker "remove-marker" "Restore with --undelete remove-marker, and undo";
        Thaw "thaw" "Restore with --thaw";
        Recover "recover" "Recover: buckets in place, and databases of RDS";
        Drill "drill" "Drill: buckets and databases into scratch copies, to see that it can be done";
    }
    Format {
        Table "table" "For a person";
        Json "json" "JSON Lines";
        Csv "csv" "Comma-separated values";
    }
}

/// The treatment of keys whose state at T is uncertain, by a check or a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TrustArg {
    /// Take the listing for the whole truth
    Trust,
}

/// The formats that a command offers; only a list of keys, of versions or of counts has a form as CSV.
pub(super) fn formats(csv: bool) -> impl TypedValueParser<Value = Format> {
    let offered = Format::value_variants().iter().filter(move |form| csv || **form != Format::Csv);
    PossibleValuesParser::new(offered.filter_map(ValueEnum::to_possible_value))
        .try_map(|word| <Format as ValueEnum>::from_str(&word, false))
}
