//! A server as a process that ends with the test.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a server may take to begin.
const PATIENCE: Duration = Duration::from_secs(60);

/// A process that is killed when this is dropped.
pub(crate) struct Process(Child);

/// Where a server says that it is ready.
pub(crate) enum Says {
    Out,
    Error,
}

impl Process {
    /// Starts a server, and waits until it says a line with this text. Gives that line, too.
    pub(crate) fn start(
        command: &mut Command,
        says: Says,
        ready: &'static str,
        to_install: &str,
    ) -> (Self, String) {
        let name = command.get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null());
        match says {
            Says::Out => command.stdout(Stdio::piped()).stderr(Stdio::null()),
            Says::Error => command.stdout(Stdio::null()).stderr(Stdio::piped()),
        };
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("cannot start {name} ({error}): run `cargo xtask test` once, which installs it, or {to_install}")
        });
        let output: Box<dyn Read + Send> = match says {
            Says::Out => Box::new(child.stdout.take().expect("it is piped")),
            Says::Error => Box::new(child.stderr.take().expect("it is piped")),
        };
        let (sender, receiver) = mpsc::channel();
        // Reads on to the end, or the server would stop at a full pipe.
        thread::spawn(move || {
            let mut all = String::new();
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if line.contains(ready) {
                    let _ = sender.send(Ok(line));
                } else {
                    all.push_str(&line);
                    all.push('\n');
                }
            }
            let _ = sender.send(Err(all));
        });
        let process = Self(child);
        match receiver.recv_timeout(PATIENCE) {
            Ok(Ok(line)) => (process, line),
            Ok(Err(output)) => panic!("{name} ended before it was ready:\n{output}"),
            Err(_) => panic!("{name} was not ready after {PATIENCE:?}"),
        }
    }

    /// Stops it at once, as a crash does.
    pub(crate) fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// The process's number.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
