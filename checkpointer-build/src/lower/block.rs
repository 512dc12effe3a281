//! Blocks: statements stay, items are taken out.

use syn::{Stmt, StmtMacro};

use super::Lower;
use crate::cfg::Predicate;
use crate::ir::{Block, Expr, Let, Statement};

impl Lower<'_> {
    pub(super) fn block(&mut self, block: &mut syn::Block) -> Block {
        self.statements(&mut block.stmts)
    }

    /// Lowers statements and takes the items among them out of the tree: they are hashed apart.
    pub(super) fn statements(&mut self, statements: &mut Vec<Stmt>) -> Block {
        let mut block = Block::default();
        let has_items = statements.iter().any(is_item);
        if has_items {
            self.open_scope(&mut block);
            let kept = Vec::with_capacity(statements.len());
            for statement in std::mem::replace(statements, kept) {
                if let Some(mut statement) = self.take_item(statement, &mut block) {
                    self.statement(&mut statement, &mut block);
                    statements.push(statement);
                }
            }
        } else {
            for statement in statements {
                self.statement(statement, &mut block);
            }
        }
        block
    }

    pub(super) fn open_scope(&mut self, block: &mut Block) {
        if block.scope.is_none() {
            block.scope = Some(self.scopes);
            self.scopes += 1;
        }
    }

    /// Lowers an item, or gives the statement back if it is none.
    fn take_item(&mut self, statement: Stmt, block: &mut Block) -> Option<Stmt> {
        match statement {
            Stmt::Item(item) => {
                self.item(item, &mut block.items);
                None
            }
            Stmt::Macro(call) if self.made_items(&call.attrs, &call.mac, &mut block.items) => None,
            other => Some(other),
        }
    }

    fn statement(&mut self, statement: &mut Stmt, block: &mut Block) {
        match statement {
            Stmt::Local(local) => {
                let cfg = self.cfg(&local.attrs);
                let (pattern, ty) = match &mut local.pat {
                    syn::Pat::Type(typed) => {
                        (self.pattern(&mut typed.pat), Some(self.ty(&mut typed.ty)))
                    }
                    pattern => (self.pattern(pattern), None),
                };
                let (value, otherwise) = match &mut local.init {
                    None => (None, None),
                    Some(init) => (
                        Some(self.expr(&mut init.expr)),
                        init.diverge.as_mut().map(|(_, block)| self.expr(block)),
                    ),
                };
                block.statements.push(under(
                    cfg,
                    Statement::Let(Box::new(Let {
                        pattern,
                        ty,
                        value,
                        otherwise,
                    })),
                ));
            }
            // Empty statements.
            Stmt::Expr(syn::Expr::Verbatim(tokens), _) if tokens.is_empty() => {}
            Stmt::Expr(expr, semicolon) => {
                let cfg = self.cfg(super::expression::statement_attributes(expr));
                let lowered = if cfg.is_empty() {
                    self.expr(expr)
                } else {
                    self.bare_expr(expr)
                };
                block
                    .statements
                    .push(under(cfg, Statement::Expr(lowered, semicolon.is_some())));
            }
            Stmt::Macro(call) => self.macro_statement(call, block),
            Stmt::Item(_) => unreachable!("items are taken out before"),
        }
    }

    fn macro_statement(&mut self, call: &mut StmtMacro, block: &mut Block) {
        let cfg = self.cfg(&call.attrs);
        let semicolon = call.semi_token.is_some();
        if let Some(branches) = super::branch::read(&call.mac)
            && self.branch_statements(branches, &cfg, semicolon, block)
        {
            return;
        }
        let lowered = Expr::Macro(Box::new(self.macro_call(&mut call.mac)));
        block
            .statements
            .push(under(cfg, Statement::Expr(lowered, semicolon)));
    }
}

/// Whether a statement is an item or makes some.
fn is_item(statement: &Stmt) -> bool {
    match statement {
        Stmt::Item(_) => true,
        Stmt::Macro(call) => super::made::makes_items(&call.mac.path),
        _ => false,
    }
}

/// A statement under the predicates of its attributes.
pub(super) fn under(cfg: Vec<Predicate>, statement: Statement) -> Statement {
    if cfg.is_empty() {
        statement
    } else {
        Statement::Cfg(cfg, Box::new(statement))
    }
}
