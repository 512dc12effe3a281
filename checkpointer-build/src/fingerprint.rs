//! Hashes: of an item by its own tokens and what its names mean, and of a function by everything
//! that it reaches. `docs/hashing.md` is the specification; its version is [`HASH_VERSION`].
//!
//! An item's *deep* hash covers its tokens and the deep hashes of what its names mean, so that
//! swapping two imports shows even where the set of reachable items stays the same. Items that
//! name each other in a circle are told apart by refining colours until no more can be told apart
//! (the partition refinement of J. Hopcroft, "An n log n algorithm for minimizing states in a
//! finite automaton", 1971, with hashes for colours).

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;

use crate::edges::Meaning;
use crate::graph::{Graph, Outside};
use crate::map::{HashMap, HashSet};
use crate::numbered::Bits;
use crate::reach::Closure;
use crate::symbol::Symbol;
use crate::twins::twins;
use crate::ty::NodeId;
use crate::world::{Crate, Kind, World};

/// The version of the hash's definition; it is part of every hash.
pub(crate) const HASH_VERSION: u32 = 2;

pub(crate) type Digest = [u8; 32];

/// The hashes of all items that were asked for.
#[derive(Default)]
pub(crate) struct Hashes {
    /// Own tokens and what the names mean, one step deep.
    pub(crate) own: HashMap<NodeId, Digest>,
    /// Own tokens alone.
    pub(crate) tokens: HashMap<NodeId, Digest>,
    /// Statics left out.
    deep: Deep,
    /// Statics included.
    deep_capture: Deep,
    salts: Vec<String>,
    /// Code and capture hashes that were asked for.
    roots: RefCell<HashMap<NodeId, (Digest, Digest)>>,
    /// What the closures met last come to, since many types have one.
    met: RefCell<Vec<(Rc<Closure>, Reached)>>,
}

/// How many of those are remembered.
const MET: usize = 16;

/// Which of the two hashes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Statics {
    Out,
    In,
}

impl Hashes {
    /// Hashes all these items; the set must hold whatever they reach.
    pub(crate) fn of(
        graph: &Graph<'_, '_, '_>,
        nodes: &[NodeId],
        ids: &[String],
        salts: Vec<String>,
    ) -> Self {
        let mut labels: HashMap<NodeId, Vec<(Symbol, Label)>> = HashMap::default();
        let mut open: Vec<NodeId> = nodes.to_vec();
        while let Some(id) = open.pop() {
            if labels.contains_key(&id) {
                continue;
            }
            let found = labels_of(graph, id);
            open.extend(found.iter().filter_map(|(_, label)| label.node()));
            labels.insert(id, found);
        }
        let mut all: Vec<NodeId> = labels.keys().copied().collect();
        all.sort_unstable();
        let twins = twins(graph.program.world);
        let place = |id: NodeId| twins.contains(&id).then(|| ids[id.0 as usize].as_str());
        let shallow: HashMap<NodeId, Digest> = all
            .iter()
            .map(|id| (*id, shallow(graph, *id, place(*id))))
            .collect();
        let targets = |id: NodeId| {
            labels[&id]
                .iter()
                .filter_map(|(_, label)| label.node())
                .collect::<Vec<_>>()
        };
        let components = Graph::components(&all, targets);
        let mut hashes = Hashes {
            salts,
            ..Hashes::default()
        };
        for id in &all {
            hashes
                .own
                .insert(*id, mix(&shallow[id], &labels[id], &shallow));
        }
        for statics in [Statics::Out, Statics::In] {
            let mut done: HashMap<NodeId, Digest> = HashMap::default();
            for component in &components {
                refine(
                    graph.program.world,
                    component,
                    &labels,
                    &shallow,
                    statics,
                    &mut done,
                );
            }
            match statics {
                Statics::Out => hashes.deep = Deep::new(done),
                Statics::In => hashes.deep_capture = Deep::new(done),
            }
        }
        hashes.tokens = shallow;
        hashes
    }

