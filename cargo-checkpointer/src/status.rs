//! `cargo checkpointer status`: which functions the code invalidates against what the store holds, before anything runs.

mod revision;

use std::path::PathBuf;
use std::process::ExitCode;

use checkpointer_runtime::Digest;
use schemars::JsonSchema;
use serde::Serialize;

use crate::difference::{self, Version};
use crate::history::History;
use crate::list::seconds;
use crate::model::{Function, Model};
use crate::output::{
    self, BAD, Cell, DIM, GOOD, Head, NAME, Page, Report,
    Side::{Left, Right},
    WARN, count, paint, time,
};

/// The exit code where something is to be computed again.
const INVALIDATED: u8 = 2;

/// The options of `status`.
#[derive(clap::Args)]
pub(crate) struct Status {
    /// A git revision [default: the working tree]
    revision: Option<String>,
    /// Also show functions whose results stay
    #[arg(long)]
    all: bool,
}

/// What `status` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Overview {
    /// The revision that was looked at; none for the working tree.
    revision: Option<String>,
    /// How many functions have results that are no longer used.
    invalidated: u64,
    /// Seconds of computation that these results took.
    seconds: f64,
    /// Sorted by path.
    functions: Vec<Row>,
    #[serde(skip)]
    show_all: bool,
}

/// One function.
#[derive(Serialize, JsonSchema)]
struct Row {
    /// The function's path.
    function: String,
    /// Its file, relative to the workspace's root.
    file: String,
    /// Its line, from 1.
    line: u32,
    /// What happens to its results.
    state: State,
    /// How many results are affected.
    entries: u64,
    /// Seconds of computation that they took.
    seconds: f64,
    /// The item that changed and the way to it, where that is known.
    because: Option<String>,
    /// Whether results never leave the process.
    #[serde(skip)]
    is_in_memory: bool,
}

/// What happens to a function's results.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    /// There are results of this code.
    Kept,
    /// There are only results of other code.
    Invalidated,
    /// There is nothing stored.
    Empty,
}

impl Status {
    /// Runs the command. The exit code is 2 if results are invalidated.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<ExitCode> {
        let Some(mut model) = Model::asked_for::<Overview>(options)? else {
            return Ok(ExitCode::SUCCESS);
        };
        if let Some(revision) = &self.revision {
            model = revision::model_of(model, revision)?;
        }
        model.check_whole()?;
        let mut history = History::open(&model.workspace, &model.analysed, &model.store);
        let rows: Vec<Row> = model
            .functions
            .iter()
            .map(|function| row(&model, &mut history, function))
            .collect();
        let invalidated = || rows.iter().filter(|row| row.state == State::Invalidated);
        let overview = Overview {
            revision: self.revision,
            invalidated: invalidated().count() as u64,
            seconds: invalidated().map(|row| row.seconds).sum(),
            functions: rows,
            show_all: self.all,
        };
        output::print(options.format, &overview)?;
        Ok(match overview.invalidated {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::from(INVALIDATED),
        })
    }
}

fn row(model: &Model, history: &mut History, function: &Function) -> Row {
    let (current, stale) = (function.current(), function.stale());
    let (state, sum) = match (current.entries, stale.entries) {
        (0, 0) => (State::Empty, current),
        // Of several old versions the last one is what the next run would have used.
        (0, _) => (
            State::Invalidated,
            newest(function).map_or(stale, |(_, sum)| sum),
        ),
        _ => (State::Kept, current),
    };
    let because = (state == State::Invalidated)
        .then(|| newest(function))
        .flatten()
        .and_then(|(hash, _)| because(model, history, function, &hash));
    Row {
        function: function.id.clone(),
        file: model.file(function),
        line: model.report(function).row.line,
        state,
        entries: sum.entries,
        seconds: sum.computation.as_secs_f64(),
        because,
        is_in_memory: function.is_in_memory(),
    }
}

/// The code version whose results are the newest.
fn newest(function: &Function) -> Option<(Digest, crate::store::Sum)> {
    let versions = function.stored.versions.iter().zip(&function.sums);
    let newest = versions.max_by_key(|(_, sum)| sum.newest)?;
    Some((newest.0.code_hash, *newest.1))
}

