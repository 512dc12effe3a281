//! Recomputing: only the program can run its functions, so it is run with `CHECKPOINTER_VERIFY=1/1`, under which every
//! hit is computed again and compared. What it counted in the store tells how it went.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use checkpointer_runtime::recorded;
use schemars::JsonSchema;
use serde::Serialize;

use crate::output::{self, BAD, GOOD, Page, WARN, count, paint};
use crate::store::Store;

/// What rerunning found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Rerun {
    /// The program that was run.
    pub(crate) command: String,
    /// Hits that were computed again, as far as the program recorded it.
    pub(crate) recomputed: u64,
    /// The same by function.
    pub(crate) of_functions: std::collections::BTreeMap<String, u64>,
    /// Functions of which a recomputed result differed.
    pub(crate) differing: Vec<String>,
}

impl Rerun {
    /// Whether nothing differed.
    pub(crate) fn is_fine(&self) -> bool {
        self.differing.is_empty()
    }

    pub(super) fn human(&self, page: &mut Page) {
        let hits = count(self.recomputed, "hit", "hits");
        match &self.differing[..] {
            [] if self.recomputed == 0 => page.line(paint(
                WARN,
                format_args!("`{}` used no stored result, so nothing was compared", self.command),
            )),
            [] => page.line(paint(GOOD, format_args!("{hits} of `{}` computed again: all the same", self.command))),
            names => page.line(paint(
                BAD,
                format_args!(
                    "{hits} of `{}` computed again; other results of {}: not deterministic, or dependent on something \
                     that the analysis can't see",
                    self.command,
                    output::Listed(names)
                ),
            )),
        }
    }
}

/// Runs the program and compares.
pub(crate) fn rerun(store: &Store, command: &[String]) -> anyhow::Result<Rerun> {
    let default = ["cargo", "run"].map(str::to_owned);
    let command = if command.is_empty() {
        &default[..]
    } else {
        command
    };
    let shown = command.join(" ");
    let before = recorded::read(&store.root);
    let mut child = Command::new(&command[0])
        .args(&command[1..])
        .env("CHECKPOINTER_VERIFY", "1/1")
        .env("CHECKPOINTER_DIR", &store.root)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start `{shown}`; give the program after `--`"))?;
    let mut differing = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            let line = anstream::adapter::strip_str(&line).to_string();
            if let Some(rest) = line.strip_prefix("DIFFERS") {
                let name = rest
                    .trim()
                    .split(": ")
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                if !differing.contains(&name) {
                    differing.push(name);
                }
            }
            output::tell(&line);
        }
    }
    let status = child
        .wait()
        .with_context(|| format!("can't wait for `{shown}`"))?;
    if !status.success() {
        bail!(
            "`{shown}` failed ({status}), so its results say nothing; give a program that succeeds after `--`"
        );
    }
    let after = recorded::read(&store.root);
    let mut of_functions = std::collections::BTreeMap::new();
    for (function, counts) in &after {
        let known = before.get(function).copied().unwrap_or_default();
        let new = counts.hits.saturating_sub(known.hits);
        if new > 0 {
            of_functions.insert(function.clone(), new);
        }
        if counts.differences > known.differences && !differing.contains(function) {
            differing.push(function.clone());
        }
    }
    differing.sort();
    Ok(Rerun {
        command: shown,
        recomputed: of_functions.values().sum(),
        of_functions,
        differing,
    })
}