    /// The code hash alone.
    pub(crate) fn code(&self, root: NodeId, closure: &Rc<Closure>) -> Digest {
        let mut met = self.met.borrow_mut();
        let known = met.iter().position(|(of, _)| Rc::ptr_eq(of, closure));
        let at = known.unwrap_or_else(|| {
            if met.len() == MET {
                met.remove(0);
            }
            let reached = Reached::of(&self.deep, &closure.nodes);
            met.push((Rc::clone(closure), reached));
            met.len() - 1
        });
        over(&self.salts, &self.deep, root, &met[at].1)
    }

    /// A root's code hash and capture hash, over its closure.
    pub(crate) fn root(&self, root: NodeId, closure: &[NodeId]) -> (Digest, Digest) {
        if let Some(known) = self.roots.borrow().get(&root) {
            return *known;
        }
        let both = (
            over(
                &self.salts,
                &self.deep,
                root,
                &Reached::of(&self.deep, closure),
            ),
            over(
                &self.salts,
                &self.deep_capture,
                root,
                &Reached::of(&self.deep_capture, closure),
            ),
        );
        self.roots.borrow_mut().insert(root, both);
        both
    }
}

/// The deep hashes of all items, and each one's place in the order of their bytes.
#[derive(Default)]
struct Deep {
    sorted: Vec<Digest>,
    /// By number of the item.
    places: Vec<Option<u32>>,
}

impl Deep {
    fn new(deep: HashMap<NodeId, Digest>) -> Self {
        let mut order: Vec<(Digest, NodeId)> =
            deep.into_iter().map(|(id, digest)| (digest, id)).collect();
        order.sort_unstable();
        let mut all = Deep::default();
        for (digest, id) in order {
            if all.sorted.last() != Some(&digest) {
                all.sorted.push(digest);
            }
            let at = id.0 as usize;
            if at >= all.places.len() {
                all.places.resize(at + 1, None);
            }
            all.places[at] = Some(all.sorted.len() as u32 - 1);
        }
        all
    }
}

fn over(salts: &[String], deep: &Deep, root: NodeId, reached: &Reached) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"checkpointer code hash");
    hasher.update(&HASH_VERSION.to_le_bytes());
    hasher.update(&(salts.len() as u64).to_le_bytes());
    for salt in salts {
        text(&mut hasher, salt);
    }
    let own = deep.places[root.0 as usize].expect("a root is hashed");
    hasher.update(&deep.sorted[own as usize]);
    hasher.update(&(reached.count as u64).to_le_bytes());
    hasher.update(&reached.bytes);
    *hasher.finalize().as_bytes()
}

/// The different deep hashes of a closure in the order of their bytes.
struct Reached {
    count: usize,
    bytes: Vec<u8>,
}

impl Reached {
    fn of(deep: &Deep, closure: &[NodeId]) -> Self {
        let mut places = Bits::default();
        for id in closure {
            if let Some(Some(place)) = deep.places.get(id.0 as usize) {
                places.insert(*place);
            }
        }
        let places = places.sorted();
        let mut bytes = Vec::with_capacity(places.len() * 32);
        for place in &places {
            bytes.extend_from_slice(&deep.sorted[*place as usize]);
        }
        Reached {
            count: places.len(),
            bytes,
        }
    }
}

/// What a name in an item's tokens leads to.
#[derive(Clone, Copy, Debug)]
enum Label {
    Node(NodeId),
    /// A variant, by its name.
    Variant(NodeId, Symbol),
    Foreign(Symbol),
}

impl Label {
    fn node(&self) -> Option<NodeId> {
        match self {
            Label::Node(node) | Label::Variant(node, _) => Some(*node),
            Label::Foreign(_) => None,
        }
    }
}

