//! The JSON of `checkpointer.json` and `cargo checkpointer analyze`, as DESIGN fixes it.
//!
//! With every function as a root the closures are by far the most of it: items are numbers until
//! they are written, and each id is escaped once.

use std::io::{self, Write};

use serde::Serialize;

use crate::ty::NodeId;
use crate::world::Unseen;

/// The version of the JSON's shape.
pub(crate) const SCHEMA: u32 = 1;

/// All items.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    pub(crate) ids: Ids,
    /// In the order of their ids.
    pub(crate) items: Vec<Item>,
}

/// The place of an id among all that are written, in the order of their texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank(u32);

/// The ids that are written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ids {
    /// By node.
    ranks: Vec<Rank>,
    /// As JSON writes them, by rank.
    escaped: Vec<String>,
}

impl Ids {
    /// The ids of these nodes.
    pub(crate) fn new(names: impl Iterator<Item = (NodeId, String)>) -> Self {
        let mut names: Vec<(String, NodeId)> = names.map(|(node, name)| (name, node)).collect();
        names.sort_unstable();
        let mut ids = Ids::default();
        let mut last: Option<String> = None;
        for (name, node) in names {
            if last.as_ref() != Some(&name) {
                // Strings always serialize.
                ids.escaped
                    .push(serde_json::to_string(&name).unwrap_or_default());
                last = Some(name);
            }
            let at = node.0 as usize;
            if ids.ranks.len() <= at {
                ids.ranks.resize(at + 1, Rank::default());
            }
            ids.ranks[at] = Rank(ids.escaped.len() as u32 - 1);
        }
        ids
    }

    pub(crate) fn rank(&self, node: NodeId) -> Rank {
        self.ranks.get(node.0 as usize).copied().unwrap_or_default()
    }

    /// The ranks of some nodes, sorted, each once.
    pub(crate) fn ranks<'n>(&self, nodes: impl IntoIterator<Item = &'n NodeId>) -> Vec<Rank> {
        let mut ranks: Vec<Rank> = nodes.into_iter().map(|node| self.rank(*node)).collect();
        ranks.sort_unstable();
        ranks.dedup();
        ranks
    }

    fn escaped(&self, rank: Rank) -> &[u8] {
        self.escaped[rank.0 as usize].as_bytes()
    }
}

/// One item.
#[derive(Clone, Debug, Default)]
pub(crate) struct Item {
    pub(crate) id: Rank,
    pub(crate) kind: &'static str,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
    pub(crate) package: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) own_hash: String,
    pub(crate) deps: Vec<Rank>,
    /// What only functions have.
    pub(crate) root: Option<Root>,
}

/// What a function has beside what every item has.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) hash: String,
    pub(crate) capture_hash: String,
    pub(crate) statics: Vec<Rank>,
    pub(crate) closure: Vec<Rank>,
    pub(crate) unresolved: Vec<Place>,
    pub(crate) impure: Vec<Place>,
    pub(crate) switches: Vec<String>,
}

/// Something that can't be seen, or is read of the outside world.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) reason: String,
}

impl Place {
    pub(crate) fn of(unseen: &Unseen) -> Self {
        Place {
            file: unseen.file.clone(),
            line: unseen.line,
            column: unseen.column,
            reason: unseen.reason.clone(),
        }
    }
}

impl Report {
    /// One item a line, so that a change of one is a change of one line.
    pub(crate) fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{{\"schema\": {SCHEMA}, \"items\": [")?;
        for (at, item) in self.items.iter().enumerate() {
            out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
            self.write_item(item, out)?;
        }
        out.write_all(b"\n]}\n")
    }

    fn write_item(&self, item: &Item, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"{\"id\":")?;
        out.write_all(self.ids.escaped(item.id))?;
        field(out, "kind", item.kind)?;
        field(out, "file", &item.file)?;
        field(out, "line", &item.line)?;
        field(out, "end_line", &item.end_line)?;
        if let Some(package) = &item.package {
            field(out, "package", package)?;
        }
        if let Some(target) = &item.target {
            field(out, "target", target)?;
        }
        field(out, "own_hash", &item.own_hash)?;
        if let Some(root) = &item.root {
            field(out, "hash", &root.hash)?;
            field(out, "capture_hash", &root.capture_hash)?;
            self.write_ids("statics", &root.statics, out)?;
        }
        self.write_ids("deps", &item.deps, out)?;
        if let Some(root) = &item.root {
            self.write_ids("closure", &root.closure, out)?;
            field(out, "unresolved", &root.unresolved)?;
            field(out, "impure", &root.impure)?;
            if !root.switches.is_empty() {
                field(out, "switches", &root.switches)?;
            }
        }
        out.write_all(b"}")
    }

    fn write_ids(&self, name: &str, ranks: &[Rank], out: &mut dyn Write) -> io::Result<()> {
        write!(out, ",\"{name}\":[")?;
        for (at, rank) in ranks.iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            out.write_all(self.ids.escaped(*rank))?;
        }
        out.write_all(b"]")
    }
}

fn field<T: Serialize + ?Sized>(out: &mut dyn Write, name: &str, value: &T) -> io::Result<()> {
    write!(out, ",\"{name}\":")?;
    serde_json::to_writer(out, value).map_err(io::Error::from)
}
