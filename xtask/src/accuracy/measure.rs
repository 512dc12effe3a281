//! Compares what ran with what the analysis claims: soundness of closures, and how sharp they are.

use std::collections::{BTreeMap, BTreeSet};

use super::analysis::Analysis;
use super::execute::{Record, Test};
use super::locate::Locator;

/// Something that ran and that a closure lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Miss {
    /// The function or test whose closure is too small.
    pub(crate) from: String,
    /// What is not in it.
    pub(crate) to: String,
}

/// A sum that grows from several parts, and its mean.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Mean {
    sum: f64,
    count: f64,
}

impl Mean {
    /// Takes one value in.
    pub(crate) fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1.0;
    }

    /// Takes the values of another mean in.
    pub(crate) fn merge(&mut self, other: Self) {
        self.sum += other.sum;
        self.count += other.count;
    }

    /// The mean; nothing gives 0.
    pub(crate) fn value(self) -> f64 {
        if self.count == 0.0 {
            0.0
        } else {
            self.sum / self.count
        }
    }
}

/// Part (b)'s figures for one subject.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    /// Tests that ran.
    pub(crate) tests: usize,
    /// Those that the analysis has no item for.
    pub(crate) unmodelled: BTreeSet<String>,
    /// Functions that ran.
    pub(crate) functions: usize,
    /// Those that no item stands for.
    pub(crate) unknown: BTreeSet<String>,
    /// Pairs of a test and a function that it ran.
    pub(crate) executed: usize,
    /// Those whose function is not in the test's closure.
    pub(crate) executed_misses: BTreeSet<Miss>,
    /// Pairs of caller and callee.
    pub(crate) edges: usize,
    /// Those whose callee is not in the caller's closure.
    pub(crate) edge_misses: BTreeSet<Miss>,
    /// Share of a test's closure that it runs.
    pub(crate) precision: Mean,
    /// The same share of what it reaches over all edges seen.
    pub(crate) ceiling: Mean,
    /// Share of all functions that a function's closure holds.
    pub(crate) closure: Mean,
    /// Functions in tests' closures that no call seen leads to, and in how many closures each is.
    pub(crate) excess: BTreeMap<String, usize>,
}

impl Figures {
    /// Adds those of another package of the same subject.
    pub(crate) fn merge(&mut self, other: Self) {
        self.tests += other.tests;
        self.unmodelled.extend(other.unmodelled);
        self.functions += other.functions;
        self.unknown.extend(other.unknown);
        self.executed += other.executed;
        self.executed_misses.extend(other.executed_misses);
        self.edges += other.edges;
        self.edge_misses.extend(other.edge_misses);
        self.precision.merge(other.precision);
        self.ceiling.merge(other.ceiling);
        self.closure.merge(other.closure);
        for (id, count) in other.excess {
            *self.excess.entry(id).or_default() += count;
        }
    }
}

/// Measures one package against the records of its tests.
pub(crate) fn measure(analysis: &Analysis, package: &str, records: &[(Test, Record)]) -> Figures {
    let view = View::new(analysis, package, records);
    let unknown = view.ids.iter().filter(|(_, ids)| ids.is_empty());
    let mut figures = Figures {
        tests: records.len(),
        functions: view.ids.len(),
        unknown: unknown.map(|(key, _)| (*key).to_owned()).collect(),
        ..Figures::default()
    };
    for item in analysis.functions().filter(|item| item.package.is_none()) {
        let all = view.functions.len().max(1);
        figures
            .closure
            .add(view.closure(&item.id).len() as f64 / all as f64);
    }
    view.edges(records, &mut figures);
    let graph = view.graph(records);
    for (test, record) in records {
        view.test(test, record, &graph, &mut figures);
    }
    figures
}

/// Recorded keys beside analysed items.
struct View<'a> {
    functions: BTreeSet<&'a str>,
    /// Those of the package itself.
    own: BTreeSet<&'a str>,
    closures: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// The ids that a key may mean.
    ids: BTreeMap<&'a str, Vec<&'a str>>,
    /// The target that each function is part of.
    targets: BTreeMap<&'a str, &'a str>,
}

