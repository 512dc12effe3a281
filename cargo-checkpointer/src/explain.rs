//! `cargo checkpointer explain`: all that a function's hash is made of, and what had to be over-approximated.

use std::collections::BTreeMap;

use checkpointer_build::{FunctionReport, Spot};
use schemars::JsonSchema;
use serde::Serialize;

use crate::difference::{Paths, Version};
use crate::model::{Function, Model};
use crate::output::{
    self, Cell, DIM, GOOD, Head, NAME, Page, Report, Side::Left, WARN, count, paint,
};

/// The options of `explain`.
#[derive(clap::Args)]
pub(crate) struct Explain {
    /// The function's path, or the end of it
    function: String,
}

/// What `explain` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Explanation {
    /// The function's path.
    function: String,
    /// Its file, relative to the workspace's root.
    file: String,
    /// Its line, from 1.
    line: u32,
    /// The hash of everything that it can reach, without the statics' own tokens.
    code_hash: String,
    /// The same with them.
    capture_hash: String,
    /// Everything that counts, sorted by kind and name.
    items: Vec<Reached>,
    /// What counts for every function of the package.
    settings: Vec<String>,
    /// Statics that it reaches.
    statics: Vec<String>,
    /// Of the compiler's switches, those whose side is a part of each call's hash.
    switches: Vec<String>,
    /// What was over-approximated or could not be seen.
    over_approximated: Vec<Advice>,
    /// What it reads of the outside world, which counts by nothing.
    impure: Vec<Advice>,
    /// Why its hash can't be trusted; empty where it can.
    untrusted: String,
}

/// Something that counts.
#[derive(Serialize, JsonSchema)]
struct Reached {
    /// Its id.
    id: String,
    /// Its kind, such as `fn`.
    kind: String,
    /// Its file, relative to its package's root; empty where it has none.
    file: String,
    /// Its line, from 1; 0 where it has none.
    line: u32,
    /// The first digits of the hash of its own tokens and names.
    hash: String,
    /// From the function to it.
    path: Vec<String>,
}

/// A place, and how to make the analysis sharper there.
#[derive(Serialize, JsonSchema)]
struct Advice {
    /// The file, relative to its package's root.
    file: String,
    /// The line, from 1.
    line: u32,
    /// The column, from 1.
    column: u32,
    /// What is there.
    reason: String,
    /// What to do about it.
    remedy: String,
}

impl Explain {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        let Some(model) = Model::asked_for::<Explanation>(options)? else {
            return Ok(());
        };
        for function in model.find(&self.function)? {
            output::print(options.format, &explanation(&model, function))?;
        }
        Ok(())
    }
}

fn explanation(model: &Model, function: &Function) -> Explanation {
    let FunctionReport {
        row,
        unresolved,
        impure,
    } = model.report(function);
    let state = &model.inspection(function).state;
    let root = state
        .roots_of(&function.id)
        .find(|root| root.target == row.target);
    let items = root.map(|root| {
        let paths = Paths::new(Version {
            state,
            root,
            captures: true,
        });
        let reached = root.closure.iter().map(|at| {
            let item = state.item(*at);
            Reached {
                id: item.id.clone(),
                kind: item.kind.clone(),
                file: state
                    .file(item)
                    .map(|file| file.path.clone())
                    .unwrap_or_default(),
                line: item.line,
                hash: format!("{:016x}", item.meaning.swap_bytes()),
                path: paths.to(&item.id, &function.id),
            }
        });
        let mut reached: Vec<Reached> = reached.collect();
        reached.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
        reached
    });
    let setting = |name: &str| match name {
        "salt" => "a text given to `Builder::salt`".to_owned(),
        "target" => "the target triple (`count_target`)".to_owned(),
        "toolchain" => "the compiler's version (`count_toolchain`)".to_owned(),
        file => format!("the tracked file {file}"),
    };
    let advice = |spots: &[Spot], remedy: fn(&str) -> String| {
        let mut all: Vec<Advice> = spots
            .iter()
            .map(|spot| Advice {
                file: spot.file.clone(),
                line: spot.line,
                column: spot.column,
                reason: spot.reason.clone(),
                remedy: remedy(&spot.reason),
            })
            .collect();
        all.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        all
    };
    Explanation {
        function: function.id.clone(),
        file: model.file(function),
        line: row.line,
        code_hash: row.code_hash.clone(),
        capture_hash: row.capture_hash.clone(),
        items: items.unwrap_or_default(),
        settings: state.salts.iter().map(|salt| setting(&salt.name)).collect(),
        statics: row.statics.clone(),
        switches: row.switches.clone(),
        over_approximated: advice(unresolved, sharper),
        impure: advice(impure, purer),
        untrusted: row.untrusted.clone(),
    }
}