fn labels_of(graph: &Graph<'_, '_, '_>, id: NodeId) -> Vec<(Symbol, Label)> {
    let Some(edges) = graph.edges(id) else {
        return Vec::new();
    };
    let world = graph.program.world;
    let mut labels: Vec<(Symbol, Label)> = Vec::new();
    for (name, meaning) in &edges.meanings {
        let label = match meaning {
            Meaning::Node(node) => Label::Node(*node),
            Meaning::Variant(node, at) => Label::Variant(*node, variant_name(world, *node, *at)),
            Meaning::Foreign(path, _) | Meaning::Text(path) => Label::Foreign(*path),
        };
        labels.push((*name, label));
    }
    let node = world.node(id);
    for path in &edges.files {
        let name = file_name(world.krate(node.krate), path);
        let file = graph.outside_node(Outside::File(path.clone()));
        labels.push((Symbol::new(&format!("<file {name}>")), Label::Node(file)));
    }
    if let Some(parent) = node.parent {
        labels.push((Symbol::new("<parent>"), Label::Node(parent)));
    }
    if let Some(definition) = node.made_by
        && world.node(definition).kind != Kind::Call
    {
        labels.push((Symbol::new("<made by>"), Label::Node(definition)));
    }
    labels
}

/// A file as an item names it, whatever folder the package or its OUT_DIR lies in: which of two files has which content
/// counts.
fn file_name(krate: &Crate, path: &Path) -> String {
    let out = krate.env.get("OUT_DIR").map(Path::new);
    let below = [Some(krate.dir.as_path()), out]
        .into_iter()
        .flatten()
        .find_map(|folder| path.strip_prefix(folder).ok());
    let shown = below.unwrap_or_else(|| path.file_name().map_or(path, Path::new));
    shown.to_string_lossy().replace('\\', "/")
}

fn variant_name(world: &World<'_>, node: NodeId, at: u32) -> Symbol {
    match world.node(node).item().map(|item| &item.kind) {
        Some(crate::ir::ItemKind::Enum(data)) => data
            .variants
            .get(at as usize)
            .map_or_else(|| Symbol::new(""), |variant| variant.name),
        _ => Symbol::new(""),
    }
}

/// An item's own tokens, or what stands for them outside of the code.
fn shallow(graph: &Graph<'_, '_, '_>, id: NodeId, place: Option<&str>) -> Digest {
    let mut hasher = blake3::Hasher::new();
    let world = graph.program.world;
    match graph.outside(id) {
        Some(Outside::Package(package)) => {
            text(&mut hasher, "package");
            if let Some(info) = world.packages.get(package.0 as usize) {
                hasher.update(&info.hash);
            }
        }
        Some(Outside::File(path)) => {
            text(&mut hasher, "file");
            match std::fs::read(&path) {
                Ok(bytes) => hasher.update(blake3::hash(&bytes).as_bytes()),
                Err(_) => hasher.update(b"missing"),
            };
        }
        Some(Outside::Variable(name, value)) => {
            text(&mut hasher, "env");
            text(&mut hasher, &name);
            if !is_path_variable(&name) {
                match value {
                    Some(value) => text(&mut hasher, &value),
                    None => {
                        hasher.update(b"unset");
                    }
                }
            }
        }
        None => {
            let node = world.node(id);
            text(&mut hasher, node.kind.name());
            hasher.update(&node.tokens());
            if let Some(place) = place {
                text(&mut hasher, place);
            }
        }
    }
    *hasher.finalize().as_bytes()
}

/// Cargo's variables that hold a path of this machine: they count by name only.
pub(crate) fn is_path_variable(name: &str) -> bool {
    matches!(
        name,
        "CARGO_MANIFEST_DIR"
            | "CARGO_MANIFEST_PATH"
            | "OUT_DIR"
            | "CARGO"
            | "CARGO_HOME"
            | "CARGO_TARGET_DIR"
            | "CARGO_TARGET_TMPDIR"
            | "CARGO_RUSTC_CURRENT_DIR"
    ) || name.starts_with("CARGO_BIN_EXE_")
}

