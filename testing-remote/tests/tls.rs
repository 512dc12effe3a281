//! Redis by TLS: with a certificate that the system trusts, and with one that it does not.

use checkpointer_testing_remote::{Caller, RedisServer, certificate, free_port};

#[test]
fn a_server_with_a_trusted_certificate_is_used_and_another_is_not() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (certificate, key) = certificate(folder.path(), "server");
    let (other, _) = checkpointer_testing_remote::certificate(folder.path(), "other");
    let port = free_port();
    let server = RedisServer::with_tls(port, &certificate, &key);
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
    // A server that does not speak TLS, and waits for more of what it takes for a command.
    let mut mistaken = Caller::start(
        env!("CARGO_BIN_EXE_caller"),
        &format!("rediss://localhost:{}", server.port()),
        &[
            ("SSL_CERT_FILE", &certificate),
            ("CHECKPOINTER_REMOTE_TIMEOUT", "500ms"),
        ],
    );
    assert_eq!(mistaken.ask("team 0 20"), 20, "it does not wait for ever");
    let report = mistaken.end();
    assert!(report.contains("left alone since"), "{report}");
}
