//! The check command of a drill, which reads the buckets that are not copied through a view of the past.

use super::super::serve::{Access, Listen, Listening, ServeOptions, ServedBucket, Serving};
use super::super::view::{OnUncertain, ViewOptions};
use super::check::judged;
use super::environment::environment;
use super::step::StepContext;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::model::TypedTime;
use crate::program::{Environment, RunLimits};
use crate::recover::{StepResult, Target};
use crate::state::Recovery;

/// Any free port on loopback: nobody else is meant to read the view.
const ADDRESS: &str = "127.0.0.1:0";

impl StepContext<'_> {
    /// Runs the check command of a drill, with the outcomes of the check of a database.
    pub(super) async fn check_drill(&self, recovery: &Recovery) -> Result<StepResult> {
        let Some(program) = &self.file.drill.check else { return Ok(StepResult::default()) };
        let what = "the check command of the drill";
        let mut environment = environment(recovery, &self.file.databases);
        let run_limits = RunLimits { cancel: Some(self.cancel), deadline: Some(limits::CHECK_TIMEOUT) };
        let buckets = self.viewed();
        if buckets.is_empty() {
            return judged(program, what, &environment, run_limits).await;
        }
        let serving = self.open_view(recovery, buckets).await?;
        environment.extend(variables(&serving));
        // The view ends with the command.
        let until = Cancel::default();
        tokio::select! {
            result = judged(program, what, &environment, run_limits) => result,
            () = serving.run(&until) => Err(Error::internal("the view ended before the check command")),
        }
    }

    /// The buckets that are read through a view: each once, whatever prefixes of it the file names.
    fn viewed(&self) -> Vec<ServedBucket> {
        let (mut seen, mut served) = (Vec::new(), Vec::new());
        for part in self.buckets.iter().filter(|part| part.target == Target::View) {
            let name = &part.location.bucket;
            let bucket = (name, part.server.asked());
            if !seen.contains(&bucket) {
                seen.push(bucket);
                served.push(ServedBucket { name: name.clone(), client: part.client.clone() });
            }
        }
        served
    }

    /// The options of the view.
    pub(super) fn view(&self) -> ViewOptions {
        ViewOptions {
            multipart_window: self.terms.multipart_window,
            uncertain: if self.trusts() { OnUncertain::Trust } else { OnUncertain::Report },
            ..ViewOptions::default()
        }
    }

    async fn open_view(&self, recovery: &Recovery, buckets: Vec<ServedBucket>) -> Result<Serving> {
        let listen = Listen { address: ADDRESS, access: Access::generate()?, certificate: None };
        let at = TypedTime::Instant(self.file.buckets_at(recovery.manifest().at));
        let options = ServeOptions { at, view: self.view(), preload: false };
        Listening::start(listen).await?.open(buckets, options, self.cancel).await
    }
}

/// The variables by which SDKs find the view. A session token or a profile of asof's own credentials must not be mixed
/// with the key of the view.
fn variables(serving: &Serving) -> Environment {
    let rest = vec![("AWS_DEFAULT_REGION", serving.region()), ("AWS_SESSION_TOKEN", String::new())];
    let all = [serving.access().variables(), serving.variables(), rest].concat();
    all.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
