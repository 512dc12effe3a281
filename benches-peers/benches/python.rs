//! Hits against the Python library checkpointer and joblib, which run in a process of their own, in turns with ours.
//!
//! `PEERS_PYTHON` is an interpreter that has `checkpointer`, `joblib` and `numpy`; without it, this program makes a virtual
//! environment in the target folder and installs them there.

use std::hint::black_box;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use checkpointer_runtime::{Checkpointer, Mapped, checkpoint};
use rustix::time::{ClockId, clock_gettime};

const PACKAGES: [&str; 3] = ["checkpointer==2.14.12", "joblib==1.6.0", "numpy"];
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/python/peer.py");

/// Pairs of turns, each at least so many nanoseconds long on our side.
const TURNS: usize = 41;
const TURN: f64 = 1e7;

static FOLDER: LazyLock<tempfile::TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("a temporary folder"));
static STORE: LazyLock<Checkpointer> =
    LazyLock::new(|| Checkpointer::new().root_path(FOLDER.path()).verbosity(0));

#[checkpoint(format = "memory", verbosity = 0, version = 1)]
fn number(n: u64) -> u64 {
    n * n
}

#[checkpoint(using = &*STORE, version = 1)]
fn text(n: usize) -> String {
    "x".repeat(n)
}

#[checkpoint(using = &*STORE, version = 1)]
fn array(n: usize) -> Vec<f64> {
    (0..n).map(|number| number as f64).collect()
}

#[checkpoint(using = &*STORE, version = 1)]
fn mapped(n: usize) -> Mapped<f64> {
    (0..n).map(|number| number as f64).collect()
}

/// The Python process.
struct Peer {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn start(python: &Path) -> std::io::Result<Self> {
        let mut child = Command::new(python)
            .arg(SCRIPT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            child,
            requests: stdin.expect("it is piped"),
            answers: BufReader::new(stdout.expect("it is piped")),
        })
    }

    /// What one of these takes, in nanoseconds of the processor.
    fn measure(&mut self, what: &str, times: u32) -> f64 {
        writeln!(self.requests, "{what} {times}").expect("it listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("it answers");
        line.trim()
            .parse()
            .expect("a number; what it wrote above says why not")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An interpreter with the packages.
fn python() -> Option<PathBuf> {
    if let Some(python) = std::env::var_os("PEERS_PYTHON") {
        return Some(python.into());
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-peers");
    let python = place.join("bin/python");
    let run = |program: &Path, arguments: &[&str]| {
        let status = Command::new(program).args(arguments).status();
        status.is_ok_and(|status| status.success())
    };
    let has_all = || run(&python, &["-c", "import checkpointer, joblib, numpy"]);
    if python.exists() && has_all() {
        return Some(python);
    }
    let made = run(
        Path::new("python3"),
        &["-m", "venv", &place.to_string_lossy()],
    ) && run(
        &python,
        &[&["-m", "pip", "install", "--quiet"][..], &PACKAGES].concat(),
    );
    made.then_some(python)
}

/// Nanoseconds of the processor for one of these.
fn measure(call: &mut dyn FnMut(), times: u32) -> f64 {
    let now = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
    };
    let begin = now();
    (0..times).for_each(|_| call());
    (now() - begin) / f64::from(times)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Prints what a hit costs us and the peer, and the median of the ratios of pairs of turns.
fn compare(peer: &mut Peer, name: &str, aim: f64, what: &str, mut ours: impl FnMut()) {
    ours();
    let times = |once: f64| (TURN / once).clamp(1.0, 1e6) as u32;
    let mine = times(measure(&mut ours, 3));
    let theirs = times(peer.measure(what, 3) / 4.0);
    let pairs: Vec<(f64, f64)> = (0..TURNS)
        .map(|_| (measure(&mut ours, mine), peer.measure(what, theirs)))
        .collect();
    let ratio = median(pairs.iter().map(|(ours, theirs)| ours / theirs).collect());
    let verdict = if ratio <= aim { "" } else { "  MISSED" };
    println!(
        "{name:<56} {:>10.2} us against {:>10.2} us: {ratio:.4} (aim {aim}){verdict}",
        median(pairs.iter().map(|pair| pair.0).collect()) / 1e3,
        median(pairs.iter().map(|pair| pair.1).collect()) / 1e3,
    );
}

/// The largest entry in a folder that has fewer bytes than this.
fn largest_below(folder: &Path, bytes: u64) -> Option<PathBuf> {
    let inside = std::fs::read_dir(folder).ok()?.flatten();
    let visible = inside.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    let files = visible.filter_map(|entry| match entry.metadata().ok()? {
        metadata if metadata.is_dir() => largest_below(&entry.path(), bytes),
        metadata => (metadata.len() < bytes).then(|| entry.path()),
    });
    files.max_by_key(|path| path.metadata().map_or(0, |metadata| metadata.len()))
}

fn main() {
    let Some(mut peer) = python().and_then(|python| Peer::start(&python).ok()) else {
        eprintln!("SKIPPED: no Python with {PACKAGES:?}; name one in PEERS_PYTHON");
        return;
    };
    let peer = &mut peer;
    let call = || {
        black_box(number(black_box(7)));
    };
    compare(
        peer,
        "memory hit of a u64, against checkpointer",
        0.0025,
        "number",
        call,
    );
    for length in [100, 10_240] {
        let call = || drop(black_box(text(black_box(length))));
        let name = |peer| format!("disk hit of {length} B, against {peer}");
        compare(
            peer,
            &name("checkpointer"),
            0.1,
            &format!("text-{length}"),
            call,
        );
        compare(
            peer,
            &name("joblib"),
            0.05,
            &format!("joblib-text-{length}"),
            call,
        );
    }
    // What of that is the system's: the same file opened, read and closed by hand.
    let path = largest_below(FOLDER.path(), 1_000).expect("the entry of 100 B");
    let by_hand = || {
        let mut bytes = vec![0; 16 * 1024];
        let mut file = std::fs::File::open(&path).expect("a file");
        black_box(file.read(&mut bytes).expect("a readable file"));
    };
    compare(
        peer,
        "open + read + close of 100 B by hand, against checkpointer",
        0.1,
        "text-100",
        by_hand,
    );
    let million = "array-1000000";
    let call = || drop(black_box(array(black_box(1_000_000))));
    compare(
        peer,
        "hit of a million f64, against checkpointer",
        1.5,
        million,
        call,
    );
    let large = "array-13107200";
    let call = || drop(black_box(array(black_box(100 << 17))));
    compare(
        peer,
        "hit of 100 MiB, against checkpointer",
        0.7,
        large,
        call,
    );
    let call = || drop(black_box(mapped(black_box(100 << 17))));
    compare(
        peer,
        "mapped hit of 100 MiB, against checkpointer",
        0.4,
        large,
        call,
    );
}
