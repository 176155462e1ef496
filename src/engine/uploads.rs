//! Multipart uploads of a run, noted before their first part: what a kill leaves of them would be paid for.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::sync::Mutex;

use crate::apply::Uploads;
use crate::error::{Error, ErrorKind, Result};
use crate::s3::{Client, Upload};

/// Abandons those that an earlier process noted and did not end. One that has become a version is gone, which is fine.
pub(super) async fn abandon_noted(client: &Client, path: &Path) -> Result<()> {
    let file = match File::open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        file => file.map_err(|e| cannot(path, "read", &e))?,
    };
    for line in BufReader::new(file).lines() {
        // A line that a crash tore was never followed by a part.
        let Ok(upload) = serde_json::from_str::<Upload>(&line.map_err(|e| cannot(path, "read", &e))?) else {
            continue;
        };
        client.abort_upload(&upload).await?;
    }
    std::fs::remove_file(path).map_err(|e| cannot(path, "remove", &e))
}

/// Uploads that are noted in a file.
pub(super) fn noted(path: &Path) -> Result<Uploads> {
    let file =
        OpenOptions::new().create(true).append(true).open(path).map_err(|e| cannot(path, "open", &e))?;
    let (file, path) = (Mutex::new(file), path.to_owned());
    Ok(Uploads::default().recorded(move |upload| {
        let line = serde_json::to_string(upload).map_err(|e| cannot(&path, "write", &e.into()))? + "\n";
        let mut file = file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|e| cannot(&path, "write", &e))
    }))
}

fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} {}: {e}", path.display()))
        .hint("the run's multipart uploads are noted there; without it none is begun")
}
