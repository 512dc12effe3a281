//! Modules: which file holds one, what it imports, and crates by another name.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::{Collector, Context, Position, mentions_test_positively};
use crate::cfg::Truth;
use crate::ir::{self, Item, MacroCall, Pos};
use crate::map::HashMap;
use crate::source::Loaded;
use crate::symbol::Symbol;
use crate::world::{CrateId, Def, Extern, FileId, FileInfo, Import, Kind, ModId, Module, Ns};

impl<'a> Collector<'_, 'a, '_> {
    pub(super) fn file(&mut self, krate: CrateId, path: &Path) -> FileId {
        if let Some(known) = self.file_ids.get(path) {
            return *known;
        }
        let shown = path
            .strip_prefix(&self.world.krate(krate).dir)
            .unwrap_or(path);
        let shown = shown.to_string_lossy().replace('\\', "/");
        self.world.files.push(FileInfo {
            path: path.to_owned(),
            shown,
        });
        let id = FileId(self.world.files.len() as u32 - 1);
        self.file_ids.insert(path.to_owned(), id);
        id
    }

    pub(super) fn read_file(
        &mut self,
        path: &Path,
        context: &Context,
        declared: Option<(FileId, Pos)>,
    ) {
        let (declared_in, declared_at) = declared.unwrap_or((context.file, Pos::default()));
        if self.open_files.iter().any(|open| open == path) {
            let shown = &self.world.file(context.file).shown;
            let reason =
                format!("the file {shown} is a module of itself: give #[path] another file");
            let unseen = self.world.unseen(declared_in, declared_at, reason);
            self.world.broken.push((context.module, unseen));
            return;
        }
        match self
            .sources
            .get(path, self.world.krate(context.krate).cfg_id)
        {
            Loaded::File(file) => {
                let truth = self.truth(context.krate, &file.cfg);
                if truth.0 == Truth::False {
                    return;
                }
                let mut context = context.clone();
                context.switches = context.switches.union(truth.1);
                context.test_only |= truth.1.test
                    && truth.0 == Truth::Undecided
                    && mentions_test_positively(&file.cfg);
                context.instance = self.world.new_instance();
                self.open_files.push(path.to_owned());
                self.items(&file.items, &context, Position::Module);
                self.open_files.pop();
            }
            Loaded::Broken(failure) => {
                let unseen = crate::world::Unseen {
                    file: self.world.file(context.file).shown.clone(),
                    line: failure.at.line,
                    column: failure.at.column,
                    reason: format!("the file does not parse: {}", failure.message),
                };
                self.world.broken.push((context.module, unseen));
            }
            Loaded::Missing => {
                let shown = &self.world.file(context.file).shown;
                let reason = format!(
                    "the file {shown} of a module is missing or can't be read: write it, or take the `mod` line away"
                );
                let unseen = self.world.unseen(declared_in, declared_at, reason);
                self.world.broken.push((context.module, unseen));
            }
        }
    }

    pub(super) fn module(
        &mut self,
        item: &'a Item,
        content: Option<&'a [Item]>,
        context: &Context,
    ) {
        let module = self.new_module(context, item.name, false);
        let vis = self.visibility(&item.visibility, context.module);
        self.define(context.module, Ns::Type, item.name, Def::Mod(module), vis);
        if !item.attributes.foreign.is_empty() {
            let node = self.add(item, Kind::Mod, context, Position::Module);
            self.generator(node, item, context);
            let made = &mut self.world.modules[module.0 as usize];
            made.generators.push(node);
            made.attributed = Some(node);
        }
        let before = self.env;
        let mut inner = Context {
            module,
            ..context.clone()
        };
        let paths: Vec<&str> = item
            .attributes
            .paths
            .iter()
            .filter(|(predicate, _)| match predicate {
                Some(predicate) => {
                    predicate.eval(&self.world.krate(context.krate).cfg) != Truth::False
                }
                None => true,
            })
            .map(|(_, path)| path.as_str())
            .collect();
        if let Some(items) = content {
            let dir = match paths.first() {
                Some(path) => join(&context.dir, path),
                None => context.dir.join(&*item.name),
            };
            inner.dir = Rc::new(dir.clone());
            inner.file_dir = Rc::new(dir);
            self.items(items, &inner, Position::Module);
        } else {
            let mut candidates: Vec<(PathBuf, bool)> = paths
                .iter()
                .map(|path| (join(&context.file_dir, path), true))
                .collect();
            if candidates.is_empty()
                || item
                    .attributes
                    .paths
                    .iter()
                    .all(|(predicate, _)| predicate.is_some())
            {
                candidates.push((context.dir.join(format!("{}.rs", item.name)), false));
                candidates.push((context.dir.join(&*item.name).join("mod.rs"), true));
            }
            let found: Vec<_> = candidates
                .iter()
                .filter(|(path, _)| self.sources.exists(path))
                .collect();
            let chosen: Vec<&(PathBuf, bool)> = if found.is_empty() {
                candidates.iter().take(1).collect()
            } else {
                found
            };
            for (path, owns_folder) in chosen {
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                inner.file = self.file(context.krate, path);
                inner.file_dir = Rc::new(folder.clone());
                inner.dir = Rc::new(if *owns_folder {
                    folder
                } else {
                    folder.join(path.file_stem().unwrap_or_default())
                });
                inner.call_at = None;
                self.read_file(path, &inner, Some((context.file, item.start)));
            }
        }
        self.world.modules[module.0 as usize].env = self.env;
        if !item.attributes.macro_use {
            self.env = before;
        }
    }

