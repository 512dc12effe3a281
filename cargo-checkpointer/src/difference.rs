//! What differs between two versions of a function's code: which items, and how the function reaches them.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use checkpointer_build::State;
use checkpointer_syntax::state::{Item, Root};

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The item's id, as it is now; as it was if it is gone.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) kind: String,
    /// What happened to it.
    pub(crate) what: What,
    /// The file, relative to its package's root; empty for what has none.
    pub(crate) file: String,
    /// The line, from 1; 0 without a file.
    pub(crate) line: u32,
    /// From the function to the item, both included.
    pub(crate) path: Vec<String>,
}

/// What happened to an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Its own tokens are other ones.
    Edited,
    /// It was not reached before: written since, or used since.
    Added,
    /// It is not reached any more.
    Removed,
    /// A name in it means something else.
    Means {
        /// What it meant before and does not any more.
        before: Vec<String>,
        /// What it means now and did not before.
        now: Vec<String>,
    },
    /// A package has another version.
    Updated {
        /// The version before.
        before: String,
        /// The version now.
        now: String,
    },
    /// A package is the same version with other features or content; a file or variable has another content.
    Content,
    /// Something that counts for every function: a salt, a tracked file, the toolchain.
    Salt,
    /// The definition of the hash.
    HashVersion,
}

/// A version of a function's code.
#[derive(Clone, Copy)]
pub(crate) struct Version<'s> {
    /// The build's state.
    pub(crate) state: &'s State,
    /// The function in it.
    pub(crate) root: &'s Root,
    /// Whether statics count.
    pub(crate) captures: bool,
}

impl<'s> Version<'s> {
    /// The items that count, by id.
    fn items(self) -> HashMap<&'s str, &'s Item> {
        let items = self.root.closure.iter().map(|at| self.state.item(*at));
        items
            .filter(|item| self.captures || item.kind != "static")
            .map(|item| (item.id.as_str(), item))
            .collect()
    }
}

/// What differs, the nearest to the function first; of what follows from something else nothing is said.
pub(crate) fn changes(before: Version<'_>, now: Version<'_>) -> Vec<Change> {
    let (old, new) = (before.items(), now.items());
    let function = &now.state.item(now.root.item).id;
    let paths_now = Paths::new(now);
    let paths_before = Paths::new(before);
    let mut changes = Vec::new();
    let mut add = |item: &Item, state: &State, what: What, paths: &Paths<'_>| {
        changes.push(Change {
            id: item.id.clone(),
            kind: item.kind.clone(),
            what,
            file: state
                .file(item)
                .map(|file| file.path.clone())
                .unwrap_or_default(),
            line: item.line,
            path: paths.to(&item.id, function),
        });
    };
    let mut edited: HashSet<&str> = HashSet::new();
    let mut ids: Vec<&&str> = old.keys().chain(new.keys()).collect();
    ids.sort_unstable();
    ids.dedup();
    let moved = moved(&old, &new);
    for id in &ids {
        match (old.get(**id), new.get(**id)) {
            (Some(was), Some(is)) if was.tokens != is.tokens => {
                edited.insert(id);
                let what = if is.file.is_some() {
                    What::Edited
                } else {
                    What::Content
                };
                add(is, now.state, what, &paths_now);
            }
            (Some(_), Some(_)) => {}
            (None, Some(is)) if !moved.contains(**id) => {
                edited.insert(id);
                match updated(is, &old, &new) {
                    Some(version) => add(is, now.state, version, &paths_now),
                    None => add(is, now.state, What::Added, &paths_now),
                }
            }
            (Some(was), None) if !moved.contains(**id) => {
                edited.insert(id);
                if updated_to(was, &old, &new).is_none() {
                    add(was, before.state, What::Removed, &paths_before);
                }
            }
            _ => {}
        }
    }
    for id in &ids {
        if let (Some(was), Some(is)) = (old.get(**id), new.get(**id))
            && was.tokens == is.tokens
            && was.meaning != is.meaning
            && let Some(what) = meaning(before.state, was, now.state, is, &edited)
        {
            add(is, now.state, what, &paths_now);
        }
    }
    changes.extend(outer(before.state, now.state, function));
    shorten(changes)
}

/// Items of the same tokens that only moved, under both their ids.
fn moved<'s>(
    old: &HashMap<&'s str, &'s Item>,
    new: &HashMap<&'s str, &'s Item>,
) -> HashSet<&'s str> {
    let mut gone: BTreeMap<(&str, u64), &str> = BTreeMap::new();
    for (id, item) in old {
        if !new.contains_key(id) && item.file.is_some() {
            gone.insert((&item.kind, item.tokens), id);
        }
    }
    let mut moved = HashSet::new();
    for (id, item) in new {
        if !old.contains_key(id)
            && let Some(before) = gone.remove(&(item.kind.as_str(), item.tokens))
        {
            moved.extend([*id, before]);
        }
    }
    moved
}

