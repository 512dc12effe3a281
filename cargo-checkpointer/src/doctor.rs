//! `cargo checkpointer doctor`: the common faults of a set-up by name, each with its fix.

mod checks;
mod remote;

use std::process::ExitCode;

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::{self, BAD, GOOD, NAME, Page, Report, WARN, paint};

/// What `doctor` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Diagnosis {
    /// Every check, in the order in which a set-up is made.
    checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Check {
    /// Its name.
    name: String,
    /// How it came out.
    outcome: Outcome,
    /// What was found; of a fault, its cause.
    found: String,
    /// What to do about it; empty where there is nothing to do.
    fix: String,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// As it should be.
    Fine,
    /// It works, and could be better.
    Notice,
    /// It does not work.
    Fault,
}

impl Check {
    /// All is well.
    fn fine(name: &str, found: impl Into<String>) -> Self {
        Self::new(name, Outcome::Fine, found.into(), "")
    }

    /// Something that could be better.
    fn notice(name: &str, found: impl Into<String>, fix: &str) -> Self {
        Self::new(name, Outcome::Notice, found.into(), fix)
    }

    /// Something that does not work.
    fn fault(name: &str, found: impl Into<String>, fix: &str) -> Self {
        Self::new(name, Outcome::Fault, found.into(), fix)
    }

    fn new(name: &str, outcome: Outcome, found: String, fix: &str) -> Self {
        Self {
            name: name.to_owned(),
            outcome,
            found,
            fix: fix.to_owned(),
        }
    }
}

/// Runs the command. The exit code is 1 if there is a fault.
pub(crate) fn run(options: &crate::Options) -> anyhow::Result<ExitCode> {
    if output::is_schema::<Diagnosis>(options.format)? {
        return Ok(ExitCode::SUCCESS);
    }
    let diagnosis = Diagnosis {
        checks: checks::all(options),
    };
    output::print(options.format, &diagnosis)?;
    let is_fault = |check: &Check| check.outcome == Outcome::Fault;
    Ok(match diagnosis.checks.iter().any(is_fault) {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

impl Report for Diagnosis {
    const COMMAND: &'static str = "doctor";

    fn human(&self, page: &mut Page) {
        for check in &self.checks {
            let (word, style) = match check.outcome {
                Outcome::Fine => ("fine  ", GOOD),
                Outcome::Notice => ("notice", WARN),
                Outcome::Fault => ("fault ", BAD),
            };
            page.line(format_args!(
                "{} {}: {}",
                paint(style, word),
                paint(NAME, &check.name),
                output::clean(&check.found)
            ));
            if !check.fix.is_empty() {
                page.line(format_args!("       {}", output::clean(&check.fix)));
            }
        }
    }
}
