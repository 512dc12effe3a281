//! The analysis as a state that can be compared with those of other builds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use checkpointer_syntax::state::{File, Item, Root, Salt, State, content_digest};

use super::{Request, Writer};
use crate::fingerprint::{Digest, HASH_VERSION};
use crate::map::HashMap;
use crate::reach::Closure;
use crate::ty::NodeId;
use crate::world::FileId;

/// A state, and where its files lie on this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Without the files' digests until [`Record::read_files`].
    pub(crate) state: State,
    /// In the order of the state's files.
    pub(crate) paths: Vec<PathBuf>,
}

impl Record {
    /// Reads the source files and takes in their digests. Gives their contents; nothing for one that can't be read.
    pub(crate) fn read_files(&mut self) -> Vec<Option<Vec<u8>>> {
        let read = |(file, path): (&mut File, &PathBuf)| {
            let text = std::fs::read(path).ok()?;
            file.digest = content_digest(&text);
            Some(text)
        };
        self.state
            .files
            .iter_mut()
            .zip(&self.paths)
            .map(read)
            .collect()
    }
}

/// What counts for every function, by name and hash. The texts themselves may be nobody's business.
pub(super) fn salts(salts: &[String], request: &Request) -> Vec<Salt> {
    let named = |(at, text): (usize, &String)| {
        let name = if at >= request.salts.len() {
            text.rsplit_once(' ')
                .map_or(text.as_str(), |(name, _)| name)
        } else if text.starts_with("target ") {
            "target"
        } else if text.starts_with("toolchain ") {
            "toolchain"
        } else {
            "salt"
        };
        Salt {
            name: name.to_owned(),
            hash: short(blake3::hash(text.as_bytes()).as_bytes()),
        }
    };
    salts.iter().enumerate().map(named).collect()
}

fn short(digest: &Digest) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

impl Writer<'_, '_, '_, '_> {
    /// The state of everything that is reached.
    pub(super) fn record(&self, closures: &[(NodeId, Rc<Closure>)], reached: &[NodeId]) -> Record {
        let mut record = Record::default();
        record.state.hash_version = HASH_VERSION;
        let mut order: Vec<(String, NodeId)> =
            reached.iter().map(|id| (self.id(*id), *id)).collect();
        order.sort_unstable();
        let places: HashMap<NodeId, u32> = order
            .iter()
            .enumerate()
            .map(|(at, (_, id))| (*id, at as u32))
            .collect();
        let files = self.files_of(reached, &mut record);
        let digest = |map: &HashMap<NodeId, Digest>, id: &NodeId| map.get(id).map_or(0, short);
        for (name, id) in &order {
            let (kind, _, line) = self.place(*id);
            let is_outside = self.graph.outside(*id).is_some();
            let end_line = match is_outside {
                true => line,
                false => self.world.node(*id).end_line.max(line),
            };
            let mut deps: Vec<u32> = self
                .direct(*id)
                .iter()
                .filter_map(|dep| places.get(dep).copied())
                .collect();
            deps.sort_unstable();
            record.state.items.push(Item {
                id: name.clone(),
                kind: kind.name().to_owned(),
                tokens: digest(&self.hashes.tokens, id),
                meaning: digest(&self.hashes.own, id),
                file: (!is_outside)
                    .then(|| files.get(&self.world.node(*id).file).copied())
                    .flatten(),
                line,
                end_line,
                deps,
            });
        }
        for (root, closure) in closures {
            let (code, capture) = self.hashes.root(*root, &closure.nodes);
            let mut reached: Vec<u32> = closure
                .nodes
                .iter()
                .filter_map(|id| places.get(id).copied())
                .collect();
            reached.sort_unstable();
            reached.dedup();
            record.state.roots.push(Root {
                item: places.get(root).copied().unwrap_or_default(),
                target: self
                    .world
                    .krate(self.world.node(*root).krate)
                    .target
                    .clone(),
                code_hash: short(&code).to_le_bytes(),
                capture_hash: short(&capture).to_le_bytes(),
                closure: reached,
            });
        }
        record.state.roots.sort_by(|a, b| {
            (a.item, &a.target, a.code_hash).cmp(&(b.item, &b.target, b.code_hash))
        });
        record
    }

    /// The files of these items, sorted, and each one's place among them.
    fn files_of(&self, reached: &[NodeId], record: &mut Record) -> HashMap<FileId, u32> {
        let mut files: BTreeMap<File, (PathBuf, Vec<FileId>)> = BTreeMap::new();
        for id in reached {
            if self.graph.outside(*id).is_some() {
                continue;
            }
            let node = self.world.node(*id);
            let info = self.world.file(node.file);
            let key = File {
                package: self.world.krate(node.krate).package.clone(),
                path: info.shown.clone(),
                digest: [0; 16],
            };
            let (_, ids) = files
                .entry(key)
                .or_insert_with(|| (info.path.clone(), Vec::new()));
            if !ids.contains(&node.file) {
                ids.push(node.file);
            }
        }
        let mut places = HashMap::default();
        for (at, (file, (path, ids))) in files.into_iter().enumerate() {
            record.state.files.push(file);
            record.paths.push(path);
            places.extend(ids.into_iter().map(|id| (id, at as u32)));
        }
        places
    }
}
