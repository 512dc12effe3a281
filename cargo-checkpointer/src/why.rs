//! `cargo checkpointer why`: which change makes a function's results be computed again, or which other cause.

mod arguments;

use std::time::Duration;

use anyhow::bail;
use checkpointer_runtime::Digest;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::difference::{self, Change, Version, What};
use crate::excerpt::{self, Hunk};
use crate::history::{History, Past};
use crate::list::seconds;
use crate::model::{Function, Model};
use crate::output::{self, BAD, DIM, GOOD, NAME, Page, Report, WARN, ago, count, paint, time};
use crate::store::{Sum, VersionFolder};

/// How many lines `why` takes for a function.
pub(crate) const LINES: usize = 12;

/// The options of `why`.
#[derive(clap::Args)]
pub(crate) struct Why {
    /// The function's path, or the end of it
    function: String,
    /// The arguments of a call, as Rust literals: tells about its result alone
    #[arg(last = true, value_name = "ARGS")]
    arguments: Vec<String>,
    /// Show every change, not only as many as fit into twelve lines
    #[arg(long)]
    all: bool,
}

/// What `why` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The function's path.
    function: String,
    /// Its file, relative to the workspace's root.
    file: String,
    /// Its line, from 1.
    line: u32,
    /// Stored results of the code as it is now.
    current_entries: u64,
    /// Who said, by `bless`, that results of older code stand for this code, and when.
    blessed: Option<String>,
    /// Why results were or will be computed again, the most telling first; of a function whose results are all there, none.
    causes: Vec<Cause>,
    #[serde(skip)]
    show_all: bool,
    #[serde(skip)]
    now: DateTime<Utc>,
}

/// One cause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Cause {
    /// Results were stored by other code.
    Code {
        /// The hash of that code.
        code_hash: String,
        /// How many.
        entries: u64,
        /// Seconds that they took to compute.
        seconds: f64,
        /// When the last of them was stored.
        stored: Option<DateTime<Utc>>,
        /// What differs, the most telling first.
        changes: Vec<Shown>,
    },
    /// Results were stored by other code, and what it was is not known.
    UnknownCode {
        /// The hash of that code.
        code_hash: String,
        /// How many.
        entries: u64,
    },
    /// Nothing was ever stored.
    NeverStored,
    /// Results never leave the process.
    InMemory,
    /// Results are older than the function's `expiry`.
    Expired {
        /// How many.
        entries: u64,
    },
    /// Only the program knows when results expire.
    MayExpire,
    /// Entries can't be read.
    Damaged {
        /// How many.
        entries: u64,
        /// What is wrong with the first.
        reason: String,
    },
    /// Entries were written by a newer version of this library, in a newer format.
    Format {
        /// How many.
        entries: u64,
    },
    /// A call with these arguments has no result.
    Argument {
        /// The call's hash.
        call_hash: String,
        /// How many other calls have one.
        others: u64,
    },
    /// A call with these arguments has a result.
    Stored {
        /// The call's hash.
        call_hash: String,
        /// When it was stored.
        stored: Option<DateTime<Utc>>,
    },
    /// A `version` stands for the code, so edits recompute nothing.
    Version,
}

/// A change as it is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// The item's id.
    item: String,
    /// Its kind, such as `fn`; `setting` for what counts for every function.
    kind: String,
    /// What happened to it: `edited`, `added`, `removed`, `means`, `updated`, `content` or `setting`.
    what: String,
    /// In a sentence.
    text: String,
    /// Its file, relative to the workspace's root; empty where it has none.
    file: String,
    /// The line of the first difference, from 1; 0 where it has none.
    line: u32,
    /// From the function to the item.
    path: Vec<String>,
    /// The first differing lines as they were, if the old source is at hand.
    before: Vec<String>,
    /// The same lines as they are.
    now: Vec<String>,
    #[serde(skip)]
    hunk: Option<Hunk>,
}