type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl<'a> View<'a> {
    fn new(analysis: &'a Analysis, package: &'a str, records: &'a [(Test, Record)]) -> Self {
        let functions: BTreeSet<&str> = analysis.functions().map(|item| item.id.as_str()).collect();
        let own = analysis.functions().filter(|item| item.package.is_none());
        let own = own.map(|item| item.id.as_str()).collect();
        let closures = analysis
            .functions()
            .map(|item| {
                let closure = item.closure.iter().map(|id| &**id);
                let closure = closure.filter(|id| functions.contains(id)).collect();
                (item.id.as_str(), closure)
            })
            .collect();
        let locator = Locator::new(analysis, package);
        let keys: BTreeSet<&str> = records
            .iter()
            .flat_map(|(_, record)| record.functions.iter().map(String::as_str))
            .collect();
        let ids = keys.into_iter().map(|key| (key, locator.find(key)));
        let targets = analysis.functions();
        let targets = targets.map(|item| (item.id.as_str(), item.target.as_str()));
        Self {
            ids: ids.collect(),
            functions,
            own,
            closures,
            targets: targets.collect(),
        }
    }

    fn closure(&self, id: &str) -> &BTreeSet<&'a str> {
        static NONE: BTreeSet<&str> = BTreeSet::new();
        self.closures.get(id).unwrap_or(&NONE)
    }

    fn ids(&self, key: &str) -> &[&'a str] {
        self.ids.get(key).map_or(&[], Vec::as_slice)
    }

    /// Every observed call's callee must be in the caller's closure.
    fn edges(&self, records: &[(Test, Record)], figures: &mut Figures) {
        let edges: BTreeSet<&(String, String)> = records
            .iter()
            .flat_map(|(_, record)| &record.edges)
            .collect();
        for (caller, callee) in edges {
            // Functions of the workspace's other packages are roots of those packages' analyses.
            let callers = self.ids(caller).iter().filter(|id| self.own.contains(**id));
            let callers: Vec<&str> = callers.copied().collect();
            let callees = self.ids(callee);
            if callers.is_empty() || callees.is_empty() {
                continue;
            }
            let held = callers.iter().any(|from| {
                let closure = self.closure(from);
                callees.iter().any(|to| closure.contains(to))
            });
            if !held && !self.can_name(callers[0], callees[0]) {
                continue;
            }
            figures.edges += 1;
            if !held {
                figures.edge_misses.insert(Miss {
                    from: callers[0].to_owned(),
                    to: callees[0].to_owned(),
                });
            }
        }
    }

    /// Whether a function's crate can name the other's. What it can't name, such as what a test of a library declares, came
    /// to it with a type argument or a value, and is in no analysis of that library.
    fn can_name(&self, from: &str, to: &str) -> bool {
        let target = |id: &str| self.targets.get(id).copied().unwrap_or_default();
        let (from, to) = (target(from), target(to));
        from == to || from != "lib"
    }

    fn graph(&self, records: &'a [(Test, Record)]) -> Graph<'a> {
        let mut graph = Graph::new();
        for (_, record) in records {
            for (caller, callee) in &record.edges {
                graph
                    .entry(caller.as_str())
                    .or_default()
                    .insert(callee.as_str());
            }
        }
        graph
    }

    fn test(&self, test: &Test, record: &Record, graph: &Graph<'_>, figures: &mut Figures) {
        let Some(id) = self.test_id(test, record) else {
            figures.unmodelled.insert(test.id());
            return;
        };
        let closure = self.closure(id);
        let known: Vec<&[&str]> = record
            .functions
            .iter()
            .map(|key| self.ids(key))
            .filter(|ids| !ids.is_empty())
            .collect();
        figures.executed += known.len();
        let mut inside = BTreeSet::new();
        for ids in &known {
            match ids.iter().find(|one| closure.contains(**one)) {
                Some(found) => {
                    inside.insert(*found);
                }
                None => {
                    figures.executed_misses.insert(Miss {
                        from: id.to_owned(),
                        to: ids[0].to_owned(),
                    });
                }
            }
        }
        if !closure.is_empty() {
            figures
                .precision
                .add(inside.len() as f64 / closure.len() as f64);
        }
        let reached = reach(graph, record.functions.iter().map(String::as_str));
        let needed: BTreeSet<&str> = reached
            .iter()
            .flat_map(|key| self.ids(key))
            .copied()
            .collect();
        for id in closure.difference(&needed) {
            *figures.excess.entry((*id).to_owned()).or_default() += 1;
        }
        if !reached.is_empty() {
            figures
                .ceiling
                .add(record.functions.len() as f64 / reached.len() as f64);
        }
    }

    /// The test's item: by its name; a case that a macro made from a function is that function.
    fn test_id(&self, test: &Test, record: &Record) -> Option<&'a str> {
        if let Some(id) = test.id_beside_library()
            && let Some(id) = self.functions.get(id.as_str())
        {
            return Some(id);
        }
        let id = test.id();
        if let Some(item) = around(&id).find_map(|one| self.functions.get(one)) {
            return Some(item);
        }
        // A program without the harness has its own list of cases, which its `main` runs.
        let main = format!("{}::main", test.program.krate);
        if let Some(item) = self.functions.get(main.as_str())
            && record
                .functions
                .iter()
                .any(|key| self.ids(key).contains(item))
        {
            return Some(item);
        }
        let name = test.name.rsplit("::").next().unwrap_or(&test.name);
        let mut candidates = record.functions.iter().filter_map(|key| {
            let plain = key.split('@').next()?;
            (plain.rsplit(':').next()? == name).then(|| self.ids(key))
        });
        match (candidates.next(), candidates.next()) {
            (Some([id, ..]), None) => Some(id),
            _ => self.first_function(record),
        }
    }

    /// The one function that nothing recorded calls: where a macro names the cases as it likes, the one that it was given.
    fn first_function(&self, record: &Record) -> Option<&'a str> {
        let called: BTreeSet<&String> = record.edges.iter().map(|(_, callee)| callee).collect();
        let mut first = record.functions.iter().filter(|key| !called.contains(key));
        match (first.next(), first.next()) {
            (Some(key), None) => self.ids(key).first().copied(),
            _ => None,
        }
    }
}

/// A path and those that it stands in, innermost first: a case that a macro made from a function is that function's.
pub(super) fn around(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| Some(path.rsplit_once("::")?.0))
}

fn reach<'a>(graph: &Graph<'a>, roots: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = roots.collect();
    while let Some(key) = open.pop() {
        if reached.insert(key) {
            open.extend(graph.get(key).into_iter().flatten());
        }
    }
    reached
}