/// Of a package that was not there before: the version that was, if only one was and is not any more.
fn updated(is: &Item, old: &HashMap<&str, &Item>, new: &HashMap<&str, &Item>) -> Option<What> {
    let (name, now) = is.id.split_once(' ').filter(|_| is.kind == "package")?;
    let mut gone = old.values().filter_map(|item| {
        let (other, version) = item.id.split_once(' ')?;
        (item.kind == "package" && other == name && !new.contains_key(item.id.as_str()))
            .then_some(version)
    });
    let before = gone.next()?.to_owned();
    gone.next().is_none().then(|| What::Updated {
        before,
        now: now.to_owned(),
    })
}

fn updated_to(was: &Item, old: &HashMap<&str, &Item>, new: &HashMap<&str, &Item>) -> Option<What> {
    updated(was, new, old)
}

/// What names in an unedited item mean differently; nothing if an edit that is named anyway explains it.
fn meaning(
    old: &State,
    was: &Item,
    new: &State,
    is: &Item,
    edited: &HashSet<&str>,
) -> Option<What> {
    let ids = |state: &State, item: &Item| -> Vec<String> {
        item.deps
            .iter()
            .map(|at| state.item(*at).id.clone())
            .collect()
    };
    let (before, now) = (ids(old, was), ids(new, is));
    let explained = before
        .iter()
        .chain(&now)
        .any(|id| edited.contains(id.as_str()));
    let gone: Vec<String> = before
        .iter()
        .filter(|id| !now.contains(id))
        .cloned()
        .collect();
    let fresh: Vec<String> = now
        .iter()
        .filter(|id| !before.contains(id))
        .cloned()
        .collect();
    if explained && (gone.is_empty() || fresh.is_empty()) {
        return None;
    }
    // A parent's or a macro's tokens count in its members' meaning, and are edits of their own.
    if gone.is_empty() && fresh.is_empty() && !edited.is_empty() {
        return None;
    }
    Some(What::Means {
        before: gone,
        now: fresh,
    })
}

/// What counts for all functions.
fn outer(before: &State, now: &State, function: &str) -> Vec<Change> {
    let change = |name: &str, what: What| Change {
        id: name.to_owned(),
        kind: "setting".to_owned(),
        what,
        file: String::new(),
        line: 0,
        path: vec![function.to_owned()],
    };
    let mut changes = Vec::new();
    if before.hash_version != now.hash_version {
        changes.push(change("the definition of hashes", What::HashVersion));
    }
    let mut names: Vec<&str> = Vec::new();
    for salt in before.salts.iter().chain(&now.salts) {
        let is_same = before.salts.contains(salt) && now.salts.contains(salt);
        if !is_same && !names.contains(&salt.name.as_str()) {
            names.push(&salt.name);
            changes.push(change(&salt.name, What::Salt));
        }
    }
    changes
}

/// Edits first, then what came or went. A member that came or went with its impl, trait or type is not named beside it.
fn shorten(mut changes: Vec<Change>) -> Vec<Change> {
    let whole: HashSet<(String, bool)> = changes
        .iter()
        .filter(|change| change.kind == "impl" || change.kind == "trait")
        .filter_map(|change| Some((change.id.clone(), came(change)?)))
        .collect();
    changes.retain(|change| {
        let around = change.path.iter().rev().nth(1);
        match (around, came(change)) {
            (Some(around), Some(came)) => !whole.contains(&(around.clone(), came)),
            _ => true,
        }
    });
    let rank = |change: &Change| match change.what {
        What::HashVersion | What::Salt => 0,
        What::Edited | What::Updated { .. } | What::Content => 1,
        What::Means { .. } => 2,
        What::Added | What::Removed => 3,
    };
    changes.sort_by(|a, b| (rank(a), a.path.len(), &a.id).cmp(&(rank(b), b.path.len(), &b.id)));
    changes
}

/// Whether an item came or went; nothing for one that is there before and after.
fn came(change: &Change) -> Option<bool> {
    match change.what {
        What::Added => Some(true),
        What::Removed => Some(false),
        _ => None,
    }
}

/// The shortest ways from a function to the items that it reaches.
pub(crate) struct Paths<'s> {
    state: &'s State,
    from: HashMap<u32, u32>,
}

impl<'s> Paths<'s> {
    /// The ways from a version's function.
    pub(crate) fn new(version: Version<'s>) -> Self {
        let Version { state, root, .. } = version;
        let inside: HashSet<u32> = root.closure.iter().copied().collect();
        // An impl is reached by way of what it is for, and mentions that: so its own edges, the other way round.
        let mut impls_of: HashMap<u32, Vec<u32>> = HashMap::new();
        for at in &root.closure {
            let item = state.item(*at);
            if item.kind == "impl" || item.id.contains('<') {
                for dep in &item.deps {
                    impls_of.entry(*dep).or_default().push(*at);
                }
            }
        }
        let mut from: HashMap<u32, u32> = HashMap::from([(root.item, root.item)]);
        let mut open = VecDeque::from([root.item]);
        let mut late: VecDeque<u32> = VecDeque::new();
        loop {
            while let Some(at) = open.pop_front() {
                for dep in &state.item(at).deps {
                    if inside.contains(dep) && !from.contains_key(dep) {
                        from.insert(*dep, at);
                        open.push_back(*dep);
                    }
                }
                late.push_back(at);
            }
            let Some(at) = late.pop_front() else { break };
            for next in impls_of.get(&at).into_iter().flatten() {
                if !from.contains_key(next) {
                    from.insert(*next, at);
                    open.push_back(*next);
                }
            }
        }
        Self { state, from }
    }

