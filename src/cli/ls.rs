//! `asof ls`.

use std::io::IsTerminal as _;

use super::args::read::LsArgs;
use super::context::Context;
use super::exit::Exit;
use super::suggest::suggest;
use super::time_arg;
use crate::engine::{Depth, PastBucket};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Location, printable};
use crate::report::{
    Ending, Format, ListAbout, ListOut, ListStyle, Phase, Sizes, plural, problems, stdout_is_file,
};

pub(super) async fn run(context: &Context, args: LsArgs) -> Result<Exit> {
    let LsArgs { past, recursive, human_readable, summarize, view, state, server, output } = args;
    let location = past.location;
    let at = time_arg::read(&past.at, &state, None)?;
    let options = view.options(&context.cancel).await?;
    let mut context = context.shown(output);
    let client = context.client(server.settings(None)).await?;
    let opened = PastBucket::open(&client, &location.bucket, at, options).await;
    let bucket = context.answered(&client, opened)?;
    if context.output.format == Format::Table {
        head(&context, &bucket, &location);
    }
    let depth = if recursive { Depth::Keys } else { Depth::Folders };
    let style = ListStyle {
        hidden: if recursive { 0 } else { location.folder().len() },
        sizes: if human_readable { Sizes::Units } else { Sizes::Bytes },
        ending: if summarize { Ending::Totals } else { Ending::None },
    };
    let (mut lines, mut out) = ListOut::new(context.output.format, style)?;
    let mut progress = recursive.then(|| context.progress(Phase::Surveying));
    let line = |entry: &_, text: &mut _| lines.line(entry, text);
    let show = |text: &_| {
        // The display must not be drawn into the list, nor into the pager that it is piped into.
        progress.take_if(|_| std::io::stderr().is_terminal() && !stdout_is_file());
        out.show(text)
    };
    bucket.list(&location.prefix, depth, &context.cancel, line, show).await?;
    drop(progress);
    let about = ListAbout { location: &location, at: bucket.at, elapsed: context.elapsed() };
    out.finish(&lines, &about, &context.counters)?;
    let listed = lines.listed;
    if listed.is_empty() {
        return nothing(&context, &location, &bucket);
    }
    if listed.uncertain == 0 {
        return Ok(Exit::Done);
    }
    let uncertain = plural(listed.uncertain, "entry is", "entries are");
    context.note(&format!(
        "{uncertain} uncertain: versions live at {} may have been removed or overwritten; --doubtful trust takes the listing as complete",
        bucket.at.human()
    ));
    Ok(Exit::Refused)
}

/// Says what is listed, on stderr: the list itself looks like that of the AWS CLI.
fn head(context: &Context, bucket: &PastBucket, location: &Location) {
    let place = location.to_string();
    let place = printable(place.strip_prefix("s3://").unwrap_or_default());
    let at = bucket.at;
    context.note(&format!("{place} as of {} ({} ago); times are in UTC", at.human(), at.age(context.now)));
    for problem in problems(std::slice::from_ref(&bucket.history(&location.prefix))) {
        context.note(&format!("  {problem}"));
    }
}

/// An empty list: an error below a prefix, which may be misspelt, as for the AWS CLI.
fn nothing(context: &Context, location: &Location, bucket: &PastBucket) -> Result<Exit> {
    let at = bucket.at.human();
    if location.prefix.is_empty() {
        context.note(&format!("{location} had no objects at {at}"));
        return Ok(Exit::Done);
    }
    let message =
        format!("cannot list {}: no key with this prefix was live at {at}", printable(&location.to_string()));
    let timeline = suggest("timeline").word(&location.to_string());
    Err(Error::new(ErrorKind::Missing, message)
        .hint(format!("see when its keys were written and deleted: {timeline}")))
}