fn because(
    model: &Model,
    history: &mut History,
    function: &Function,
    hash: &Digest,
) -> Option<String> {
    history.load(&[*hash]);
    let past = history.past(&function.id, hash)?;
    let state = &model.inspection(function).state;
    let version = |state, root| Version {
        state,
        root,
        captures: past.captures,
    };
    let root = state.roots_of(&function.id).next()?;
    let changes = difference::changes(version(past.state, past.root), version(state, root));
    let first = changes.first()?;
    let short = |id: &String| id.rsplit("::").next().unwrap_or(id).to_owned();
    let way: Vec<String> = first.path.iter().map(short).collect();
    let way = match way.len() {
        0 | 1 => first.id.clone(),
        2..=5 => way.join(" → "),
        more => format!("{} → … → {}", way[0], way[more - 1]),
    };
    Some(match changes.len() {
        1 => way,
        more => format!("{way} and {} more", more - 1),
    })
}

impl Report for Overview {
    const COMMAND: &'static str = "status";

    fn human(&self, page: &mut Page) {
        let shown: Vec<&Row> = self.shown().collect();
        let widest = shown
            .iter()
            .map(|row| row.function.chars().count())
            .max()
            .unwrap_or_default();
        for row in shown {
            let (word, style) = row.state.word();
            let space = " ".repeat(widest - row.function.chars().count());
            let because = row.because.as_deref().unwrap_or_default();
            page.line(
                format!(
                    "{} {}{space}  {}  {}",
                    paint(style, format_args!("{word:<11}")),
                    paint(NAME, &row.function),
                    row.amount(),
                    paint(DIM, because)
                )
                .trim_end(),
            );
        }
        page.line(self.summary());
    }

    fn markdown(&self, page: &mut Page) {
        page.line(format_args!("**{}**", self.summary()));
        let rows: Vec<Vec<Cell>> = self
            .shown()
            .map(|row| {
                vec![
                    Cell::plain(format_args!("`{}`", row.function)),
                    Cell::plain(row.state.word().0),
                    Cell::plain(row.entries),
                    Cell::plain(time(seconds(row.seconds))),
                    Cell::plain(row.because.as_deref().unwrap_or_default()),
                ]
            })
            .collect();
        if rows.is_empty() {
            return;
        }
        page.line("");
        let heads = [
            Head("function", Left),
            Head("results", Left),
            Head("entries", Right),
            Head("computation", Right),
            Head("because of", Left),
        ];
        page.markdown_table(&heads, &rows);
    }
}

impl State {
    fn word(self) -> (&'static str, anstyle::Style) {
        match self {
            State::Kept => ("kept", GOOD),
            State::Invalidated => ("invalidated", BAD),
            State::Empty => ("empty", WARN),
        }
    }
}

impl Row {
    fn amount(&self) -> String {
        match self.entries {
            0 => String::new(),
            entries => format!(
                "{}, {}",
                count(entries, "result", "results"),
                time(seconds(self.seconds))
            ),
        }
    }
}

impl Overview {
    fn shown(&self) -> impl Iterator<Item = &Row> {
        self.functions
            .iter()
            .filter(|row| self.show_all || row.state == State::Invalidated)
    }

    fn summary(&self) -> String {
        let of = match &self.revision {
            Some(revision) => format!("at {}", output::clean(revision)),
            None => "in the working tree".to_owned(),
        };
        let all = count(self.functions.len() as u64, "function", "functions");
        let is_empty = |row: &&Row| row.state == State::Empty && !row.is_in_memory;
        let empty = self.functions.iter().filter(is_empty).count();
        let is_any = self.functions.iter().any(|row| row.entries > 0);
        match self.invalidated {
            0 if !is_any => {
                format!("nothing is stored yet of {all}: what the next run calls, it computes")
            }
            0 if empty > 0 => {
                format!("nothing is invalidated {of}: {all}, of {empty} of which nothing is stored")
            }
            0 => format!("nothing is invalidated {of}: {all}"),
            some => format!(
                "{some} of {all} invalidated {of}: {} of computation",
                time(seconds(self.seconds))
            ),
        }
    }
}

/// The manifest of the same package below another root.
fn manifest_below(
    manifest: &std::path::Path,
    root: &std::path::Path,
    other: &std::path::Path,
) -> Option<PathBuf> {
    Some(other.join(manifest.strip_prefix(root).ok()?))
}
