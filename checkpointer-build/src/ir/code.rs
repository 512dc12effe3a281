//! What stands in bodies: statements, expressions, patterns and macro calls.

use super::{Item, Path, Pos, Type};
use crate::cfg::Predicate;
use crate::symbol::Symbol;

/// A block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    /// Its statements.
    pub(crate) statements: Vec<Statement>,
    /// The items that stand in it, `use` included.
    pub(crate) items: Vec<Item>,
    /// Its number in the file, where it has items: they live in an anonymous module.
    pub(crate) scope: Option<u32>,
}

/// A statement.
#[derive(Clone, Debug)]
pub(crate) enum Statement {
    /// `let pattern: ty = value else { … };`
    Let(Box<Let>),
    /// An expression; `true` if a semicolon follows.
    Expr(Expr, bool),
    /// A statement under `#[cfg(…)]`.
    Cfg(Vec<Predicate>, Box<Statement>),
}

/// A `let` statement.
#[derive(Clone, Debug)]
pub(crate) struct Let {
    /// The pattern.
    pub(crate) pattern: Pattern,
    /// The declared type.
    pub(crate) ty: Option<Type>,
    /// The value.
    pub(crate) value: Option<Expr>,
    /// The `else` block.
    pub(crate) otherwise: Option<Expr>,
}

/// An expression.
#[derive(Clone, Debug)]
pub(crate) enum Expr {
    /// A path: a local variable, function, constant, unit struct, variant, ….
    Path(Path),
    /// A literal.
    Literal(Literal),
    /// `f(a, b)`.
    Call(Box<Expr>, Vec<Expr>),
    /// `x.m::<T>(a)`.
    Method(Box<MethodCall>),
    /// `x.field`, `x.0`.
    Field(Box<Expr>, Symbol),
    /// `Path { a: x, ..base }`.
    Struct(Path, Vec<(Symbol, Expr)>, Option<Box<Expr>>),
    /// `-x`, `!x`, `*x`.
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`, `a == b`, `a && b`, `a += b`: the operator's spelling.
    Binary(Symbol, Box<Expr>, Box<Expr>),
    /// `a = b`.
    Assign(Box<Expr>, Box<Expr>),
    /// `a[b]`.
    Index(Box<Expr>, Box<Expr>),
    /// `a..b`, and whether it is `a..=b`.
    Range(Option<Box<Expr>>, Option<Box<Expr>>, bool),
    /// `&x`, `&mut x`, `&raw const x`.
    Reference(Box<Expr>),
    /// `x as T`.
    Cast(Box<Expr>, Box<Type>),
    /// `(a, b)`; the unit value is the empty tuple.
    Tuple(Vec<Expr>),
    /// `[a, b]`.
    Array(Vec<Expr>),
    /// `[x; n]`.
    Repeat(Box<Expr>, Box<Expr>, Option<u64>),
    /// `{ … }`, `unsafe { … }`, `const { … }`, `'a: { … }`.
    Block(Box<Block>),
    /// `async { … }`.
    Async(Box<Block>),
    /// `if cond { } else { }`.
    If(Box<Expr>, Box<Block>, Option<Box<Expr>>),
    /// `let pattern = x` in a condition.
    Let(Box<Pattern>, Box<Expr>),
    /// `match x { … }`.
    Match(Box<Expr>, Vec<Arm>),
    /// `while cond { … }`.
    While(Box<Expr>, Box<Block>),
    /// `loop { … }`.
    Loop(Box<Block>),
    /// `for pattern in x { … }`.
    For(Box<Pattern>, Box<Expr>, Box<Block>),
    /// A closure.
    Closure(Box<Closure>),
    /// `return x`.
    Return(Option<Box<Expr>>),
    /// `break x`, `continue`.
    Break(Option<Box<Expr>>),
    /// `x?`.
    Try(Box<Expr>),
    /// `x.await`.
    Await(Box<Expr>),
    /// A macro call.
    Macro(Box<MacroCall>),
    /// An expression under `#[cfg(…)]`.
    Cfg(Vec<Predicate>, Box<Expr>),
    /// `_`.
    Infer,
    /// Tokens that syn does not understand.
    Verbatim(String),
}

/// A prefix operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    /// `*`.
    Deref,
    /// `!`.
    Not,
    /// `-`.
    Neg,
}

/// What kind of literal, with its suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// An integer, with its suffix.
    Int(Option<Symbol>),
    /// A float, with its suffix.
    Float(Option<Symbol>),
    /// `"…"`.
    Str,
    /// `b"…"`, and its length.
    ByteStr(u64),
    /// `c"…"`.
    CStr,
    /// `'x'`.
    Char,
    /// `b'x'`.
    Byte,
    /// `true`, `false`.
    Bool,
}

/// A method call.
#[derive(Clone, Debug)]
pub(crate) struct MethodCall {
    /// What it is called on.
    pub(crate) receiver: Expr,
    /// The method's name.
    pub(crate) name: Symbol,
    /// `::<A, B>`.
    pub(crate) turbofish: Vec<Type>,
    /// The arguments.
    pub(crate) args: Vec<Expr>,
    /// Where its name stands.
    pub(crate) at: Pos,
}

/// One arm of a `match`.
#[derive(Clone, Debug)]
pub(crate) struct Arm {
    /// `cfg` predicates on it.
    pub(crate) cfg: Vec<Predicate>,
    /// Its pattern.
    pub(crate) pattern: Pattern,
    /// Its guard.
    pub(crate) guard: Option<Expr>,
    /// Its body.
    pub(crate) body: Expr,
}