impl Why {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        if output::is_schema::<Answer>(options.format)? {
            return Ok(());
        }
        let model = Model::load(options)?;
        let functions = model.find(&self.function)?;
        let mut history = History::open(&model.workspace, &model.analysed, &model.store);
        for function in functions {
            let mut answer = Answer::of(&model, &mut history, function);
            if !self.arguments.is_empty() {
                answer.causes = self.of_call(&model, function, &answer)?;
            }
            answer.show_all = self.all;
            output::print(options.format, &answer)?;
        }
        Ok(())
    }

    /// The causes for one call.
    fn of_call(
        &self,
        model: &Model,
        function: &Function,
        answer: &Answer,
    ) -> anyhow::Result<Vec<Cause>> {
        let row = &model.report(function).row;
        if !row.captured.is_empty() {
            bail!(
                "{} captures {}, whose value only the program knows; leave the arguments out",
                function.id,
                row.captured.join(", ")
            );
        }
        let call = arguments::call_hashes(function, &row.switches, &self.arguments)?;
        let holds = |version: &VersionFolder| {
            call.iter()
                .find_map(|hash| Some((*hash, version.call(hash)?)))
        };
        let versions = &function.stored.versions;
        let is_current = |version: &&VersionFolder| function.is_current(&version.code_hash);
        if let Some((hash, found)) = versions.iter().filter(is_current).find_map(holds) {
            let mut causes = vec![Cause::Stored {
                call_hash: hash.to_string(),
                stored: found
                    .header
                    .as_ref()
                    .ok()
                    .map(|header| header.header.stored),
            }];
            if let Err(reason) = found.header {
                causes[0] = Cause::Damaged { entries: 1, reason };
            }
            return Ok(causes);
        }
        let old: Vec<String> = versions
            .iter()
            .filter(|version| !is_current(version) && holds(version).is_some())
            .map(|version| version.code_hash.to_string())
            .collect();
        let of_old = |cause: &&Cause| match cause {
            Cause::Code { code_hash, .. } | Cause::UnknownCode { code_hash, .. } => {
                old.contains(code_hash)
            }
            _ => false,
        };
        let mut causes: Vec<Cause> = answer.causes.iter().filter(of_old).cloned().collect();
        if causes.is_empty() {
            causes.push(Cause::Argument {
                call_hash: call.first().map(Digest::to_string).unwrap_or_default(),
                others: function.current().entries,
            });
        }
        Ok(causes)
    }
}

impl Answer {
    /// The causes for all results of a function.
    pub(crate) fn of(model: &Model, history: &mut History, function: &Function) -> Self {
        let row = &model.report(function).row;
        let current = function.current();
        let mut causes = Vec::new();
        if function.has_version() {
            causes.push(Cause::Version);
        }
        causes.extend(of_code(model, history, function));
        causes.extend(of_entries(function));
        if function.is_in_memory() {
            causes.push(Cause::InMemory);
        } else if function.stored.versions.is_empty() {
            causes.push(Cause::NeverStored);
        }
        Self {
            function: function.id.clone(),
            file: model.file(function),
            line: row.line,
            current_entries: current.entries,
            blessed: blessed(model, function).map(|(_, said)| said),
            causes,
            show_all: false,
            now: Utc::now(),
        }
    }
}

/// The code whose results stand for the code as it is now, and who said so.
fn blessed(model: &Model, function: &Function) -> Option<(String, String)> {
    let recorded = crate::bless::recorded(&model.store);
    let hashes = [function.hashes.0, function.hashes.1];
    hashes
        .into_iter()
        .flatten()
        .find_map(|hash| recorded.get(&hash.to_string()).cloned())
}

/// The code versions that are not the code as it is now, the newest results first.
fn of_code(model: &Model, history: &mut History, function: &Function) -> Vec<Cause> {
    let versions = function.stored.versions.iter().zip(&function.sums);
    let blessed = blessed(model, function).map(|(from, _)| from);
    let mut old: Vec<(&VersionFolder, &Sum)> = versions
        .filter(|(version, _)| !function.is_current(&version.code_hash))
        .filter(|(version, _)| Some(version.code_hash.to_string()) != blessed)
        .collect();
    old.sort_by_key(|(_, sum)| std::cmp::Reverse(sum.newest));
    let hashes: Vec<Digest> = old.iter().map(|(version, _)| version.code_hash).collect();
    history.load(&hashes);
    let cause = |(version, sum): (&VersionFolder, &Sum)| {
        let code_hash = version.code_hash.to_string();
        match history.past(&function.id, &version.code_hash) {
            Some(past) => Cause::Code {
                code_hash,
                entries: sum.entries,
                seconds: sum.computation.as_secs_f64(),
                stored: sum.newest,
                changes: changes(model, history, function, &past),
            },
            None => Cause::UnknownCode {
                code_hash,
                entries: sum.entries,
            },
        }
    };
    old.into_iter().map(cause).collect()
}

