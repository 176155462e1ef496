//! Multipart uploads of a run, which its state directory keeps: those that a killed process left are aborted.

use std::sync::{Mutex, PoisonError};

use crate::apply::Uploads;
use crate::error::Result;
use crate::s3::Client;
use crate::state::Run;

/// Aborts those that an earlier process noted and did not end. One that has become a version is gone, which is fine.
pub(super) async fn abandon_noted(client: &Client, run: &Run) -> Result<()> {
    let noted = run.noted_uploads()?;
    for upload in noted.uploads() {
        client.abort_upload(upload).await?;
    }
    noted.remove()
}

/// Uploads that are noted in a run's list.
pub(super) fn noted(run: &Run) -> Result<Uploads> {
    let list = Mutex::new(run.upload_list()?);
    Ok(Uploads::default()
        .recorded(move |upload| list.lock().unwrap_or_else(PoisonError::into_inner).push(upload)))
}
