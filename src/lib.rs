//! Puts a versioned S3 bucket back to the state it had at a past second.

#[cfg(feature = "lab")]
pub mod lab;
