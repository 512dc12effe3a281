//! Builds the instrumented copy of a subject and runs its tests, one process a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use super::instrument::instrument;
use super::parallel;
use super::subject::{Copy, Subject, append};

/// A test program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Program {
    /// The package that it tests.
    pub(crate) package: String,
    /// The crate's name: that of the library, or of the file in `tests`.
    pub(crate) krate: String,
    /// Whether it is a file in `tests`, and no part of the library or of a binary.
    #[serde(default)]
    pub(crate) is_apart: bool,
    /// The file to run.
    pub(crate) executable: PathBuf,
    /// Where it runs.
    pub(crate) folder: PathBuf,
}

/// One test of a program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Test {
    /// The program.
    pub(crate) program: Program,
    /// Its name as the test harness knows it.
    pub(crate) name: String,
}

impl Test {
    /// The id that the analysis gives to it.
    pub(crate) fn id(&self) -> String {
        format!("{}::{}", self.program.krate, self.name)
    }

    /// The same where the program has the name of the library that it tests.
    pub(crate) fn id_beside_library(&self) -> Option<String> {
        let Program { package, krate, .. } = &self.program;
        let id = format!("{krate}@test-{package}::{}", self.name);
        self.program.is_apart.then_some(id)
    }
}

/// What ran: functions by key, and who called whom.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The keys of all functions that ran.
    pub(crate) functions: BTreeSet<String>,
    /// Caller and callee.
    pub(crate) edges: BTreeSet<(String, String)>,
}

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It passed.
    Passed,
    /// It failed, or was killed after the time limit.
    Failed,
}

/// Of a crate with more tests than this every n-th is taken: cases of one table reach the same functions.
const MOST: usize = 1200;

/// No unit test of the subjects takes longer, instrumented, on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Instruments all sources of the copy and writes the recorder beside it.
pub(crate) fn instrument_copy(copy: &Copy, recorder: &Path) -> Result<()> {
    std::fs::create_dir_all(recorder.join("src"))?;
    std::fs::write(
        recorder.join("Cargo.toml"),
        "[package]\nname = \"checkpointer_recorder\"\nversion = \"0.0.0\"\nedition = \"2021\"\n[workspace]\n",
    )?;
    std::fs::write(recorder.join("src/lib.rs"), include_str!("recorder/lib.rs"))?;
    for (package, folder) in &copy.packages {
        append(
            &folder.join("Cargo.toml"),
            &format!("\n[dependencies.checkpointer_recorder]\npath = {recorder:?}\n"),
        )?;
        let extern_crate = is_of_2015(&folder.join("Cargo.toml"))?;
        for file in copy.sources(folder) {
            let path = folder.join(&file);
            let text = std::fs::read_to_string(&path)?;
            // What does not parse is no module of the crate: a template, or a case for a compile test.
            if let Ok(mut instrumented) = instrument(&text, &Path::new(package).join(&file)) {
                if extern_crate && is_root(&file) {
                    instrumented.push_str("\nextern crate checkpointer_recorder;\n");
                    if !text.contains("extern crate core") {
                        instrumented.push_str("extern crate core;\n");
                    }
                }
                std::fs::write(&path, instrumented)?;
            }
        }
    }
    Ok(())
}

/// Whether a package is of the edition in which `::name` begins at the crate's root instead of naming a crate.
fn is_of_2015(manifest: &Path) -> Result<bool> {
    let text = std::fs::read_to_string(manifest)?;
    let mut editions = text.lines().filter(|line| line.starts_with("edition = "));
    Ok(editions.all(|line| line.contains("2015")))
}

/// Whether Cargo makes a crate of this file, relative to the package, by itself.
fn is_root(file: &Path) -> bool {
    let names: Vec<_> = file.iter().filter_map(|name| name.to_str()).collect();
    matches!(
        names[..],
        ["src", "lib.rs" | "main.rs"] | ["tests", _] | ["tests", _, "main.rs"] | ["src", "bin", _]
    )
}

/// What a build gave.
struct Built {
    programs: Vec<Program>,
    /// The first error, if something did not build.
    error: Option<String>,
}

/// Builds the test programs of a copy, as many as can be.
pub(crate) fn build(copy: &Copy, target: &Path) -> Result<Vec<Program>> {
    let built = run_build(copy, target)?;
    if let Some(why) = &built.error {
        let folder = copy.root.display();
        ensure!(
            !built.programs.is_empty(),
            "no tests in {folder} build:\n{why}"
        );
        let line = why.lines().next().unwrap_or_default();
        println!("note: some tests in {folder} do not build: {line}");
    }
    Ok(built.programs)
}

/// Builds the test programs of a copy; nothing if its libraries do not compile.
pub(crate) fn build_all(copy: &Copy, target: &Path) -> Result<Option<Vec<Program>>> {
    let built = run_build(copy, target)?;
    Ok(Some(built.programs).filter(|programs| !programs.is_empty()))
}

fn run_build(copy: &Copy, target: &Path) -> Result<Built> {
    let mut cargo = Command::new("cargo");
    cargo
        .args(["build", "--tests", "--workspace", "--keep-going"])
        .args(["--message-format", "json", "--quiet", "--target-dir"])
        .arg(target)
        .env("RUSTFLAGS", "--cap-lints allow -Cdebuginfo=0")
        // Only the recorder may use what is not stable: a `const fn` that can tell run time from compile time.
        .env("RUSTC_BOOTSTRAP", "checkpointer_recorder")
        .env_remove("CARGO_TARGET_DIR")
        .current_dir(&copy.root);
    if let Some(features) = copy.features {
        cargo.args(["--features", features]);
    }
    let output = cargo.output()?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages: Vec<serde_json::Value> = messages
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let error = (!output.status.success()).then(|| {
        let first = messages
            .iter()
            .filter(|message| message["message"]["level"] == "error")
            .find_map(|message| message["message"]["rendered"].as_str());
        let other = String::from_utf8_lossy(&output.stderr);
        first.unwrap_or(&other).to_owned()
    });
    let programs = messages.iter().filter_map(|message| program(message, copy));
    Ok(Built {
        programs: programs.collect(),
        error,
    })
}

