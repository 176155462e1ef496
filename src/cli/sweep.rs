//! `asof drill --sweep`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::args::common::ServerArgs;
use super::confirm::{Asked, can_ask, is_typed};
use super::context::{Context, Output};
use super::exit::Exit;
use super::recovery::{Source, on_server};
use crate::db::rds::{Leftover, Server, Sweep, Sweeper};
use crate::error::{Error, Result};
use crate::recover::DatabaseKind;
use crate::report::{Format, JsonLines, leftovers_table};

const SWEEP: Asked = ("remove databases", "read the list above");

/// What is said of a database whose protection may be a drill's or somebody's.
const PROTECTED: &str =
    "is protected from deletion, by its drill or by somebody since, which RDS does not tell";

/// Lists what drills have left where the file's databases are, or, without one, where the options say; removes what is old
/// enough, once that is confirmed:
///
/// | protected from deletion | `--yes` | |
/// |---|---|---|
/// | no | | removed |
/// | yes | no | named before the question; its protection is lifted, and it is removed |
/// | yes | yes | left, and named with the command that removes it: exit 3 |
pub(super) async fn run(
    context: &Context,
    output: Output,
    file: Option<&Path>,
    yes: bool,
    server: &ServerArgs,
) -> Result<Exit> {
    let mut found = Vec::new();
    for server in servers(file, server)? {
        let sweeper = Sweeper::connect(server, context.cancel.clone()).await?;
        let leftovers = Box::pin(sweeper.leftovers(context.now)).await?;
        let sweeper = Arc::new(sweeper);
        found.extend(leftovers.into_iter().map(|leftover| (leftover, Arc::clone(&sweeper))));
    }
    let leftovers: Vec<_> = found.iter().map(|(leftover, _)| leftover.clone()).collect();
    show(context, output, &leftovers)?;
    found.retain(|(leftover, _)| leftover.verdict == Sweep::Remove);
    let count = found.len().to_string();
    if found.is_empty() {
        output.note("no database that a drill left behind more than a day ago");
        return Ok(Exit::Done);
    }
    can_ask(yes, SWEEP)?;
    let mut exit = Exit::Done;
    for (Leftover { database, id, by_hand, .. }, _) in found.iter().filter(|(one, _)| one.protected) {
        if yes {
            output.note(&format!("left: the {database} {id} {PROTECTED}; to remove it by hand: {by_hand}"));
            exit = Exit::Incomplete;
        } else {
            output.note(&format!("the {database} {id} {PROTECTED}: its protection is lifted"));
        }
    }
    found.retain(|(one, _)| !(yes && one.protected));
    if !yes && !is_typed(context, "the number of databases that are removed", &count).await? {
        return Err(Error::usage("that is not the number of databases; nothing was changed"));
    }
    for (leftover, sweeper) in &found {
        let Leftover { database, id, by_hand, .. } = leftover;
        match Box::pin(sweeper.remove(leftover)).await {
            Ok(()) => output.note(&format!("removed the {database} {id}")),
            Err(e) => {
                output.note(&format!("left behind: {database} {id}: {e}; to remove it by hand: {by_hand}"));
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

/// Each account and region once.
fn servers(file: Option<&Path>, server: &ServerArgs) -> Result<Vec<Server>> {
    let Some(file) = file else {
        let ServerArgs { region, profile, read_timeout, .. } = server.clone();
        return Ok(vec![Server { endpoint_url: None, region, profile, read_timeout: Some(read_timeout) }]);
    };
    let databases = Source::read(file)?.file.databases.into_iter();
    let servers = databases.filter_map(|database| match database {
        DatabaseKind::Rds(settings) | DatabaseKind::Aurora(settings) => {
            Some(on_server(settings, server).server)
        }
        DatabaseKind::Command(_) => None,
    });
    let place = |server: Server| {
        ((server.endpoint_url.clone(), server.region.clone(), server.profile.clone()), server)
    };
    let servers: BTreeMap<_, _> = servers.map(place).collect();
    if servers.is_empty() {
        return Err(Error::usage(format!("{} names no database of RDS", file.display()))
            .hint("without a file, --region and --profile say where drills have left databases"));
    }
    Ok(servers.into_values().collect())
}

fn show(context: &Context, output: Output, leftovers: &[Leftover]) -> Result<()> {
    let mut out = std::io::stdout();
    if output.format == Format::Json {
        let mut lines = JsonLines::new(&mut out);
        return leftovers.iter().try_for_each(|leftover| lines.leftover(leftover));
    }
    Ok(out.write_all(leftovers_table(leftovers, context.now).as_bytes())?)
}