/// What differs between code of the past and the code as it is.
fn changes(model: &Model, history: &History, function: &Function, past: &Past<'_>) -> Vec<Shown> {
    let state = &model.inspection(function).state;
    let target = &model.report(function).row.target;
    let Some(root) = state
        .roots_of(&function.id)
        .find(|root| root.target == *target)
    else {
        return Vec::new();
    };
    let before = Version {
        state: past.state,
        root: past.root,
        captures: past.captures,
    };
    let now = Version {
        state,
        root,
        captures: past.captures,
    };
    let found = difference::changes(before, now);
    found
        .iter()
        .map(|change| show(model, history, function, past, change))
        .collect()
}

fn show(
    model: &Model,
    history: &History,
    function: &Function,
    past: &Past<'_>,
    change: &Change,
) -> Shown {
    let state = &model.inspection(function).state;
    let hunk = match change.what {
        What::Edited => {
            let before = history.lines(past.state, &change.id);
            let now = now_lines(model, function, &change.id);
            before
                .zip(now)
                .and_then(|((before, _), (now, line))| excerpt::hunk(&before, &now, line))
        }
        _ => None,
    };
    let path = match state.find(&change.id) {
        Some(_) if !change.file.is_empty() => model.shown(&model.path_of(function, &change.file)),
        _ => change.file.clone(),
    };
    let (what, text) = sentence(change);
    Shown {
        item: change.id.clone(),
        kind: change.kind.clone(),
        what: what.to_owned(),
        text,
        file: path,
        line: hunk.as_ref().map_or(change.line, |hunk| hunk.line),
        path: change.path.clone(),
        before: hunk
            .as_ref()
            .map(|hunk| hunk.before.clone())
            .unwrap_or_default(),
        now: hunk
            .as_ref()
            .map(|hunk| hunk.now.clone())
            .unwrap_or_default(),
        hunk,
    }
}

/// The lines of an item as they are now, and the number of the first.
fn now_lines(model: &Model, function: &Function, id: &str) -> Option<(Vec<String>, u32)> {
    let inspection = model.inspection(function);
    let item = inspection.state.item(inspection.state.find(id)?);
    let text = std::fs::read_to_string(&inspection.paths[item.file? as usize]).ok()?;
    let lines = text.lines().skip(item.line.checked_sub(1)? as usize);
    let count = (item.end_line - item.line + 1) as usize;
    Some((lines.take(count).map(str::to_owned).collect(), item.line))
}

/// What happened, in a word and in a sentence.
fn sentence(change: &Change) -> (&'static str, String) {
    let Change { id, kind, .. } = change;
    let last = |ids: &[String]| {
        let names: Vec<String> = ids.iter().take(3).map(|id| format!("`{id}`")).collect();
        output::Listed(&names).to_string()
    };
    match &change.what {
        What::Edited => ("edited", format!("{kind} `{id}` was edited")),
        What::Added => ("added", format!("{kind} `{id}` is reached now")),
        What::Removed => ("removed", format!("{kind} `{id}` is not reached any more")),
        What::Means { before, now } => (
            "means",
            match (&before[..], &now[..]) {
                ([], []) => format!(
                    "a name in {kind} `{id}` means something else (an import or alias changed)"
                ),
                (before, []) => format!(
                    "a name in {kind} `{id}` does not mean {} any more",
                    last(before)
                ),
                ([], now) => format!("a name in {kind} `{id}` means {} now", last(now)),
                (before, now) => format!(
                    "a name in {kind} `{id}` means {} now, and no longer {}",
                    last(now),
                    last(before)
                ),
            },
        ),
        What::Updated { before, now } => {
            let name = id.split(' ').next().unwrap_or_default();
            ("updated", format!("package `{name}` {before} is {now} now"))
        }
        What::Content if kind == "package" => (
            "content",
            format!("package `{id}` has other features, or something below it changed"),
        ),
        What::Content => ("content", format!("`{id}` has another content")),
        What::Salt => (
            "setting",
            match id.as_str() {
                "salt" => "a `Builder::salt` changed".to_owned(),
                "target" => "the target triple changed, and `count_target` is on".to_owned(),
                "toolchain" => "the compiler changed, and `count_toolchain` is on".to_owned(),
                file => format!("the tracked file `{file}` changed"),
            },
        ),
        What::HashVersion => (
            "setting",
            "this version of checkpointer-build hashes otherwise than the one before".to_owned(),
        ),
    }
}