fn program(message: &serde_json::Value, copy: &Copy) -> Option<Program> {
    let executable = PathBuf::from(message["executable"].as_str()?);
    let source = Path::new(message["target"]["src_path"].as_str()?);
    let (package, folder) = copy
        .packages
        .iter()
        .find(|(_, folder)| source.starts_with(folder))?;
    (message["profile"]["test"] == true).then(|| Program {
        package: package.clone(),
        krate: message["target"]["name"]
            .as_str()
            .unwrap_or_default()
            .replace('-', "_"),
        is_apart: message["target"]["kind"] == serde_json::json!(["test"]),
        executable,
        folder: folder.clone(),
    })
}

/// Lists the tests of a program that are not ignored.
pub(crate) fn list(program: &Program) -> Result<Vec<Test>> {
    let list = |more: &[&str]| -> Result<BTreeSet<String>> {
        let output = Command::new(&program.executable)
            .args(["--list", "--format", "terse"])
            .args(more)
            .current_dir(&program.folder)
            .stdin(Stdio::null())
            .output()
            .with_context(|| format!("cannot start {}", program.executable.display()))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text
            .lines()
            .filter_map(|line| line.strip_suffix(": test").map(str::to_owned))
            .collect())
    };
    let ignored = list(&["--ignored"])?;
    let names = list(&[])?;
    Ok(names
        .difference(&ignored)
        .map(|name| Test {
            program: program.clone(),
            name: name.clone(),
        })
        .collect())
}

/// Runs every test in a process of its own and reads what was recorded.
pub(crate) fn record(tests: &[Test], folder: &Path) -> Result<Vec<(Test, Record)>> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    let numbered: Vec<_> = tests.iter().enumerate().collect();
    parallel::map(&numbered, |(number, test)| {
        let path = folder.join(number.to_string());
        run(test, Some(&path), LIMIT)?;
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::remove_file(&path).ok();
        Ok(((*test).clone(), read(&text)))
    })
    .into_iter()
    .collect()
}

/// Runs one test to its end or to the limit.
pub(crate) fn run(test: &Test, record: Option<&Path>, limit: Duration) -> Result<End> {
    let mut command = Command::new(&test.program.executable);
    command
        .args([&test.name, "--exact", "--test-threads", "1"])
        .current_dir(&test.program.folder)
        .env("CARGO_MANIFEST_DIR", &test.program.folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some(path) = record {
        command.env("CHECKPOINTER_RECORD", path);
    }
    let status = wait(&mut command.spawn()?, limit)?;
    Ok(match status {
        Some(status) if status.success() => End::Passed,
        _ => End::Failed,
    })
}

/// Waits for a process; one that takes longer than the limit is killed and has no status.
pub(crate) fn wait(child: &mut Child, limit: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn read(text: &str) -> Record {
    let mut keys: BTreeMap<&str, &str> = BTreeMap::new();
    let mut record = Record::default();
    let mut pairs = Vec::new();
    for line in text.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(kind), Some(first), Some(second)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        match kind {
            "f" => {
                keys.insert(first, second);
            }
            "e" => pairs.push((first, second)),
            _ => {}
        }
    }
    record.functions = keys.values().map(|key| (*key).to_owned()).collect();
    let edges = pairs.into_iter().filter_map(|(caller, callee)| {
        let (caller, callee) = (keys.get(caller)?, keys.get(callee)?);
        Some(((*caller).to_owned(), (*callee).to_owned()))
    });
    record.edges = edges.collect();
    record
}

/// Builds, lists and records: the whole of part (b) that needs no analysis. What was recorded once is remembered,
/// as long as neither the subject nor the instruments change.
pub(crate) fn record_all(
    subject: &Subject,
    copy: impl FnOnce() -> Result<Copy>,
    work: &Path,
) -> Result<Vec<(Test, Record)>> {
    let digest = blake3::hash(format!("{INSTRUMENTS}{subject:?}{MOST}").as_bytes());
    let memory =
        work.join("records")
            .join(format!("{}-{}.json", subject.name, &digest.to_hex()[..16]));
    if let Ok(text) = std::fs::read(&memory) {
        return Ok(serde_json::from_slice(&text)?);
    }
    let copy = copy()?;
    instrument_copy(&copy, &work.join("recorder"))?;
    let mut tests = Vec::new();
    for program in &build(&copy, &work.join("target-recorded"))? {
        tests.extend(list(program)?);
    }
    ensure!(!tests.is_empty(), "{} has no tests", subject.name);
    let step = tests.len().div_ceil(MOST);
    let tests: Vec<Test> = tests.into_iter().step_by(step).collect();
    let records = record(&tests, &work.join("records").join(subject.name))?;
    std::fs::write(&memory, serde_json::to_vec(&records)?)?;
    Ok(records)
}

/// The texts that decide what is recorded.
const INSTRUMENTS: &str = concat!(
    include_str!("instrument.rs"),
    include_str!("instrument/tokens.rs"),
    include_str!("recorder/lib.rs")
);
