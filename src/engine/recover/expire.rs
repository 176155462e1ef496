//! Expires old marks of a recovery file and releases their snapshots.

use std::time::Duration;

use super::connect::{buckets, clock_of};
use super::session::RecoveryRequest;
use super::snapshots::Snapshots;
use crate::error::Result;
use crate::model::Instant;
use crate::recover::{Conclusion, MarkEvent, MarkLine, Resource, Target};
use crate::state::{Claim, MarksFile};

#[derive(Debug)]
pub(crate) struct ExpireMarks<'a> {
    pub request: RecoveryRequest<'a>,
    /// The age from which marks expire.
    pub age: Duration,
}

/// The marks that have expired.
#[derive(Debug)]
pub(crate) struct ExpiredMarks {
    pub marks: Vec<MarkLine>,
    pub now: Instant,
    pub conclusion: Conclusion,
}

impl ExpireMarks<'_> {
    /// Expires the marks, then releases every snapshot that no mark has, including those that earlier attempts left.
    pub(crate) async fn run(self) -> Result<ExpiredMarks> {
        let Self { request, age } = self;
        let RecoveryRequest { source, options, .. } = request;
        let resource = Resource::File { path: source.path.clone() };
        let _claim = Claim::take(&options.state_dir, "mark", vec![resource])?;
        let file = MarksFile::open(&options.state_dir)?;
        let clock = clock_of(&buckets(&source.file, &options.server, Target::clone).await?).await;
        let now = clock.now();
        let name = source.path.to_string_lossy().into_owned();
        let mut marks = file.read_again()?.of_file(&name);
        marks.retain(|mark| now.since(mark.at) >= age);
        let expired = |mark: &MarkLine| MarkEvent::Expired { file: name.clone(), mark: mark.name.clone() };
        file.note(&marks.iter().map(expired).collect::<Vec<_>>())?;
        let is_clean = Snapshots::new(request, &file).release_loose().await?;
        let conclusion = if is_clean { Conclusion::Done } else { Conclusion::Incomplete };
        Ok(ExpiredMarks { marks, now, conclusion })
    }
}
