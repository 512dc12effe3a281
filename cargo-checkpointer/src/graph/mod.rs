//! `cargo checkpointer graph`: the dependency graph, as a page for a browser or as text for other tools.

mod html;
mod layout;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::{Context as _, bail};
use schemars::JsonSchema;
use serde::Serialize;

use crate::history::History;
use crate::model::{Function, Model};
use crate::output::{self, Format, Page, Report};
use crate::why::Answer;

/// The options of `graph`.
#[derive(clap::Args)]
pub(crate) struct Graph {
    /// Only what this function reaches: its path, or the end of it
    function: Option<String>,
    /// The file to write [default: stdout; a page that would go to a terminal goes to target/checkpointer/graph.html]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A graph of items.
#[derive(Default, Serialize, JsonSchema)]
pub(crate) struct Drawing {
    /// Sorted by id.
    nodes: Vec<Node>,
    /// From a node to one that it depends on directly, by their places.
    edges: Vec<(u32, u32)>,
    /// The ways from functions with invalidated results to what changed, as edges.
    lit: Vec<(u32, u32)>,
    /// The function that was asked for, by its place.
    focus: Option<u32>,
}

/// An item.
#[derive(Default, Serialize, JsonSchema)]
struct Node {
    /// Its id.
    id: String,
    /// The module that it stands in; `packages`, `files` or `environment` for what is no code.
    module: String,
    /// Its kind, such as `fn`.
    kind: String,
    /// Its file, relative to its package's root; empty where it has none.
    file: String,
    /// Its line, from 1; 0 where it has none.
    line: u32,
    /// Whether it is a checkpointed function.
    checkpointed: bool,
    /// Stored results of a checkpointed function.
    entries: u64,
    /// Why it is stale, or what changed of it; empty where nothing is.
    stale: String,
}

impl Graph {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        let Some(model) = Model::asked_for::<Drawing>(options)? else {
            return Ok(());
        };
        let functions: Vec<&Function> = match &self.function {
            Some(name) => model.find(name)?,
            None => model.functions.iter().collect(),
        };
        let drawing = draw(&model, &functions, self.function.is_some());
        let text = match options.format {
            Format::Human | Format::Html => html::page(&drawing, &title(&model)),
            Format::Dot => text::dot(&drawing),
            Format::Mermaid => text::mermaid(&drawing),
            Format::Json => return output::print(Format::Json, &drawing),
            Format::Markdown | Format::Schema => {
                bail!("a graph has no such form; use html, dot, mermaid or json")
            }
        };
        let is_page = matches!(options.format, Format::Human | Format::Html);
        let file = match self.output {
            Some(file) => file,
            None if is_page && std::io::stdout().is_terminal() => {
                model.workspace.cache().join("graph.html")
            }
            None => return output::write_out(&text),
        };
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)
                .with_context(|| format!("can't make {}", folder.display()))?;
        }
        std::fs::write(&file, text)
            .with_context(|| format!("can't write {}; give another --output", file.display()))?;
        output::write_out(&format!("{}\n", file.display()))
    }
}

fn title(model: &Model) -> String {
    let names: Vec<String> = model
        .analysed
        .iter()
        .map(|one| one.package.name.clone())
        .collect();
    output::Listed(&names).to_string()
}

