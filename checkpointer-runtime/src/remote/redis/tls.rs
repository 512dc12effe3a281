//! TLS over a connection, with the system's certificates (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others).

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::super::backend::Fault;
use super::stream::rest;
use crate::error::Source;

/// A connection by TLS.
pub(super) type Tls = Box<StreamOwned<ClientConnection, Timed>>;

/// A socket of which every read and write ends by a time: to write by TLS may take many of either, for the handshake.
pub(super) struct Timed {
    stream: TcpStream,
    pub(super) by: Instant,
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(rest(self.by)?))?;
        self.stream.read(buffer)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(rest(self.by)?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Speaks TLS with this host. The handshake takes place with the first bytes that are sent.
pub(super) fn wrap(stream: TcpStream, host: &str, by: Instant) -> Result<Tls, Fault> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|error| Fault::Refused(error.into()))?;
    let connection = ClientConnection::new(configuration()?, name)
        .map_err(|error| Fault::Refused(error.into()))?;
    let timed = Timed { stream, by };
    Ok(Box::new(StreamOwned::new(connection, timed)))
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
