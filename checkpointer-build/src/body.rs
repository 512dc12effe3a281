//! A function's body in a file's summary: its text or its encoded tree, read when something first
//! looks into it, because most bodies of a crate are never looked into. What linking has to know of
//! every body stands beside it.

mod unread;

use std::cell::OnceCell;
use std::ops::Deref;

use crate::ir::{self, Block, Expr, MacroCall, Statement};
use crate::lower::ParseFailure;
use crate::pack::{self, Pack, Reader, Writer};
use crate::std_facts::std_macro;
use crate::symbol::Symbol;

use unread::Known;
pub(crate) use unread::{Home, Unread};

/// A body, read or not.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    outline: Outline,
    kept: Kept,
    block: OnceCell<Block>,
}

/// What the block is made from.
#[derive(Clone, Debug)]
enum Kept {
    /// It is there.
    Nothing,
    /// The encoded block.
    Encoded(Vec<u8>),
    /// The source text.
    Text(Box<Unread>),
}

/// What a body may do to the module around it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outline {
    /// Some block in it has items.
    pub(crate) has_items: bool,
    /// The macros that it calls, each once; of a body that is not read perhaps some more.
    pub(crate) calls: Vec<Called>,
}

/// A macro that a body calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Called {
    /// The last segment of its path.
    pub(crate) name: Symbol,
    /// Whether that is the whole path, so that `macro_rules!` may have defined it above.
    pub(crate) plain: bool,
    /// Whether the arguments may hold items: see [`may_make_items`].
    pub(crate) item_words: bool,
}

impl Body {
    /// A body that was just read.
    pub(crate) fn new(block: Block) -> Self {
        let mut outline = Outline::default();
        outline.block(&block);
        Body {
            outline,
            kept: Kept::Nothing,
            block: OnceCell::from(block),
        }
    }

    /// The same, encoded: most bodies of a file are never looked into, and trees take ten times the memory.
    pub(crate) fn packed(block: Block) -> Self {
        let mut outline = Outline::default();
        outline.block(&block);
        Body {
            outline,
            kept: Kept::Encoded(pack::pack(&block, 1)),
            block: OnceCell::new(),
        }
    }

    /// A body of which only the text is known.
    pub(crate) fn unread(outline: Outline, unread: Unread) -> Self {
        Body {
            outline,
            kept: Kept::Text(Box::new(unread)),
            block: OnceCell::new(),
        }
    }

    /// What is not read yet, for the one who makes it.
    pub(crate) fn unread_mut(&mut self) -> Option<&mut Unread> {
        match &mut self.kept {
            Kept::Text(unread) => Some(unread),
            _ => None,
        }
    }

    /// Reads what is not read yet, and keeps the tree encoded. Returns the hash of the whole function's own tokens, if it was
    /// not known; `None` as well if it does not parse, and then it stays unread.
    pub(crate) fn pack(&mut self) -> Option<[u8; 32]> {
        let Kept::Text(unread) = &self.kept else {
            return None;
        };
        let read = unread.lower();
        if read.failure.is_some() {
            return None;
        }
        *self = Body {
            outline: std::mem::take(&mut self.outline),
            ..Body::packed(read.block)
        };
        Some(read.tokens)
    }

    /// Whether only its text is kept.
    pub(crate) fn is_unread(&self) -> bool {
        matches!(self.kept, Kept::Text(_))
    }

    /// The hash of the whole function's own tokens, which is only found when the body is read; `None` if the function's
    /// item has it.
    pub(crate) fn tokens(&self) -> Option<[u8; 32]> {
        self.known().map(|known| known.tokens)
    }

    /// Why it can't be read, if it can't.
    pub(crate) fn failure(&self) -> Option<&ParseFailure> {
        self.known()?.failure.as_ref()
    }

    fn known(&self) -> Option<&Known> {
        let Kept::Text(unread) = &self.kept else {
            return None;
        };
        if self.block.get().is_none() {
            let _: &Block = self;
        }
        unread.known.get()
    }

    /// Whether some block of it has items.
    pub(crate) fn has_items(&self) -> bool {
        self.outline.has_items
    }

    /// The macros that it calls, and perhaps some more.
    pub(crate) fn calls(&self) -> &[Called] {
        &self.outline.calls
    }
}

impl Deref for Body {
    type Target = Block;
    fn deref(&self) -> &Block {
        self.block.get_or_init(|| match &self.kept {
            Kept::Nothing => Block::default(),
            // The summaries' checksum and version were right, so that these bytes are what was encoded; a wrong guess
            // here would be a stale hash, and is an error instead.
            Kept::Encoded(bytes) => pack::unpack(bytes, 1, &Default::default())
                .expect("a summary is decoded as it was encoded"),
            Kept::Text(unread) => unread.read(),
        })
    }
}

