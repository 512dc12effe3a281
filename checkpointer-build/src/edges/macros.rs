//! Macro calls inside of bodies: expanded where the definition is at hand, read as std reads them
//! where they are std's, and otherwise as a heap of names each of which counts.

use std::path::{Path, PathBuf};

use super::hygiene::words;
use super::item::Walker;
use super::path::names_of;
use super::{On, Word};
use crate::collect::{dollar_crate, parse_definition};
use crate::expand;
use crate::ir::{self, MacroCall, Pos};
use crate::lower;
use crate::resolve::macro_nodes;
use crate::symbol::Symbol;
use crate::ty::{NodeId, Ty};
use crate::world::{Def, EnvId, InstanceId, Ns, STD, Source};

impl<'p, 'w, 'a> Walker<'p, 'w, 'a> {
    /// The definitions of the analysed crates that a call may mean.
    fn definitions(&self, call: &'a MacroCall) -> Vec<NodeId> {
        let textual = self.textual_definitions(call);
        if textual.is_empty() {
            macro_nodes(self.program.world, self.module, &call.path)
        } else {
            textual
        }
    }

    fn textual_definitions(&self, call: &MacroCall) -> Vec<NodeId> {
        match call.path.segments.as_slice() {
            [only] if !call.path.global => {
                let world = self.program.world;
                let place = (world.node(self.node).file, call.path.at);
                world.textual_macros(self.env(call), only.name, place)
            }
            _ => Vec::new(),
        }
    }

    /// The textual scope of macros at a call: what calls before it have left, else the innermost block's, else the item's own.
    fn env(&self, call: &MacroCall) -> EnvId {
        if let Some(env) = self.program.world.call_env(self.instance, call) {
            return env;
        }
        if let Some((module, env)) = self.env_around
            && module == self.module
        {
            return env;
        }
        let node = self.program.world.node(self.node);
        if self.module == node.module {
            node.env
        } else {
            self.program.world.module(self.module).env
        }
    }

