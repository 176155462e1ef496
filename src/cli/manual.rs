//! `asof manual`.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::exit::Exit;
use crate::error::Result;
use crate::manual::{TOPICS, find};
use crate::report::{show_topic, show_topics};

#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// Topic to show; without it, list the topics
    #[arg(value_parser = PossibleValuesParser::new(TOPICS.iter().map(|topic| topic.name)), hide_possible_values = true)]
    topic: Option<String>,
}

pub(super) fn run(args: &ManualArgs) -> Result<Exit> {
    match args.topic.as_deref().and_then(find) {
        Some(topic) => show_topic(topic)?,
        None => show_topics()?,
    }
    Ok(Exit::Done)
}
