//! A real S3 server as far as tests can have one: moto, which honours conditions.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use crate::process::{Process, Says};

/// A moto server.
pub struct Moto {
    address: String,
    _process: Option<Process>,
}

impl std::fmt::Debug for Moto {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Moto").field(&self.address).finish()
    }
}

impl Moto {
    /// The server that the test run has started for all, or one of this test's own.
    ///
    /// # Panics
    /// Without `moto_server` on the machine.
    #[must_use]
    pub fn shared() -> Self {
        if let Ok(endpoint) = std::env::var("CHECKPOINTER_TEST_S3") {
            let address = endpoint.trim_start_matches("http://").to_owned();
            return Self {
                address,
                _process: None,
            };
        }
        // Where `cargo xtask test` puts it, and else wherever the machine has it.
        let installed = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../target/moto/bin/moto_server"
        );
        let program = if Path::new(installed).exists() {
            installed
        } else {
            "moto_server"
        };
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", "0"]);
        let to_install = "`pip install 'moto[server]'`";
        let (process, line) =
            Process::start(&mut command, Says::Error, "Running on http://", to_install);
        let address = line.split("http://").nth(1).unwrap_or_default();
        Self {
            address: address.trim().to_owned(),
            _process: Some(process),
        }
    }

    /// Its address, for `AWS_ENDPOINT_URL`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Its port.
    ///
    /// # Panics
    /// If its address has none.
    #[must_use]
    pub fn port(&self) -> u16 {
        let port = self.address.rsplit(':').next();
        port.and_then(|port| port.parse().ok()).expect("a port")
    }
}

/// Makes a bucket on a server, and gives its URL.
///
/// # Panics
/// If the server is not there.
#[must_use]
pub fn bucket(endpoint: &str, name: &str) -> String {
    let address = endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the server is there");
    let request = format!(
        "PUT /{name} HTTP/1.1\r\nhost: {address}\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=tester/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut start = [0; 12];
    stream.read_exact(&mut start).expect("it answers");
    assert_eq!(&start[9..], b"200", "the bucket is made");
    format!("s3://{name}")
}

/// What the system's own tools read, for a command that is to talk to this server.
pub fn set_credentials(command: &mut Command, endpoint: &str) {
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "tester")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-east-1");
}
