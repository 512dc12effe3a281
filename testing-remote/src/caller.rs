//! The program `caller` as one machine of a team.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use crate::keys::KEY;
use crate::s3;

/// A machine of a team: a process with a folder of its own.
#[derive(Debug)]
pub struct Caller {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    folder: TempDir,
}

/// What came of asking for a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// How many were computed.
    pub computed: u64,
    /// How many were not what they should be.
    pub wrong: u64,
    /// How long the slowest took, in milliseconds.
    pub slowest: u64,
}

impl Caller {
    /// Starts one with this server, and with these variables. Without a URL it is the manifest that names a server.
    ///
    /// # Panics
    /// If it can't be started.
    #[must_use]
    pub fn start(program: &str, url: &str, variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let report = File::create(folder.path().join("report")).expect("a file of one's own");
        let mut command = Command::new(program);
        s3::set_credentials(&mut command, "http://127.0.0.1:1");
        command
            .env("CHECKPOINTER_DIR", folder.path().join("root"))
            .env_remove("CHECKPOINTER_REMOTE")
            .env("CHECKPOINTER_REMOTE_KEY", KEY)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(report);
        if !url.is_empty() {
            command.env("CHECKPOINTER_REMOTE", url);
        }
        let mut child = command.spawn().expect("the program is built");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        Self {
            child,
            input,
            output,
            folder,
        }
    }

    /// Says a line, without waiting for the answer.
    ///
    /// # Panics
    /// If it has ended.
    pub fn say(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it is running");
        writeln!(input, "{line}").expect("it listens");
    }

    /// The next answer.
    ///
    /// # Panics
    /// If it has ended.
    pub fn hear(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it answers");
        assert!(!line.is_empty(), "it has ended: {}", self.report());
        line.trim_end().to_owned()
    }

    /// What came of a range that it was told to ask for.
    ///
    /// # Panics
    /// If it answers something else.
    pub fn asked(&mut self) -> Asked {
        let line = self.hear();
        let numbers = line.split(' ').filter_map(|word| word.parse().ok());
        match numbers.collect::<Vec<u64>>()[..] {
            [computed, wrong, slowest] => Asked {
                computed,
                wrong,
                slowest,
            },
            _ => panic!("it answers: {line}"),
        }
    }

    /// Asks for a range, all of which must be right, and gives how many were computed.
    ///
    /// # Panics
    /// If a result is wrong.
    pub fn ask(&mut self, line: &str) -> u64 {
        self.say(line);
        let asked = self.asked();
        assert_eq!(asked.wrong, 0, "{line}");
        println!(
            "{line}: {} computed, the slowest took {} ms",
            asked.computed, asked.slowest
        );
        asked.computed
    }

    /// Waits until all is sent, for a minute at most.
    ///
    /// # Panics
    /// If it is not.
    pub fn flush(&mut self) {
        self.say("flush 60");
        let answer = self.hear();
        assert_eq!(answer, "flushed", "{}", self.report());
    }

    /// What it has written to stderr up to now.
    ///
    /// # Panics
    /// Without its file.
    #[must_use]
    pub fn report(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("report")).expect("its report")
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets it come to its end by itself, and gives its report.
    ///
    /// # Panics
    /// If it ends badly.
    #[must_use]
    pub fn end(mut self) -> String {
        self.input = None;
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{}", self.report());
        self.report()
    }

    /// Ends it at once, as a power cut does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.kill();
    }
}
