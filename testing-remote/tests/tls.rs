//! Redis by TLS: with a certificate that the system trusts, and with one that it does not.

use std::path::Path;
use std::process::Command;

use checkpointer_testing_remote::{Caller, RedisServer, free_port};

/// A certificate for this machine that signs itself, and its key.
fn certificate(folder: &Path, name: &str) -> (String, String) {
    let path = |end: &str| folder.join(format!("{name}.{end}")).display().to_string();
    let (certificate, key) = (path("crt"), path("key"));
    let arguments = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout";
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .args([&key, "-out", &certificate])
        .output()
        .expect("there is openssl: run `cargo xtask test` once, which installs it, or `apt-get install openssl`");
    assert!(output.status.success(), "{output:?}");
    (certificate, key)
}

#[test]
fn a_server_with_a_trusted_certificate_is_used_and_another_is_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (certificate, key) = certificate(folder.path(), "server");
    let (other, _) = self::certificate(folder.path(), "other");
    let port = free_port().to_string();
    let server = RedisServer::start(&[
        "--tls-port",
        &port,
        "--tls-cert-file",
        &certificate,
        "--tls-key-file",
        &key,
        "--tls-ca-cert-file",
        &certificate,
        "--tls-auth-clients",
        "no",
    ]);
    let caller = |host: &str, trusted: &str| {
        let variables = [
            ("SSL_CERT_FILE", trusted),
            ("CHECKPOINTER_REMOTE_TIMEOUT", "5s"),
        ];
        let url = format!("rediss://{host}:{port}");
        Caller::start(env!("CARGO_BIN_EXE_caller"), &url, &variables)
    };
    let mut first = caller("localhost", &certificate);
    assert_eq!(first.ask("team 0 20"), 20);
    first.flush();
    let mut second = caller("127.0.0.1", &certificate);
    assert_eq!(second.ask("team 0 20"), 0);
    assert_eq!(second.ask("remote 0 20"), 20);
    assert_eq!(second.ask("remote 0 20"), 0);

    let mut suspicious = caller("localhost", &other);
    assert_eq!(
        suspicious.ask("team 0 20"),
        20,
        "it does not talk to a stranger"
    );
    let report = suspicious.end();
    assert!(report.contains("certificate"), "{report}");
    drop(server);
}
