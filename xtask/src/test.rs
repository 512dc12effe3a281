//! `cargo xtask test`: everything that must hold before a change lands, each step with its time.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::servers::{self, Servers};
use crate::step::{self, Done};
use crate::summary;

/// What to run.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Go on after a step that failed, and report all of them
    #[arg(long)]
    keep_going: bool,
}

/// Runs every step. The tests come last, so that cargo's summary stands at the end.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut steps = Steps {
        done: Vec::new(),
        keep_going: options.keep_going,
    };
    let outcome = run_all(&mut steps);
    steps.finish(outcome)
}

fn run_all(steps: &mut Steps) -> Result<()> {
    steps.add(step::check("rust version", stated_rust_versions_agree))?;
    steps.add(components())?;
    steps.add(step::run(
        "format",
        cargo(["fmt", "--all", "--check"]).env_remove("RUSTFLAGS"),
    ))?;
    steps.add(step::run(
        "clippy",
        &mut cargo([
            "clippy",
            "--workspace",
            "--all-targets",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]),
    ))?;
    steps.add(step::run(
        "rustdoc",
        cargo([
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--quiet",
        ])
        .env("RUSTDOCFLAGS", "-D warnings"),
    ))?;
    // What edits must and must not change, and the short form over real crates: it ends at the first miss.
    steps.add(step::run(
        "accuracy",
        &mut cargo(["run", "--quiet", "--package", "xtask", "--", "accuracy"]),
    ))?;
    steps.add(step::check("programs", servers::install))?;
    // They are stopped when this function ends, however it does.
    let mut servers = None;
    steps.add(step::check("servers", || {
        let started = Servers::start()?;
        println!("{}", started.describe());
        servers = Some(started);
        Ok(())
    }))?;
    let mut tests = cargo(["test", "--workspace", "--no-fail-fast"]);
    if let Some(servers) = &servers {
        servers.tell(&mut tests);
    }
    // Observers are features of their own: with them every hit takes the long way, so the other tests go without.
    steps.add(step::run(
        "observers",
        &mut cargo([
            "test",
            "--package",
            "checkpointer-runtime",
            "--features",
            "tracing,metrics",
            "--test",
            "observed",
        ]),
    ))?;
    steps.add(step::run("tests", &mut tests))
}

/// The steps that were run so far.
struct Steps {
    done: Vec<Done>,
    keep_going: bool,
}

impl Steps {
    /// Takes a step in; an error ends the run, unless it is to go on.
    fn add(&mut self, done: Done) -> Result<()> {
        let failed = done.failure.is_some();
        let name = done.name;
        self.done.push(done);
        ensure!(
            !failed || self.keep_going,
            "step `{name}` failed, see above"
        );
        Ok(())
    }

    /// The closing lines: every step, then the count of tests.
    fn finish(self, outcome: Result<()>) -> Result<()> {
        println!("\n=== steps");
        let mut total = Duration::ZERO;
        for done in &self.done {
            let verdict = if done.failure.is_some() {
                "FAILED"
            } else {
                "ok"
            };
            println!(
                "{:>8.1} s  {:<14} {verdict}",
                done.took.as_secs_f64(),
                done.name
            );
            total += done.took;
        }
        println!("{:>8.1} s  in all", total.as_secs_f64());
        let lines = self.done.iter().flat_map(|done| &done.output);
        let counts = summary::count(lines.map(String::as_str));
        println!(
            "{} passed, {} failed, {} skipped",
            counts.passed, counts.failed, counts.ignored
        );
        outcome?;
        let failed: Vec<_> = self
            .done
            .iter()
            .filter(|done| done.failure.is_some())
            .collect();
        if !failed.is_empty() {
            let names: Vec<_> = failed.iter().map(|done| done.name).collect();
            bail!("failed: {}", names.join(", "));
        }
        ensure!(counts.passed > 0, "no test was run");
        Ok(())
    }
}

/// rustfmt and clippy, which a minimal toolchain lacks.
fn components() -> Done {
    let missing = |component: &str| {
        let probe = Command::new("cargo")
            .args([component, "--version"])
            .output();
        !probe.is_ok_and(|output| output.status.success())
    };
    let wanted = [("fmt", "rustfmt"), ("clippy", "clippy")];
    let to_install: Vec<_> = wanted
        .into_iter()
        .filter(|(command, _)| missing(command))
        .collect();
    step::check("components", || {
        for (_, component) in to_install {
            let status = Command::new("rustup")
                .args(["component", "add", component])
                .status()
                .with_context(|| {
                    format!("cannot start rustup to install {component}: install it by hand")
                })?;
            ensure!(
                status.success(),
                "rustup could not install {component}: install it by hand"
            );
        }
        Ok(())
    })
}

/// Every place that states the minimum Rust version states the one in the root manifest.
fn stated_rust_versions_agree() -> Result<()> {
    let read = |path: &str| {
        let full = crate::root().join(path);
        std::fs::read_to_string(&full).with_context(|| format!("cannot read {}", full.display()))
    };
    let version = rust_version(&read("Cargo.toml")?)
        .context("Cargo.toml has no `rust-version` in [workspace.package]: add it")?;
    for path in ["README.md", "CONTRIBUTING.md"] {
        ensure!(
            read(path)?.contains(&format!("Rust {version}")),
            "{path} does not say `Rust {version}`: state the version that Cargo.toml states"
        );
    }
    Ok(())
}

fn rust_version(manifest: &str) -> Option<String> {
    let line = manifest
        .lines()
        .find_map(|line| line.trim().strip_prefix("rust-version"))?;
    Some(line.split('"').nth(1)?.to_owned())
}

fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments).current_dir(crate::root());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rust_version_is_read_from_the_manifest() {
        let manifest = "[workspace.package]\nedition = \"2024\"\nrust-version = \"1.89\"\n";
        assert_eq!(rust_version(manifest).as_deref(), Some("1.89"));
        assert_eq!(rust_version("[package]\n"), None);
    }

    #[test]
    fn a_failed_step_ends_the_run_unless_it_is_to_go_on() {
        let failed = || step::check("broken", || bail!("it is broken"));
        let mut strict = Steps {
            done: Vec::new(),
            keep_going: false,
        };
        assert!(strict.add(failed()).is_err());
        let mut patient = Steps {
            done: Vec::new(),
            keep_going: true,
        };
        assert!(patient.add(failed()).is_ok());
        let error = patient.finish(Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "failed: broken");
    }

    #[test]
    fn a_run_without_a_test_has_failed() {
        let steps = Steps {
            done: Vec::new(),
            keep_going: false,
        };
        assert_eq!(
            steps.finish(Ok(())).unwrap_err().to_string(),
            "no test was run"
        );
    }
}
