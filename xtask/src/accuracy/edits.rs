//! Part (a): every fixture's edit changes exactly the hashes that it says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};

use super::analysis::{Analysis, Analyzer, Item};
use super::fixture::{Column, Fixture, State, Verdict};
use super::interned::Id;
use super::lay_out::lay_out;
use super::{compile, parallel};

/// What became of one fixture.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The fixture's sentence.
    pub(crate) name: String,
    /// Its group.
    pub(crate) group: String,
    /// Why it failed; empty if it holds.
    pub(crate) misses: Vec<String>,
}

/// How the fixtures are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// All of them.
    TheEnd,
    /// Until one fails.
    TheFirstMiss,
}

/// Compiles both states of every fixture.
pub(crate) fn compile_all(fixtures: &[Fixture], work: &Path) -> Result<Vec<Outcome>> {
    let cache = work.join("compiled");
    std::fs::create_dir_all(&cache)?;
    Ok(parallel::map(fixtures, |fixture| {
        let misses = [State::Before, State::After]
            .into_iter()
            .filter_map(|state| {
                let package = lay_out(&work.join("compile"), fixture, state);
                let checked =
                    package.and_then(|package| compile::check(&package, fixture.edition(), &cache));
                checked.err().map(|error| format!("{state:?}: {error:#}"))
            })
            .collect();
        outcome(fixture, misses)
    }))
}

/// Analyses both states of every fixture and compares the hashes with the verdicts.
pub(crate) fn judge_all(
    fixtures: &[Fixture],
    analyzer: &Analyzer,
    work: &Path,
    until: Until,
) -> Vec<Outcome> {
    let stop = AtomicBool::new(false);
    let outcomes = parallel::map(fixtures, |fixture| {
        if stop.load(Ordering::Relaxed) {
            return None;
        }
        let misses = judge(fixture, analyzer, &work.join("analyze"))
            .unwrap_or_else(|error| vec![format!("{error:#}")]);
        if !misses.is_empty() && until == Until::TheFirstMiss {
            stop.store(true, Ordering::Relaxed);
        }
        Some(outcome(fixture, misses))
    });
    outcomes.into_iter().flatten().collect()
}

fn outcome(fixture: &Fixture, misses: Vec<String>) -> Outcome {
    Outcome {
        name: fixture.name.clone(),
        group: fixture.group.clone(),
        misses,
    }
}

fn judge(fixture: &Fixture, analyzer: &Analyzer, work: &Path) -> Result<Vec<String>> {
    let analyse = |state| -> Result<Analysis> {
        let package = lay_out(work, fixture, state)?;
        compile::lock(&package)?;
        analyzer.run(&package.folder, package.features.as_deref(), &package.env)
    };
    let (before, after) = (analyse(State::Before)?, analyse(State::After)?);
    let (before, after) = (before.by_id(), after.by_id());
    let mut misses = Vec::new();
    for verdict in &fixture.verdicts {
        let old = find(&before, verdict, State::Before);
        let new = find(&after, verdict, State::After);
        match (old, new) {
            (Ok(old), Ok(new)) => {
                if (hash(old, verdict) != hash(new, verdict)) != verdict.changes {
                    misses.push(explain(verdict, old, new, &before, &after));
                }
            }
            (old, new) => misses.extend(
                [old.err(), new.err()]
                    .into_iter()
                    .flatten()
                    .map(|error| format!("{error:#}")),
            ),
        }
    }
    Ok(misses)
}

fn find<'a>(items: &BTreeMap<&str, &'a Item>, verdict: &Verdict, state: State) -> Result<&'a Item> {
    let item = items.get(verdict.id.as_str()).copied();
    item.with_context(|| format!("{state:?}: no item `{}`", verdict.id))
}

fn hash<'a>(item: &'a Item, verdict: &Verdict) -> &'a str {
    match verdict.column {
        Column::Hash => &item.hash,
        Column::CaptureHash => &item.capture_hash,
    }
}

/// Says what is wrong, with what the two closures have that the other has not.
fn explain(
    verdict: &Verdict,
    old: &Item,
    new: &Item,
    before: &BTreeMap<&str, &Item>,
    after: &BTreeMap<&str, &Item>,
) -> String {
    let fault = if verdict.changes {
        "STALE: its hash stays, but must change"
    } else {
        "wasteful: its hash changes, but must stay"
    };
    let mut text = format!("{} ({:?}): {fault}", verdict.id, verdict.column);
    let own =
        |id: &Id, items: &BTreeMap<&str, &Item>| items.get(&**id).map(|item| item.own_hash.clone());
    for id in &old.closure {
        if !new.closure.contains(id) {
            let _ = write!(text, "\n    - {}", &**id);
        } else if own(id, before) != own(id, after) {
            let _ = write!(text, "\n    ~ {}", &**id);
        } else if verdict.changes {
            let _ = write!(text, "\n      {}", &**id);
        }
    }
    for id in new.closure.iter().filter(|id| !old.closure.contains(id)) {
        let _ = write!(text, "\n    + {}", &**id);
    }
    text
}
