//! `asof serve`.

use std::path::{Path, PathBuf};

use super::args::serve::ServeArgs;
use super::context::Context;
use super::exit::Exit;
use super::recovery::source;
use super::time_arg;
use crate::engine::recover::viewed_buckets;
use crate::engine::{Listening, ServeOptions, ServedBucket, Settings};
use crate::error::{Error, Result};
use crate::model::{Destination, Location};
use crate::report::{Connect, show_view};

pub(super) async fn run(context: &Context, args: ServeArgs) -> Result<Exit> {
    let ServeArgs { places, at, preload, view, listen, state, server, output } = args;
    let view = view.options(&context.cancel).await?;
    let mut context = context.shown(output.into_inner());
    let places = Places::of(places)?;
    let at = time_arg::read(&at, &state, places.file())?;
    let listening = Listening::start(listen.listen()?).await?;
    let buckets = places.buckets(&context, server.settings(None)).await?;
    let options = ServeOptions { at, view, preload };
    let serving = listening.open(buckets, options, &context.cancel).await?;
    if let Some(client) = serving.client() {
        context.answered(client, Ok(()))?;
    }
    let connect = if listen.access_key_file.is_none() { Connect::WithKey } else { Connect::WithOwnKey };
    show_view(context.output, context.now, &serving, connect)?;
    serving.run(&context.cancel).await;
    Ok(Exit::Done)
}

/// The buckets to serve.
enum Places {
    Buckets(Vec<String>),
    Of(PathBuf),
}

impl Places {
    fn of(places: Vec<Destination>) -> Result<Self> {
        let mut buckets = Vec::new();
        let only = places.len() == 1;
        for place in places {
            match place {
                Destination::Bucket(Location { bucket, prefix }) if prefix.is_empty() => buckets.push(bucket),
                Destination::Bucket(location) => {
                    return Err(Error::usage(format!("cannot serve {location}: a view has whole buckets"))
                        .hint(format!("serve the bucket: s3://{}", location.bucket)));
                }
                Destination::Directory(file) if only => return Ok(Self::Of(file)),
                Destination::Directory(file) => {
                    let file = file.display();
                    return Err(Error::usage(format!("cannot serve {file} together with other places"))
                        .hint("name buckets as s3://BUCKET, or one recovery file"));
                }
            }
        }
        Ok(Self::Buckets(buckets))
    }

    fn file(&self) -> Option<&Path> {
        match self {
            Self::Buckets(_) => None,
            Self::Of(file) => Some(file),
        }
    }

    async fn buckets(&self, context: &Context, server: Settings) -> Result<Vec<ServedBucket>> {
        match self {
            Self::Of(file) => viewed_buckets(&source(Some(file))?.file, &server, &context.counters).await,
            Self::Buckets(names) => {
                let mut buckets = Vec::new();
                for name in names {
                    let client = context.client(server.clone()).await?;
                    buckets.push(ServedBucket { name: name.clone(), client });
                }
                Ok(buckets)
            }
        }
    }
}