/// One colour from a starting one and what the labels lead to.
fn mix(start: &Digest, labels: &[(Symbol, Label)], of: &HashMap<NodeId, Digest>) -> Digest {
    let mut hasher = blake3::Hasher::new();
    hasher.update(start);
    let mut parts: Vec<Vec<u8>> = Vec::with_capacity(labels.len());
    for (name, label) in labels {
        let mut part = Vec::with_capacity(96);
        part.extend_from_slice(&(name.len() as u32).to_le_bytes());
        part.extend_from_slice(name.as_bytes());
        match label {
            Label::Node(node) => {
                part.push(b'n');
                part.extend_from_slice(&of[node]);
            }
            Label::Variant(node, variant) => {
                part.push(b'v');
                part.extend_from_slice(&of[node]);
                part.extend_from_slice(variant.as_bytes());
            }
            Label::Foreign(path) => {
                part.push(b'f');
                part.extend_from_slice(path.as_bytes());
            }
        }
        parts.push(part);
    }
    parts.sort_unstable();
    parts.dedup();
    hasher.update(&(parts.len() as u32).to_le_bytes());
    for part in parts {
        hasher.update(&(part.len() as u32).to_le_bytes());
        hasher.update(&part);
    }
    *hasher.finalize().as_bytes()
}

/// The deep hashes of one component, all that it leads to being done.
fn refine(
    world: &World<'_>,
    component: &[NodeId],
    labels: &HashMap<NodeId, Vec<(Symbol, Label)>>,
    shallow: &HashMap<NodeId, Digest>,
    statics: Statics,
    done: &mut HashMap<NodeId, Digest>,
) {
    let left_out = |id: NodeId| {
        statics == Statics::Out
            && (id.0 as usize) < world.nodes.len()
            && world.node(id).kind == Kind::Static
    };
    let inside: HashSet<NodeId> = component.iter().copied().collect();
    let circular = |id: NodeId| {
        labels[&id]
            .iter()
            .any(|(_, label)| label.node().is_some_and(|n| inside.contains(&n)))
    };
    for id in component {
        // Which static a name means still counts.
        let start = if left_out(*id) {
            *blake3::hash(format!("static {}", world.node(*id).name).as_bytes()).as_bytes()
        } else {
            shallow[id]
        };
        done.insert(*id, start);
    }
    if let [only] = component
        && !circular(*only)
    {
        if !left_out(*only) {
            let digest = mix(&shallow[only], &labels[only], done);
            done.insert(*only, digest);
        }
        return;
    }
    let mut classes = 0;
    loop {
        let next: Vec<(NodeId, Digest)> = component
            .iter()
            .filter(|id| !left_out(**id))
            .map(|id| (*id, mix(&done[id], &labels[id], done)))
            .collect();
        done.extend(next);
        let colours: HashSet<&Digest> = component.iter().map(|id| &done[id]).collect();
        if colours.len() <= classes {
            return;
        }
        classes = colours.len();
    }
}

fn text(hasher: &mut blake3::Hasher, text: &str) {
    hasher.update(&(text.len() as u64).to_le_bytes());
    hasher.update(text.as_bytes());
}

/// Lower-case hexadecimal.
pub(crate) fn hex(digest: &Digest) -> String {
    blake3::Hash::from_bytes(*digest).to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_salts_are_not_one_that_reads_like_both() {
        let deep = Deep::new(HashMap::from_iter([(NodeId(0), [7; 32])]));
        let hash = |salts: &[&str]| {
            let salts: Vec<String> = salts.iter().map(|salt| (*salt).to_owned()).collect();
            over(&salts, &deep, NodeId(0), &Reached::of(&deep, &[NodeId(0)]))
        };
        assert_ne!(hash(&["a", "b"]), hash(&["a\0b"]));
        assert_ne!(hash(&["", "ab"]), hash(&["ab", ""]));
        assert_ne!(hash(&[]), hash(&[""]));
        assert_eq!(hash(&["a", "b"]), hash(&["a", "b"]));
    }
}
