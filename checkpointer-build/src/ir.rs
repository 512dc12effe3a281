//! What the analysis keeps of a source file: its items, and of their bodies the tree of names,
//! calls, patterns and types, without formatting. It is plain data made from one file's text
//! alone, so that it can be made in parallel and kept between builds, keyed by the file's content.
//!
//! The tree is for finding dependencies. What is hashed are an item's own tokens
//! ([`Item::tokens`]), so that whatever this tree leaves out still counts.

mod code;
mod names;

use crate::body::Body;
use crate::cfg::Predicate;
use crate::symbol::Symbol;

pub(crate) use code::{
    Arm, Block, Closure, Expr, Let, Literal, MacroCall, MethodCall, Pattern, Statement, UnaryOp,
    children,
};
pub(crate) use names::{GenericArgs, Path, QSelf, Segment, Type};

/// The version of this data's layout and meaning; kept summaries of another one are not read.
pub(crate) const SUMMARY_VERSION: u32 = 13;

/// A place in a file: line and column, both from 1. A line of 0 means unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pos {
    /// Line, from 1.
    pub(crate) line: u32,
    /// Column in characters, from 1.
    pub(crate) column: u32,
}

/// A file's summary.
#[derive(Clone, Debug, Default)]
pub(crate) struct File {
    /// Its items, in source order.
    pub(crate) items: Vec<Item>,
    /// `#![cfg(…)]` on the file.
    pub(crate) cfg: Vec<Predicate>,
    /// Whether `#![no_implicit_prelude]` stands in it.
    pub(crate) no_implicit_prelude: bool,
    /// How many blocks with items of their own its bodies have: see [`Block::scope`].
    pub(crate) scopes: u32,
}

/// An item of a module, block, trait or impl.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Its name, without `r#`; empty for impls, `use` and macro calls.
    pub(crate) name: Symbol,
    /// `cfg` predicates on it; all must hold.
    pub(crate) cfg: Vec<Predicate>,
    /// The place of its first attribute that is no doc comment, or of its keyword or visibility.
    pub(crate) start: Pos,
    /// The place of its name.
    pub(crate) name_at: Pos,
    /// The line of its last token.
    pub(crate) end_line: u32,
    /// The hash of its normalized tokens ([`crate::normalize`]): for a function with the items in
    /// its body cut out; for a trait or impl the header alone; for a module nothing. Of a function whose
    /// body is not read it is not known yet: ask [`Item::tokens()`].
    pub(crate) tokens: [u8; 32],
    /// Who may name it.
    pub(crate) visibility: Visibility,
    /// What its attributes say.
    pub(crate) attributes: Attributes,
    /// What it is.
    pub(crate) kind: ItemKind,
}

/// Who may name an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Visibility {
    /// `pub`.
    Public,
    /// `pub(crate)`.
    Crate,
    /// `pub(super)`, `pub(in path)`: the path's segments.
    Restricted(Vec<Symbol>),
    /// Nothing written: the module it stands in. Variants, trait items and items of trait impls are public.
    #[default]
    Inherited,
}

/// What the analysis needs of an item's attributes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    /// `#[macro_export]`.
    pub(crate) macro_export: bool,
    /// `#[macro_export(local_inner_macros)]`.
    pub(crate) local_inner_macros: bool,
    /// `#[global_allocator]`.
    pub(crate) global_allocator: bool,
    /// `#[macro_use]` on a module or `extern crate`.
    pub(crate) macro_use: bool,
    /// `#[path = "…"]` on a module, also in `cfg_attr`: then with its predicate.
    pub(crate) paths: Vec<(Option<Predicate>, String)>,
    /// `#[test]`, `#[bench]`, `#[tokio::test]` and every other attribute whose path ends in `test`.
    pub(crate) test: bool,
    /// `#[proc_macro]`, `#[proc_macro_derive(Name)]`, `#[proc_macro_attribute]`: the macro's name.
    pub(crate) proc_macro: Option<Symbol>,
    /// `#[no_mangle]`, `#[export_name]`, `#[used]`, `#[link_section]`, `#[distributed_slice]`, `#[ctor]`: code that
    /// is reached without being named. The attribute's name.
    pub(crate) reached_unseen: Option<Symbol>,
    /// The layers of `#[checkpoint]`, outermost first.
    pub(crate) checkpoint: Vec<Checkpoint>,
    /// `#[capture]` / `#[no_capture]` on a static.
    pub(crate) capture: Option<bool>,
    /// Derives by path, and attribute macros or helper attributes that the compiler does not define.
    pub(crate) derives: Vec<Path>,
    /// Every other attribute path that is not built into the compiler (`serde`, `tokio::main`, `async_trait`, …).
    pub(crate) foreign: Vec<Path>,
    /// Paths and closures that attributes mention: `serde(with = "module")`, `depends_on = (path)`, `hash_by = |x| …`.
    pub(crate) mentions: Vec<Expr>,
}

