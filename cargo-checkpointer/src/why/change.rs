//! One change of code: found, said in a sentence, and drawn.

use schemars::JsonSchema;
use serde::Serialize;

use crate::difference::{self, Change, Version, What};
use crate::excerpt::{self, Hunk};
use crate::history::{History, Past};
use crate::model::{Function, Model};
use crate::output::{self, DIM, NAME, Page, count, paint};

/// A change as it is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// The item's id.
    pub(super) item: String,
    /// Its kind, such as `fn`; `setting` for what counts for every function.
    kind: String,
    /// What happened to it: `edited`, `added`, `removed`, `means`, `updated`, `content` or `setting`.
    what: String,
    /// In a sentence.
    pub(super) text: String,
    /// Its file, relative to the workspace's root; empty where it has none.
    pub(super) file: String,
    /// The line of the first difference, from 1; 0 where it has none.
    pub(super) line: u32,
    /// From the function to the item.
    pub(super) path: Vec<String>,
    /// The first differing lines as they were, if the old source is at hand.
    before: Vec<String>,
    /// The same lines as they are.
    now: Vec<String>,
    #[serde(skip)]
    hunk: Option<Hunk>,
}

/// What differs between code of the past and the code as it is.
pub(super) fn changes(
    model: &Model,
    history: &History,
    function: &Function,
    past: &Past<'_>,
) -> Vec<Shown> {
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

impl Shown {
    pub(super) fn human(&self) -> String {
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
