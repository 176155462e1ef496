//! The arguments of `serve`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};

use super::apply::StateArgs;
use super::output::{Hidden, OutputArgs};
use super::read::ViewArgs;
use super::server::ServerArgs;
use crate::engine::{Access, Certificate, Listen};
use crate::error::Result;
use crate::model::Destination;

#[derive(Debug, Args)]
#[command(
    override_usage = "asof serve [OPTIONS] --at <TIME> <s3://BUCKET>...\n       asof serve [OPTIONS] --at <TIME> <FILE>"
)]
pub(in crate::cli) struct ServeArgs {
    /// Buckets to serve, or a recovery file, whose buckets are served
    #[arg(required = true, value_name = "s3://BUCKET|FILE", value_parser = PathBufValueParser::new().try_map(Destination::of_path))]
    pub(in crate::cli) places: Vec<Destination>,
    /// Target time: 2026-11-17T14:30:05Z, @1794925805 (Unix time), or an age: 90m, 2h, 3d
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: String,
    /// List each bucket once, before the first request, and keep the keys on disk
    ///
    /// Requests then cost no listing requests, and lists are faster. Without it, nothing is listed until a client asks.
    #[arg(long)]
    pub(in crate::cli) preload: bool,
    #[command(flatten)]
    pub(in crate::cli) view: ViewArgs,
    #[command(flatten)]
    pub(in crate::cli) listen: ListenArgs,
    #[command(flatten)]
    pub(in crate::cli) state: StateArgs,
    #[command(flatten)]
    pub(in crate::cli) server: ServerArgs,
    #[command(flatten)]
    pub(in crate::cli) output: Hidden<OutputArgs>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Endpoint")]
pub(in crate::cli) struct ListenArgs {
    /// Address to listen on; port 0 picks a free port
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9444")]
    pub(in crate::cli) listen: String,
    /// Accept this access key [default: one is created and printed]
    ///
    /// The file holds the access key ID and the secret access key on two lines, or as a profile of the AWS CLI.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) access_key_file: Option<PathBuf>,
    /// Accept requests without an access key; on loopback only
    #[arg(long, conflicts_with = "access_key_file")]
    pub(in crate::cli) anonymous: bool,
    /// Serve HTTPS with this certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(in crate::cli) tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(in crate::cli) tls_key: Option<PathBuf>,
}

impl ListenArgs {
    /// The address, and who may read.
    pub(in crate::cli) fn listen(&self) -> Result<Listen<'_>> {
        let access = match &self.access_key_file {
            Some(file) => Access::read(file)?,
            None if self.anonymous => Access::Anonymous,
            None => Access::generate()?,
        };
        let files = self.tls_cert.as_deref().zip(self.tls_key.as_deref());
        let certificate = files.map(|(chain, key)| Certificate { chain, key });
        Ok(Listen { address: &self.listen, access, certificate })
    }
}
