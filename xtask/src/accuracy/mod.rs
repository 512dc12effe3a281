//! `cargo xtask accuracy`: how true and how sharp the analysis is, on fixtures and on code that nobody here wrote.

mod analysis;
mod compile;
mod edits;
mod fixture;
mod lay_out;
mod parallel;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use analysis::Analyzer;
use edits::{Outcome, Until};

/// Options of `cargo xtask accuracy`.
#[derive(clap::Args, Debug)]
pub(crate) struct Options {
    /// Only compile the fixtures, without the analysis
    #[arg(long)]
    compile_only: bool,
    /// Only fixtures and crates whose name holds this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Use this cargo-checkpointer binary instead of building one
    #[arg(long, value_name = "FILE")]
    analyzer: Option<PathBuf>,
    /// Report all misses instead of stopping at the first
    #[arg(long)]
    keep_going: bool,
}

/// Runs the gauge.
///
/// # Errors
/// If a fixture does not compile or a verdict does not hold.
pub(crate) fn run(options: &Options) -> Result<()> {
    let workspace = workspace_root();
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| workspace.join("target"), PathBuf::from);
    let work = target.join("accuracy");
    std::fs::create_dir_all(&work)?;
    let mut fixtures = fixture::read_folder(&workspace.join("xtask/fixtures"))?;
    if let Some(text) = &options.only {
        fixtures.retain(|fixture| fixture.name.contains(text) || fixture.group.contains(text));
    }
    let harmless = fixtures.iter().filter(|one| one.is_harmless()).count();
    println!(
        "{} fixtures, {harmless} of them harmless edits",
        fixtures.len()
    );
    report("compile", &edits::compile_all(&fixtures, &work)?)?;
    if options.compile_only {
        return Ok(());
    }
    let analyzer = match &options.analyzer {
        Some(binary) => Analyzer::at(binary.clone()),
        None => Analyzer::build(&workspace, &target, false)?,
    };
    let until = if options.keep_going {
        Until::TheEnd
    } else {
        Until::TheFirstMiss
    };
    report(
        "hold",
        &edits::judge_all(&fixtures, &analyzer, &work, until),
    )
}

fn report(verb: &str, outcomes: &[Outcome]) -> Result<()> {
    let mut failed = 0;
    for outcome in outcomes.iter().filter(|one| !one.misses.is_empty()) {
        failed += 1;
        println!("FAILED [{}] {}", outcome.group, outcome.name);
        for miss in &outcome.misses {
            println!("  {miss}");
        }
    }
    println!("{} of {} {verb}", outcomes.len() - failed, outcomes.len());
    if failed > 0 {
        bail!("{failed} fixtures do not {verb}");
    }
    Ok(())
}

fn workspace_root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}
