//! `cargo xtask accuracy`: how true and how sharp the analysis is, on fixtures and on code that nobody here wrote.

mod analysis;
mod compile;
mod edits;
mod examine;
mod exceptions;
mod execute;
mod fixture;
mod harmless;
mod instrument;
mod interned;
mod lay_out;
mod locate;
mod measure;
mod mutants;
mod parallel;
mod report;
mod subject;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};

use analysis::Analyzer;
use edits::{Outcome, Until};
use examine::Laboratory;
use subject::{Role, SUBJECTS, Subject};

/// Options of `cargo xtask accuracy`.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// All crates, the reserve and mutants included; writes docs/accuracy.md
    #[arg(long)]
    full: bool,
    /// Only fixtures and crates whose name holds one of these texts, separated by commas
    #[arg(long, value_name = "TEXTS", value_delimiter = ',')]
    only: Vec<String>,
    /// Measure this crate of the registry instead of the fixtures and the built-in crates; may be repeated
    #[arg(long = "crate", value_name = "NAME@VERSION[:FEATURES]", conflicts_with_all = ["full", "only", "fixtures_only"])]
    given: Vec<Subject>,
    /// Write the page with the results of this run to this file
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Only compile the fixtures, without the analysis
    #[arg(long)]
    compile_only: bool,
    /// Only the fixtures, without crates
    #[arg(long)]
    fixtures_only: bool,
    /// Only the crates, without fixtures
    #[arg(long, conflicts_with = "fixtures_only")]
    crates_only: bool,
    /// Report all misses instead of stopping at the first
    #[arg(long)]
    keep_going: bool,
    /// Seconds for new mutants of each crate; what was tried before is remembered
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    mutants: u64,
    /// Use this cargo-checkpointer binary instead of building one
    #[arg(long, value_name = "FILE")]
    analyzer: Option<PathBuf>,
}

impl Options {
    fn takes(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|text| name.contains(text.as_str()))
    }
}

/// Runs the gauge.
///
/// # Errors
/// If a fixture does not compile or hold, or a crate shows a miss that has no exception.
pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = workspace_root();
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.join("target"), PathBuf::from);
    let work = target.join("accuracy");
    std::fs::create_dir_all(&work)?;
    let mut fixtures = fixture::read_folder(&workspace.join("xtask/fixtures"))?;
    let harmless = fixtures.iter().filter(|one| one.is_harmless()).count();
    let count = (fixtures.len(), harmless);
    println!("{} fixtures, {} of them harmless edits", count.0, count.1);
    fixtures.retain(|fixture| options.takes(&fixture.name) || options.takes(&fixture.group));
    if options.crates_only || !options.given.is_empty() {
        fixtures.clear();
    }
    print("compile", &edits::compile_all(&fixtures, &work)?)?;
    if options.compile_only {
        return Ok(());
    }
    let analyzer = match &options.analyzer {
        Some(binary) => Analyzer::at(binary.clone()),
        None => Analyzer::build(&workspace, &target, options.full)?,
    };
    let until = if options.keep_going || options.full {
        Until::TheEnd
    } else {
        Until::TheFirstMiss
    };
    let outcomes = edits::judge_all(&fixtures, &analyzer, &work, until);
    let held = print("hold", &outcomes);
    if options.fixtures_only || (held.is_err() && until == Until::TheFirstMiss) {
        return held;
    }
    let exceptions = exceptions::read(&workspace.join("xtask/accuracy-exceptions.txt"))?;
    let laboratory = Laboratory {
        analyzer: &analyzer,
        work: &work,
        exceptions: &exceptions,
        budget: Duration::from_secs(options.mutants),
    };
    crates(options, &laboratory, &workspace, count)?;
    held
}

fn crates(
    options: &Options,
    laboratory: &Laboratory<'_>,
    workspace: &Path,
    fixtures: (usize, usize),
) -> Result<()> {
    let every = options.full || !options.only.is_empty();
    let built_in = SUBJECTS
        .iter()
        .filter(|subject| options.takes(subject.name) && (every || subject.role == Role::Short));
    let subjects: Vec<&Subject> = if options.given.is_empty() {
        built_in.collect()
    } else {
        options.given.iter().collect()
    };
    report::print_titles();
    let mut all = Vec::new();
    let mut failed = Vec::new();
    for subject in subjects {
        let examined = laboratory.examine(*subject)?;
        report::print(&examined);
        if !report::is_clean(&examined) {
            failed.push(subject.name);
            ensure!(
                options.full || options.keep_going,
                "{} shows misses: see {}",
                subject.name,
                laboratory.work.join("reports").display()
            );
        }
        all.push(examined);
    }
    let whole =
        (options.full && options.only.is_empty()).then(|| workspace.join("docs/accuracy.md"));
    if let Some(path) = options.page.clone().or(whole) {
        let page = report::page(&all, fixtures, laboratory.exceptions);
        std::fs::write(path, page)?;
    }
    ensure!(
        failed.is_empty(),
        "{} show misses: see {}",
        failed.join(", "),
        laboratory.work.join("reports").display()
    );
    Ok(())
}

fn print(verb: &str, outcomes: &[Outcome]) -> Result<()> {
    let mut failed = 0;
    for outcome in outcomes.iter().filter(|one| !one.misses.is_empty()) {
        failed += 1;
        println!("FAILED [{}] {}", outcome.group, outcome.name);
        for miss in &outcome.misses {
            println!("  {miss}");
        }
    }
    println!("{} of {} {verb}", outcomes.len() - failed, outcomes.len());
    ensure!(failed == 0, "{failed} fixtures do not {verb}");
    Ok(())
}

fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
