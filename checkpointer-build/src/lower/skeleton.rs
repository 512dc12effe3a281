//! A file without its functions' bodies: most of them are never looked into, so most of a source
//! need not be lexed and parsed.
//!
//! A number stands for each body that is left out, line breaks and columns stay as they were. A function whose header and
//! attributes are plain Rust, as most are, leaves as a whole: `plain` reads its header.
//! A body stays where it is if something in it may count for others than the function: items,
//! macros that are known to make some, inner attributes. What is not plain Rust as it is usually
//! written gives no skeleton, and the file is read whole.

mod whole;

use std::ops::Range;

use super::scan::{Scan, Seen};
use crate::body::{Called, Outline};
use crate::cfg::CfgSet;
use crate::symbol::Symbol;

use whole::{Begun, Counted};
pub(super) use whole::{Left, Whole};

/// What the number of a body that was left out ends in; no literal of a program does.
pub(super) const SUFFIX: &str = "unread";

/// Shorter bodies are not worth it.
const SHORTEST: usize = 24;

/// A file's text without bodies.
pub(super) struct Skeleton {
    pub(super) text: String,
    pub(super) cuts: Vec<Cut>,
    pub(super) functions: Vec<Whole>,
}

/// A body that was left out.
pub(super) struct Cut {
    /// Where it stands in the text, without its braces.
    pub(super) range: Range<usize>,
    pub(super) outline: Outline,
}

/// Leaves out what can be left out; `None` if the text is not understood.
pub(super) fn skeleton(text: &str, set: &CfgSet) -> Option<Skeleton> {
    let mut cutter = Cutter {
        text,
        set,
        scan: Scan::new(text),
        out: String::with_capacity(text.len() / 2),
        copied: 0,
        cuts: Vec::new(),
        functions: Vec::new(),
        keeps: false,
        around: Around::Module,
        begun: None,
        counted: Counted::default(),
    };
    cutter.items(false)?;
    cutter.out.push_str(&text[cutter.copied..]);
    Some(Skeleton {
        text: cutter.out,
        cuts: cutter.cuts,
        functions: cutter.functions,
    })
}

/// What items stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Module,
    Impl,
    Trait,
    Extern,
}

struct Cutter<'t> {
    text: &'t str,
    set: &'t CfgSet,
    scan: Scan<'t>,
    out: String,
    /// How far the text is in `out`.
    copied: usize,
    cuts: Vec<Cut>,
    functions: Vec<Whole>,
    /// Whether the attributes of the item at hand want its body.
    keeps: bool,
    around: Around,
    begun: Option<Begun<'t>>,
    counted: Counted,
}

impl<'t> Cutter<'t> {
    /// The next token that is no comment; comments stand for nothing here and go.
    fn next(&mut self) -> Seen {
        loop {
            let seen = self.scan.next();
            if !matches!(seen, Seen::Comment | Seen::InnerDoc) {
                return seen;
            }
            let text = self.text;
            self.out.push_str(&text[self.copied..self.scan.start]);
            self.copied = self.scan.at;
            // Behind the other kind code may stand on its line, which stays in its column.
            if self.scan.byte(self.scan.start + 1) == b'*' {
                self.leave_space(&text[self.scan.start..self.scan.at]);
            }
        }
    }

    /// As many line breaks as that text has, and as many columns as its last line.
    fn leave_space(&mut self, text: &str) {
        let mut column = 0;
        for byte in text.as_bytes() {
            match byte {
                b'\n' => {
                    self.out.push('\n');
                    column = 0;
                }
                0x80..=0xbf => {}
                _ => column += 1,
            }
        }
        for _ in 0..column {
            self.out.push(' ');
        }
    }

    /// Items, to the end of the text or behind the brace that closes the list.
    fn items(&mut self, is_nested: bool) -> Option<()> {
        loop {
            match self.next() {
                Seen::End => return (!is_nested).then_some(()),
                Seen::Close => return is_nested.then_some(()),
                Seen::Punct(b'#') => {
                    self.begin();
                    self.attribute()?;
                }
                Seen::Punct(b';') => {}
                Seen::Punct(b':') | Seen::RawWord => {
                    self.other()?;
                    self.keeps = false;
                    self.begun = None;
                }
                Seen::Word => {
                    self.begin();
                    if let Some(begun) = &mut self.begun {
                        begun.word = Some(self.scan.start);
                    }
                    self.item()?;
                    self.keeps = false;
                    self.begun = None;
                }
                _ => return None,
            }
        }
    }