/// A closure.
#[derive(Clone, Debug)]
pub(crate) struct Closure {
    /// Its parameters.
    pub(crate) params: Vec<(Pattern, Option<Type>)>,
    /// Its declared result.
    pub(crate) result: Option<Type>,
    /// Its body.
    pub(crate) body: Expr,
    /// Whether it is `async`.
    pub(crate) is_async: bool,
}

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// `_` or `..`.
    Wild,
    /// `x`, `ref x`, `x @ sub`: may also mean a constant, unit struct or variant (`can_be_path`: neither `ref` nor `mut` nor `@`).
    Ident {
        /// The name.
        name: Symbol,
        /// `ref x`: the variable is a reference.
        by_ref: bool,
        /// Whether it could name a constant, unit struct or unit variant instead.
        can_be_path: bool,
        /// The pattern behind `@`.
        sub: Option<Box<Pattern>>,
        /// Where it stands.
        at: Pos,
    },
    /// `Path`, `Path::Variant`.
    Path(Path),
    /// `Path(a, .., b)`.
    TupleStruct(Path, Vec<Pattern>),
    /// `Path { a, b: sub, .. }`.
    Struct(Path, Vec<(Symbol, Pattern)>),
    /// `(a, b)`; with `Rest` where `..` stands.
    Tuple(Vec<Pattern>),
    /// `[a, .., b]`.
    Slice(Vec<Pattern>),
    /// `a | b`.
    Or(Vec<Pattern>),
    /// `&p`.
    Reference(Box<Pattern>),
    /// A literal, range or constant block: its expressions.
    Value(Vec<Expr>),
    /// `..`.
    Rest,
    /// `pattern: type` in a closure's parameter.
    Typed(Box<Pattern>, Box<Type>),
    /// A macro call.
    Macro(Box<MacroCall>),
    /// Tokens that syn does not understand.
    Verbatim(String),
}

/// A macro call.
#[derive(Clone, Debug, Default)]
pub(crate) struct MacroCall {
    /// The macro's path.
    pub(crate) path: Path,
    /// The text between the delimiters.
    pub(crate) text: String,
    /// In a call that a macro has written, and that hands on what it was given: the text with marks around
    /// what stays whole, for the rules of the macro that is called.
    pub(crate) sealed: Option<String>,
    /// Place of the text's first token, for positions of what it expands to.
    pub(crate) text_at: Pos,
    /// The line of its closing delimiter.
    pub(crate) end_line: u32,
    /// For calls whose name is that of a std macro (`println`, `vec`, `assert_eq`, `matches`, …): the text read as that
    /// macro reads it, with inline captures (`"{x}"`) as paths and the format traits as [`MacroCall::traits`].
    pub(crate) args: Option<Vec<Expr>>,
    /// For `matches!`: its pattern.
    pub(crate) pattern: Option<Box<Pattern>>,
    /// Format traits that a format string asks for: `Display`, `Debug`, `LowerHex`, ….
    pub(crate) traits: Vec<Symbol>,
}

/// Calls `visit` with each expression directly inside of one, blocks' statements excepted: those
/// come with their block, which the caller visits.
pub(crate) fn children<'a>(expr: &'a Expr, visit: &mut dyn FnMut(&'a Expr)) {
    match expr {
        Expr::Call(callee, args) => {
            visit(callee);
            args.iter().for_each(visit);
        }
        Expr::Method(call) => {
            visit(&call.receiver);
            call.args.iter().for_each(visit);
        }
        Expr::Field(inner, _)
        | Expr::Unary(_, inner)
        | Expr::Reference(inner)
        | Expr::Cast(inner, _)
        | Expr::Let(_, inner)
        | Expr::Try(inner)
        | Expr::Await(inner)
        | Expr::Cfg(_, inner)
        | Expr::If(inner, _, None)
        | Expr::While(inner, _)
        | Expr::For(_, inner, _) => visit(inner),
        Expr::If(condition, _, Some(otherwise)) => {
            visit(condition);
            visit(otherwise);
        }
        Expr::Struct(_, fields, base) => {
            fields.iter().for_each(|(_, value)| visit(value));
            if let Some(base) = base {
                visit(base);
            }
        }
        Expr::Binary(_, left, right)
        | Expr::Assign(left, right)
        | Expr::Index(left, right)
        | Expr::Repeat(left, right, _) => {
            visit(left);
            visit(right);
        }
        Expr::Range(start, end, _) => [start, end]
            .into_iter()
            .flatten()
            .for_each(|part| visit(part)),
        Expr::Tuple(parts) | Expr::Array(parts) => parts.iter().for_each(visit),
        Expr::Match(value, arms) => {
            visit(value);
            for arm in arms {
                arm.guard.iter().for_each(&mut *visit);
                visit(&arm.body);
            }
        }
        Expr::Closure(closure) => visit(&closure.body),
        Expr::Return(value) | Expr::Break(value) => value.iter().for_each(|value| visit(value)),
        Expr::Macro(call) => call.args.iter().flatten().for_each(visit),
        Expr::Path(_)
        | Expr::Literal(_)
        | Expr::Block(_)
        | Expr::Async(_)
        | Expr::Loop(_)
        | Expr::Infer
        | Expr::Verbatim(_) => {}
    }
}
