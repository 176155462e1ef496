//! `asof completions`, `asof man` and `asof schema`: the definitions of the command line and of its output, for a shell, for
//! `man` and for scripts.

use std::io::{BufWriter, Write};
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::args::{Cli, CompletionsArgs, ManArgs};
use super::exit::Exit;
use crate::error::{Error, ErrorKind, Result};
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

pub(super) fn man(args: &ManArgs) -> Result<Exit> {
    let mut asof = Cli::command().disable_help_subcommand(true);
    asof.build();
    match &args.out {
        Some(dir) => write_pages(&asof, dir).map_err(|e| {
            Error::new(ErrorKind::Local, format!("cannot write the man pages to {}: {e}", dir.display()))
        })?,
        None => print_page(&asof)?,
    }
    Ok(Exit::Done)
}

/// Prints the page of a command, followed by the pages of its subcommands.
fn print_page(asof: &Command) -> Result<()> {
    let mut out = BufWriter::new(std::io::stdout());
    Man::new(asof.clone()).render(&mut out)?;
    for command in subcommands(asof) {
        let man = Man::new(command.clone());
        man.render_name_section(&mut out)?;
        man.render_synopsis_section(&mut out)?;
        man.render_options_section(&mut out)?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a page for a command and for each of its subcommands.
fn write_pages(command: &Command, dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    let (man, mut page) = (Man::new(command.clone()), Vec::new());
    man.render(&mut page)?;
    // The generator has no better name for exit codes and examples.
    let page = String::from_utf8_lossy(&page).replacen(".SH EXTRA\n", ".SH NOTES\n", 1);
    std::fs::write(dir.join(man.get_filename()), page)?;
    subcommands(command).try_for_each(|command| write_pages(command, dir))
}

fn subcommands(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|command| !command.is_hide_set())
}
