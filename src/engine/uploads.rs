//! The multipart uploads recorded in a run's state directory: those left by a killed process are aborted.

use crate::apply::Uploads;
use crate::error::Result;
use crate::s3::Client;
use crate::state::Run;

/// Aborts the uploads that an earlier process recorded and did not finish. A completed upload is gone, which is fine.
pub(super) async fn abandon_noted(client: &Client, run: &Run) -> Result<()> {
    run.fetch_uploads().await?;
    let noted = run.noted_uploads()?;
    for upload in noted.uploads() {
        client.abort_upload(upload).await?;
    }
    run.forget_uploads(noted).await
}

/// Uploads that are recorded in the run's list.
pub(super) fn noted(run: &Run) -> Result<Uploads> {
    Ok(Uploads::default().recorded(run.upload_list()?))
}
