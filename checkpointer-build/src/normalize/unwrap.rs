//! Braces and parentheses that say nothing: those that rustfmt adds and drops.

use std::mem;

use syn::{
    Block, Expr, ExprMacro, ExprParen, Stmt, StmtMacro, Token, Type, TypeInfer, TypeParen, token,
};

/// Takes off the braces of a match arm's or closure's body, as long as they hold nothing but one expression.
pub(super) fn braces(body: &mut Expr) {
    while let Some(inner) = sole_expression(body) {
        *body = inner;
    }
}

/// Replaces an invisible group, which a macro's expansion leaves behind, by what it holds, in parentheses where they
/// are needed to keep it together.
pub(super) fn group(expr: &mut Expr) {
    let Expr::Group(group) = expr else { return };
    if !group.attrs.is_empty() {
        return;
    }
    let inner = mem::replace(&mut *group.expr, Expr::PLACEHOLDER);
    *expr = if holds_together(&inner) {
        inner
    } else {
        in_parentheses(inner)
    };
}

/// The same for a type.
pub(super) fn type_group(ty: &mut Type) {
    let Type::Group(group) = ty else { return };
    let inner = mem::replace(&mut *group.elem, empty_type());
    *ty = match inner {
        Type::TraitObject(_) | Type::ImplTrait(_) | Type::FnPtr(_) | Type::Verbatim(_) => {
            Type::Paren(TypeParen {
                attrs: Vec::new(),
                paren_token: token::Paren::default(),
                elem: Box::new(inner),
            })
        }
        _ => inner,
    };
}

/// `((x))` is `(x)`.
pub(super) fn parentheses(expr: &mut Expr) {
    let Expr::Paren(outer) = expr else { return };
    if matches!(&*outer.expr, Expr::Paren(inner) if inner.attrs.is_empty()) {
        let Expr::Paren(inner) = mem::replace(&mut *outer.expr, Expr::PLACEHOLDER) else {
            return;
        };
        outer.expr = inner.expr;
    }
}

fn empty_type() -> Type {
    Type::Infer(TypeInfer {
        attrs: Vec::new(),
        underscore_token: <Token![_]>::default(),
    })
}

fn in_parentheses(inner: Expr) -> Expr {
    Expr::Paren(ExprParen {
        attrs: Vec::new(),
        paren_token: token::Paren::default(),
        expr: Box::new(inner),
    })
}

/// Postfix and enclosed expressions bind tighter than anything around them.
fn holds_together(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Array(_)
            | Expr::Await(_)
            | Expr::Call(_)
            | Expr::Field(_)
            | Expr::Index(_)
            | Expr::Infer(_)
            | Expr::Lit(_)
            | Expr::Macro(_)
            | Expr::MethodCall(_)
            | Expr::Paren(_)
            | Expr::Path(_)
            | Expr::Repeat(_)
            | Expr::Try(_)
            | Expr::Tuple(_)
    )
}

fn sole_expression(body: &mut Expr) -> Option<Expr> {
    let Expr::Block(outer) = body else {
        return None;
    };
    if !outer.attrs.is_empty() || outer.label.is_some() || outer.block.stmts.len() != 1 {
        return None;
    }
    take_tail(&mut outer.block)
}

fn take_tail(block: &mut Block) -> Option<Expr> {
    match block.stmts.pop()? {
        Stmt::Expr(expr, None) if !has_attributes(&expr) => Some(expr),
        // With braces the call is a statement here and an expression without; where both compile, they are one.
        Stmt::Macro(StmtMacro {
            attrs,
            mac,
            semi_token: None,
        }) if attrs.is_empty() => Some(Expr::Macro(ExprMacro { attrs, mac })),
        other => {
            block.stmts.push(other);
            None
        }
    }
}

macro_rules! attributes_of {
    ($expr:expr; $($variant:ident)*) => {
        match $expr {
            $(Expr::$variant(node) => !node.attrs.is_empty(),)*
            // Syntax that syn doesn't know: its attributes, if any, are among its tokens.
            _ => true,
        }
    };
}

fn has_attributes(expr: &Expr) -> bool {
    attributes_of!(expr; Array Assign Async Await Binary Block Break Call Cast Closure Const Continue Field ForLoop Group
        If Index Infer Let Lit Loop Macro Match MethodCall Paren Path Range RawAddr Reference Repeat Return Struct Try
        TryBlock Tuple Unary Unsafe While Yield)
}