/// What the build script reads of one `#[checkpoint(…)]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Checkpoint {
    /// `capture`, `capture = true` or `capture = false`.
    pub(crate) capture: Option<bool>,
    /// Whether `version = …` replaces the hash.
    pub(crate) version: bool,
    /// Whether `using = …` names a preset, which the build script cannot read.
    pub(crate) using: bool,
    /// File patterns of `depends_on`.
    pub(crate) files: Vec<String>,
}

impl Item {
    /// The hash of its normalized tokens; for that, a function's body is read.
    pub(crate) fn tokens(&self) -> [u8; 32] {
        match &self.kind {
            ItemKind::Fn(function) => function
                .body
                .as_ref()
                .and_then(Body::tokens)
                .unwrap_or(self.tokens),
            _ => self.tokens,
        }
    }
}

/// What an item is.
#[derive(Clone, Debug)]
pub(crate) enum ItemKind {
    /// A function, method or associated function.
    Fn(Box<Function>),
    /// A struct or union (`union: true`).
    Struct(Box<Struct>),
    /// An enum.
    Enum(Box<Enum>),
    /// A trait, or a trait alias (no items, its bounds as supertraits).
    Trait(Box<Trait>),
    /// An impl block.
    Impl(Box<Impl>),
    /// `type X<T> = …;`, also an associated type of a trait (perhaps without value) or impl.
    Type(Box<TypeAlias>),
    /// A `const`, also an associated one. `name` is `_` for anonymous ones.
    Const(Box<Value>),
    /// A `static`.
    Static(Box<Value>),
    /// `mod x { … }`, with the items, or `mod x;`.
    Mod(Option<Vec<Item>>),
    /// One leaf of a `use` tree; the item's name is what it binds (`_` for `as _`, empty for a glob).
    Use(Use),
    /// `extern crate name as item-name;` (`self` is spelled `self`).
    ExternCrate(Symbol),
    /// `macro_rules! name { … }`, or a `macro name(…) { … }`: the text between the outer delimiters.
    MacroRules(String),
    /// A macro call in item position.
    Macro(Box<MacroCall>),
    /// `extern "C" { … }`: functions and statics declared in it.
    ForeignMod(Vec<Item>),
    /// Tokens that syn does not understand.
    Verbatim(String),
}

/// A function's signature and body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Function {
    /// Its generics.
    pub(crate) generics: Generics,
    /// Its parameters without `self`.
    pub(crate) params: Vec<Param>,
    /// `self`, where it has one.
    pub(crate) receiver: Option<Receiver>,
    /// The declared result; `None` for `()`.
    pub(crate) result: Option<Type>,
    /// Whether it is `async`.
    pub(crate) is_async: bool,
    /// The body; `None` in a trait or an extern block.
    pub(crate) body: Option<Body>,
    /// The own-token hash by which a macro finds it ([`checkpointer_syntax::tokens::own_hash`]); only with `#[checkpoint]`.
    pub(crate) own_hash: Option<String>,
}

/// One parameter.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    /// Its pattern.
    pub(crate) pattern: Pattern,
    /// Its type.
    pub(crate) ty: Type,
}

/// How a method takes `self`.
#[derive(Clone, Debug)]
pub(crate) enum Receiver {
    /// `self`.
    Value,
    /// `&self` or `&mut self`.
    Reference,
    /// `self: Type`.
    Typed(Type),
}

