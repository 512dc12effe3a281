//! Expressions.

use quote::ToTokens as _;
use syn::{Attribute, BinOp, Lit, UnOp};

use super::Lower;
use crate::ir::{Arm, Block, Closure, Expr, Literal, MethodCall, Statement, Type, UnaryOp};
use crate::symbol::Symbol;

impl Lower<'_> {
    pub(super) fn expr(&mut self, expr: &mut syn::Expr) -> Expr {
        let attrs = attributes(expr);
        if attrs.is_empty() {
            return self.bare_expr(expr);
        }
        let cfg = self.cfg(attrs);
        let lowered = self.bare_expr(expr);
        if cfg.is_empty() {
            lowered
        } else {
            Expr::Cfg(cfg, Box::new(lowered))
        }
    }

    /// An expression without regard to its own attributes.
    pub(super) fn bare_expr(&mut self, expr: &mut syn::Expr) -> Expr {
        use syn::Expr as Syn;
        match expr {
            Syn::Path(path) => Expr::Path(self.qualified(path.qself.as_mut(), &mut path.path)),
            Syn::Lit(literal) => self.literal(&literal.lit),
            Syn::Call(call) => Expr::Call(self.boxed(&mut call.func), self.exprs(&mut call.args)),
            Syn::MethodCall(call) => self.method(call),
            Syn::Field(field) => {
                let base = self.boxed(&mut field.base);
                Expr::Field(base, self.member(&field.member))
            }
            Syn::Struct(literal) => {
                let path = self.qualified(literal.qself.as_mut(), &mut literal.path);
                let mut fields = Vec::with_capacity(literal.fields.len());
                for field in &mut literal.fields {
                    let cfg = self.cfg(&field.attrs);
                    let value = self.expr(&mut field.expr);
                    let name = self.member(&field.member);
                    fields.push((name, under(cfg, value)));
                }
                let rest = literal.rest.as_mut().map(|rest| self.boxed(rest));
                Expr::Struct(path, fields, rest)
            }
            Syn::Unary(unary) => {
                let operand = self.boxed(&mut unary.expr);
                match unary.op {
                    UnOp::Deref(_) => Expr::Unary(UnaryOp::Deref, operand),
                    UnOp::Not(_) => Expr::Unary(UnaryOp::Not, operand),
                    UnOp::Neg(_) => Expr::Unary(UnaryOp::Neg, operand),
                    _ => also(vec![*operand], Expr::Infer),
                }
            }
            Syn::Binary(binary) => {
                let left = self.boxed(&mut binary.left);
                let right = self.boxed(&mut binary.right);
                Expr::Binary(operator(&binary.op), left, right)
            }
            Syn::Assign(assign) => {
                let left = self.boxed(&mut assign.left);
                Expr::Assign(left, self.boxed(&mut assign.right))
            }
            Syn::Index(index) => {
                let base = self.boxed(&mut index.expr);
                Expr::Index(base, self.boxed(&mut index.index))
            }
            Syn::Range(range) => {
                let start = range.start.as_mut().map(|start| self.boxed(start));
                let end = range.end.as_mut().map(|end| self.boxed(end));
                let closed = matches!(range.limits, syn::RangeLimits::Closed(_));
                Expr::Range(start, end, closed)
            }
            Syn::Reference(reference) => Expr::Reference(self.boxed(&mut reference.expr)),
            Syn::RawAddr(address) => Expr::Reference(self.boxed(&mut address.expr)),
            Syn::Cast(cast) => {
                let value = self.boxed(&mut cast.expr);
                Expr::Cast(value, Box::new(self.ty(&mut cast.ty)))
            }
            Syn::Tuple(tuple) => Expr::Tuple(self.exprs(&mut tuple.elems)),
            Syn::Array(array) => Expr::Array(self.exprs(&mut array.elems)),
            Syn::Repeat(repeat) => {
                let length = super::types::length(&repeat.len);
                let value = self.boxed(&mut repeat.expr);
                Expr::Repeat(value, self.boxed(&mut repeat.len), length)
            }
            Syn::Group(group) => self.expr(&mut group.expr),
            Syn::Paren(paren) => self.expr(&mut paren.expr),
            Syn::Try(inner) => Expr::Try(self.boxed(&mut inner.expr)),
            Syn::Await(inner) => Expr::Await(self.boxed(&mut inner.base)),
            Syn::Macro(call) => Expr::Macro(Box::new(self.macro_call(&mut call.mac))),
            Syn::Closure(closure) => self.closure(closure),
            Syn::Infer(_) => Expr::Infer,
            Syn::Verbatim(tokens) => Expr::Verbatim(tokens.to_string()),
            control => self.control(control),
        }
    }

    /// Blocks, branches, loops and jumps.
    fn control(&mut self, expr: &mut syn::Expr) -> Expr {
        use syn::Expr as Syn;
        match expr {
            Syn::Block(block) => Expr::Block(self.boxed_block(&mut block.block)),
            Syn::Unsafe(block) => Expr::Block(self.boxed_block(&mut block.block)),
            Syn::Const(block) => Expr::Block(self.boxed_block(&mut block.block)),
            Syn::Async(block) => Expr::Async(self.boxed_block(&mut block.block)),
            // Its type is not the block's: a cast to `_` leaves it open.
            Syn::TryBlock(block) => Expr::Cast(
                Box::new(Expr::Block(self.boxed_block(&mut block.block))),
                Box::new(Type::Infer),
            ),
            Syn::If(branch) => {
                let cond = self.boxed(&mut branch.cond);
                let then = self.boxed_block(&mut branch.then_branch);
                let otherwise = branch
                    .else_branch
                    .as_mut()
                    .map(|(_, otherwise)| self.boxed(otherwise));
                Expr::If(cond, then, otherwise)
            }
            Syn::Let(condition) => {
                let pattern = Box::new(self.pattern(&mut condition.pat));
                Expr::Let(pattern, self.boxed(&mut condition.expr))
            }
            Syn::Match(selection) => {
                let value = self.boxed(&mut selection.expr);
                let arms = selection.arms.iter_mut().map(|arm| self.arm(arm)).collect();
                Expr::Match(value, arms)
            }
            Syn::While(cycle) => {
                let cond = self.boxed(&mut cycle.cond);
                Expr::While(cond, self.boxed_block(&mut cycle.body))
            }
            Syn::Loop(cycle) => Expr::Loop(self.boxed_block(&mut cycle.body)),
            Syn::ForLoop(cycle) => {
                let pattern = Box::new(self.pattern(&mut cycle.pat));
                let over = self.boxed(&mut cycle.expr);
                Expr::For(pattern, over, self.boxed_block(&mut cycle.body))
            }
            Syn::Return(jump) => Expr::Return(jump.expr.as_mut().map(|value| self.boxed(value))),
            Syn::Break(jump) => Expr::Break(jump.expr.as_mut().map(|value| self.boxed(value))),
            Syn::Continue(_) => Expr::Break(None),
            Syn::Yield(jump) => match &mut jump.expr {
                Some(value) => also(vec![self.expr(value)], Expr::Infer),
                None => Expr::Infer,
            },
            other => Expr::Verbatim(other.to_token_stream().to_string()),
        }
    }

    fn method(&mut self, call: &mut syn::ExprMethodCall) -> Expr {
        let receiver = self.expr(&mut call.receiver);
        let (turbofish, consts) = match &mut call.turbofish {
            None => (Vec::new(), Vec::new()),
            Some(args) => {
                let args = self.generic_args(args);
                (args.types, args.consts)
            }
        };
        Expr::Method(Box::new(MethodCall {
            receiver: if consts.is_empty() {
                receiver
            } else {
                also(consts, receiver)
            },
            name: self.name(&call.method),
            turbofish,
            args: self.exprs(&mut call.args),
            at: self.pos(call.method.span()),
        }))
    }

    fn arm(&mut self, arm: &mut syn::Arm) -> Arm {
        let cfg = self.cfg(&arm.attrs);
        let (pattern, guard) = match &mut arm.pat {
            syn::Pat::Guard(guarded) => (
                self.pattern(&mut guarded.pat),
                Some(self.expr(&mut guarded.guard)),
            ),
            pattern => (self.pattern(pattern), None),
        };
        Arm {
            cfg,
            pattern,
            guard,
            body: self.expr(&mut arm.body),
        }
    }

    fn closure(&mut self, closure: &mut syn::ExprClosure) -> Expr {
        let mut params = Vec::with_capacity(closure.inputs.len());
        for input in &mut closure.inputs {
            params.push(match input {
                syn::Pat::Type(typed) => {
                    let pattern = self.pattern(&mut typed.pat);
                    (pattern, Some(self.ty(&mut typed.ty)))
                }
                pattern => (self.pattern(pattern), None),
            });
        }
        Expr::Closure(Box::new(Closure {
            params,
            result: self.result(&mut closure.output),
            body: self.expr(&mut closure.body),
            is_async: closure.asyncness.is_some(),
        }))
    }

    pub(super) fn literal(&mut self, literal: &Lit) -> Expr {
        let suffix = |text: &str| (!text.is_empty()).then(|| Symbol::new(text));
        Expr::Literal(match literal {
            Lit::Str(_) => Literal::Str,
            Lit::ByteStr(text) => Literal::ByteStr(text.value().len() as u64),
            Lit::CStr(_) => Literal::CStr,
            Lit::Byte(_) => Literal::Byte,
            Lit::Char(_) => Literal::Char,
            // `1_f32` is written like an integer.
            Lit::Int(number) if number.suffix().starts_with('f') => {
                Literal::Float(suffix(number.suffix()))
            }
            Lit::Int(number) => Literal::Int(suffix(number.suffix())),
            Lit::Float(number) => Literal::Float(suffix(number.suffix())),
            Lit::Bool(_) => Literal::Bool,
            other => return Expr::Verbatim(other.to_token_stream().to_string()),
        })
    }

    fn boxed(&mut self, expr: &mut syn::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    pub(super) fn boxed_block(&mut self, block: &mut syn::Block) -> Box<Block> {
        Box::new(self.block(block))
    }

    pub(super) fn exprs<'e>(
        &mut self,
        exprs: impl IntoIterator<Item = &'e mut syn::Expr>,
    ) -> Vec<Expr> {
        exprs.into_iter().map(|expr| self.expr(expr)).collect()
    }
}