impl Pack for Body {
    fn pack(&self, out: &mut Writer) {
        self.outline.pack(out);
        let unread = match &self.kept {
            Kept::Text(unread) => Some(unread),
            _ => None,
        };
        unread.is_some().pack(out);
        match &self.kept {
            Kept::Text(unread) => unread.pack(out),
            Kept::Encoded(bytes) => out.text(bytes),
            Kept::Nothing => out.text(&pack::pack(&**self, 1)),
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        let outline = Pack::unpack(from)?;
        let kept = match bool::unpack(from)? {
            true => Kept::Text(Pack::unpack(from)?),
            false => Kept::Encoded(from.text()?.to_vec()),
        };
        Some(Body {
            outline,
            kept,
            block: OnceCell::new(),
        })
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
        self.add(Called {
            name: last.name,
            plain: before.is_empty() && !call.path.global,
            item_words: may_make_items(&call.text),
        });
    }

    /// Notes a macro call.
    pub(crate) fn add(&mut self, called: Called) {
        if !self.calls.contains(&called) {
            self.calls.push(called);
        }
    }

    /// Some macro call's arguments, nobody knows whose, may hold items.
    pub(crate) fn has_item_words(&mut self) {
        for called in &mut self.calls {
            called.item_words = true;
        }
    }
}

/// Whether a macro of this text, or called with it, may make items: some word of it begins one, or it calls another macro
/// that may, or reads a file.
pub(crate) fn may_make_items(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_word =
        |byte: u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80..);
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        while at < bytes.len() && is_word(bytes[at]) {
            at += 1;
        }
        if matches!(
            &bytes[start..at],
            b"fn"
                | b"impl"
                | b"struct"
                | b"enum"
                | b"trait"
                | b"mod"
                | b"const"
                | b"static"
                | b"use"
                | b"type"
                | b"union"
                | b"macro_rules"
                | b"item"
                | b"extern"
        ) {
            return true;
        }
        if start < at {
            let behind = text[at..].trim_start();
            let is_call = behind.starts_with('!') && !behind.starts_with("!=");
            let bare = !matches!(start.checked_sub(1).map(|at| bytes[at]), Some(b'$' | b':'));
            let word = &text[start..at];
            if is_call && !(bare && word != "include" && std_macro(word)) {
                return true;
            }
        }
        at = at.max(start + 1);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cfg::CfgSet;
    use crate::ir::ItemKind;

    fn body(statements: &str) -> Body {
        let text = format!("fn f() {{ {statements} }}");
        let mut file = crate::lower::whole(&text, &CfgSet::default()).expect("it parses");
        match file.items.remove(0).kind {
            ItemKind::Fn(function) => function.body.expect("it has a body"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_macro_may_make_items_by_a_word_or_by_another_macro() {
        for text in [
            "impl T {}",
            "$i:item",
            "inner!($x)",
            "a { inner ! [] }",
            "$crate::println!()",
            "$name!()",
            "include!(\"x.rs\")",
        ] {
            assert!(may_make_items(text), "{text}");
        }
        for text in [
            "$a + implement",
            "a != b",
            "println!(\"{}\", vec![1])",
            "!x",
        ] {
            assert!(!may_make_items(text), "{text}");
        }
    }

    #[test]
    fn an_encoded_body_is_decoded_when_it_is_looked_into() {
        let first = Body::new(Block::clone(&body(
            "let a = g(1); if a { h!(b) } else { loop { k() } }",
        )));
        let bytes = pack::pack(&first, 1);
        let second: Body = pack::unpack(&bytes, 1, &Default::default()).expect("it decodes");
        assert!(second.block.get().is_none());
        assert_eq!(format!("{:?}", *second), format!("{:?}", *first));
        assert_eq!(pack::pack(&second, 1), bytes);
    }

    #[test]
    fn items_and_macros_in_any_block_are_known_without_decoding() {
        let defines = |text: &str| {
            let body = body(text);
            body.has_items() || body.calls().iter().any(|called| called.name == "m")
        };
        assert!(!defines("let a = n!(1) + f(|| { g() });"));
        assert!(defines("let a = f(|| { m!() });"));
        assert!(defines("match a { b => { fn inner() {} } }"));
        assert!(defines("while x { let Some(y) = z else { m! {} }; }"));
        assert!(defines("println!(\"{}\", path::m!());"));
    }
}
