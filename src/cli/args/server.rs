//! The options of the server to which a command sends requests.

use std::time::Duration;

use clap::Args;

use super::parse;
use crate::engine::Settings;
use crate::limits;
use crate::model::{Account, RequestPayer};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Server")]
pub(in crate::cli) struct ServerArgs {
    /// URL of the S3 server, if it is not AWS
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) endpoint_url: Option<String>,
    /// Region of the bucket
    #[arg(long)]
    pub(in crate::cli) region: Option<String>,
    /// Profile in the AWS configuration files
    #[arg(long)]
    pub(in crate::cli) profile: Option<String>,
    /// Put the bucket name into the path instead of the host name
    #[arg(long)]
    pub(in crate::cli) path_style: bool,
    /// Refuse buckets that another AWS account owns
    #[arg(long, value_name = "ACCOUNT", value_parser = parse::parse::<Account>)]
    pub(in crate::cli) expected_bucket_owner: Option<Account>,
    /// Accept the charges of Requester Pays buckets
    #[arg(long, value_name = "PAYER", value_enum)]
    pub(in crate::cli) request_payer: Option<RequestPayer>,
    /// Maximum number of listing requests in flight; asof lowers it while S3 throttles
    #[arg(long, value_name = "N", value_parser = parse::concurrency, default_value_t = limits::DEFAULT_LIST_CONCURRENCY)]
    pub(in crate::cli) list_concurrency: usize,
    /// Retry a request if its reply sends no data for this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse::read_timeout, default_value = "60")]
    pub(in crate::cli) read_timeout: Duration,
}

impl ServerArgs {
    /// Returns the settings of the server and its credentials.
    pub(in crate::cli) fn settings(self, rate: Option<u32>) -> Settings {
        Settings {
            endpoint_url: self.endpoint_url,
            begun_on: None,
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
