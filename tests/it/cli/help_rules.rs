//! The rules of every help text: its first line is short and not a sentence, and each command has examples that work.

use asof::cli::Cli;
use clap::builder::StyledStr;
use clap::{Arg, Command, CommandFactory as _, Parser as _};

const LINE_CHARS: usize = 90;
const EXAMPLES: usize = 3;

/// Commands without arguments, and those of the embedded server.
const WITHOUT_EXAMPLES: [&str; 4] = ["demo", "help", "lab", "man"];

/// Every command with its subcommands.
fn commands(of: &Command) -> Vec<Command> {
    let mut all = vec![of.clone()];
    all.extend(of.get_subcommands().flat_map(commands));
    all
}

fn asof() -> Command {
    let mut asof = Cli::command();
    asof.build();
    asof
}

/// The first lines of the help of a command and of its options and values.
fn first_lines(command: &Command) -> Vec<String> {
    let values = |arg: &Arg| -> Vec<String> {
        arg.get_possible_values().iter().filter_map(|value| Some(value.get_help()?.to_string())).collect()
    };
    let arguments = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let of_arguments =
        arguments.flat_map(|arg| values(arg).into_iter().chain(arg.get_help().map(StyledStr::to_string)));
    of_arguments.chain(command.get_about().map(StyledStr::to_string)).collect()
}

#[test]
fn first_lines_are_short_and_no_sentences() {
    let lines: Vec<_> = commands(&asof()).iter().flat_map(first_lines).collect();
    assert!(lines.len() > 100);
    let wrong: Vec<_> = lines
        .iter()
        .filter(|line| line.chars().count() > LINE_CHARS || line.contains('\n') || line.ends_with('.'))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_command_has_examples_that_are_accepted() {
    for command in asof().get_subcommands() {
        let name = command.get_name();
        if WITHOUT_EXAMPLES.contains(&name) {
            continue;
        }
        let help = command.get_after_long_help().map(StyledStr::to_string).unwrap_or_default();
        let examples: Vec<_> = help.lines().filter_map(|line| line.strip_prefix("  asof ")).collect();
        assert!(examples.len() >= EXAMPLES, "{name}: {examples:?}");
        for example in examples {
            let typed = example.split([' ']).take_while(|word| !matches!(*word, ">" | "|"));
            let parsed = Cli::try_parse_from(std::iter::once("asof").chain(typed));
            assert!(example.starts_with(name), "{name}: {example}");
            assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
        }
    }
}
