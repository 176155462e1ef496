//! The `asof` binary.

fn main() {}