    pub(super) fn new_module(&mut self, context: &Context, name: Symbol, is_block: bool) -> ModId {
        self.world.push_module(Module {
            krate: context.krate,
            parent: Some(context.module),
            name,
            is_block,
            owner: context.owner,
            defined: HashMap::default(),
            imported: HashMap::default(),
            imports: Vec::new(),
            globs: Vec::new(),
            generators: Vec::new(),
            attributed: self.world.module(context.module).attributed,
            env: self.env,
            anonymous: Vec::new(),
        })
    }

    pub(super) fn import(&mut self, item: &Item, tree: &ir::Use, context: &Context) {
        let index = self.world.imports.len() as u32;
        let vis = self.visibility(&item.visibility, context.module);
        self.world.imports.push(Import {
            module: context.module,
            path: tree.path.clone(),
            global: tree.global,
            glob: tree.glob,
            only_types: tree.is_self,
            name: item.name,
            vis,
            env: self.env,
            targets: Vec::new(),
            at: (context.file, item.start),
        });
        let module = &mut self.world.modules[context.module.0 as usize];
        if tree.glob {
            module.globs.push(index);
        } else if item.name == "_" {
            module.anonymous.push(index);
            module.imports.push(index);
        } else {
            module.imports.push(index);
        }
    }

    pub(super) fn extern_crate(&mut self, item: &Item, name: Symbol, context: &Context) {
        let krate = self.world.krate(context.krate);
        let target = if name == "self" {
            Some(Extern::Crate(context.krate))
        } else {
            krate.externs.get(&name).copied()
        };
        let Some(target) = target else {
            let unseen = self.world.unseen(
                context.file,
                item.start,
                format!("extern crate {name} is not known"),
            );
            self.world.notes.push(unseen);
            return;
        };
        let def = match target {
            Extern::Crate(id) => Def::Mod(self.world.krate(id).root),
            Extern::Package(id, name) => Def::Foreign(name, id),
        };
        if item.name != "_" {
            let vis = self.visibility(&item.visibility, context.module);
            self.define(context.module, Ns::Type, item.name, def, vis);
            // At a crate's root it enters the extern prelude too.
            if context.module == self.world.krate(context.krate).root {
                self.world.crates[context.krate.0 as usize]
                    .externs
                    .insert(item.name, target);
            }
        }
        if item.attributes.macro_use {
            self.world.crates[context.krate.0 as usize]
                .macro_use
                .push(target);
        }
    }

    /// The file that a call of `include!` means, if that is known before the build.
    pub(super) fn included(&self, call: &MacroCall, context: &Context) -> Option<PathBuf> {
        let krate = self.world.krate(context.krate);
        let text = crate::files::string_value(&call.text, &krate.env)?;
        let base = self.world.file(context.file).path.parent();
        Some(join(base.unwrap_or(Path::new("")), &text))
    }

    /// `include!("file.rs")` in item position.
    pub(super) fn include(
        &mut self,
        call: &'a MacroCall,
        context: &Context,
        position: Position,
    ) -> bool {
        let Some(path) = self.included(call, context) else {
            return false;
        };
        // A file that includes itself stays a closed call.
        if self.open_files.contains(&path) {
            return false;
        }
        let Loaded::File(file) = self
            .sources
            .get(&path, self.world.krate(context.krate).cfg_id)
        else {
            self.world.not_read.insert(path);
            return false;
        };
        let mut inner = context.clone();
        inner.file = self.file(context.krate, &path);
        inner.instance = self.world.new_instance();
        inner.call_at = None;
        self.open_files.push(path);
        self.items(&file.items, &inner, position);
        self.open_files.pop();
        true
    }
}

pub(super) fn join(dir: &Path, path: &str) -> PathBuf {
    let mut joined = dir.to_owned();
    for part in Path::new(path).components() {
        match part {
            std::path::Component::ParentDir
                if joined.file_name().is_some_and(|name| name != "..") =>
            {
                joined.pop();
            }
            std::path::Component::CurDir => {}
            part => joined.push(part),
        }
    }
    joined
}