/// The items that these functions reach, of all packages together.
fn draw(model: &Model, functions: &[&Function], is_asked: bool) -> Drawing {
    let mut nodes: BTreeMap<String, Node> = BTreeMap::new();
    let mut edges: Vec<(String, String)> = Vec::new();
    for function in functions {
        let state = &model.inspection(function).state;
        let Some(root) = state.roots_of(&function.id).next() else {
            continue;
        };
        for at in &root.closure {
            let item = state.item(*at);
            for dep in item
                .deps
                .iter()
                .filter(|dep| root.closure.binary_search(dep).is_ok())
            {
                edges.push((item.id.clone(), state.item(*dep).id.clone()));
            }
            nodes.entry(item.id.clone()).or_insert_with(|| Node {
                module: module(&item.id, &item.kind, |id| state.find(id).is_some()),
                id: item.id.clone(),
                kind: item.kind.clone(),
                file: state
                    .file(item)
                    .map(|file| file.path.clone())
                    .unwrap_or_default(),
                line: item.line,
                ..Node::default()
            });
        }
    }
    let mut lit = Vec::new();
    mark_stale(model, functions, &mut nodes, &mut lit);
    let places: HashMap<&str, u32> = nodes
        .keys()
        .enumerate()
        .map(|(at, id)| (id.as_str(), at as u32))
        .collect();
    let places_of = |pairs: &[(String, String)]| {
        let mut placed: Vec<(u32, u32)> = pairs
            .iter()
            .filter_map(|(from, to)| Some((*places.get(from.as_str())?, *places.get(to.as_str())?)))
            .collect();
        placed.sort_unstable();
        placed.dedup();
        placed
    };
    let lit = places_of(&lit);
    edges.extend(lit.iter().filter_map(|(from, to)| {
        let id = |at: &u32| nodes.keys().nth(*at as usize).cloned();
        Some((id(from)?, id(to)?))
    }));
    Drawing {
        edges: places_of(&edges),
        lit,
        focus: match functions {
            [only, ..] if is_asked => places.get(only.id.as_str()).copied(),
            _ => None,
        },
        nodes: nodes.into_values().collect(),
    }
}

/// Marks functions whose results are no longer used, and what changed, and gives the ways between them.
fn mark_stale(
    model: &Model,
    functions: &[&Function],
    nodes: &mut BTreeMap<String, Node>,
    lit: &mut Vec<(String, String)>,
) {
    let mut history = History::open(&model.workspace, &model.analysed, &model.store);
    for function in functions {
        let (current, stale) = (function.current(), function.stale());
        if let Some(node) = nodes.get_mut(&function.id) {
            node.checkpointed = true;
            node.entries = current.entries + stale.entries;
        }
        if current.entries > 0 || stale.entries == 0 {
            continue;
        }
        let answer = Answer::of(model, &mut history, function);
        if let Some(node) = nodes.get_mut(&function.id) {
            node.stale = format!("{} results of older code", stale.entries);
        }
        for (id, text, path) in answer.changed() {
            if let Some(node) = nodes.get_mut(id) {
                node.stale = text.to_owned();
            }
            lit.extend(
                path.windows(2)
                    .map(|pair| (pair[0].clone(), pair[1].clone())),
            );
        }
    }
}

/// The module around an item: its id without its own name, its type's and its impl's.
fn module(id: &str, kind: &str, is_item: impl Fn(&str) -> bool) -> String {
    match kind {
        "package" => return "packages".to_owned(),
        "file" => return "files".to_owned(),
        "env" => return "environment".to_owned(),
        _ => {}
    }
    let mut rest = without_last(id);
    while let Some(around) = rest
        && (is_item(around) || around.ends_with('>'))
    {
        rest = without_last(around);
    }
    rest.unwrap_or_else(|| id.split("::").next().unwrap_or(id))
        .to_owned()
}

/// A path without its last part, whatever stands in angle brackets.
fn without_last(path: &str) -> Option<&str> {
    let mut depth = 0i32;
    let bytes = path.as_bytes();
    for at in (1..bytes.len()).rev() {
        match bytes[at] {
            b'>' if bytes[at - 1] != b'-' => depth += 1,
            b'<' => depth -= 1,
            b':' if depth == 0 && bytes[at - 1] == b':' => return Some(&path[..at - 1]),
            _ => {}
        }
    }
    None
}

impl Report for Drawing {
    const COMMAND: &'static str = "graph";

    fn human(&self, page: &mut Page) {
        page.line(text::dot(self));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_belongs_to_the_module_around_its_type() {
        let is_item = |id: &str| id == "a::b::Model";
        let of = |id: &str| module(id, "fn", is_item);
        assert_eq!(of("a::b::f"), "a::b");
        assert_eq!(of("a::b::Model::fit"), "a::b");
        assert_eq!(of("a::b::<Model<x::Y> as c::Fit>::fit"), "a::b");
        assert_eq!(of("a"), "a");
        assert_eq!(module("serde 1.0.0", "package", is_item), "packages");
    }
}
