//! The [`crate::ir`] in the cache, field by field. A changed type does not compile until it is changed
//! here as well, and then the version of the summaries wants to be raised.

use super::{Pack, Reader, Writer, read};
use crate::body::{Called, Outline};
use crate::cfg::Predicate;
use crate::ir::{
    Arm, Attributes, Block, Checkpoint, Closure, Enum, Expr, Field, FieldStyle, Fields, File,
    Function, GenericArgs, Generics, Impl, Item, ItemKind, Let, Literal, MacroCall, MethodCall,
    Param, Path, Pattern, Pos, QSelf, Receiver, Segment, Statement, Struct, Trait, Type, TypeAlias,
    TypeParam, UnaryOp, Use, Value, Variant, Visibility,
};

impl Pack for Pos {
    fn pack(&self, out: &mut Writer) {
        out.line(self.line);
        out.number(u64::from(self.column));
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        let line = from.line()?;
        let column = from.number()? as u32;
        Some(Pos { line, column })
    }
}

impl Pack for MacroCall {
    fn pack(&self, out: &mut Writer) {
        let MacroCall {
            path,
            text,
            sealed,
            text_at,
            end_line,
            args,
            pattern,
            traits,
        } = self;
        path.pack(out);
        text.pack(out);
        sealed.pack(out);
        text_at.pack(out);
        out.line(*end_line);
        args.pack(out);
        pattern.pack(out);
        traits.pack(out);
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        Some(MacroCall {
            path: read!(from),
            text: read!(from),
            sealed: read!(from),
            text_at: read!(from),
            end_line: from.line()?,
            args: read!(from),
            pattern: read!(from),
            traits: read!(from),
        })
    }
}

macro_rules! structs {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(impl Pack for $name {
            fn pack(&self, out: &mut Writer) {
                let $name { $($field),+ } = self;
                $($field.pack(out);)+
            }

            fn unpack(from: &mut Reader<'_>) -> Option<Self> {
                Some($name { $($field: read!(from)),+ })
            }
        })+
    };
}

macro_rules! enums {
    ($($name:ident { $($tag:literal $variant:ident $(($($part:ident),+))? $({ $($field:ident),+ })?),+ $(,)? })+) => {
        $(impl Pack for $name {
            fn pack(&self, out: &mut Writer) {
                match self {
                    $($name::$variant $(($($part),+))? $({ $($field),+ })? => {
                        out.byte($tag);
                        $($($part.pack(out);)+)?
                        $($($field.pack(out);)+)?
                    })+
                }
            }

            fn unpack(from: &mut Reader<'_>) -> Option<Self> {
                match from.byte()? {
                    $($tag => Some($name::$variant
                        $(($({ let $part = read!(from); $part }),+))?
                        $({ $($field: read!(from)),+ })?),)+
                    _ => None,
                }
            }
        })+
    };
}

structs! {
    File { items, cfg, no_implicit_prelude, scopes }
    Item { name, cfg, start, name_at, end_line, tokens, visibility, attributes, kind }
    Attributes {
        macro_export, local_inner_macros, global_allocator, macro_use, paths, test, proc_macro, reached_unseen, checkpoint, capture,
        derives, foreign, mentions,
    }
    Checkpoint { capture, version, using, files }
    Function { generics, params, receiver, result, is_async, body, own_hash }
    Param { pattern, ty }
    Generics { types, consts, wheres, unsure }
    TypeParam { name, bounds, default }
    Struct { generics, fields, union }
    Fields { fields, style }
    Field { name, ty, cfg }
    Enum { generics, variants }
    Variant { name, fields, discriminant, cfg }
    Trait { generics, supertraits, items }
    Impl { generics, of_trait, negative, self_ty, spelled, items }
    TypeAlias { generics, bounds, ty }
    Value { generics, ty, value }
    Use { path, global, glob, is_self }
    Path { qself, global, segments, at }
    QSelf { ty, as_trait }
    Segment { name, args }
    GenericArgs { types, consts, bindings, constraints, parenthesized }
    Block { statements, items, scope }
    Let { pattern, ty, value, otherwise }
    MethodCall { receiver, name, turbofish, args, at }
    Arm { cfg, pattern, guard, body }
    Closure { params, result, body, is_async }
    Outline { has_items, calls }
    Called { name, plain, item_words }
}

enums! {
    Visibility { 0 Public, 1 Crate, 2 Restricted(path), 3 Inherited }
    ItemKind {
        0 Fn(data), 1 Struct(data), 2 Enum(data), 3 Trait(data), 4 Impl(data), 5 Type(data),
        6 Const(data), 7 Static(data), 8 Mod(items), 9 Use(data), 10 ExternCrate(name),
        11 MacroRules(text), 12 Macro(call), 13 ForeignMod(items), 14 Verbatim(text),
    }
    Receiver { 0 Value, 1 Reference, 2 Typed(ty) }
    FieldStyle { 0 Named, 1 Tuple, 2 Unit }
    Type {
        0 Path(path), 1 Reference(ty), 2 Pointer(ty), 3 Slice(ty), 4 Array(ty, length, number),
        5 Tuple(types), 6 Function(inputs, output), 7 Dyn(bounds), 8 Impl(bounds), 9 Never,
        10 Infer, 11 Macro(call), 12 Verbatim(text),
    }
    Statement { 0 Let(data), 1 Expr(expr, semicolon), 2 Cfg(predicates, inner) }
    Expr {
        0 Path(path), 1 Literal(literal), 2 Call(function, args), 3 Method(call), 4 Field(of, name),
        5 Struct(path, fields, base), 6 Unary(op, of), 7 Binary(op, left, right),
        8 Assign(left, right), 9 Index(of, at), 10 Range(start, end, closed), 11 Reference(of),
        12 Cast(of, ty), 13 Tuple(parts), 14 Array(parts), 15 Repeat(of, length, number),
        16 Block(block), 17 Async(block), 18 If(condition, block, otherwise), 19 Let(pattern, value),
        20 Match(value, arms), 21 While(condition, block), 22 Loop(block),
        23 For(pattern, over, block), 24 Closure(data), 25 Return(value), 26 Break(value),
        27 Try(value), 28 Await(value), 29 Macro(call), 30 Cfg(predicates, inner), 31 Infer,
        32 Verbatim(text),
    }
    UnaryOp { 0 Deref, 1 Not, 2 Neg }
    Literal {
        0 Int(suffix), 1 Float(suffix), 2 Str, 3 ByteStr(length), 4 CStr, 5 Char, 6 Byte, 7 Bool,
    }
    Pattern {
        0 Wild, 1 Ident { name, by_ref, can_be_path, sub, at }, 2 Path(path), 3 TupleStruct(path, parts),
        4 Struct(path, fields), 5 Tuple(parts), 6 Slice(parts), 7 Or(parts), 8 Reference(of),
        9 Value(values), 10 Rest, 11 Typed(of, ty), 12 Macro(call), 13 Verbatim(text),
    }
    Predicate {
        0 All(parts), 1 Any(parts), 2 Not(part), 3 Flag(name), 4 KeyValue(name, value), 5 True,
        6 False, 7 Unknown(text),
    }
}