    fn set(&self) -> &'p crate::cfg::CfgSet {
        &self.program.world.krate(self.krate).cfg
    }

    /// Closed calls in which a macro's name stands, in the modules from which its definition would be in scope: they may define
    /// it, where it is otherwise one that `#[macro_use] extern crate` may bring.
    fn definers(&mut self, name: Symbol) {
        let world = self.program.world;
        let mut module = Some(self.module);
        while let Some(id) = module {
            let data = world.module(id);
            for node in &data.generators {
                if let Source::Call(call) = world.node(*node).source
                    && words(&call.text, &name).next().is_some()
                {
                    self.edges.nodes.insert(*node);
                }
            }
            module = data.parent;
        }
    }

    /// The one definition that a call means, and what the call expands to.
    fn expand(&mut self, call: &'a MacroCall) -> Option<(NodeId, proc_macro2::TokenStream)> {
        let definitions = self.definitions(call);
        self.edges.nodes.extend(definitions.iter().copied());
        let names = names_of(&call.path);
        for node in &definitions {
            self.meaning(&names, Def::Node(*node));
        }
        let [node] = definitions.as_slice() else {
            return None;
        };
        if self.depth >= expand::RECURSION_LIMIT || self.expansions >= expand::EXPANSION_LIMIT {
            return None;
        }
        self.expansions += 1;
        let definition = self
            .program
            .definition(*node, || parse_definition(self.program.world, *node))?;
        let tokens = expand::input(call)?;
        let dollar_crate = dollar_crate(self.program.world, *node);
        let expanded = expand::expand(&definition, tokens, &dollar_crate).ok()?;
        Some((*node, expanded))
    }

    /// A macro call as an expression or statement.
    pub(super) fn expr_macro(&mut self, call: &'a MacroCall, expected: &Ty) -> Ty {
        if let Some((block, instance)) = self.program.world.expansion(self.instance, call) {
            let definitions = self.definitions(call);
            if let (true, Some(last)) = (definitions.is_empty(), call.path.segments.last()) {
                // `include!`: its file counts as such, too.
                self.file_of(call, last.name);
            }
            self.edges.nodes.extend(definitions.iter().copied());
            return self.within_macro(call, &definitions, |walker| {
                walker.expanded_block(block, instance, expected)
            });
        }
        if let Some((definition, tokens)) = self.expand(call)
            && let Ok((block, scopes)) = lower::block(tokens, call.path.at, 0, self.set())
            && scopes == 0
        {
            let block: &'a ir::Block = self.program.world.arenas.blocks.alloc(block);
            let instance = self.instance;
            let outer = self.env_around.replace((self.module, self.env(call)));
            let ty = self.within_macro(call, &[definition], |walker| {
                walker.expanded_block(block, instance, expected)
            });
            self.env_around = outer;
            return ty;
        }
        self.closed_call(call);
        self.std_macro_type(call, expected)
    }

    /// What a macro made is read in the caller's scope: names that it binds stay visible to the statements after it.
    fn expanded_block(&mut self, block: &'a ir::Block, instance: InstanceId, expected: &Ty) -> Ty {
        let outer = std::mem::replace(&mut self.instance, instance);
        let mut last = Ty::unit();
        let count = block.statements.len();
        let module = self.module;
        if let Some(scope) = block.scope
            && let Some(inner) = self.program.world.scopes.get(&(self.instance, scope))
        {
            self.module = *inner;
            self.scope.module = Some(*inner);
        }
        for (at, statement) in block.statements.iter().enumerate() {
            let wanted = if at + 1 == count {
                expected
            } else {
                &Ty::Unknown
            };
            last = self.statement(statement, wanted);
        }
        self.module = module;
        self.scope.module = Some(module);
        self.instance = outer;
        last
    }

    pub(super) fn type_macro(&mut self, call: &'a MacroCall) {
        if let Some((definition, tokens)) = self.expand(call)
            && let Ok((ty, 0)) = lower::ty(tokens, call.path.at, 0, self.set())
        {
            let ty: &'a ir::Type = self.program.world.arenas.types.alloc(ty);
            return self.within_macro(call, &[definition], |walker| walker.mention_type(ty));
        }
        self.closed_call(call);
    }

    pub(super) fn pattern_macro(&mut self, call: &'a MacroCall, ty: &Ty) {
        if let Some((definition, tokens)) = self.expand(call)
            && let Ok((pattern, 0)) = lower::pattern(tokens, call.path.at, 0, self.set())
        {
            let pattern: &'a ir::Pattern = self.program.world.arenas.patterns.alloc(pattern);
            return self.within_macro(call, &[definition], |walker| walker.pattern(pattern, ty));
        }
        self.closed_call(call);
    }

    /// What a macro's path means, without its call.
    pub(super) fn macro_path(&mut self, call: &'a MacroCall) {
        let names = names_of(&call.path);
        let found = self
            .program
            .names()
            .path(self.module, &names, call.path.global, Ns::Macro);
        for def in found.defs {
            self.mention(&names, def, call.path.at);
        }
    }

    /// A call that is not expanded: std's is read by its meaning, any other by the names in it.
    pub(super) fn closed_call(&mut self, call: &'a MacroCall) {
        // What stands in it is read anew.
        let outer = self.env_around.replace((self.module, self.env(call)));
        self.read_closed(call);
        self.env_around = outer;
    }

    fn read_closed(&mut self, call: &'a MacroCall) {
        let names = names_of(&call.path);
        let Some(name) = names.last().copied() else {
            return;
        };
        let mut found = self
            .program
            .names()
            .path(self.module, &names, call.path.global, Ns::Macro);
        let textual = self.textual_definitions(call);
        if !textual.is_empty() {
            found.defs = textual.into_iter().map(Def::Node).collect();
        }
        let local = found.defs.iter().any(|def| matches!(def, Def::Node(_)));
        let is_std = found
            .defs
            .iter()
            .any(|def| matches!(def, Def::Foreign(_, package) if *package == STD));
        for def in &found.defs {
            match def {
                Def::Node(node)
                    if self.program.world.node(*node).kind == crate::world::Kind::Fn =>
                {
                    // A procedural macro of the analysed crates: all of its crate may decide what comes out.
                    self.edges
                        .whole_crates
                        .insert(self.program.world.node(*node).krate);
                    self.meaning(&names, *def);
                }
                _ => self.mention(&names, *def, call.path.at),
            }
        }
        if found.defs.is_empty() {
            let candidates = self.program.named.get(&name).cloned().unwrap_or_default();
            for candidate in &candidates {
                self.scan_definition(*candidate);
            }
            self.edges.nodes.extend(candidates);
            self.generators(found.failed_in);
            if !self.lenient {
                self.unseen_at(
                    call.path.at,
                    &format!("the macro {name}! is not found: all names in its call count"),
                );
            }
        }
        if is_std && !local && self.std_macro(call, name) {
            return;
        }
        if names.len() == 1 && found.defs.iter().all(Def::is_of_package) {
            self.definers(name);
        }
        self.edges.uses(Word::Macro(name), On::any());
        if local {
            self.unseen_at(
                call.path.at,
                &format!("the macro {name}! can't be expanded here: all names in its call and definition count"),
            );
            for def in &found.defs {
                if let Def::Node(node) = def {
                    self.scan_definition(*node);
                }
            }
        }
        let args: &'a [ir::Expr] = match &call.args {
            Some(args) => args,
            None => {
                let args = lower::macro_args(&call.text, call.text_at);
                self.program.world.arenas.exprs.alloc(args)
            }
        };
        let lenient = std::mem::replace(&mut self.lenient, true);
        let bound = self.locals.len();
        let mut on = On::default();
        for arg in args {
            let ty = self.expr(arg, &Ty::Unknown);
            on.merge(self.on([&ty]));
        }
        // Registers hold numbers and addresses: assembly asks nothing of a type.
        if local || !is_std || !is_assembly(&name) {
            self.edges.hand(on);
            self.edges.takes_any = true;
            // What a crate keeps for macros that are written for it is called so.
            self.edges
                .nodes
                .extend(self.program.for_macros.functions.iter().copied());
        }
        self.locals.truncate(bound);
        self.lenient = lenient;
    }

    fn scan_definition(&mut self, node: NodeId) {
        // A recursive macro's definition holds calls of itself.
        if !self.scanned.insert(node) {
            return;
        }
        if let Some(ir::ItemKind::MacroRules(text)) =
            self.program.world.node(node).item().map(|item| &item.kind)
        {
            self.scan(text, Pos::default());
        }
    }

    /// Every identifier of a text may be a path and a method.
    pub(super) fn scan(&mut self, text: &str, at: Pos) {
        let args: &'a [ir::Expr] = self
            .program
            .world
            .arenas
            .exprs
            .alloc(lower::macro_args(text, at));
        let lenient = std::mem::replace(&mut self.lenient, true);
        for arg in args {
            self.expr(arg, &Ty::Unknown);
        }
        self.lenient = lenient;
    }

    /// The file that a macro of std reads is part of what the item depends on.
    fn file_of(&mut self, call: &'a MacroCall, name: Symbol) -> Option<PathBuf> {
        let world = self.program.world;
        let krate = world.krate(self.krate);
        let Some(path) = crate::files::string_value(&call.text, &krate.env) else {
            self.unseen_at(
                call.path.at,
                &format!("the file that {name}! reads is not known before the build"),
            );
            return None;
        };
        let file = &world.file(world.node(self.node).file).path;
        let path = file.parent().unwrap_or(Path::new("")).join(path);
        self.edges.files.insert(path.clone());
        Some(path)
    }

    /// A macro of std. Returns whether it is read completely.
    fn std_macro(&mut self, call: &'a MacroCall, name: Symbol) -> bool {
        let krate = self.program.world.krate(self.krate);
        match &*name {
            "include_str" | "include_bytes" => {
                self.file_of(call, name);
                return true;
            }
            "include" => {
                // It was not read where bodies are looked into, so every name in it counts.
                let path = self.file_of(call, name);
                if let Some(text) = path.and_then(|path| std::fs::read_to_string(path).ok()) {
                    self.scan(&text, call.path.at);
                }
                return true;
            }
            "env" | "option_env" => {
                match crate::files::variable(&call.text) {
                    Some(variable) => {
                        let value = crate::files::variable_value(&variable, krate);
                        self.edges.variables.insert((variable, value));
                    }
                    None => {
                        self.unseen_at(call.path.at, "the variable is not known before the build")
                    }
                }
                return true;
            }
            "cfg" => {
                let tokens = call.text.parse::<proc_macro2::TokenStream>();
                if let Ok(tokens) = tokens
                    && let Ok(predicate) = crate::cfg::Predicate::from_tokens(tokens.clone())
                {
                    // As tokens, which no formatter changes.
                    let asked = Symbol::new(&format!("cfg!({tokens})"));
                    self.edges.switches = self.edges.switches.union(predicate.switches(&krate.cfg));
                    let truth = Symbol::new(&format!("{:?}", predicate.eval(&krate.cfg)));
                    self.edges
                        .meanings
                        .insert((asked, super::Meaning::Text(truth)));
                }
                return true;
            }
            "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => {
                self.edges.switches.debug_assertions = true;
            }
            "line" | "column" | "file" | "module_path" => {
                self.impure_at(
                    call.path.at,
                    &format!("{name}! gives a place in the source, which no hash shows"),
                );
                return true;
            }
            assembly if is_assembly(assembly) => self.impure_at(call.path.at, "inline assembly"),
            "concat" | "stringify" | "compile_error" => return true,
            _ => {}
        }
        if call.traits.iter().any(|of| &**of == "Pointer") {
            self.impure_at(call.path.at, "the text of an address");
        }
        let Some(args) = &call.args else { return false };
        // What these do is what their format strings say, and what stands beside them as an expression.
        let formats = matches!(
            &*name,
            "format"
                | "print"
                | "println"
                | "eprint"
                | "eprintln"
                | "format_args"
                | "panic"
                | "todo"
                | "unimplemented"
                | "unreachable"
                | "dbg"
                | "write"
                | "writeln"
                | "assert"
                | "assert_eq"
                | "assert_ne"
                | "debug_assert"
                | "debug_assert_eq"
                | "debug_assert_ne"
        );
        let bound = self.locals.len();
        let mut first = Ty::Unknown;
        let mut on = On::default();
        for (at, arg) in args.iter().enumerate() {
            // `assert_eq!` and its kin also print what they compare.
            if let ir::Expr::Binary(op, left, right) = arg
                && matches!(
                    &*name,
                    "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne"
                )
            {
                let [left, right] = self.operands(*op, left, right);
                on.merge(self.on([&left, &right]));
                continue;
            }
            let ty = self.value(arg, &Ty::Unknown);
            on.merge(self.on([&ty]));
            match (&*name, at) {
                (_, 0) => {}
                _ if formats || name.contains("assert") || name == "matches" => {}
                _ => self.settle(&ty, &Ty::Unknown),
            }
            if at == 0 {
                if name.ends_with("assert") && ty != Ty::prim("bool") {
                    self.edges.operator("!", self.on([&ty]));
                }
                first = ty;
            }
        }
        if matches!(&*name, "dbg" | "vec") {
            self.settle(&first, &Ty::Unknown);
        }
        if on != On::default() {
            for of in &call.traits {
                self.edges.uses(Word::Trait(*of), on.clone());
            }
            if !formats {
                self.edges.uses(Word::Macro(name), on);
            }
        }
        if let Some(pattern) = &call.pattern {
            self.pattern(pattern, &first);
            // The guard of `matches!` stands behind the value, and sees the pattern's variables.
            for arg in args.iter().skip(1) {
                self.expr(arg, &Ty::Unknown);
            }
        }
        self.locals.truncate(bound);
        true
    }

    fn std_macro_type(&mut self, call: &'a MacroCall, expected: &Ty) -> Ty {
        let [only] = call.path.segments.as_slice() else {
            return Ty::Unknown;
        };
        let names = [only.name];
        let found = self
            .program
            .names()
            .path(self.module, &names, false, Ns::Macro);
        let [Def::Foreign(_, package)] = found.defs.as_slice() else {
            return Ty::Unknown;
        };
        if *package != STD {
            return Ty::Unknown;
        }
        match &*only.name {
            "format" => Ty::std("String", Vec::new()),
            "vec" => {
                let wanted = match expected {
                    Ty::Std(name, args) if &**name == "Vec" => {
                        args.first().cloned().unwrap_or_default()
                    }
                    _ => Ty::Unknown,
                };
                let wanted = Ty::Array(Box::new(wanted));
                match call.args.as_deref() {
                    Some([list]) => match self.expr(list, &wanted) {
                        Ty::Array(item) => Ty::std("Vec", vec![*item]),
                        _ => Ty::Unknown,
                    },
                    _ => Ty::Unknown,
                }
            }
            "matches" | "cfg" => Ty::prim("bool"),
            "panic" | "unreachable" | "todo" | "unimplemented" => Ty::Never,
            "concat" | "stringify" | "include_str" | "env" => Ty::prim("str").referenced(),
            "line" | "column" => Ty::prim("u32"),
            "print" | "println" | "eprint" | "eprintln" | "assert" | "assert_eq" | "assert_ne"
            | "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => Ty::unit(),
            "dbg" => match call.args.as_deref() {
                Some([value]) => self.expr(value, expected),
                _ => Ty::Unknown,
            },
            _ => Ty::Unknown,
        }
    }
}

fn is_assembly(name: &str) -> bool {
    matches!(name, "asm" | "global_asm" | "naked_asm")
}