    fn attribute(&mut self) -> Option<()> {
        let sign = self.scan.start;
        let mut seen = self.next();
        let is_inner = seen == Seen::Punct(b'!');
        if is_inner {
            seen = self.next();
        }
        let start = self.scan.at;
        if seen != Seen::Open(b'[') {
            return None;
        }
        self.scan.skip_group()?;
        let text = self.text;
        let inside = &text[start..self.scan.at - 1];
        // The macro hashes the whole function, so its body is wanted at once.
        self.keeps |= inside.contains("checkpoint");
        match &mut self.begun {
            Some(begun) if !is_inner => begun.note(sign, inside.trim()),
            begun => *begun = None,
        }
        Some(())
    }

    /// An item whose first word was just seen.
    fn item(&mut self) -> Option<()> {
        loop {
            match self.scan.seen() {
                b"fn" => return self.function(),
                b"impl" => return self.block(Around::Impl),
                b"trait" => return self.block(Around::Trait),
                b"mod" => return self.block(Around::Module),
                b"struct" | b"enum" => return self.data(),
                b"static" | b"type" | b"use" => return self.statement(),
                b"pub" | b"unsafe" | b"async" | b"default" | b"auto" | b"safe" | b"crate" => {
                    let mut seen = self.next();
                    if seen == Seen::Open(b'(') {
                        self.scan.skip_group()?;
                        seen = self.next();
                    }
                    if seen != Seen::Word {
                        return self.rest(seen);
                    }
                }
                b"const" => {
                    let seen = self.next();
                    let goes_on = matches!(
                        self.scan.seen(),
                        b"fn" | b"unsafe" | b"async" | b"extern" | b"impl" | b"trait"
                    );
                    if seen != Seen::Word || !goes_on {
                        return self.statement_from(seen);
                    }
                }
                b"extern" => {
                    let mut seen = self.next();
                    if seen == Seen::Literal {
                        seen = self.next();
                    }
                    match seen {
                        Seen::Open(b'{') => return self.inside(Around::Extern),
                        Seen::Word if self.scan.seen() != b"crate" => {}
                        other => return self.statement_from(other),
                    }
                }
                b"union" => {
                    let seen = self.next();
                    if seen != Seen::Word {
                        return self.rest(seen);
                    }
                    return self.data();
                }
                _ => return self.other(),
            }
        }
    }

    /// Up to the semicolon that ends a `use`, `const`, `static` or `type`.
    fn statement(&mut self) -> Option<()> {
        let seen = self.scan.next();
        self.statement_from(seen)
    }

    fn statement_from(&mut self, mut seen: Seen) -> Option<()> {
        loop {
            match seen {
                Seen::Punct(b';') => return Some(()),
                Seen::Open(_) => self.scan.skip_group()?,
                Seen::Close | Seen::End => return None,
                _ => {}
            }
            seen = self.scan.next();
        }
    }

    /// A macro call or definition: up to its braces, or to the semicolon behind other brackets.
    fn other(&mut self) -> Option<()> {
        let seen = self.scan.next();
        self.rest(seen)
    }

    fn rest(&mut self, mut seen: Seen) -> Option<()> {
        loop {
            match seen {
                Seen::Punct(b';') => return Some(()),
                Seen::Open(b'{') => return self.scan.skip_group(),
                Seen::Open(_) => self.scan.skip_group()?,
                Seen::Close | Seen::End => return None,
                _ => {}
            }
            seen = self.scan.next();
        }
    }

    /// A header, up to its braces (`true`) or semicolon.
    fn header(&mut self) -> Option<bool> {
        let mut angles = 0;
        loop {
            match self.next() {
                Seen::Punct(b';') if angles == 0 => return Some(false),
                Seen::Open(b'{') if angles == 0 => return Some(true),
                Seen::Open(_) => self.scan.skip_group()?,
                Seen::Punct(b'<') => angles += 1,
                Seen::Punct(b'>') if self.scan.bytes[self.scan.start - 1] != b'-' => {
                    angles -= 1;
                    if angles < 0 {
                        return None;
                    }
                }
                Seen::Close | Seen::End => return None,
                _ => {}
            }
        }
    }

    fn block(&mut self, around: Around) -> Option<()> {
        match self.header()? {
            true => {
                self.keeps = false;
                self.inside(around)
            }
            false => Some(()),
        }
    }

    fn inside(&mut self, around: Around) -> Option<()> {
        let outer = std::mem::replace(&mut self.around, around);
        self.begun = None;
        self.items(true)?;
        self.around = outer;
        Some(())
    }

    /// A type's fields or variants: only their comments go.
    fn data(&mut self) -> Option<()> {
        if !self.header()? {
            return Some(());
        }
        loop {
            match self.next() {
                Seen::Open(_) => self.scan.skip_group()?,
                Seen::Close => return Some(()),
                Seen::End => return None,
                _ => {}
            }
        }
    }

