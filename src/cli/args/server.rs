//! The server that a command asks.

use std::time::Duration;

use clap::Args;

use super::parse;
use crate::engine::Settings;
use crate::limits;
use crate::model::{Account, RequestPayer};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub(in crate::cli) struct ServerArgs {
    /// The server's address, if it is not AWS
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) endpoint_url: Option<String>,
    /// The bucket's region
    #[arg(long)]
    pub(in crate::cli) region: Option<String>,
    /// The profile in the AWS configuration files
    #[arg(long)]
    pub(in crate::cli) profile: Option<String>,
    /// Name the bucket in the path, not in the host name
    #[arg(long)]
    pub(in crate::cli) path_style: bool,
    /// Refuse every bucket that another AWS account owns
    #[arg(long, value_name = "ACCOUNT", value_parser = parse::parse::<Account>)]
    pub(in crate::cli) expected_bucket_owner: Option<Account>,
    /// Agree to pay for requests to Requester Pays buckets
    #[arg(long, value_name = "PAYER", value_enum)]
    pub(in crate::cli) request_payer: Option<RequestPayer>,
    /// Listing requests under way at once, at most; throttling narrows it
    #[arg(long, value_name = "N", value_parser = parse::concurrency, default_value_t = limits::DEFAULT_LIST_CONCURRENCY)]
    pub(in crate::cli) list_concurrency: usize,
    /// Seconds without data after which a reply has stalled and its request is retried
    #[arg(long, value_name = "SECONDS", value_parser = parse::read_timeout, default_value = "60")]
    pub(in crate::cli) read_timeout: Duration,
}

impl ServerArgs {
    /// The server, and who asks.
    pub(in crate::cli) fn settings(self, rate: Option<u32>) -> Settings {
        Settings {
            endpoint_url: self.endpoint_url,
            region: self.region,
            profile: self.profile,
            path_style: self.path_style,
            expected_bucket_owner: self.expected_bucket_owner,
            request_payer: self.request_payer,
            rate,
            list_concurrency: Some(self.list_concurrency),
            read_timeout: Some(self.read_timeout),
        }
    }
}
