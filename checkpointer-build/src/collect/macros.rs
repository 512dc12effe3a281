//! Macro calls where items stand: expanded, put off until imports are resolved, or closed.

use std::rc::Rc;

use super::{Collector, Context, Deferred, Position};
use crate::expand::{self, MacroDef};
use crate::ir::{Item, ItemKind, MacroCall};
use crate::lower;
use crate::symbol::Symbol;
use crate::world::{Kind, Node, NodeId, Source, World};

impl<'a> Collector<'_, 'a, '_> {
    pub(super) fn definition(&mut self, node: NodeId) -> Option<Rc<MacroDef>> {
        if let Some(known) = self.definitions.get(&node) {
            return known.clone();
        }
        let parsed = parse_definition(self.world, node).map(Rc::new);
        self.definitions.insert(node, parsed.clone());
        parsed
    }

    /// Takes up the calls that were put off, now that imports are resolved: those whose macro is found are expanded; with
    /// `last`, or if none was found, the others stay closed. Returns whether anything was expanded.
    pub(crate) fn resume(&mut self, last: bool) -> bool {
        let calls = std::mem::take(&mut self.deferred);
        let found = |world: &World<'_>, call: &Deferred<'_>| {
            crate::resolve::macro_nodes(world, call.context.module, &call.call.path).len() == 1
        };
        let (ready, rest): (Vec<_>, Vec<_>) =
            calls.into_iter().partition(|call| found(self.world, call));
        let progress = !ready.is_empty();
        let close_rest = last || !progress;
        for call in ready {
            self.take_up(call);
        }
        if close_rest {
            for call in rest {
                self.take_up(call);
            }
        } else {
            self.deferred.extend(rest);
        }
        progress
    }

    pub(super) fn take_up(&mut self, call: Deferred<'a>) {
        self.env = call.env;
        match call.position {
            Some(position) => self.macro_call(call.call, call.item, &call.context, position, true),
            None => self.body_macro(call.call, &call.context, true),
        }
    }

    pub(super) fn macro_call(
        &mut self,
        call: &'a MacroCall,
        item: Option<&'a Item>,
        context: &Context,
        position: Position,
        resumed: bool,
    ) {
        let textual = match call.path.segments.as_slice() {
            [only] if !call.path.global => self.world.textual_macro(self.env, only.name),
            _ => None,
        };
        let found = match textual {
            Some(node) => Some(node),
            None if resumed => {
                match crate::resolve::macro_nodes(self.world, context.module, &call.path).as_slice()
                {
                    [only] => Some(*only),
                    _ => None,
                }
            }
            None => None,
        };
        if let Some(node) = found {
            if self.expand_items(node, call, context, position).is_none() {
                self.hub(call, item, context, position);
            }
            return;
        }
        if call
            .path
            .segments
            .last()
            .is_some_and(|last| last.name == "include")
            && self.include(call, context, position)
        {
            return;
        }
        if resumed {
            self.hub(call, item, context, position);
        } else {
            let env = self.env;
            self.deferred.push(Deferred {
                call,
                context: context.clone(),
                position: Some(position),
                item,
                env,
            });
        }
    }