/// What the entries of the code as it is now have against them.
fn of_entries(function: &Function) -> Vec<Cause> {
    let layers = &function.attributes.layers;
    let expiry = layers.iter().filter_map(|layer| layer.expiry).min();
    let unreadable = function.current().unreadable;
    let mut causes = Vec::new();
    if expiry.is_some() || unreadable > 0 {
        causes.extend(look_at_each(function, expiry));
    }
    if layers.iter().any(|layer| layer.has_hidden_expiry) {
        causes.push(Cause::MayExpire);
    }
    causes
}

fn look_at_each(function: &Function, expiry: Option<Duration>) -> Vec<Cause> {
    let limit = expiry
        .and_then(|expiry| chrono::TimeDelta::from_std(expiry).ok())
        .and_then(|expiry| Utc::now().checked_sub_signed(expiry));
    let (mut expired, mut newer) = (0, 0);
    let mut damaged: Vec<String> = Vec::new();
    let versions = function.stored.versions.iter();
    for version in versions.filter(|version| function.is_current(&version.code_hash)) {
        version.each(&mut |found| {
            match found.header {
                Ok(header) if limit.is_some_and(|limit| header.header.stored < limit) => {
                    expired += 1
                }
                Ok(_) => {}
                Err(reason) if reason.contains("newer") => newer += 1,
                Err(reason) => damaged.push(format!("{}: {reason}", found.file.display())),
            }
            true
        });
    }
    let mut causes = Vec::new();
    if expired > 0 {
        causes.push(Cause::Expired { entries: expired });
    }
    if newer > 0 {
        causes.push(Cause::Format { entries: newer });
    }
    if let Some(first) = damaged.first() {
        causes.push(Cause::Damaged {
            entries: damaged.len() as u64,
            reason: first.clone(),
        });
    }
    causes
}

impl Report for Answer {
    const COMMAND: &'static str = "why";

    fn human(&self, page: &mut Page) {
        let place = paint(DIM, format_args!("{}:{}", self.file, self.line));
        page.line(format_args!("{}  {place}", paint(NAME, &self.function)));
        if self.causes.is_empty() {
            let entries = count(self.current_entries, "result", "results");
            page.line(paint(
                GOOD,
                format_args!("up to date: {entries} of the code as it is now"),
            ));
        }
        if let Some(blessed) = &self.blessed {
            page.line(paint(
                DIM,
                format_args!("results of older code stand for this code, as said by {blessed}"),
            ));
        }
        for (at, cause) in self.causes.iter().enumerate() {
            let before = page.0.len();
            self.cause(cause, page);
            let is_last = at + 1 == self.causes.len();
            let room = LINES - usize::from(!is_last);
            if at > 0 && !self.show_all && page.0.lines().count() > room {
                page.0.truncate(before);
                let rest = count((self.causes.len() - at) as u64, "more cause", "more causes");
                page.line(paint(DIM, format_args!("and {rest}; --all shows them")));
                return;
            }
        }
    }
}