    fn function(&mut self) -> Option<()> {
        let has_body = self.header()?;
        let header_end = self.scan.start;
        if !has_body {
            if self.around == Around::Trait
                && let Some(header) = self.plain_header(header_end)
            {
                self.cut_whole(header, Left::Nothing);
            }
            return Some(());
        }
        let start = self.scan.at;
        let outline = self.body()?;
        let range = start..self.scan.at - 1;
        match outline {
            Some(outline) if !self.keeps => match self.plain_header(header_end) {
                Some(header) => {
                    // A short one that can't be read belongs to its file.
                    if let Some(body) = self.take_body(&header, Cut { range, outline }) {
                        self.cut_whole(header, body);
                    }
                }
                None => self.cut(range, outline),
            },
            _ => {}
        }
        Some(())
    }

    /// Goes behind a body; `Some(None)` if it has to stay.
    fn body(&mut self) -> Option<Option<Outline>> {
        let mut outline = Outline::default();
        let mut stays = false;
        let mut item_words = false;
        let mut depth = 1;
        // The word before, if it stands just before.
        let mut word: Option<Range<usize>> = None;
        loop {
            let seen = self.scan.next();
            match seen {
                Seen::Word => match self.scan.seen() {
                    b"fn" | b"mod" | b"use" | b"enum" | b"impl" | b"type" | b"trait"
                    | b"struct" | b"static" | b"extern" | b"macro_rules" | b"macro" => {
                        stays = true;
                    }
                    b"const" => {
                        item_words = true;
                        stays |= self.scan.bytes[self.scan.start - 1] != b'*';
                    }
                    b"union" => {
                        item_words = true;
                        stays |= !matches!(self.opens(), b'(' | b')' | b',' | b';' | b'.' | b':');
                    }
                    b"item" => item_words = true,
                    _ => {}
                },
                Seen::Punct(b'!') => {
                    let is_call = matches!(self.opens(), b'(' | b'[' | b'{');
                    if let Some(range) = word.take().filter(|_| is_call) {
                        stays |= !self.call(range, &mut outline);
                    }
                }
                Seen::Punct(b'#') => stays |= self.opens() == b'!',
                Seen::InnerDoc => stays = true,
                Seen::Open(_) => depth += 1,
                Seen::Close => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                Seen::End => return None,
                _ => {}
            }
            match seen {
                Seen::Word | Seen::RawWord => word = Some(self.scan.start..self.scan.at),
                Seen::Comment => {}
                _ => word = None,
            }
        }
        if item_words {
            outline.has_item_words();
        }
        Some((!stays).then_some(outline))
    }

    /// The first byte behind white space.
    fn opens(&self) -> u8 {
        let mut at = self.scan.at;
        while matches!(self.scan.byte(at), b' ' | b'\n' | b'\t') {
            at += 1;
        }
        self.scan.byte(at)
    }

    /// Notes a macro call; `false` if it may make items by itself.
    fn call(&self, name: Range<usize>, outline: &mut Outline) -> bool {
        let before = self.text[..name.start].trim_end();
        match &self.text[name] {
            // `if !(a)`.
            "if" | "return" | "in" | "match" | "while" | "break" | "yield" | "else" | "move"
            | "do" | "become" | "as" | "let" | "mut" | "ref" | "loop" | "unsafe" => true,
            "thread_local" | "lazy_static" | "cfg_if" | "cfg_select" => false,
            name => {
                let name = name.strip_prefix("r#").unwrap_or(name);
                outline.add(Called {
                    name: Symbol::new(name),
                    plain: !before.ends_with(':'),
                    item_words: false,
                });
                true
            }
        }
    }

    /// Leaves a body out: its number, its line breaks, and as many columns as the closing brace needs.
    fn cut(&mut self, range: Range<usize>, outline: Outline) {
        let body = &self.text[range.clone()];
        if body.len() < SHORTEST {
            return;
        }
        let mut marker = self.cuts.len().to_string();
        marker.push_str(SUFFIX);
        let mut lines = 0;
        let mut column = 0;
        for byte in body.as_bytes() {
            match byte {
                b'\n' => {
                    lines += 1;
                    column = 0;
                }
                0x80..=0xbf => {}
                _ => column += 1,
            }
        }
        if lines == 0 {
            if column < marker.len() {
                return;
            }
            column -= marker.len();
        }
        self.out.push_str(&self.text[self.copied..range.start]);
        self.out.push_str(&marker);
        for _ in 0..lines {
            self.out.push('\n');
        }
        for _ in 0..column {
            self.out.push(' ');
        }
        self.copied = range.end;
        self.cuts.push(Cut { range, outline });
    }
}
