//! `asof cat`.

use super::args::read::CatArgs;
use super::context::Context;
use super::exit::Exit;
use super::suggest::suggest;
use super::time_arg;
use crate::engine::{Cat, Checked};
use crate::error::{ErrorKind, Result};
use crate::report::{Display, Format, Output, caution_words};

pub(super) async fn run(context: &Context, args: CatArgs) -> Result<Exit> {
    let CatArgs { location, at, range, view, state, server, quiet } = args;
    let mut context = context.shown(Output { format: Format::Table, quiet, display: Display::Never });
    let at = time_arg::read(&at, &state, None)?;
    let options = view.options(&context.cancel).await?;
    let history = suggest("history").word(&location.to_string());
    let cat = Cat::new(location, at, range)?;
    let client = context.client(server.settings(None)).await?;
    let found = context.answered(&client, cat.inspect(&client, options).await);
    let found = found.map_err(|e| match e.kind() {
        ErrorKind::Refused | ErrorKind::Missing => e.hint(format!("list its versions: {history}")),
        _ => e,
    })?;
    for caution in &found.live.cautions {
        context.note(&caution_words(*caution));
    }
    let checked = found.write(&client, std::io::stdout(), &context.cancel).await?;
    if checked == Checked::BySize && range.is_none() {
        context.note("checked by size only: the server provides no checksum");
    }
    Ok(Exit::Done)
}