/// How to make the analysis sharper where it met this.
fn sharper(reason: &str) -> String {
    let has = |word: &str| reason.contains(word);
    let remedy = if has("macro") {
        "nothing is missed: every name in the call counts; a function in place of the macro would be read exactly"
    } else if has("does not parse") || has("not UTF-8") || has("missing") {
        "mend or add the file; until then hashes of this crate can't be trusted"
    } else if has("method") || has("receiver") || has("type") {
        "every method of that name on a reachable type counts; a type annotation on the receiver makes it one"
    } else if has("cfg") || has("feature") {
        "both sides count; that costs precision and never a stale result"
    } else if has("env") || has("OUT_DIR") {
        "build once (`cargo check`), so that the variable's value is known"
    } else {
        "everything that it could mean counts; a full path makes it one thing"
    };
    remedy.to_owned()
}

/// What to do about a read of the outside world.
fn purer(_reason: &str) -> String {
    "pass it in as an argument, or name the file in `depends_on`; `Builder::deny_impure` refuses such reads".to_owned()
}

impl Report for Explanation {
    const COMMAND: &'static str = "explain";

    fn human(&self, page: &mut Page) {
        let place = paint(DIM, format_args!("{}:{}", self.file, self.line));
        page.line(format_args!("{}  {place}", paint(NAME, &self.function)));
        page.line(format_args!("code hash     {}", self.code_hash));
        if self.capture_hash != self.code_hash {
            page.line(format_args!("with statics  {}", self.capture_hash));
        }
        if !self.untrusted.is_empty() {
            page.line(paint(WARN, format_args!("not trusted: {}", self.untrusted)));
        }
        page.line("");
        page.line(format_args!("made of {}:", self.kinds()));
        let rows: Vec<Vec<Cell>> = self.items.iter().map(Reached::cells).collect();
        page.table(
            &[
                Head("kind", Left),
                Head("item", Left),
                Head("hash", Left),
                Head("place", Left),
                Head("by", Left),
            ],
            &rows,
        );
        for setting in &self.settings {
            page.line(format_args!("and {setting}"));
        }
        for switch in &self.switches {
            page.line(format_args!(
                "and which side of cfg({switch}) was compiled, in each call's hash"
            ));
        }
        if !self.statics.is_empty() {
            page.line(format_args!(
                "statics, which count only under `capture`: {}",
                self.statics.join(", ")
            ));
        }
        page.line("");
        if self.over_approximated.is_empty() {
            page.line(paint(GOOD, "nothing was over-approximated"));
        } else {
            page.line(format_args!(
                "over-approximated in {}; nothing is missed there, but more counts than need be:",
                count(self.over_approximated.len() as u64, "place", "places")
            ));
            advise(&self.over_approximated, page);
        }
        if !self.impure.is_empty() {
            page.line("");
            page.line("reads of the outside world, which count by nothing:");
            advise(&self.impure, page);
        }
    }
}

/// Places of one remedy together, which is said once.
fn advise(all: &[Advice], page: &mut Page) {
    let mut by_remedy: BTreeMap<&str, Vec<&Advice>> = BTreeMap::new();
    for advice in all {
        by_remedy.entry(&advice.remedy).or_default().push(advice);
    }
    for (remedy, places) in by_remedy {
        for at in places {
            let place = paint(WARN, format_args!("{}:{}:{}", at.file, at.line, at.column));
            page.line(format_args!("  {place}: {}", output::clean(&at.reason)));
        }
        page.line(format_args!("    {}", paint(DIM, remedy)));
    }
}

impl Explanation {
    fn kinds(&self) -> String {
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for item in &self.items {
            *kinds.entry(&item.kind).or_default() += 1;
        }
        let kinds: Vec<String> = kinds
            .iter()
            .map(|(kind, number)| format!("{number} {kind}"))
            .collect();
        output::Listed(&kinds).to_string()
    }
}

impl Reached {
    fn cells(&self) -> Vec<Cell> {
        let place = match self.line {
            0 => String::new(),
            line => format!("{}:{line}", self.file),
        };
        let short = |id: &String| id.rsplit("::").next().unwrap_or(id).to_owned();
        let way: Vec<String> = match self.path.len() {
            0..=2 => Vec::new(),
            more => self.path[1..more - 1].iter().map(short).collect(),
        };
        vec![
            Cell::styled(&self.kind, DIM),
            Cell::styled(&self.id, NAME),
            Cell::styled(&self.hash[..8], DIM),
            Cell::plain(place),
            Cell::styled(way.join(" → "), DIM),
        ]
    }
}
