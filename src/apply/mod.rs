//! Carrying out changes: copies and deletes, many at once, each conditional on its key being as the plan saw it, and each
//! noted in a journal before and after; and downloads into a directory.

mod batch;
mod beneath;
mod check;
mod conditions;
mod copy;
mod deletes;
mod download;
pub mod journal;
mod look;
mod markers;
mod multipart;
mod outcome;
mod place;
mod pool;
mod superseded;
mod tree;
mod tries;
mod worker;

pub use batch::Item;
pub use beneath::{Directory, Found};
pub use check::{check, read};
pub use copy::Copies;
pub use download::{Restored, download};
pub use multipart::Uploads;
pub use outcome::Outcome;
pub use place::Place;
pub use pool::{Applied, Manner, apply};
pub use superseded::{Base, BaseReader, Finding};
pub use tree::{Leaf, leaves};
pub use worker::OnConflict;
