//! TLS of a view, with the certificate that the user gives.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::{Error, Result};

/// The files of a certificate and its key, as PEM.
#[derive(Debug, Clone, Copy)]
pub struct Certificate<'a> {
    /// The certificate, and those between it and the root.
    pub chain: &'a Path,
    /// Its private key.
    pub key: &'a Path,
}

impl Certificate<'_> {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if they cannot be read, or do not fit together.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor> {
        let wrong = |file: &Path, e: &dyn std::fmt::Display| {
            Error::usage(format!("cannot use {} for TLS: {e}", file.display()))
                .hint("--tls-cert is the certificate chain and --tls-key its private key, both as PEM")
        };
        let chain = CertificateDer::pem_file_iter(self.chain)
            .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>);
        let chain = chain.map_err(|e| wrong(self.chain, &e))?;
        if chain.is_empty() {
            return Err(wrong(self.chain, &"it holds no certificate"));
        }
        let key = PrivateKeyDer::from_pem_file(self.key).map_err(|e| wrong(self.key, &e))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|e| wrong(self.chain, &e))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|e| wrong(self.key, &e))?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}
