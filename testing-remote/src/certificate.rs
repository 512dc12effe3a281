//! Certificates for servers that speak TLS.

use std::path::Path;
use std::process::Command;

/// A certificate for this machine that signs itself, and its key: the files of both.
///
/// # Panics
/// Without `openssl` on the machine.
#[must_use]
pub fn certificate(folder: &Path, name: &str) -> (String, String) {
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
