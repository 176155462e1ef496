//! `asof completions`, `asof man` and `asof schema`: the definitions of the command line and of its output, for a shell, for
//! `man` and for scripts.

use std::io::{BufWriter, Write};

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::{Cli, CompletionsArgs};
use super::exit::Exit;
use crate::error::Result;
use crate::report::json_schema;

pub(super) fn completions(args: &CompletionsArgs) -> Result<Exit> {
    // The generator exits the process if it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "asof", &mut script);
    std::io::stdout().write_all(&script)?;
    Ok(Exit::Done)
}

pub(super) fn schema() -> Result<Exit> {
    let schema = serde_json::to_string_pretty(&json_schema()).map_err(std::io::Error::from)?;
    std::io::stdout().write_all((schema + "\n").as_bytes())?;
    Ok(Exit::Done)
}

/// Renders the page of a command, followed by the pages of its subcommands.
pub(super) fn man() -> Result<Exit> {
    let mut out = BufWriter::new(std::io::stdout());
    let mut asof = Cli::command().disable_help_subcommand(true);
    asof.build();
    Man::new(asof.clone()).render(&mut out)?;
    for command in asof.get_subcommands().filter(|command| !command.is_hide_set()) {
        let man = Man::new(command.clone());
        man.render_name_section(&mut out)?;
        man.render_synopsis_section(&mut out)?;
        man.render_options_section(&mut out)?;
    }
    out.flush()?;
    Ok(Exit::Done)
}
