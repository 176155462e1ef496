//! The option for metrics.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Clone, Default, Args)]
pub(in crate::cli) struct MetricsArgs {
    /// Also write metrics of the run to this file, for Prometheus, even if the run fails
    ///
    /// The text format that the textfile collector of node_exporter reads from files named *.prom.
    #[arg(id = "metrics", long = "metrics", value_name = "FILE")]
    pub(in crate::cli) file: Option<PathBuf>,
}
