//! TLS over a connection, with the system's certificates (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others).

use std::net::TcpStream;
use std::sync::{Arc, OnceLock};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::super::backend::Fault;
use crate::error::Source;

/// A connection by TLS.
pub(super) type Tls = Box<StreamOwned<ClientConnection, TcpStream>>;

/// Speaks TLS with this host. The handshake takes place with the first bytes that are sent.
pub(super) fn wrap(stream: TcpStream, host: &str) -> Result<Tls, Fault> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| Fault::Refused(error.into()))?;
    let connection = ClientConnection::new(configuration()?, name)
        .map_err(|error| Fault::Refused(error.into()))?;
    Ok(Box::new(StreamOwned::new(connection, stream)))
}

fn configuration() -> Result<Arc<ClientConfig>, Fault> {
    static CONFIGURATION: OnceLock<Result<Arc<ClientConfig>, String>> = OnceLock::new();
    let made = CONFIGURATION.get_or_init(|| make().map_err(|error| error.to_string()));
    made.clone().map_err(|why| Fault::Refused(why.into()))
}

fn make() -> Result<Arc<ClientConfig>, Source> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    // Systems have certificates that can't be read; without any, no server is trusted.
    if roots.add_parsable_certificates(found.certs).0 == 0 {
        return Err("the system has no certificates to trust servers by; set SSL_CERT_FILE".into());
    }
    // Named, since other parts of the program may bring another provider.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let configuration = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(configuration))
}