    /// The way to an item. Of one that nothing mentions by name the two ends alone.
    pub(crate) fn to(&self, id: &str, function: &str) -> Vec<String> {
        let mut way = Vec::new();
        let mut at = self.state.find(id);
        while let Some(here) = at {
            way.push(self.state.item(here).id.clone());
            at = self
                .from
                .get(&here)
                .copied()
                .filter(|before| *before != here);
        }
        if way.last().map(String::as_str) != Some(function) {
            way.push(function.to_owned());
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Items as `id kind tokens: deps`; the first is the function, and all are reached.
    fn state(lines: &[(&str, &str, u64, &[&str])]) -> State {
        let mut sorted: Vec<_> = lines.to_vec();
        sorted.sort_by_key(|line| line.0);
        let place = |id: &str| {
            sorted
                .iter()
                .position(|line| line.0 == id)
                .expect("it is there") as u32
        };
        let tokens = |id: &str| sorted[place(id) as usize].2;
        let items = sorted.iter().map(|(id, kind, own, deps)| {
            let mut places: Vec<u32> = deps.iter().map(|id| place(id)).collect();
            places.sort_unstable();
            Item {
                id: (*id).to_owned(),
                kind: (*kind).to_owned(),
                tokens: *own,
                meaning: deps.iter().fold(*own, |sum, id| sum * 31 + tokens(id)),
                file: (*kind != "package").then_some(0),
                line: 1,
                end_line: 1,
                deps: places,
            }
        });
        State {
            items: items.collect(),
            files: vec![Default::default()],
            roots: vec![Root {
                item: place(lines[0].0),
                closure: (0..lines.len() as u32).collect(),
                ..Root::default()
            }],
            ..State::default()
        }
    }

    fn compare(before: &State, now: &State) -> Vec<(String, What, String)> {
        let version = |state| Version {
            state,
            root: &state.roots[0],
            captures: false,
        };
        changes(version(before), version(now))
            .into_iter()
            .map(|change| (change.id, change.what, change.path.join(" → ")))
            .collect()
    }

    #[test]
    fn an_edited_item_is_named_with_the_way_to_it_and_its_users_are_not() {
        let code = |tokens| {
            state(&[
                ("a::compute", "fn", 1, &["a::helper"]),
                ("a::helper", "fn", 2, &["a::multiply"]),
                ("a::multiply", "fn", tokens, &[]),
            ])
        };
        let path = "a::compute → a::helper → a::multiply".to_owned();
        assert_eq!(
            compare(&code(3), &code(4)),
            [("a::multiply".into(), What::Edited, path)]
        );
    }

    #[test]
    fn an_import_that_leads_elsewhere_is_named_at_the_item_that_uses_it() {
        let code = |to: &'static str, other: u64| {
            state(&[
                (
                    "a::compute",
                    "fn",
                    1,
                    if to == "a::x" {
                        &["a::x", "a::y"]
                    } else {
                        &["a::y"]
                    },
                ),
                ("a::x", "fn", 2, &[]),
                ("a::y", "fn", other, &[]),
            ])
        };
        let found = compare(&code("a::x", 3), &code("a::y", 3));
        let means = What::Means {
            before: vec!["a::x".into()],
            now: vec![],
        };
        assert_eq!(found, [("a::compute".into(), means, "a::compute".into())]);
    }

    #[test]
    fn a_package_of_another_version_is_one_update() {
        let code = |package: &'static str| {
            state(&[
                ("a::compute", "fn", 1, &[package][..]),
                (package, "package", 7, &[]),
            ])
        };
        let found = compare(&code("serde 1.0.1"), &code("serde 1.0.2"));
        let what = What::Updated {
            before: "1.0.1".into(),
            now: "1.0.2".into(),
        };
        assert_eq!(
            found[0],
            (
                "serde 1.0.2".into(),
                what,
                "a::compute → serde 1.0.2".into()
            )
        );
    }

    #[test]
    fn an_item_that_only_moved_is_not_named() {
        let code = |id: &'static str, own| {
            state(&[("a::compute", "fn", own, &[id][..]), (id, "fn", 9, &[])])
        };
        let found = compare(&code("a::x::helper", 1), &code("a::y::helper", 2));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            (found[0].0.as_str(), &found[0].1),
            ("a::compute", &What::Edited)
        );
    }

    #[test]
    fn a_static_that_does_not_count_is_not_named() {
        let code = |own| {
            state(&[
                ("a::compute", "fn", 1, &["a::S"]),
                ("a::S", "static", own, &[]),
            ])
        };
        assert_eq!(compare(&code(1), &code(1)), []);
        let names: Vec<String> = compare(&code(1), &code(2))
            .into_iter()
            .map(|c| c.0)
            .collect();
        assert!(!names.contains(&"a::S".to_owned()), "{names:?}");
    }
}
