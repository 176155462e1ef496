//! What is kept between commands: the state directory, the runs in it, the servers that they were begun on.

use std::path::{Path, PathBuf};

use super::args::apply::StateArgs;
use super::args::common::ServerArgs;
use super::context::Output;
use super::suggest;
use crate::engine::{Client, Run, Server};
use crate::error::{Error, Result};

/// Where runs are kept.
pub(super) fn state_dir(args: &StateArgs) -> Result<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let by_environment = || Some(named("XDG_STATE_HOME")?.join("asof"));
    let at_home = || Some(named("HOME")?.join(".local/state/asof"));
    args.state_dir.clone().or_else(by_environment).or_else(at_home).ok_or_else(|| {
        Error::usage("there is no place to keep the run's plan and journal in")
            .hint("name one with --state-dir, or set XDG_STATE_HOME or HOME")
    })
}

/// The server as a run keeps it, given the client that was made of this.
pub(super) fn server_of(args: ServerArgs, client: &Client) -> Server {
    Server::of(&args.settings(None), client)
}

/// The server that a run was begun on, unless another is typed now: what the environment says may be another by then.
pub(super) fn server_again(kept: &Server, args: ServerArgs) -> ServerArgs {
    let Server { endpoint_url, endpoint, region, profile, path_style, expected_bucket_owner, request_payer } =
        kept.clone();
    ServerArgs {
        endpoint_url: args.endpoint_url.or(endpoint_url),
        begun_on: endpoint,
        region: args.region.or(region),
        profile: args.profile.or(profile),
        path_style: args.path_style || path_style,
        expected_bucket_owner: args.expected_bucket_owner.or(expected_bucket_owner),
        request_payer: args.request_payer.or(request_payer.map(Into::into)),
        list_concurrency: args.list_concurrency,
        read_timeout: args.read_timeout,
    }
}

/// The name that stands for the newest run.
pub(super) const LATEST: &str = "latest";

/// The name of a run as it was typed; `latest` is the newest one.
pub(super) fn named(state_dir: &Path, typed: &str, output: Output) -> Result<String> {
    if typed != LATEST {
        return Ok(typed.to_owned());
    }
    let id = Run::latest(state_dir)?
        .ok_or_else(|| Error::usage(format!("there is no run in {}", state_dir.display())).hint(ELSEWHERE))?;
    output.note(&format!("latest is the run {id}"));
    Ok(id)
}

/// Takes up the run that was named.
pub(super) fn open_run(state: &StateArgs, typed: &str, output: Output) -> Result<Run> {
    let dir = state_dir(state)?;
    let id = named(&dir, typed, output)?;
    Run::open(&dir, &id).map_err(|e| {
        if Run::exists(&dir, &id) {
            return e;
        }
        e.hint(format!("to list them: {}", suggest::runs())).hint(ELSEWHERE)
    })
}

const ELSEWHERE: &str = "--state-dir names another directory";
