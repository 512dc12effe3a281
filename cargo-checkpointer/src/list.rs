//! `cargo checkpointer list`: each checkpointed function with what is stored of it.

use std::time::Duration;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Function, Model};
use crate::output::{
    self, Cell, DIM, Head, NAME, Page, Report,
    Side::{Left, Right},
    WARN, ago, bytes, count, time,
};
use crate::recorded::Recorded;

/// What `list` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct List {
    /// The store's root folder.
    store: String,
    /// Sorted by path.
    functions: Vec<Row>,
    #[serde(skip)]
    now: DateTime<Utc>,
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
    /// The hash of its code as it is now, which counts statics if it captures them.
    code_hash: String,
    /// Stored results of the code as it is now.
    entries: u64,
    /// Their size in bytes.
    bytes: u64,
    /// Seconds of computation that these results took, and would take again if the code changed.
    at_stake_seconds: f64,
    /// Seconds that hits have saved, as far as programs have recorded it.
    saved_seconds: f64,
    /// When the newest of these results was stored.
    newest: Option<DateTime<Utc>>,
    /// How many other code versions have stored results.
    stale_versions: u64,
    /// Stored results of other code.
    stale_entries: u64,
    /// Their size in bytes.
    stale_bytes: u64,
    /// Whether results stay in memory, so that nothing is stored.
    in_memory: bool,
    /// Whether a preset or an expression says where results are, so that only the program knows.
    hidden_store: bool,
}

/// Runs the command.
pub(crate) fn run(options: &crate::Options) -> anyhow::Result<()> {
    let Some(model) = Model::asked_for::<List>(options)? else {
        return Ok(());
    };
    let recorded = Recorded::read(&model.store);
    let row = |function: &Function| {
        let report = model.report(function);
        let (current, stale) = (function.current(), function.stale());
        let hash = function.current_hash(report.row.capture_by_default);
        Row {
            function: function.id.clone(),
            file: model.file(function),
            line: report.row.line,
            code_hash: hash.map(|hash| hash.to_string()).unwrap_or_default(),
            entries: current.entries,
            bytes: current.bytes,
            at_stake_seconds: current.computation.as_secs_f64(),
            saved_seconds: recorded.saved(&function.id).as_secs_f64(),
            newest: current.newest,
            stale_versions: function.stale_versions(),
            stale_entries: stale.entries,
            stale_bytes: stale.bytes,
            in_memory: function.is_in_memory(),
            hidden_store: function.has_hidden_store(),
        }
    };
    let list = List {
        store: model.store.root.display().to_string(),
        functions: model.functions.iter().map(row).collect(),
        now: Utc::now(),
    };
    output::print(options.format, &list)
}

impl Report for List {
    const COMMAND: &'static str = "list";

    fn human(&self, page: &mut Page) {
        let (heads, rows) = self.cells();
        page.table(&heads, &rows);
        page.line(self.summary());
    }

    fn markdown(&self, page: &mut Page) {
        let (heads, rows) = self.cells();
        page.markdown_table(&heads, &rows);
        page.line("");
        page.line(self.summary());
    }
}

impl List {
    fn cells(&self) -> (Vec<Head>, Vec<Vec<Cell>>) {
        let heads = vec![
            Head("function", Left),
            Head("place", Left),
            Head("code", Left),
            Head("entries", Right),
            Head("size", Right),
            Head("at stake", Right),
            Head("saved", Right),
            Head("newest", Left),
            Head("stale", Left),
        ];
        let rows = self.functions.iter().map(|row| {
            let stale = match row.stale_versions {
                0 => Cell::plain(""),
                versions => Cell::styled(
                    format_args!(
                        "{}, {}",
                        count(versions, "version", "versions"),
                        bytes(row.stale_bytes)
                    ),
                    WARN,
                ),
            };
            let newest = match row.newest {
                Some(newest) => ago(newest, self.now),
                None if row.in_memory => "in memory".to_owned(),
                None if row.hidden_store => "never here".to_owned(),
                None => "never".to_owned(),
            };
            vec![
                Cell::styled(&row.function, NAME),
                Cell::styled(format_args!("{}:{}", row.file, row.line), DIM),
                Cell::styled(row.code_hash.get(..8).unwrap_or_default(), DIM),
                Cell::plain(row.entries),
                Cell::plain(bytes(row.bytes)),
                Cell::plain(time(seconds(row.at_stake_seconds))),
                Cell::plain(time(seconds(row.saved_seconds))),
                Cell::plain(newest),
                stale,
            ]
        });
        (heads, rows.collect())
    }

    fn summary(&self) -> String {
        let sum = |pick: fn(&Row) -> u64| self.functions.iter().map(pick).sum::<u64>();
        let at_stake: f64 = self.functions.iter().map(|row| row.at_stake_seconds).sum();
        let all = count(self.functions.len() as u64, "function", "functions");
        let mut text = match sum(|row| row.entries) {
            0 => format!(
                "{all}, of whose code as it is nothing is stored in {}",
                self.store
            ),
            entries => format!(
                "{all}, {} of {} and {} of computation in {}",
                count(entries, "entry", "entries"),
                bytes(sum(|row| row.bytes)),
                time(seconds(at_stake)),
                self.store
            ),
        };
        let stale = sum(|row| row.stale_entries);
        if stale > 0 {
            text += &format!(
                "; {} of older code ({}): `cargo checkpointer clean --stale` drops them",
                count(stale, "entry", "entries"),
                bytes(sum(|row| row.stale_bytes))
            );
        }
        text
    }
}

/// A number of seconds that came from a duration.
pub(crate) fn seconds(number: f64) -> Duration {
    Duration::try_from_secs_f64(number).unwrap_or_default()
}
