//! Bodies: the blocks in them that have items, and the macro calls that make some.

use proc_macro2::TokenStream;

use super::{Collector, Context, Deferred, Position, Waiting};
use crate::body::{Body, may_make_items};
use crate::expand;
use crate::ir::{self, ItemKind, MacroCall};
use crate::lower;
use crate::map::HashSet;
use crate::symbol::Symbol;
use crate::world::{Kind, NodeId};

use super::macros::dollar_crate;

impl<'a> Collector<'_, 'a, '_> {
    /// Finds the blocks with items in a body, and the statement macros that define items.
    pub(super) fn body(&mut self, block: &'a ir::Block, context: &Context) {
        let before = self.env;
        let mut context = context.clone();
        if let Some(scope) = block.scope {
            let module = self.new_module(&context, Symbol::new("{}"), true);
            self.world.scopes.insert((context.instance, scope), module);
            context.module = module;
            self.items(&block.items, &context, Position::Module);
            self.world.modules[module.0 as usize].env = self.env;
        }
        for statement in &block.statements {
            self.statement(statement, &context);
        }
        self.env = before;
    }

    pub(super) fn statement(&mut self, statement: &'a ir::Statement, context: &Context) {
        match statement {
            ir::Statement::Let(found) => {
                for part in [&found.value, &found.otherwise].into_iter().flatten() {
                    self.expression(part, context);
                }
            }
            ir::Statement::Expr(expr, _) => self.expression(expr, context),
            ir::Statement::Cfg(_, inner) => self.statement(inner, context),
        }
    }

    pub(super) fn expression(&mut self, expr: &'a ir::Expr, context: &Context) {
        match expr {
            ir::Expr::Block(block) | ir::Expr::Async(block) | ir::Expr::Loop(block) => {
                self.body(block, context)
            }
            ir::Expr::If(_, block, _) | ir::Expr::While(_, block) | ir::Expr::For(_, _, block) => {
                self.body(block, context);
            }
            ir::Expr::Macro(call) => self.body_macro(call, context, false),
            _ => {}
        }
        ir::children(expr, &mut |child| self.expression(child, context));
    }

    /// A macro call in a body is expanded here only if it may define items: impls in it count for the whole crate.
    pub(super) fn body_macro(&mut self, call: &'a MacroCall, context: &Context, resumed: bool) {
        let [.., last] = call.path.segments.as_slice() else {
            return;
        };
        if !resumed {
            self.note_env(call, context);
        }
        let textual = match call.path.segments.as_slice() {
            [only] if !call.path.global => {
                let place = (context.file, call.path.at);
                let found = self.world.textual_macros(self.env, only.name, place);
                match found.as_slice() {
                    [] => None,
                    [only] => Some(*only),
                    _ => return,
                }
            }
            _ => None,
        };
        let node = match textual {
            Some(node) => node,
            None if resumed => {
                match crate::resolve::macro_nodes(self.world, context.module, &call.path).as_slice()
                {
                    [only] => *only,
                    _ => return,
                }
            }
            None => {
                if last.name == "include" && self.include_in_body(call, context) {
                    return;
                }
                let put_off = Deferred {
                    call,
                    context: context.clone(),
                    position: None,
                    item: None,
                    env: self.env,
                };
                if call.args.is_none() && !crate::std_facts::std_macro(&last.name) {
                    self.deferred.push(put_off);
                } else {
                    self.of_std.push(put_off);
                }
                return;
            }
        };
        if !self.defines_items(node, call) {
            return;
        }
        let Some(definition) = self.definition(node) else {
            return;
        };
        let Some(tokens) = expand::input(call) else {
            return;
        };
        let Ok(expanded) = expand::expand(&definition, tokens, &dollar_crate(self.world, node))
        else {
            return;
        };
        self.expanded_in_body(call, context, expanded, Some(node));
    }

    /// Notes the textual scope of a call where a call before it has defined macros: that of its block ends with the block's items.
    fn note_env(&mut self, call: &'a MacroCall, context: &Context) {
        let of_block = self.world.module(context.module).env;
        let owner = context.owner.map(|owner| self.world.node(owner));
        let usual = owner
            .filter(|owner| owner.module == context.module)
            .map_or(of_block, |owner| owner.env);
        if self.env != usual {
            let address = std::ptr::from_ref(call) as usize;
            let key = (context.instance, address);
            self.world.call_envs.insert(key, self.env);
        }
    }

