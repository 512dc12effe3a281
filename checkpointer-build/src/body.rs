//! A function's body in a file's summary: encoded on its own and decoded when something first
//! looks into it, because most bodies of a crate are never looked into. What linking has to know of
//! every body stands beside it.

use std::cell::OnceCell;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ir::{self, Block, Expr, MacroCall, Statement};
use crate::symbol::Symbol;

/// A body, decoded or not.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    outline: Outline,
    encoded: Vec<u8>,
    block: OnceCell<Block>,
}

/// What a body may do to the module around it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Outline {
    /// Some block in it has items.
    has_items: bool,
    /// The macros that it calls, each once.
    calls: Vec<Called>,
}

/// A macro that a body calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Called {
    /// The last segment of its path.
    pub(crate) name: Symbol,
    /// Whether that is the whole path, so that `macro_rules!` may have defined it above.
    pub(crate) plain: bool,
    /// Whether the arguments are known as expressions.
    pub(crate) read: bool,
}

impl Body {
    /// A body that was just read.
    pub(crate) fn new(block: Block) -> Self {
        let mut outline = Outline::default();
        outline.block(&block);
        Body {
            outline,
            encoded: Vec::new(),
            block: OnceCell::from(block),
        }
    }

    /// The same, encoded: most bodies of a file are never looked into, and trees take ten times the memory.
    pub(crate) fn packed(block: Block) -> Self {
        let body = Body::new(block);
        match rmp_serde::to_vec(&*body) {
            Ok(encoded) => Body {
                outline: body.outline,
                encoded,
                block: OnceCell::new(),
            },
            // Plain data always encodes; and if it did not, the tree is there.
            Err(_) => body,
        }
    }

    /// Whether it may define items: some block of it has some, or a macro does for which `defines` says so.
    pub(crate) fn may_define_items(&self, defines: impl FnMut(&Called) -> bool) -> bool {
        self.outline.has_items || self.outline.calls.iter().any(defines)
    }
}

impl Deref for Body {
    type Target = Block;
    fn deref(&self) -> &Block {
        // The summaries' checksum and version were right, so that these bytes are what was encoded; a wrong guess here
        // would be a stale hash, and is an error instead.
        self.block
            .get_or_init(|| decode(&self.encoded).expect("a summary is decoded as it was encoded"))
    }
}

/// Decodes what may be nested as deeply as the sources are.
pub(crate) fn decode<'de, T: Deserialize<'de>>(
    bytes: &'de [u8],
) -> Result<T, rmp_serde::decode::Error> {
    let mut deserializer = rmp_serde::Deserializer::from_read_ref(bytes);
    deserializer.set_max_depth(usize::MAX);
    T::deserialize(&mut deserializer)
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let encoded;
        let bytes = match self.block.get() {
            Some(block) if self.encoded.is_empty() => {
                encoded = rmp_serde::to_vec(block).map_err(serde::ser::Error::custom)?;
                &encoded
            }
            _ => &self.encoded,
        };
        (&self.outline, Bytes(bytes)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (outline, OwnedBytes(encoded)) = Deserialize::deserialize(deserializer)?;
        Ok(Body {
            outline,
            encoded,
            block: OnceCell::new(),
        })
    }
}

struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

struct OwnedBytes(Vec<u8>);

impl<'de> Deserialize<'de> for OwnedBytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = OwnedBytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<OwnedBytes, E> {
                Ok(OwnedBytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_bytes(Visitor)
    }
}

impl Outline {
    fn block(&mut self, block: &Block) {
        self.has_items |= block.scope.is_some() || !block.items.is_empty();
        for statement in &block.statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Let(found) => {
                for part in [&found.value, &found.otherwise].into_iter().flatten() {
                    self.expression(part);
                }
            }
            Statement::Expr(expr, _) => self.expression(expr),
            Statement::Cfg(_, inner) => self.statement(inner),
        }
    }

    fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Block(block)
            | Expr::Async(block)
            | Expr::Loop(block)
            | Expr::If(_, block, _)
            | Expr::While(_, block)
            | Expr::For(_, _, block) => self.block(block),
            Expr::Macro(call) => self.call(call),
            _ => {}
        }
        ir::children(expr, &mut |child| self.expression(child));
    }

    fn call(&mut self, call: &MacroCall) {
        let [before @ .., last] = call.path.segments.as_slice() else {
            return;
        };
        let called = Called {
            name: last.name,
            plain: before.is_empty() && !call.path.global,
            read: call.args.is_some(),
        };
        if !self.calls.contains(&called) {
            self.calls.push(called);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfg::CfgSet;
    use crate::ir::ItemKind;

    fn body(statements: &str) -> Body {
        let text = format!("fn f() {{ {statements} }}");
        let mut file = crate::lower::file(&text, &CfgSet::default()).expect("it parses");
        match file.items.remove(0).kind {
            ItemKind::Fn(function) => function.body.expect("it has a body"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_encoded_body_is_decoded_when_it_is_looked_into() {
        let first = body("let a = g(1); if a { h!(b) } else { loop { k() } }");
        let bytes = rmp_serde::to_vec(&first).expect("it encodes");
        let second: Body = decode(&bytes).expect("it decodes");
        assert!(second.block.get().is_none());
        assert_eq!(format!("{:?}", *second), format!("{:?}", *first));
        assert_eq!(rmp_serde::to_vec(&second).expect("it encodes"), bytes);
    }

    #[test]
    fn items_and_macros_in_any_block_are_known_without_decoding() {
        let defines = |text: &str| body(text).may_define_items(|called| called.name == "m");
        assert!(!defines("let a = n!(1) + f(|| { g() });"));
        assert!(defines("let a = f(|| { m!() });"));
        assert!(defines("match a { b => { fn inner() {} } }"));
        assert!(defines("while x { let Some(y) = z else { m! {} }; }"));
        assert!(defines("println!(\"{}\", path::m!());"));
    }
}
