//! Functions that leave as a whole: those whose attributes count for nothing but the function's own tokens, and whose header is
//! plain Rust.

use super::super::plain::{self, Header};
use super::super::scan::{Scan, Seen};
use super::{Around, Cut, Cutter, SHORTEST};
use crate::ir::{Block, Pos};
use crate::normalize::is_silent;

/// A function that was left out as a whole.
pub(in super::super) struct Whole {
    pub(in super::super) header: Header,
    /// Where its first attribute or word stands.
    pub(in super::super) start: Pos,
    pub(in super::super) is_test: bool,
    pub(in super::super) body: Left,
    pub(in super::super) end_line: u32,
}

/// What is left of a function's body.
pub(in super::super) enum Left {
    /// It has none.
    Nothing,
    /// Where it stands, and the place behind its brace.
    Text(Cut, Pos),
    /// A short one is read at once; with the hash of the whole function's own tokens.
    Read(Block, [u8; 32]),
}

/// An item of which the beginning was seen.
pub(super) struct Begun<'t> {
    /// Where it begins.
    pub(super) start: usize,
    /// What was in `out`, and how far the text, before it.
    pub(super) out: usize,
    pub(super) copied: usize,
    /// Its first attribute that is no documentation.
    pub(super) attribute: Option<usize>,
    /// Its first word.
    pub(super) word: Option<usize>,
    /// Those that are part of its own tokens; `None` once there is one that has to be read.
    pub(super) words: Option<Vec<&'t str>>,
}

impl<'t> Begun<'t> {
    /// Takes in an attribute, of which the sign and what stands in the brackets are given.
    pub(super) fn note(&mut self, sign: usize, inside: &'t str) {
        let end = inside.find(|one: char| !(one == '_' || one.is_ascii_alphanumeric()));
        let (name, rest) = inside.split_at(end.unwrap_or(inside.len()));
        if name != "doc" && self.attribute.is_none() {
            self.attribute = Some(sign);
        }
        let is_path = rest.trim_start().starts_with(':');
        if plain::WORDS.contains(&inside) {
            self.words.iter_mut().for_each(|words| words.push(name));
        } else if name == "cfg_attr" {
            self.words.take_if(|_| !is_silent_either_way(rest));
        } else if !is_silent(name, is_path) {
            self.words = None;
        }
    }
}

/// Whether none of the attributes in a `cfg_attr` counts, of which this is what stands behind the name.
fn is_silent_either_way(arguments: &str) -> bool {
    let inside = arguments.trim();
    let inside = inside
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'));
    let mut scan = Scan::new(inside.unwrap_or_default());
    let mut is_first = true;
    loop {
        // Up to a comma: before the first the condition.
        loop {
            match scan.next() {
                Seen::Open(_) if scan.skip_group().is_none() => return false,
                Seen::Punct(b',') => break,
                Seen::End => return !is_first,
                Seen::Close => return false,
                _ => {}
            }
        }
        is_first = false;
        match scan.next() {
            Seen::Word => {
                let name = scan.seen();
                let ahead = scan.clone().next();
                let is_path = ahead == Seen::Punct(b':');
                if !std::str::from_utf8(name).is_ok_and(|name| is_silent(name, is_path)) {
                    return false;
                }
            }
            Seen::End => return true,
            _ => return false,
        }
    }
}

/// Lines up to a place of the text.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) to: usize,
    pub(super) lines: u32,
    pub(super) line_start: usize,
}

impl<'t> Cutter<'t> {
    /// Remembers where an item begins, if it is not known.
    pub(super) fn begin(&mut self) {
        if self.begun.is_none() {
            self.begun = Some(Begun {
                start: self.scan.start,
                out: self.out.len(),
                copied: self.copied,
                attribute: None,
                word: None,
                words: Some(Vec::new()),
            });
        }
    }

    /// The header of a function, if it and what stands before it are plain.
    pub(super) fn plain_header(&mut self, end: usize) -> Option<Header> {
        let begun = self.begun.as_ref()?;
        if self.around == Around::Extern {
            return None;
        }
        let words = begun.words.clone()?;
        let start = begun.word?;
        let at = self.pos(start);
        plain::header(&self.text[start..end], at, &words, self.set)
    }

    /// What a function's body becomes that leaves with it.
    pub(super) fn take_body(&mut self, header: &Header, cut: Cut) -> Option<Left> {
        let at = self.pos(cut.range.start);
        if cut.range.len() >= SHORTEST {
            return Some(Left::Text(cut, at));
        }
        let mut bytes = header.bytes.clone();
        let block = plain::read(&self.text[cut.range], at, self.set, &mut bytes)?;
        Some(Left::Read(block, *blake3::hash(&bytes).as_bytes()))
    }

    /// Leaves a function out: its line breaks, and as many columns as what follows needs.
    pub(super) fn cut_whole(&mut self, header: Header, body: Left) {
        let Some(begun) = self.begun.take() else {
            return;
        };
        let is_test = begun.words.iter().flatten().any(|word| *word == "test");
        let first = begun.attribute.or(begun.word).unwrap_or(begun.start);
        let start = self.pos(first);
        let end = self.scan.at;
        let last = self.pos(end);
        self.functions.push(Whole {
            header,
            start,
            is_test,
            body,
            end_line: last.line,
        });
        self.out.truncate(begun.out);
        let text = self.text;
        self.out.push_str(&text[begun.copied..begun.start]);
        self.leave_space(&text[begun.start..end]);
        self.copied = end;
    }

    /// Where that place is. Places are asked for in about their order.
    fn pos(&mut self, place: usize) -> Pos {
        let bytes = self.text.as_bytes();
        if place < self.counted.to {
            while self.counted.line_start > place {
                let before = &bytes[..self.counted.line_start - 1];
                let start = before.iter().rposition(|byte| *byte == b'\n');
                self.counted.line_start = start.map_or(0, |at| at + 1);
                self.counted.lines -= 1;
            }
            self.counted.to = place;
        }
        let mut at = self.counted.to;
        while at < place {
            if bytes[at] == b'\n' {
                self.counted.lines += 1;
                self.counted.line_start = at + 1;
            }
            at += 1;
        }
        self.counted.to = place;
        let before = &bytes[self.counted.line_start..place];
        let column = before
            .iter()
            .filter(|byte| !matches!(byte, 0x80..=0xbf))
            .count();
        Pos {
            line: self.counted.lines + 1,
            column: column as u32 + 1,
        }
    }
}