/// Generic parameters and where clauses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Generics {
    /// Type parameters, with bounds and default.
    pub(crate) types: Vec<TypeParam>,
    /// Const parameters: name, type, default.
    pub(crate) consts: Vec<(Symbol, Type, Option<Expr>)>,
    /// `where Type: Bounds`.
    pub(crate) wheres: Vec<(Type, Vec<Path>)>,
    /// Whether a `cfg` decides if there is some type parameter, and so which argument is whose.
    pub(crate) unsure: bool,
}

/// A type parameter.
#[derive(Clone, Debug)]
pub(crate) struct TypeParam {
    /// Its name.
    pub(crate) name: Symbol,
    /// The traits that bound it (lifetimes and `?Sized` are left out).
    pub(crate) bounds: Vec<Path>,
    /// Its default.
    pub(crate) default: Option<Type>,
}

/// A struct or union.
#[derive(Clone, Debug, Default)]
pub(crate) struct Struct {
    /// Its generics.
    pub(crate) generics: Generics,
    /// Its fields.
    pub(crate) fields: Fields,
    /// Whether it is a union.
    pub(crate) union: bool,
}

/// The fields of a struct or variant.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    /// Name (`0`, `1`, … in a tuple), type and `cfg` of each.
    pub(crate) fields: Vec<Field>,
    /// Named, tuple or unit.
    pub(crate) style: FieldStyle,
}

/// One field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name; `0`, `1`, … in a tuple.
    pub(crate) name: Symbol,
    /// Its type.
    pub(crate) ty: Type,
    /// `cfg` predicates on it.
    pub(crate) cfg: Vec<Predicate>,
}

/// How fields are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FieldStyle {
    /// `{ a: A }`.
    Named,
    /// `(A, B)`.
    Tuple,
    /// Nothing.
    #[default]
    Unit,
}

/// An enum.
#[derive(Clone, Debug, Default)]
pub(crate) struct Enum {
    /// Its generics.
    pub(crate) generics: Generics,
    /// Its variants.
    pub(crate) variants: Vec<Variant>,
}

/// One variant.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    /// Its name.
    pub(crate) name: Symbol,
    /// Its fields.
    pub(crate) fields: Fields,
    /// Its discriminant.
    pub(crate) discriminant: Option<Expr>,
    /// `cfg` predicates on it.
    pub(crate) cfg: Vec<Predicate>,
}

/// A trait.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trait {
    /// Its generics.
    pub(crate) generics: Generics,
    /// Supertraits.
    pub(crate) supertraits: Vec<Path>,
    /// Methods, associated types and constants, and macro calls.
    pub(crate) items: Vec<Item>,
}

/// An impl block.
#[derive(Clone, Debug)]
pub(crate) struct Impl {
    /// Its generics.
    pub(crate) generics: Generics,
    /// The trait; `None` for an inherent impl.
    pub(crate) of_trait: Option<Path>,
    /// `impl !Trait for …`.
    pub(crate) negative: bool,
    /// The self type.
    pub(crate) self_ty: Type,
    /// The self type and trait as they are spelled in ids (`Model<T>`, `From<u8>`).
    pub(crate) spelled: (String, Option<String>),
    /// Its items.
    pub(crate) items: Vec<Item>,
}

/// A type alias or associated type.
#[derive(Clone, Debug, Default)]
pub(crate) struct TypeAlias {
    /// Its generics.
    pub(crate) generics: Generics,
    /// Bounds (of an associated type).
    pub(crate) bounds: Vec<Path>,
    /// What it stands for.
    pub(crate) ty: Option<Type>,
}

/// A const or static.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// Its generics (associated constants only).
    pub(crate) generics: Generics,
    /// Its type.
    pub(crate) ty: Type,
    /// Its initializer; `None` in a trait or an extern block.
    pub(crate) value: Option<Expr>,
}

/// One leaf of a `use` tree.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    /// The path, `self`, `super` and `crate` included; without the last `self` of `a::{self}`.
    pub(crate) path: Vec<Symbol>,
    /// Whether it begins with `::`.
    pub(crate) global: bool,
    /// Whether it ends in `*`.
    pub(crate) glob: bool,
    /// Whether it is `a::{self}`, which imports in the type namespace only.
    pub(crate) is_self: bool,
}
