//! Blocks and statements.

use super::tokens::Kind;
use super::{Form, Plain};
use crate::ir::{Block, Expr, Let, Statement};

/// Words that begin an item, or may.
const ITEMS: &[&str] = &[
    "pub", "extern", "use", "static", "const", "fn", "mod", "type", "struct", "enum", "union",
    "auto", "trait", "default", "impl", "macro",
];

impl Plain<'_> {
    /// A block, and how many braces, from its own on inwards, hold nothing but one expression.
    pub(super) fn block(&mut self) -> Option<(Block, u32)> {
        self.open(b'{')?;
        let found = self.statements()?;
        self.close(b'}')?;
        Some(found)
    }

    /// The same up to the closing brace, which stays.
    pub(super) fn statements(&mut self) -> Option<(Block, u32)> {
        let mut block = Block::default();
        let mut last = None;
        loop {
            while self.is_punct(b';') {
                self.next += 1;
            }
            if self.is_close() {
                break;
            }
            let (statement, form) = self.statement()?;
            let needs_semicolon = match form {
                Some(form) => !form.ends() && form != Form::BraceMacro,
                None => false,
            };
            let semicolon = matches!(statement, Statement::Let(_) | Statement::Expr(_, true));
            if needs_semicolon && !semicolon && !self.is_close() {
                return None;
            }
            last = form.map(|form| (form, semicolon));
            block.statements.push(statement);
        }
        if let Some((Form::Jump, semicolon @ true)) = &mut last {
            *semicolon = false;
            self.out.truncate(self.out.len() - 2);
        }
        let alone = match last {
            Some((form, false)) if block.statements.len() == 1 => match form {
                Form::Block(inner) => 1 + inner,
                _ => 1,
            },
            _ => 0,
        };
        Some((block, alone))
    }

    /// A statement, and of an expression its form.
    fn statement(&mut self) -> Option<(Statement, Option<Form>)> {
        let word = self.word();
        if word == "let" {
            return Some((self.local()?, None));
        }
        let behind = self.ahead(1);
        if ITEMS.contains(&word)
            || (word == "unsafe" && !(behind.kind == Kind::Open && behind.byte == b'{'))
            || (word == "async" && behind.kind == Kind::Word && self.text_of(behind) != "move")
        {
            return None;
        }
        let (expr, form) = match self.statement_macro() {
            Some(found) => found?,
            None => self.boundary()?,
        };
        let semicolon = self.is_punct(b';');
        if semicolon {
            self.take(b";")?;
        }
        Some((Statement::Expr(expr, semicolon), Some(form)))
    }

    fn local(&mut self) -> Option<Statement> {
        self.take_word("let")?;
        let pattern = self.pattern()?;
        let ty = self.annotation()?;
        let mut value = None;
        let mut otherwise = None;
        if self.is_punct(b'=') {
            self.take_lone_equals()?;
            value = Some(self.expr()?.0);
            if self.is_word("else") {
                self.take_word("else")?;
                let (block, _) = self.block()?;
                otherwise = Some(Expr::Block(Box::new(block)));
            }
        }
        self.take(b";")?;
        Some(Statement::Let(Box::new(Let {
            pattern,
            ty,
            value,
            otherwise,
        })))
    }
}
