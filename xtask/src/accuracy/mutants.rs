//! Part (c): whatever mutation breaks a test must change the test's hash.
//!
//! What a mutant breaks does not depend on the analysis, so it is kept on disk and a later run goes on where this one stopped;
//! the hashes are compared anew each time.

mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::analysis::Analyzer;
use super::execute::{self, End, Program, Test};
use super::harmless::Hashes;
use super::measure::around;
use super::subject::Copy;
use generate::Mutant;

/// What a mutant did, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Effect {
    mutant: String,
    /// The ids of the tests that it broke; nothing if it does not compile.
    broken: Option<Vec<String>>,
}

/// Part (c)'s figures for one subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// Mutants tried so far.
    pub(crate) tried: usize,
    /// Those that compile.
    pub(crate) viable: usize,
    /// Broken tests, each counted once a mutant.
    pub(crate) broken: usize,
    /// Mutant and test whose hash did not change.
    pub(crate) stale: Vec<(String, String)>,
}

/// Where a subject's mutants are made, and for how long.
#[derive(Debug)]
pub(crate) struct Bench<'a> {
    /// A copy that may be edited.
    pub(crate) copy: &'a Copy,
    /// The file that keeps effects.
    pub(crate) memory: PathBuf,
    /// The target folder of the builds.
    pub(crate) target: PathBuf,
    /// When to stop trying new mutants.
    pub(crate) deadline: Instant,
}

/// Tries mutants until the deadline, then compares the hashes for all that broke a test.
pub(crate) fn judge(bench: &Bench<'_>, before: &Hashes, analyzer: &Analyzer) -> Result<Figures> {
    let mutants = generate::all(bench.copy)?;
    let effects = try_out(bench, &mutants)?;
    let mut figures = Figures::default();
    for mutant in &mutants {
        let Some(broken) = effects.get(&mutant.name) else {
            continue;
        };
        figures.tried += 1;
        let Some(broken) = broken else { continue };
        figures.viable += 1;
        if broken.is_empty() {
            continue;
        }
        let original = mutant.apply()?;
        let after = analyzer.hashes(bench.copy);
        std::fs::write(&mutant.path, original)?;
        let after = after?;
        for test in broken {
            let Some(item) = around(test).find(|one| before.contains_key(*one)) else {
                continue;
            };
            figures.broken += 1;
            if before.get(item) == after.get(item) {
                figures.stale.push((mutant.name.clone(), test.clone()));
            }
        }
    }
    Ok(figures)
}

fn remembered(memory: &Path) -> BTreeMap<String, Option<Vec<String>>> {
    let text = std::fs::read_to_string(memory).unwrap_or_default();
    text.lines()
        .filter_map(|line| serde_json::from_str::<Effect>(line).ok())
        .map(|effect| (effect.mutant, effect.broken))
        .collect()
}

/// What mutants do by their name: the remembered, and new ones until the deadline.
fn try_out(bench: &Bench<'_>, mutants: &[Mutant]) -> Result<BTreeMap<String, Option<Vec<String>>>> {
    let mut effects = remembered(&bench.memory);
    if Instant::now() >= bench.deadline {
        return Ok(effects);
    }
    let mut passing = Vec::new();
    let mut start = Instant::now();
    let programs = execute::build(bench.copy, &bench.target)?;
    for again in [true, false] {
        // The second run is the one that counts: programs and files are in memory then.
        start = if again { start } else { Instant::now() };
        passing.clear();
        for program in &programs {
            let failing = broken(program, Duration::from_secs(600))?;
            let mut tests = execute::list(program)?;
            tests.retain(|test| !failing.contains(&test.id()));
            passing.extend(tests);
        }
    }
    let limit = start.elapsed() * 8 + Duration::from_secs(8);
    let passing: BTreeSet<String> = passing.iter().map(Test::id).collect();
    let parent = bench.memory.parent().unwrap_or(&bench.memory);
    std::fs::create_dir_all(parent)?;
    let mut memory = File::options()
        .create(true)
        .append(true)
        .open(&bench.memory)?;
    for mutant in mutants {
        if Instant::now() >= bench.deadline {
            break;
        }
        if effects.contains_key(&mutant.name) {
            continue;
        }
        let original = mutant.apply()?;
        let result = effect(bench, &passing, limit);
        std::fs::write(&mutant.path, original)?;
        let effect = Effect {
            mutant: mutant.name.clone(),
            broken: result?,
        };
        writeln!(memory, "{}", serde_json::to_string(&effect)?)?;
        effects.insert(effect.mutant, effect.broken);
    }
    Ok(effects)
}

/// The tests that fail now and passed before; nothing if the library does not compile.
fn effect(
    bench: &Bench<'_>,
    passing: &BTreeSet<String>,
    limit: Duration,
) -> Result<Option<Vec<String>>> {
    let Some(programs) = execute::build_all(bench.copy, &bench.target)? else {
        return Ok(None);
    };
    let mut all = Vec::new();
    for program in &programs {
        let failing = broken(program, limit)?;
        all.extend(failing.into_iter().filter(|id| passing.contains(id)));
    }
    Ok(Some(all))
}

/// Runs a test program as a whole; if it does not come to its end, every test alone.
fn broken(program: &Program, limit: Duration) -> Result<BTreeSet<String>> {
    let log = std::env::temp_dir().join(format!("checkpointer-mutant-{}", std::process::id()));
    let mut child = Command::new(&program.executable)
        .args(["--format", "pretty"])
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder)
        .stdin(Stdio::null())
        .stdout(File::create(&log)?)
        .stderr(Stdio::null())
        .spawn()?;
    let finished = execute::wait(&mut child, limit)?;
    let text = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    std::fs::remove_file(&log).ok();
    if finished.is_some() && text.contains("\ntest result: ") {
        let failed = text.lines().filter_map(|line| {
            let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
            Some(format!("{}::{}", program.krate, plain(name)))
        });
        return Ok(failed.collect());
    }
    let mut failing = BTreeSet::new();
    let mut patience = 3;
    for test in execute::list(program)? {
        let start = Instant::now();
        if execute::run(&test, None, limit / 2)? == End::Failed {
            failing.insert(test.id());
            patience -= u32::from(start.elapsed() >= limit / 2);
        }
        if patience == 0 {
            // A loop without end hangs many tests; these few are enough to judge the mutant by.
            break;
        }
    }
    Ok(failing)
}

/// A test's name without the remark on how it must end.
fn plain(name: &str) -> &str {
    name.split(" - ").next().unwrap_or(name)
}