/// An expression beside which others are mentioned: a block that has them as statements.
pub(super) fn also(mentions: Vec<Expr>, value: Expr) -> Expr {
    let mut statements: Vec<Statement> = mentions
        .into_iter()
        .map(|mention| Statement::Expr(mention, true))
        .collect();
    statements.push(Statement::Expr(value, false));
    Expr::Block(Box::new(Block {
        statements,
        ..Block::default()
    }))
}

fn under(cfg: Vec<crate::cfg::Predicate>, value: Expr) -> Expr {
    if cfg.is_empty() {
        value
    } else {
        Expr::Cfg(cfg, Box::new(value))
    }
}

/// The attributes of a statement that is an expression: syn hangs them on its leftmost operand.
pub(super) fn statement_attributes(expr: &syn::Expr) -> &[Attribute] {
    match expr {
        syn::Expr::Assign(inner) => statement_attributes(&inner.left),
        syn::Expr::Binary(inner) => statement_attributes(&inner.left),
        syn::Expr::Cast(inner) => statement_attributes(&inner.expr),
        other => attributes(other),
    }
}

/// An expression's own attributes.
fn attributes(expr: &syn::Expr) -> &[Attribute] {
    macro_rules! attrs {
        ($($kind:ident)*) => {
            match expr {
                $(syn::Expr::$kind(inner) => &inner.attrs,)*
                _ => &[],
            }
        };
    }
    attrs!(
        Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop
        Group If Index Infer Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference
        Repeat Return Struct Try TryBlock Tuple Unary Unsafe While Yield
    )
}

