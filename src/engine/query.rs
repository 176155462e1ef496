//! What is asked about a past: of which keys, and by what the answers are judged.

use std::time::Duration;

use super::key_lookup::Scope;
use super::past::judge;
use crate::error::Result;
use crate::limits;
use crate::list::Selection;
use crate::model::{Instant, Known, Lifecycle, Location, Rule, TypedTime};
use crate::plan::file::Selected;
use crate::resolve::{AsOf, AsOfPair, Judge};

/// Which past of which keys is asked for, and by what the answer is judged.
#[derive(Debug, Clone)]
pub struct Query {
    /// The bucket or prefix.
    pub location: Location,
    /// The past time. An age is counted from the server's present.
    pub at: TypedTime,
    /// Versions of equal ETag and size are the same object, without a HEAD of either.
    pub trust_etag: bool,
    /// Multipart uploads begun so long before the time are cautioned about.
    pub multipart_window: Duration,
    /// The lifecycle rules that the bucket had before.
    pub earlier: Lifecycle,
    scope: Scope,
    selected: Selected,
}

impl Query {
    /// The keys of `location` that are `selected`, and of these, if `keys` are named, only those.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if a pattern is none.
    pub fn new(
        location: Location,
        at: TypedTime,
        selected: Selected,
        keys: Option<Vec<String>>,
    ) -> Result<Self> {
        let scope = Scope {
            bucket: location.bucket.clone(),
            prefix: location.prefix.clone(),
            keys,
            selection: Selection::new(&selected.include, &selected.exclude)?,
            only: selected.only.clone(),
        };
        Ok(Self {
            location,
            at,
            trust_etag: false,
            multipart_window: limits::MULTIPART_WINDOW,
            earlier: Lifecycle::default(),
            scope,
            selected,
        })
    }

    /// How many keys were asked for by name, if they were.
    pub fn named(&self) -> Option<usize> {
        self.scope.keys.as_ref().map(Vec::len)
    }

    /// The keys.
    pub(super) fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// How the keys were chosen, as a plan keeps it.
    pub fn selected(&self) -> &Selected {
        &self.selected
    }

    /// By what the bucket's state at `at`, compared with that at `versus`, is judged.
    pub(super) fn judge(&self, rules: &Known<Vec<Rule>>, at: Instant, versus: AsOf) -> Judge {
        let as_of = AsOfPair { then: AsOf::At(at), now: versus };
        judge(rules, self.earlier.clone(), as_of, self.multipart_window)
    }
}