    /// A call that stays closed: a node that whatever it mentions hangs on, and that may define any name.
    pub(super) fn hub(
        &mut self,
        call: &'a MacroCall,
        item: Option<&'a Item>,
        context: &Context,
        position: Position,
    ) {
        let start = item.map_or(call.path.at, |item| item.start);
        let parent = match position {
            Position::Member(node) => Some(node),
            _ => None,
        };
        let name = call
            .path
            .segments
            .last()
            .map_or(Symbol::new(""), |segment| segment.name);
        let call_tokens = item.map_or_else(|| canonical_hash(&call.text), |item| item.tokens);
        let node = self.world.push_node(Node {
            kind: Kind::Call,
            name,
            krate: context.krate,
            module: context.module,
            parent,
            file: context.file,
            start,
            name_at: start,
            end_line: item.map_or(start.line, |item| item.end_line),
            source: Source::Call(call),
            call_tokens,
            switches: context.switches,
            env: self.env,
            instance: context.instance,
            made_by: context.made_by,
            test_only: context.test_only,
        });
        if let Some(parent) = parent {
            self.world.members.entry(parent).or_default().push(node);
        }
        self.world.modules[context.module.0 as usize]
            .generators
            .push(node);
        // Items that stand in the call as they would outside of it (`quickcheck! { fn … }`, `pin_project! { struct … }`) are
        // items all the same.
        if position == Position::Module {
            let set = &self.world.krate(context.krate).cfg;
            let items = match context.call_at {
                None => lower::items_in_place(&call.text, &call.path, call.text_at, set),
                Some((at, _)) => lower::items_in_made_call(&call.text, &call.path, at, set),
            };
            let Some(items) = items else { return };
            let items: &'a [Item] = self.world.arenas.items.alloc(items);
            let inner = Context {
                instance: self.world.new_instance(),
                made_by: Some(node),
                ..context.clone()
            };
            self.items(items, &inner, position);
        }
    }

    pub(super) fn expand_items(
        &mut self,
        node: NodeId,
        call: &'a MacroCall,
        context: &Context,
        position: Position,
    ) -> Option<()> {
        let expansions = context.expanding()?;
        let definition = self.definition(node)?;
        let tokens = expand::input(call)?;
        let marker = dollar_crate(self.world, node);
        let expanded = expand::expand(&definition, tokens, &marker).ok()?;
        let end = context.call_at.map_or(call.end_line, |(_, end)| end);
        let at = context.call_at.map_or(call.path.at, |(at, _)| at);
        let shape = match position {
            Position::Module => lower::ItemPosition::Module,
            Position::Extern => lower::ItemPosition::Extern,
            Position::Member(parent) if self.world.node(parent).kind == Kind::Impl => {
                lower::ItemPosition::Impl
            }
            Position::Member(_) => lower::ItemPosition::Trait,
        };
        let (items, _) =
            lower::items(expanded, shape, at, 0, &self.world.krate(context.krate).cfg).ok()?;
        let items: &'a [Item] = self.world.arenas.items.alloc(items);
        let instance = self.world.new_instance();
        let inner = Context {
            instance,
            call_at: Some((at, end)),
            made_by: Some(node),
            depth: context.depth + 1,
            expansions,
            ..context.clone()
        };
        self.items(items, &inner, position);
        Some(())
    }
}

/// The definition of a `macro_rules!` node.
pub(crate) fn parse_definition(world: &World<'_>, node: NodeId) -> Option<MacroDef> {
    let item = world.node(node).item()?;
    let ItemKind::MacroRules(text) = &item.kind else {
        return None;
    };
    let edition = world.krate(world.node(node).krate).edition;
    let rules = text.parse().ok()?;
    let parsed = if item.attributes.local_inner_macros {
        MacroDef::parse_local_inner(rules, edition)
    } else {
        MacroDef::parse(rules, edition)
    };
    parsed.ok()
}

/// The identifier that stands for `$crate` in what a macro expands to.
pub(crate) fn dollar_crate(world: &World<'_>, node: NodeId) -> proc_macro2::Ident {
    let krate = world.node(node).krate;
    proc_macro2::Ident::new(
        &format!("{DOLLAR_CRATE}{}", krate.0),
        proc_macro2::Span::call_site(),
    )
}

/// The hash of a text's tokens, comments and white space left out.
fn canonical_hash(text: &str) -> [u8; 32] {
    let mut bytes = Vec::new();
    match text.parse() {
        Ok(tokens) => crate::normalize::write_tokens(tokens, &mut bytes),
        Err(_) => bytes.extend_from_slice(text.as_bytes()),
    }
    *blake3::hash(&bytes).as_bytes()
}

/// What that identifier begins with; the crate's number follows.
pub(crate) const DOLLAR_CRATE: &str = "__checkpointer_crate_";
