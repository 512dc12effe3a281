//! `cargo checkpointer stats`: hits, misses by reason, time saved and bytes, over all programs that used the store.

use anyhow::Context as _;
use checkpointer_runtime::{Counts, recorded};
use schemars::JsonSchema;
use serde::Serialize;

use crate::list::seconds;
use crate::output::{
    self, Cell, Head, NAME, Page, Report,
    Side::{Left, Right},
    bytes, time,
};
use crate::recorded::Recorded;
use crate::store::{Store, Sum};

/// The options of `stats`.
#[derive(clap::Args)]
pub(crate) struct Stats {
    /// Set all counters back to zero, after showing them
    #[arg(long)]
    zero: bool,
}

/// What `stats` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Counted {
    /// The store's root folder.
    store: String,
    /// Sums over all functions.
    total: Row,
    /// Each function that was called or has results, sorted by path.
    functions: Vec<Row>,
}

/// The counters of one function.
#[derive(Default, Serialize, JsonSchema)]
struct Row {
    /// The function's path.
    function: String,
    /// Calls that were answered from a store.
    hits: u64,
    /// The same by layer, the outermost first; those in a fourth layer and below count in the last.
    hits_by_layer: Vec<u64>,
    /// Calls whose function ran.
    misses: u64,
    /// Of these, calls whose result was stored by other code.
    misses_of_edited_code: u64,
    /// Of these, calls whose result had expired.
    misses_expired: u64,
    /// Of these, calls whose entry was damaged.
    misses_damaged: u64,
    /// Of these, all others: calls with arguments that were new to the store.
    misses_of_new_arguments: u64,
    /// Faults of stores, and calls that could not be cached.
    faults: u64,
    /// Calls that waited for another one to compute their result.
    waits: u64,
    /// Recomputed hits whose result differed.
    differences: u64,
    /// Seconds of computation that hits have saved.
    saved_seconds: f64,
    /// Seconds that the function ran.
    spent_seconds: f64,
    /// Stored results, of any code.
    entries: u64,
    /// Their size in bytes.
    bytes: u64,
}

impl Stats {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        if output::is_schema::<Counted>(options.format)? {
            return Ok(());
        }
        let store = Store::chosen(options.store.as_deref());
        let mut rows: std::collections::BTreeMap<String, Row> = Recorded::read(&store)
            .functions
            .into_iter()
            .map(|(function, counts)| (function.clone(), Row::of(function, &counts)))
            .collect();
        for folder in store.functions() {
            let mut sum = Sum::default();
            for version in &folder.versions {
                version.each(&mut |found| {
                    sum.add(&found);
                    true
                });
            }
            let function = folder.function().unwrap_or_else(|| folder.shown());
            let row = rows
                .entry(function.clone())
                .or_insert_with(|| Row::of(function, &Counts::default()));
            row.entries = sum.entries;
            row.bytes = sum.bytes;
        }
        let functions: Vec<Row> = rows.into_values().collect();
        let counted = Counted {
            store: store.root.display().to_string(),
            total: total(&functions),
            functions,
        };
        output::print(options.format, &counted)?;
        if self.zero {
            recorded::zero(&store.root)
                .with_context(|| format!("can't reset the counters of {}", store.root.display()))?;
        }
        Ok(())
    }
}

impl Row {
    fn of(function: String, counts: &Counts) -> Self {
        let other = counts.outdated + counts.expired + counts.corrupted;
        Self {
            function,
            hits: counts.hits,
            hits_by_layer: counts.by_layer.to_vec(),
            misses: counts.computed,
            misses_of_edited_code: counts.outdated,
            misses_expired: counts.expired,
            misses_damaged: counts.corrupted,
            misses_of_new_arguments: counts.computed.saturating_sub(other),
            faults: counts.faults,
            waits: counts.waits,
            differences: counts.differences,
            saved_seconds: counts.saved.as_secs_f64(),
            spent_seconds: counts.spent.as_secs_f64(),
            entries: 0,
            bytes: 0,
        }
    }

    /// The layers that had hits: `7`, or `5+2` where the outermost had 5 and the next one 2.
    fn layers(&self) -> String {
        let used = self
            .hits_by_layer
            .iter()
            .rposition(|hits| *hits > 0)
            .map_or(1, |at| at + 1);
        let shown: Vec<String> = self.hits_by_layer[..used]
            .iter()
            .map(u64::to_string)
            .collect();
        shown.join("+")
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::styled(&self.function, NAME),
            Cell::plain(self.layers()),
            Cell::plain(self.misses),
            Cell::plain(self.misses_of_edited_code),
            Cell::plain(self.misses_of_new_arguments),
            Cell::plain(self.misses_expired),
            Cell::plain(self.misses_damaged),
            Cell::plain(self.faults),
            Cell::plain(time(seconds(self.saved_seconds))),
            Cell::plain(time(seconds(self.spent_seconds))),
            Cell::plain(bytes(self.bytes)),
        ]
    }
}

fn total(rows: &[Row]) -> Row {
    let mut total = Row {
        function: "in all".to_owned(),
        hits_by_layer: vec![0; 4],
        ..Row::default()
    };
    for row in rows {
        for (sum, hits) in total.hits_by_layer.iter_mut().zip(&row.hits_by_layer) {
            *sum += hits;
        }
        total.hits += row.hits;
        total.misses += row.misses;
        total.misses_of_edited_code += row.misses_of_edited_code;
        total.misses_expired += row.misses_expired;
        total.misses_damaged += row.misses_damaged;
        total.misses_of_new_arguments += row.misses_of_new_arguments;
        total.faults += row.faults;
        total.waits += row.waits;
        total.differences += row.differences;
        total.saved_seconds += row.saved_seconds;
        total.spent_seconds += row.spent_seconds;
        total.entries += row.entries;
        total.bytes += row.bytes;
    }
    total
}

impl Report for Counted {
    const COMMAND: &'static str = "stats";

    fn human(&self, page: &mut Page) {
        if self.functions.is_empty() {
            page.line(format_args!("nothing was recorded in {}", self.store));
            return;
        }
        let (heads, rows) = self.cells();
        page.table(&heads, &rows);
    }

    fn markdown(&self, page: &mut Page) {
        let (heads, rows) = self.cells();
        page.markdown_table(&heads, &rows);
    }
}

impl Counted {
    fn cells(&self) -> (Vec<Head>, Vec<Vec<Cell>>) {
        let heads = vec![
            Head("function", Left),
            Head("hits by layer", Right),
            Head("misses", Right),
            Head("edited", Right),
            Head("new", Right),
            Head("expired", Right),
            Head("damaged", Right),
            Head("faults", Right),
            Head("saved", Right),
            Head("spent", Right),
            Head("size", Right),
        ];
        let rows = self.functions.iter().chain([&self.total]);
        (heads, rows.map(Row::cells).collect())
    }
}
