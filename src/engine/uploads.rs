//! The multipart uploads recorded in a run's state directory: those left by a killed process are aborted.

use std::sync::{Mutex, PoisonError};

use crate::apply::Uploads;
use crate::error::Result;
use crate::s3::Client;
use crate::state::Run;

/// Aborts the uploads that an earlier process recorded and did not finish. A completed upload is gone, which is fine.
pub(super) async fn abandon_noted(client: &Client, run: &Run) -> Result<()> {
    let noted = run.noted_uploads()?;
    for upload in noted.uploads() {
        client.abort_upload(upload).await?;
    }
    noted.remove()
}

/// Uploads that are recorded in the run's list.
pub(super) fn noted(run: &Run) -> Result<Uploads> {
    let list = Mutex::new(run.upload_list()?);
    Ok(Uploads::default()
        .recorded(move |upload| list.lock().unwrap_or_else(PoisonError::into_inner).push(upload)))
}