impl Answer {
    /// The items that changed since the last stored results: id, what happened, and the way from the function.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&str, &str, &[String])> {
        let first = self.causes.iter().find_map(|cause| match cause {
            Cause::Code { changes, .. } => Some(changes),
            _ => None,
        });
        let changes = first.into_iter().flatten();
        changes.map(|change| {
            (
                change.item.as_str(),
                change.text.as_str(),
                change.path.as_slice(),
            )
        })
    }

    /// What differs from code of this hash, in sentences.
    pub(crate) fn changed_since(&self, hash: &Digest) -> Vec<String> {
        let hash = hash.to_string();
        let changes = self.causes.iter().find_map(|cause| match cause {
            Cause::Code {
                code_hash, changes, ..
            } if *code_hash == hash => Some(changes),
            _ => None,
        });
        let sentence = |change: &Shown| match change.line {
            0 => change.text.clone(),
            line => format!("{} ({}:{line})", change.text, change.file),
        };
        changes.into_iter().flatten().map(sentence).collect()
    }

    fn cause(&self, cause: &Cause, page: &mut Page) {
        let results = |entries: u64| count(entries, "result", "results");
        match cause {
            Cause::Code { code_hash, entries, seconds: spent, stored, changes } => {
                let stored = stored.map(|stored| format!(", the last {}", ago(stored, self.now)));
                page.line(format_args!(
                    "{} {} ({} of computation{})",
                    paint(BAD, "recomputed:"),
                    format_args!("{} of older code {}", results(*entries), &code_hash[..8]),
                    time(seconds(*spent)),
                    stored.unwrap_or_default()
                ));
                self.changes(changes, page);
            }
            Cause::UnknownCode { code_hash, entries } => page.line(format_args!(
                "{} {} of other code {}, of which no record is at hand: neither the store nor target/ remembers it",
                paint(BAD, "recomputed:"),
                results(*entries),
                &code_hash[..8]
            )),
            Cause::NeverStored => page.line("nothing was stored yet: the first call of each argument computes"),
            Cause::InMemory => page.line("results stay in memory: each process computes them once"),
            Cause::Expired { entries } => page.line(format_args!(
                "{} {} than its `expiry`",
                paint(WARN, "expired:"),
                format_args!("{} older", results(*entries))
            )),
            Cause::MayExpire => page.line(paint(DIM, "only the program knows when results expire (`expiry` or `should_expire` is no plain number)")),
            Cause::Damaged { entries, reason } => page.line(format_args!(
                "{} {} can't be read: {}; they are computed anew when they are asked for",
                paint(BAD, "damaged:"),
                results(*entries),
                output::clean(reason)
            )),
            Cause::Format { entries } => page.line(format_args!(
                "{} {} in the format of a newer version; update checkpointer-runtime to use them",
                paint(WARN, "format:"),
                results(*entries)
            )),
            Cause::Argument { call_hash, others } => page.line(format_args!(
                "{} no call with these arguments (call hash {}) was stored; {} of other arguments are there",
                paint(BAD, "another argument:"),
                call_hash.get(..8).unwrap_or_default(),
                results(*others)
            )),
            Cause::Stored { call_hash, stored } => page.line(format_args!(
                "{} the result of this call (call hash {}) was stored {}",
                paint(GOOD, "up to date:"),
                call_hash.get(..8).unwrap_or_default(),
                stored.map(|stored| ago(stored, self.now)).unwrap_or_default()
            )),
            Cause::Version => page.line(paint(DIM, "its `version` stands for its code: edits alone recompute nothing")),
        }
    }

    /// As many changes as there is room for, and the names of some of the others.
    fn changes(&self, changes: &[Shown], page: &mut Page) {
        if changes.is_empty() {
            page.line("nothing that it reaches differs; something beside its items does (a merged row, or another target)");
        }
        for (at, change) in changes.iter().enumerate() {
            let drawn = change.human();
            let used = page.0.lines().count();
            let is_last = at + 1 == changes.len();
            // A line for the names of the others, and one for other causes.
            let below = usize::from(!is_last) + usize::from(self.causes.len() > 1);
            let room = LINES.saturating_sub(used + below);
            if at > 0 && !self.show_all && drawn.lines().count() > room {
                let names: Vec<String> = changes[at..]
                    .iter()
                    .take(3)
                    .map(|c| c.item.clone())
                    .collect();
                let rest = changes.len() - at;
                let dots = if rest > names.len() { ", …" } else { "" };
                page.line(paint(
                    DIM,
                    format_args!("and {rest} more: {}{dots}", names.join(", ")),
                ));
                return;
            }
            page.0 += &drawn;
        }
    }
}

impl Shown {
    fn human(&self) -> String {
        let mut page = Page::default();
        let way = self.way();
        match &self.hunk {
            Some(hunk) => {
                let title = format!("{} `{}`{way}", self.kind, self.item);
                page.line(excerpt::draw(&self.what, &title, &self.file, hunk));
                if hunk.more > 0 {
                    let more = count(hunk.more as u64, "more changed line", "more changed lines");
                    page.line(paint(DIM, format_args!("   = and {more}")));
                }
            }
            None => {
                let place = match self.file.as_str() {
                    "" => String::new(),
                    file => format!("  {}", paint(DIM, format_args!("{file}:{}", self.line))),
                };
                page.line(format_args!(
                    "  {}{}{place}",
                    paint(NAME, &self.text),
                    output::clean(&way)
                ));
            }
        }
        page.0
    }

    /// The way from the function, by the last parts of the names.
    fn way(&self) -> String {
        if self.path.len() < 2 {
            return String::new();
        }
        let short = |id: &String| id.rsplit("::").next().unwrap_or(id).to_owned();
        let names: Vec<String> = self.path.iter().map(short).collect();
        match names.len() {
            ..=6 => format!(", by {}", names.join(" → ")),
            _ => format!(
                ", by {} → … → {}",
                names[..3].join(" → "),
                names[names.len() - 2..].join(" → ")
            ),
        }
    }
}
