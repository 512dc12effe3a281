//! Takes one subject through parts (b), (c) and (d).

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::analysis::Analyzer;
use super::exceptions::{self, Exception};
use super::execute;
use super::harmless::{self, EDITS, Kept};
use super::measure::{Figures, measure};
use super::mutants::{self, Bench};
use super::subject::{Copy, Subject};

/// All figures of one subject.
#[derive(Debug)]
pub(crate) struct Examined {
    /// The subject.
    pub(crate) subject: Subject,
    /// Part (b).
    pub(crate) figures: Figures,
    /// Misses that an exception covers; the figures hold them no more.
    pub(crate) excused: usize,
    /// Part (c).
    pub(crate) mutants: mutants::Figures,
    /// Part (d), in the order of [`EDITS`].
    pub(crate) kept: Vec<Kept>,
}

/// What an examination needs.
#[derive(Debug)]
pub(crate) struct Laboratory<'a> {
    /// The analysis.
    pub(crate) analyzer: &'a Analyzer,
    /// A folder that stays between runs.
    pub(crate) work: &'a Path,
    /// Known misses.
    pub(crate) exceptions: &'a [Exception],
    /// Time for new mutants of one subject.
    pub(crate) budget: Duration,
}

impl Laboratory<'_> {
    /// Runs everything on one subject and writes its misses to a file.
    pub(crate) fn examine(&self, subject: Subject) -> Result<Examined> {
        let fetched = self.work.join("fetch");
        let copy = |purpose: &str| -> Result<Copy> {
            subject.copy_to(&self.work.join(purpose).join(subject.name), &fetched)
        };
        let original = copy("original")?;
        // First what builds: it brings the dependencies onto the disk, and which are there decides what a folder without a
        // lock file means.
        let records = execute::record_all(&subject, || copy("instrumented"), self.work)?;
        let analyses = self.analyzer.run_all(&original)?;
        let mut figures = Figures::default();
        for ((package, _), analysis) in original.packages.iter().zip(&analyses) {
            let own: Vec<_> = records
                .iter()
                .filter(|(test, _)| test.program.package == *package)
                .cloned()
                .collect();
            figures.merge(measure(analysis, package, &own));
        }
        let excused = self.excuse(subject.name, &mut figures);
        let before = harmless::hashes(&analyses);
        let mut kept = Vec::new();
        for (edit, _) in EDITS {
            kept.push(harmless::judge(
                edit,
                &copy("edited")?,
                &before,
                self.analyzer,
            )?);
        }
        let bench = Bench {
            copy: &copy("mutated")?,
            memory: self
                .work
                .join("mutants")
                .join(format!("{}.jsonl", subject.name)),
            target: self.work.join("target-mutated"),
            deadline: Instant::now() + self.budget,
        };
        let examined = Examined {
            subject,
            figures,
            excused,
            mutants: mutants::judge(&bench, &before, self.analyzer)?,
            kept,
        };
        let reports = self.work.join("reports");
        std::fs::create_dir_all(&reports)?;
        std::fs::write(
            reports.join(format!("{}.txt", subject.name)),
            details(&examined),
        )?;
        Ok(examined)
    }

    /// Takes the misses out that an exception covers, and counts them.
    fn excuse(&self, subject: &str, figures: &mut Figures) -> usize {
        let mut excused = 0;
        let mut is_new = |from: &str, to: &str| {
            let known = exceptions::find(self.exceptions, subject, from, to);
            excused += usize::from(known.is_some());
            known.is_none()
        };
        figures
            .executed_misses
            .retain(|miss| is_new(&miss.from, &miss.to));
        figures
            .edge_misses
            .retain(|miss| is_new(&miss.from, &miss.to));
        figures.unknown.retain(|key| is_new("no item", key));
        figures.unmodelled.retain(|test| is_new("no test", test));
        excused
    }
}

/// Every miss by name: first the calls, which say where a closure breaks off.
fn details(examined: &Examined) -> String {
    let mut text = String::new();
    let figures = &examined.figures;
    for miss in &figures.edge_misses {
        let _ = writeln!(text, "call  {} → {}", miss.from, miss.to);
    }
    for miss in &figures.executed_misses {
        let _ = writeln!(text, "test  {} → {}", miss.from, miss.to);
    }
    for key in &figures.unknown {
        let _ = writeln!(text, "no item  {key}");
    }
    for test in &figures.unmodelled {
        let _ = writeln!(text, "no item for test  {test}");
    }
    for (mutant, test) in &examined.mutants.stale {
        let _ = writeln!(text, "stale  {test} under {mutant}");
    }
    for ((_, name), kept) in EDITS.iter().zip(&examined.kept) {
        for id in &kept.changed {
            let _ = writeln!(text, "wasted by {name}  {id}");
        }
    }
    let mut excess: Vec<_> = figures.excess.iter().collect();
    excess.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (id, count) in excess.into_iter().take(SHOWN) {
        let _ = writeln!(text, "in {count} closures in vain  {id}");
    }
    text
}

/// How many functions that make closures too large a report names.
const SHOWN: usize = 60;
