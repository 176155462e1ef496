use clap::CommandFactory;

use super::*;

#[test]
fn the_definitions_are_consistent() {
    Cli::command().debug_assert();
}