    /// `include!` of an expression: its file stands where the call does. Whether it could be read.
    fn include_in_body(&mut self, call: &'a MacroCall, context: &Context) -> bool {
        let Some(path) = self.included(call, context) else {
            return false;
        };
        let Ok(text) = std::fs::read_to_string(path) else {
            return false;
        };
        let Ok(tokens) = text.replace("\r\n", "\n").parse() else {
            return false;
        };
        self.expanded_in_body(call, context, tokens, context.made_by)
    }

    /// What a call in a body stands for is read like the body. Whether it could be.
    fn expanded_in_body(
        &mut self,
        call: &'a MacroCall,
        context: &Context,
        expanded: TokenStream,
        made_by: Option<NodeId>,
    ) -> bool {
        let Some(expansions) = context.expanding() else {
            return false;
        };
        let Ok((block, scopes)) = lower::block(
            expanded,
            call.path.at,
            0,
            &self.world.krate(context.krate).cfg,
        ) else {
            return false;
        };
        let block: &'a ir::Block = self.world.arenas.blocks.alloc(block);
        let instance = self.world.new_instance();
        let at = context.call_at.map_or(call.path.at, |(at, _)| at);
        let end = context.call_at.map_or(call.end_line, |(_, end)| end);
        let inner = Context {
            instance,
            call_at: Some((at, end)),
            made_by,
            depth: context.depth + 1,
            expansions,
            ..context.clone()
        };
        self.world.expansions.insert(
            (context.instance, std::ptr::from_ref(call) as usize),
            (block, instance),
        );
        if scopes > 0 || !block.items.is_empty() {
            // Items of a statement macro belong to the block around the call.
            self.items(&block.items, &inner, Position::Module);
            if let Some(scope) = block.scope {
                self.world.scopes.insert((instance, scope), context.module);
            }
        }
        for statement in &block.statements {
            self.statement(statement, &inner);
        }
        true
    }

    /// Whether a definition may make items.
    fn makes_items(&mut self, definition: NodeId) -> bool {
        if let Some(known) = self.making.get(&definition) {
            return *known;
        }
        let item = self.world.node(definition).item();
        let makes = match item.map(|item| &item.kind) {
            Some(ItemKind::MacroRules(text)) => may_make_items(text),
            _ => false,
        };
        self.making.insert(definition, makes);
        makes
    }

    /// Whether an expansion may hold items: some item keyword stands in the definition or in the call.
    pub(super) fn defines_items(&mut self, node: NodeId, call: &MacroCall) -> bool {
        let item = self.world.node(node).item();
        matches!(item.map(|item| &item.kind), Some(ItemKind::MacroRules(_)))
            && (self.makes_items(node) || may_make_items(&call.text))
    }

    /// Looks into a function's body for items, if it may have some; where that hangs on macros that are not known yet, it waits.
    pub(super) fn function_body(&mut self, body: &'a Body, function: NodeId, context: &Context) {
        let mut waits = false;
        let mut looks = body.has_items();
        for called in body.calls() {
            let textual = match called.plain {
                true => self.world.textual_macro(self.env, called.name),
                false => None,
            };
            match textual {
                Some(node) => looks |= called.item_words || self.makes_items(node),
                None if called.name == "include" => looks = true,
                // One of std's may be another's that is imported.
                None => waits = true,
            }
        }
        if !looks && !waits {
            return;
        }
        let context = Context {
            owner: Some(function),
            ..context.clone()
        };
        if looks {
            self.body(body, &context);
        } else {
            let env = self.env;
            self.waiting.push(Waiting { body, context, env });
        }
    }

    /// Looks into the bodies that wait for a macro that is there by now.
    pub(super) fn look_into_waiting(&mut self) {
        if self.waiting.is_empty() && self.of_std.is_empty() {
            return;
        }
        let mut names: HashSet<Symbol> = HashSet::default();
        for node in &self.world.nodes {
            if node.kind == Kind::Macro {
                names.insert(node.name);
            }
        }
        // By another name.
        for import in &self.world.imports {
            if import.path.last() != Some(&import.name) {
                names.insert(import.name);
            }
        }
        for waiting in std::mem::take(&mut self.waiting) {
            let calls = waiting.body.calls();
            if calls.iter().any(|called| names.contains(&called.name)) {
                self.env = waiting.env;
                self.body(waiting.body, &waiting.context);
            } else {
                self.waiting.push(waiting);
            }
        }
        let called = |put_off: &Deferred<'_>| {
            let last = put_off.call.path.segments.last();
            last.is_some_and(|last| names.contains(&last.name))
        };
        let (others, of_std): (Vec<_>, Vec<_>) = std::mem::take(&mut self.of_std)
            .into_iter()
            .partition(called);
        self.of_std = of_std;
        self.deferred.extend(others);
    }
}
