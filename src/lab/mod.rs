//! The embedded S3: a versioned bucket over HTTP on loopback, with an injectable clock and faults on the wire.
