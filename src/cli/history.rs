//! `asof history`.

use std::io::{BufWriter, Write};

use super::args::HistoryArgs;
use super::context::{Context, Output};
use super::exit::Exit;
use super::time_arg;
use crate::engine::{history, standing};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Past, printable};
use crate::report::{CsvHistory, Format, JsonLines, history_line};

pub(super) async fn run(context: &Context, args: HistoryArgs) -> Result<Exit> {
    let HistoryArgs { location, at, state, server, output } = args;
    let output = Output::from(output);
    let (bucket, key) = (location.bucket.as_str(), location.prefix.as_str());
    if key.is_empty() {
        return Err(Error::usage(format!("{location} names no key")).hint("write it as s3://BUCKET/KEY"));
    }
    let typed = at.map(|t| time_arg::read(&t, &state)).transpose()?;
    let client = context.client(server, None).await?;
    standing(&client, bucket).await?;
    let context = &context.by_clock_of(&client, output);
    let at = typed.map(|t| t.past(context.now)).transpose()?;

    let mut out = BufWriter::new(std::io::stdout());
    let mut found = false;
    let entries = match output.format {
        Format::Table => {
            history(&client, bucket, key, at, &context.cancel, |past: Past| {
                found |= past.live_at;
                Ok(writeln!(out, "{}", history_line(&past, at))?)
            })
            .await?
        }
        Format::Json => {
            let mut lines = JsonLines::new(&mut out);
            history(&client, bucket, key, at, &context.cancel, |past| lines.entry(key, &past)).await?
        }
        Format::Csv => {
            let mut csv = CsvHistory::new(&mut out)?;
            let entries =
                history(&client, bucket, key, at, &context.cancel, |past| csv.entry(key, &past)).await?;
            csv.finish()?;
            entries
        }
    };
    if let Some(at) = at.filter(|_| output.format == Format::Table && entries > 0 && !found) {
        writeln!(
            out,
            "  no entry is that old: at {} it did not exist, or its version has expired",
            at.human()
        )?;
    }
    out.flush()?;
    if entries == 0 {
        let message = format!("{bucket} has no version of the key {}", printable(key));
        return Err(Error::new(ErrorKind::Missing, message)
            .hint("either it never existed, or every version of it has been deleted or has expired"));
    }
    Ok(Exit::Done)
}
