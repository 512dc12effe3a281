//! One line a subject, one summary, and docs/accuracy.md.

use std::fmt::Write as _;

use super::examine::Examined;
use super::exceptions::Exception;
use super::harmless::EDITS;
use super::measure::Mean;
use super::subject::Role;

/// The titles of the columns of a subject's line.
const TITLES: [&str; 10] = [
    "crate",
    "tests modelled",
    "functions modelled",
    "executed in closure",
    "calls in closure",
    "precision",
    "of ceiling",
    "closure",
    "broken tests stale",
    "harmless edits kept",
];

/// The summary over several subjects.
#[derive(Debug, Default)]
struct Total {
    tests: (usize, usize),
    functions: (usize, usize),
    executed: (usize, usize),
    edges: (usize, usize),
    precision: Mean,
    ratio: Mean,
    closure: Mean,
    stale: (usize, usize),
    kept: Mean,
}

/// Prints a subject's line.
pub(crate) fn print(examined: &Examined) {
    println!("{}", cells(examined).join(" | "));
}

/// Prints the titles of the lines.
pub(crate) fn print_titles() {
    println!("{}", TITLES.join(" | "));
}

/// Whether nothing is stale or missing, and nothing that can't matter changed a hash.
pub(crate) fn is_clean(examined: &Examined) -> bool {
    let figures = &examined.figures;
    let mut edits = EDITS.iter().zip(&examined.kept);
    let plain = edits.all(|((edit, _), kept)| kept.share() >= edit.floor());
    figures.unmodelled.is_empty()
        && figures.unknown.is_empty()
        && figures.executed_misses.is_empty()
        && figures.edge_misses.is_empty()
        && examined.mutants.stale.is_empty()
        && plain
}

/// The page with all results.
pub(crate) fn page(all: &[Examined], fixtures: (usize, usize), exceptions: &[Exception]) -> String {
    let mut text = include_str!("report/introduction.txt")
        .replace("{FIXTURES}", &fixtures.0.to_string())
        .replace("{HARMLESS}", &fixtures.1.to_string());
    let built_in: &[Role] = &[Role::Short, Role::Full];
    for (roles, heading) in [
        (built_in, "Crates that the rules were measured on"),
        (&[Role::Reserve], "Reserve: crates that nobody looked into"),
        (&[Role::Given], "Crates named on the command line"),
    ] {
        let some: Vec<&Examined> = all
            .iter()
            .filter(|one| roles.contains(&one.subject.role))
            .collect();
        if !some.is_empty() {
            let _ = write!(text, "\n## {heading}\n\n{}", table(&some));
            let _ = write!(text, "\n### Share of hashes that stay\n\n{}", edits(&some));
        }
    }
    if !exceptions.is_empty() {
        let excused: usize = all.iter().map(|one| one.excused).sum();
        let _ = write!(text, "\n## Exceptions\n\nThey cover {excused} misses.\n\n");
        for exception in exceptions {
            let _ = writeln!(text, "- {exception}");
        }
    }
    text
}

fn table(all: &[&Examined]) -> String {
    let mut rows = vec![TITLES.map(str::to_owned)];
    rows.push(std::array::from_fn(|_| "---".to_owned()));
    rows.extend(all.iter().map(|one| cells(one)));
    rows.push(total(all).cells());
    lines(&rows)
}

fn lines<const N: usize>(rows: &[[String; N]]) -> String {
    rows.iter()
        .map(|row| format!("| {} |\n", row.join(" | ")))
        .collect()
}

fn cells(examined: &Examined) -> [String; 10] {
    let mut total = Total::default();
    total.add(examined);
    let mut cells = total.cells();
    examined.subject.name.clone_into(&mut cells[0]);
    cells
}

fn total(all: &[&Examined]) -> Total {
    let mut total = Total::default();
    all.iter().for_each(|one| total.add(one));
    total
}

impl Total {
    fn add(&mut self, examined: &Examined) {
        let figures = &examined.figures;
        let add = |sum: &mut (usize, usize), part: usize, whole: usize| {
            sum.0 += part;
            sum.1 += whole;
        };
        let modelled = figures.tests - figures.unmodelled.len();
        add(&mut self.tests, modelled, figures.tests);
        let known = figures.functions - figures.unknown.len();
        add(&mut self.functions, known, figures.functions);
        let executed = figures.executed - figures.executed_misses.len();
        add(&mut self.executed, executed, figures.executed);
        let edges = figures.edges - figures.edge_misses.len();
        add(&mut self.edges, edges, figures.edges);
        let (precision, ceiling) = (figures.precision.value(), figures.ceiling.value());
        self.precision.add(precision);
        self.ratio.add(precision / ceiling.max(f64::MIN_POSITIVE));
        self.closure.add(figures.closure.value());
        let mutants = &examined.mutants;
        add(&mut self.stale, mutants.stale.len(), mutants.broken);
        for kept in &examined.kept {
            self.kept.add(kept.share());
        }
    }

    fn cells(&self) -> [String; 10] {
        let share = |(part, whole): (usize, usize)| {
            format!(
                "{part}/{whole} ({})",
                percent(part as f64 / whole.max(1) as f64)
            )
        };
        [
            "all".to_owned(),
            share(self.tests),
            share(self.functions),
            share(self.executed),
            share(self.edges),
            percent(self.precision.value()),
            percent(self.ratio.value()),
            percent(self.closure.value()),
            format!("{} of {}", self.stale.0, self.stale.1),
            percent(self.kept.value()),
        ]
    }
}

fn edits(all: &[&Examined]) -> String {
    let mut rows = vec![row(
        "crate",
        EDITS.iter().map(|(_, name)| (*name).to_owned()),
    )];
    rows.push(std::array::from_fn(|_| "---".to_owned()));
    for one in all {
        let shares = one.kept.iter().map(|kept| percent(kept.share()));
        rows.push(row(one.subject.name, shares));
    }
    lines(&rows)
}

fn row(first: &str, rest: impl Iterator<Item = String>) -> [String; EDITS.len() + 1] {
    let mut cells: [String; EDITS.len() + 1] = std::array::from_fn(|_| String::new());
    first.clone_into(&mut cells[0]);
    for (cell, text) in cells[1..].iter_mut().zip(rest) {
        *cell = text;
    }
    cells
}

/// Rounded down, so that only everything is 100 %.
fn percent(share: f64) -> String {
    format!("{:.1} %", (share * 1000.0).floor() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_everything_is_a_hundred_per_cent() {
        assert_eq!(percent(0.99999), "99.9 %");
        assert_eq!(percent(1.0), "100.0 %");
    }
}