fn operator(op: &BinOp) -> Symbol {
    Symbol::new(match op {
        BinOp::Add(_) => "+",
        BinOp::Sub(_) => "-",
        BinOp::Mul(_) => "*",
        BinOp::Div(_) => "/",
        BinOp::Rem(_) => "%",
        BinOp::And(_) => "&&",
        BinOp::Or(_) => "||",
        BinOp::BitXor(_) => "^",
        BinOp::BitAnd(_) => "&",
        BinOp::BitOr(_) => "|",
        BinOp::Shl(_) => "<<",
        BinOp::Shr(_) => ">>",
        BinOp::Eq(_) => "==",
        BinOp::Lt(_) => "<",
        BinOp::Le(_) => "<=",
        BinOp::Ne(_) => "!=",
        BinOp::Ge(_) => ">=",
        BinOp::Gt(_) => ">",
        BinOp::AddAssign(_) => "+=",
        BinOp::SubAssign(_) => "-=",
        BinOp::MulAssign(_) => "*=",
        BinOp::DivAssign(_) => "/=",
        BinOp::RemAssign(_) => "%=",
        BinOp::BitXorAssign(_) => "^=",
        BinOp::BitAndAssign(_) => "&=",
        BinOp::BitOrAssign(_) => "|=",
        BinOp::ShlAssign(_) => "<<=",
        BinOp::ShrAssign(_) => ">>=",
        other => return Symbol::new(&other.to_token_stream().to_string()),
    })
}
