//! One step of a command: its name, the process that does it, and how long it took.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// A step that was run.
pub(crate) struct Done {
    /// What the step is for.
    pub(crate) name: &'static str,
    /// How long it took.
    pub(crate) took: Duration,
    /// Its standard output, line by line.
    pub(crate) output: Vec<String>,
    /// Why it failed, if it did.
    pub(crate) failure: Option<String>,
}

/// Runs a process without standard input, passes its output on while it comes, and keeps it.
pub(crate) fn run(name: &'static str, command: &mut Command) -> Done {
    println!("\n=== {name}: {}", spell(command));
    let start = Instant::now();
    let (output, result) = stream(command);
    let failure = result.err().map(|error| format!("{error:#}"));
    report(name, start, output, failure)
}

/// Runs a check that needs no process.
pub(crate) fn check(name: &'static str, check: impl FnOnce() -> Result<()>) -> Done {
    println!("\n=== {name}");
    let start = Instant::now();
    let failure = check().err().map(|error| format!("{error:#}"));
    report(name, start, Vec::new(), failure)
}

fn report(
    name: &'static str,
    start: Instant,
    output: Vec<String>,
    failure: Option<String>,
) -> Done {
    let took = start.elapsed();
    match &failure {
        None => println!("--- {name}: ok in {:.1} s", took.as_secs_f64()),
        Some(why) => println!("--- {name}: FAILED in {:.1} s: {why}", took.as_secs_f64()),
    }
    Done {
        name,
        took,
        output,
        failure,
    }
}

fn stream(command: &mut Command) -> (Vec<String>, Result<()>) {
    let mut lines = Vec::new();
    let result = stream_into(command, &mut lines);
    (lines, result)
}

fn stream_into(command: &mut Command, lines: &mut Vec<String>) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{program}`: is it installed and in PATH?"))?;
    let stdout = child.stdout.take().context("the process has no output")?;
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("cannot read the process's output")?;
        let line = String::from_utf8_lossy(&line).into_owned();
        println!("{line}");
        lines.push(line);
    }
    let status = child.wait().context("cannot wait for the process to end")?;
    if !status.success() {
        bail!("`{}` ended with {status}", spell(command));
    }
    Ok(())
}

fn spell(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_fails_is_a_failed_step_that_keeps_its_output() {
        let done = run(
            "listing",
            Command::new("cargo").args(["--list", "--no-such-option"]),
        );
        assert!(done.failure.unwrap().contains("--no-such-option"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let done = run("nothing", &mut Command::new("no-such-program-anywhere"));
        assert!(done.failure.unwrap().contains("no-such-program-anywhere"));
    }

    #[test]
    fn the_output_of_a_process_is_kept_line_by_line() {
        let done = run("version", Command::new("cargo").arg("--version"));
        assert!(done.failure.is_none());
        assert!(done.output[0].starts_with("cargo "));
    }
}
