//! A Redis server of the test's own, on a port of its own, which can be stopped and started again.

use std::net::TcpListener;
use std::process::Command;

use tempfile::TempDir;

use crate::process::{Process, Says};

/// A Redis server.
pub struct RedisServer {
    process: Option<Process>,
    folder: TempDir,
    port: u16,
    arguments: Vec<String>,
}

impl std::fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RedisServer").field(&self.port).finish()
    }
}

impl RedisServer {
    /// The server that the test run has started for all, or one of this test's own.
    #[must_use]
    pub fn shared_url() -> (String, Option<Self>) {
        match std::env::var("CHECKPOINTER_TEST_REDIS") {
            Ok(url) => (url, None),
            Err(_) => {
                let server = Self::start(&[]);
                (server.url(), Some(server))
            }
        }
    }

    /// A server of this test's own, with these arguments beside the usual ones.
    ///
    /// # Panics
    /// Without `redis-server` on the machine.
    #[must_use]
    pub fn start(arguments: &[&str]) -> Self {
        let mut server = Self {
            process: None,
            folder: tempfile::tempdir().expect("a temporary folder"),
            port: free_port(),
            arguments: arguments
                .iter()
                .map(|&argument| argument.to_owned())
                .collect(),
        };
        server.restart();
        server
    }

    /// A server that speaks TLS on this port, with these files of a certificate and its key.
    #[must_use]
    pub fn with_tls(port: u16, certificate: &str, key: &str) -> Self {
        Self::start(&[
            "--tls-port",
            &port.to_string(),
            "--tls-cert-file",
            certificate,
            "--tls-key-file",
            key,
            "--tls-ca-cert-file",
            certificate,
            "--tls-auth-clients",
            "no",
        ])
    }

    /// Starts it again, on the same port and with what it has on disk.
    ///
    /// # Panics
    /// Without `redis-server` on the machine.
    pub fn restart(&mut self) {
        self.stop();
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(self.port.to_string())
            .arg("--dir")
            .arg(self.folder.path())
            .args(&self.arguments);
        let to_install = "`apt-get install redis-server`";
        let (process, _) = Process::start(
            &mut command,
            Says::Out,
            "Ready to accept connections",
            to_install,
        );
        self.process = Some(process);
    }

    /// Stops it at once, as a crash does.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A plain client of it.
    ///
    /// # Panics
    /// If the server is not there.
    #[must_use]
    pub fn client(&self) -> redis::Connection {
        client(&self.url())
    }

    /// Freezes the process (`STOP`) or lets it go on (`CONT`).
    ///
    /// # Panics
    /// Without `kill` on the machine.
    pub fn signal(&self, name: &str) {
        let process = self.process.as_ref().expect("it is running");
        let status = Command::new("kill")
            .args(["-s", name, &process.id().to_string()])
            .status();
        assert!(status.expect("there is `kill`").success());
    }
}

/// A plain client of a server.
///
/// # Panics
/// If the server is not there.
#[must_use]
pub fn client(url: &str) -> redis::Connection {
    redis::Client::open(url)
        .and_then(|client| client.get_connection())
        .expect("the server is there")
}

/// A port that nobody uses.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("there is a free port")
        .port()
}
