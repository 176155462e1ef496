//! `asof recover`.

use std::path::Path;

use super::abort;
use super::args::recover::RecoverArgs;
use super::context::Context;
use super::exit::Exit;
use super::recovery::{request, target_time};
use super::suggest::{recover, typed};
use crate::engine::recover::{Begins, Notice, Recipe, Recover, write_recipe, write_template};
use crate::error::{Error, Result};
use crate::report::{Asked, Output, RecoveryView, can_ask, recovered};

const RECOVER: Asked = Asked {
    does: "restore buckets and databases",
    first: "review each bucket with asof diff and rehearse with asof drill first",
};

pub(super) async fn run(context: &Context, args: RecoverArgs) -> Result<Exit> {
    let output = Output::from(args.carry.output.clone());
    if args.list {
        return abort::list(context, output, &args);
    }
    if args.abort {
        return abort::run(context, output, args).await;
    }
    let RecoverArgs { file, init, recipe, at, wait, adopt, dry_run, yes, report, carry, .. } = args;
    if let (true, Some(file)) = (init, &file) {
        return write(output, file, recipe);
    }
    let source = carry.source(file.as_deref())?;
    let target = at.map(|at| target_time(&at, &carry.change.apply.state, &source)).transpose()?;
    let begins = match target {
        target if adopt => Begins::Adopted(target),
        Some(target) if wait => Begins::Reached(target),
        Some(target) => Begins::At(target),
        // clap requires it.
        None => return Err(Error::usage("give a time: --at TIME")),
    };
    let (view, options) = (RecoveryView::new(output, &source), carry.options()?);
    let on = |notice: &Notice<'_>| view.show(notice);
    let recover = Recover { request: request(context, &source, &options, &on), begins };
    if dry_run {
        let command = Box::pin(recover.preview()).await?;
        output.note(&format!("nothing was changed; apply it: {command}"));
        return Ok(Exit::Done);
    }
    let copies = report.copies()?;
    can_ask(yes, RECOVER)?;
    let prepared = Box::pin(recover.prepare()).await?;
    if !yes && let Some(name) = prepared.name_to_type()? {
        view.confirm(context.prompt(), &name).await?;
    }
    let result = Box::pin(prepared.execute()).await?;
    context.metrics.take(recovered(&result.report, &result.recovery.manifest().typed));
    let reported = copies.write(&view, &result);
    view.finish(&result, typed);
    Ok(reported.conclusion.into())
}

fn write(output: Output, file: &Path, recipe: Option<&Recipe>) -> Result<Exit> {
    let recover = recover(file, "1h").flag("dry-run");
    if let Some(recipe) = recipe {
        let others = write_recipe(file, recipe)?.join(", ");
        output
            .note(&format!("written, and beside it {others}; edit the settings, then preview it: {recover}"));
    } else {
        write_template(file)?;
        output.note(&format!("written; edit it, then preview it: {recover}"));
    }
    Ok(Exit::Done)
}
