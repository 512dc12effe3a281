//! What the tests need beside Rust: programs, installed where they are missing, and the servers that tests talk to, started before them and
//! stopped when the run ends.

use std::io::{BufRead as _, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// Programs, each with Debian's package that has it.
const PROGRAMS: [(&str, &str); 6] = [
    ("redis-server", "redis-server"),
    ("strace", "strace"),
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
    ("openssl", "openssl"),
    ("python3", "python3"),
];

/// The object store that the tests talk to, and what it is called where Python's packages are.
const MOTO: &str = "moto[server]==5.2.1";

/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(120);

/// Installs what is missing.
pub(crate) fn install() -> Result<()> {
    let missing: Vec<_> = PROGRAMS
        .into_iter()
        .filter(|(program, _)| !is_there(program))
        .map(|(_, package)| package)
        .collect();
    if !missing.is_empty() {
        apt(&missing)?;
    }
    let folder = moto_folder();
    if folder.join("bin/moto_server").exists() {
        return Ok(());
    }
    let make = || run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    if make().is_err() {
        // Debian's python3 comes without what makes environments.
        apt(&["python3-venv"])?;
        make()?;
    }
    run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", MOTO]))
        .context("cannot install moto, the object store of the tests")
}

/// The servers that run while this lives.
pub(crate) struct Servers {
    redis: (Server, String),
    moto: (Server, String),
}

impl Servers {
    /// Starts them.
    pub(crate) fn start() -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut redis = Command::new("redis-server");
        redis
            .args(["--bind", "127.0.0.1", "--save", "", "--port"])
            .arg(port.to_string());
        let (redis, _) = Server::start(&mut redis, "Ready to accept connections")?;
        let mut s3 = Command::new(moto());
        s3.args(["-H", "127.0.0.1", "-p", "0"]);
        let (s3, line) = Server::start(&mut s3, "Running on http://")?;
        let address = line.split("http://").nth(1).unwrap_or_default().trim();
        Ok(Self {
            redis: (redis, format!("redis://127.0.0.1:{port}")),
            moto: (s3, format!("http://{address}")),
        })
    }

    /// Tells a command where they are.
    pub(crate) fn tell(&self, command: &mut Command) {
        command
            .env("CHECKPOINTER_TEST_REDIS", &self.redis.1)
            .env("CHECKPOINTER_TEST_S3", &self.moto.1);
    }

    /// What runs where.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{} (process {}), {} (process {})",
            self.redis.1,
            self.redis.0.0.id(),
            self.moto.1,
            self.moto.0.0.id()
        )
    }
}

/// A process that ends when this is dropped.
struct Server(Child);

impl Server {
    /// Starts a server and waits until it says that it is ready; gives that line.
    fn start(command: &mut Command, ready: &'static str) -> Result<(Self, String)> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let (sender, receiver) = mpsc::channel();
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|output| Box::new(output) as _),
            child.stderr.take().map(|output| Box::new(output) as _),
        ];
        for output in outputs.into_iter().flatten() {
            let sender = sender.clone();
            // To the end, or the server would stop at a full pipe.
            thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if line.contains(ready) {
                        let _ = sender.send(line);
                    }
                }
            });
        }
        drop(sender);
        let server = Self(child);
        match receiver.recv_timeout(PATIENCE) {
            Ok(line) => Ok((server, line)),
            Err(_) => bail!("{name} did not say `{ready}`: start it by hand and look why"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn moto_folder() -> PathBuf {
    crate::root().join("target/moto")
}

/// The one that is installed here, and else whatever the machine has.
fn moto() -> PathBuf {
    let installed = moto_folder().join("bin/moto_server");
    if installed.exists() {
        installed
    } else {
        PathBuf::from("moto_server")
    }
}

/// Whether a program is in one of the folders of `PATH`.
fn is_there(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Installs packages, if this is a Debian and we may.
fn apt(packages: &[&str]) -> Result<()> {
    let wanted = packages.join(" ");
    ensure!(
        is_there("apt-get"),
        "there is no apt-get to install {wanted}: install it by hand, then run this again"
    );
    let update = run(Command::new("apt-get").args(["update", "-qq"]));
    update
        .and_then(|()| {
            let mut install = Command::new("apt-get");
            install.args(["install", "-y", "-qq", "--no-install-recommends"]);
            run(install
                .args(packages)
                .env("DEBIAN_FRONTEND", "noninteractive"))
        })
        .with_context(|| {
            format!("cannot install {wanted}: install it by hand, then run this again")
        })
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {name}"))?;
    ensure!(
        output.status.success(),
        "{name} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_there_or_not() {
        assert!(is_there("cargo"));
        assert!(!is_there("no-such-program-anywhere"));
    }

    #[test]
    fn a_server_that_ends_before_it_is_ready_is_named() {
        let error = Server::start(Command::new("cargo").arg("--version"), "Ready").map(|_| ());
        assert!(
            error
                .unwrap_err()
                .to_string()
                .starts_with("cargo did not say `Ready`")
        );
    }

    #[test]
    fn servers_answer_while_their_guard_lives_and_not_after() {
        let servers = Servers::start().expect("run `cargo xtask test` once, which installs them");
        let addresses = [&servers.redis.1, &servers.moto.1].map(|url| {
            let (_, address) = url.split_once("://").unwrap();
            address.to_owned()
        });
        let answers = |address: &String| std::net::TcpStream::connect(address).is_ok();
        assert!(addresses.iter().all(answers), "{}", servers.describe());
        drop(servers);
        assert!(!addresses.iter().any(answers), "{addresses:?}");
    }

    #[test]
    fn a_command_that_fails_says_why() {
        let error = run(Command::new("cargo").arg("--no-such-option")).unwrap_err();
        assert!(error.to_string().contains("--no-such-option"), "{error}");
    }
}
