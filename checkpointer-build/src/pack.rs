//! How what was made of files and bodies is written into the cache and read back: plain data in the
//! order of its fields, numbers in as few bytes as they need, each name once.
//!
//! A build script runs unoptimized, where a general serializer takes several times as long as this:
//! every layer of generic calls is there. Line numbers count from where the whole stands in its file,
//! so that a body is the same wherever it is moved to.

mod ir;

use std::sync::Arc;

use crate::body::Home;
use crate::map::HashMap;
use crate::symbol::Symbol;

/// Data that can be written and read back.
pub(crate) trait Pack: Sized {
    /// Appends it.
    fn pack(&self, out: &mut Writer);
    /// Reads what was appended; `None` if the bytes are no such thing.
    fn unpack(from: &mut Reader<'_>) -> Option<Self>;
}

/// What is written so far.
pub(crate) struct Writer {
    bytes: Vec<u8>,
    names: Vec<Symbol>,
    numbers: HashMap<Symbol, u32>,
    lines_before: u32,
}

/// What is left to read.
pub(crate) struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    names: Vec<Symbol>,
    lines_before: u32,
    /// What bodies will be read with.
    home: &'b Arc<Home>,
}

/// Writes something whose first line is this one of its file.
pub(crate) fn pack(data: &impl Pack, first_line: u32) -> Vec<u8> {
    let mut out = Writer {
        bytes: Vec::new(),
        names: Vec::new(),
        numbers: HashMap::default(),
        lines_before: first_line.saturating_sub(1),
    };
    data.pack(&mut out);
    let mut head = Writer {
        bytes: Vec::with_capacity(out.bytes.len() + 16 * out.names.len()),
        names: Vec::new(),
        numbers: HashMap::default(),
        lines_before: 0,
    };
    head.number(out.names.len() as u64);
    for name in &out.names {
        head.text(name.as_bytes());
    }
    head.bytes.extend_from_slice(&out.bytes);
    head.bytes
}

/// Reads it back; `None` if the bytes are no such thing.
pub(crate) fn unpack<T: Pack>(bytes: &[u8], first_line: u32, home: &Arc<Home>) -> Option<T> {
    let mut from = Reader {
        bytes,
        at: 0,
        names: Vec::new(),
        lines_before: first_line.saturating_sub(1),
        home,
    };
    let count = from.number()?;
    // A name takes a byte at least.
    if count > bytes.len() as u64 {
        return None;
    }
    let mut names = Vec::with_capacity(count as usize);
    for _ in 0..count {
        names.push(Symbol::new(std::str::from_utf8(from.text()?).ok()?));
    }
    from.names = names;
    let data = T::unpack(&mut from)?;
    (from.at == bytes.len()).then_some(data)
}

impl Writer {
    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Seven bits a byte, the lowest first.
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }

    pub(crate) fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text);
    }

    /// A line of the file; 0 is none and stays.
    fn line(&mut self, line: u32) {
        self.number(u64::from(line.saturating_sub(self.lines_before)));
    }
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Option<u8> {
        let at = self.at;
        if at >= self.bytes.len() {
            return None;
        }
        self.at = at + 1;
        Some(self.bytes[at])
    }

    fn number(&mut self) -> Option<u64> {
        let bytes = self.bytes;
        let mut at = self.at;
        let mut number = 0;
        let mut shift = 0;
        while at < bytes.len() && shift < 64 {
            let byte = bytes[at];
            at += 1;
            number |= ((byte & 0x7f) as u64) << shift;
            if byte < 0x80 {
                self.at = at;
                return Some(number);
            }
            shift += 7;
        }
        None
    }

    pub(crate) fn text(&mut self) -> Option<&'b [u8]> {
        let length = self.number()? as usize;
        let left = self.bytes.len() - self.at;
        if length > left {
            return None;
        }
        let start = self.at;
        self.at = start + length;
        Some(&self.bytes[start..start + length])
    }

    fn line(&mut self) -> Option<u32> {
        let line = self.number()? as u32;
        Some(if line == 0 {
            0
        } else {
            line + self.lines_before
        })
    }

    /// What bodies will be read with.
    pub(crate) fn home(&self) -> &Arc<Home> {
        self.home
    }
}

/// `?` without its calls.
macro_rules! read {
    ($from:expr) => {
        match $crate::pack::Pack::unpack($from) {
            Some(data) => data,
            None => return None,
        }
    };
}
use read;

impl Pack for bool {
    fn pack(&self, out: &mut Writer) {
        out.byte(u8::from(*self));
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        match from.byte() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        }
    }
}

impl Pack for u32 {
    fn pack(&self, out: &mut Writer) {
        out.number(u64::from(*self));
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        from.number().map(|number| number as u32)
    }
}

impl Pack for u64 {
    fn pack(&self, out: &mut Writer) {
        out.number(*self);
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        from.number()
    }
}

impl Pack for Symbol {
    fn pack(&self, out: &mut Writer) {
        let next = out.names.len() as u32;
        let number = *out.numbers.entry(*self).or_insert(next);
        if number == next {
            out.names.push(*self);
        }
        out.number(u64::from(number));
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        let at = from.number()? as usize;
        if at < from.names.len() {
            Some(from.names[at])
        } else {
            None
        }
    }
}

impl Pack for String {
    fn pack(&self, out: &mut Writer) {
        out.text(self.as_bytes());
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        std::str::from_utf8(from.text()?).ok().map(str::to_owned)
    }
}

impl Pack for [u8; 32] {
    fn pack(&self, out: &mut Writer) {
        out.bytes.extend_from_slice(self);
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        let digest = *from.bytes.get(from.at..)?.first_chunk()?;
        from.at += 32;
        Some(digest)
    }
}

impl<T: Pack> Pack for Box<T> {
    fn pack(&self, out: &mut Writer) {
        T::pack(self, out);
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        Some(Box::new(read!(from)))
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Writer) {
        match self {
            None => out.byte(0),
            Some(data) => {
                out.byte(1);
                data.pack(out);
            }
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        match from.byte() {
            Some(0) => Some(None),
            Some(1) => Some(Some(read!(from))),
            _ => None,
        }
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Writer) {
        out.number(self.len() as u64);
        for data in self {
            data.pack(out);
        }
    }

    fn unpack(from: &mut Reader<'_>) -> Option<Self> {
        let count = from.number()? as usize;
        if count == 0 {
            return Some(Vec::new());
        }
        // Each takes a byte at least.
        if count > from.bytes.len() - from.at {
            return None;
        }
        let mut all = Vec::with_capacity(count);
        let mut at = 0;
        while at < count {
            all.push(read!(from));
            at += 1;
        }
        Some(all)
    }
}

macro_rules! tuples {
    ($(($($name:ident $at:tt),+))+) => {
        $(impl<$($name: Pack),+> Pack for ($($name,)+) {
            fn pack(&self, out: &mut Writer) {
                $(self.$at.pack(out);)+
            }

            fn unpack(from: &mut Reader<'_>) -> Option<Self> {
                Some(($({
                    let part: $name = read!(from);
                    part
                },)+))
            }
        })+
    };
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back<T: Pack>(data: &T) -> Option<T> {
        unpack(&pack(data, 1), 1, &Arc::default())
    }

    #[test]
    fn numbers_and_texts_of_every_length_come_back() {
        for number in [
            0,
            1,
            0x7f,
            0x80,
            0x3fff,
            0x4000,
            u64::from(u32::MAX),
            u64::MAX,
        ] {
            assert_eq!(back(&number), Some(number));
        }
        for length in [0, 1, 127, 128, 20_000] {
            let text = "é".repeat(length);
            assert_eq!(back(&text), Some(text));
        }
        let names = vec![
            (Symbol::new("a"), true),
            (Symbol::new(""), false),
            (Symbol::new("a"), false),
        ];
        assert_eq!(back(&names), Some(names));
    }

    #[test]
    fn a_name_is_written_once() {
        let name = Symbol::new("a_name_of_some_length");
        let (one, three) = (pack(&vec![name], 1), pack(&vec![name; 3], 1));
        assert_eq!(three.len(), one.len() + 2);
    }

    #[test]
    fn what_is_cut_short_or_too_long_or_no_such_thing_is_refused() {
        type Data = Vec<(Option<String>, [u8; 32])>;
        let home = Arc::default();
        let data: Data = vec![(Some("text".to_owned()), [7; 32]), (None, [8; 32])];
        let bytes = pack(&data, 1);
        for length in 0..bytes.len() {
            assert!(
                unpack::<Data>(&bytes[..length], 1, &home).is_none(),
                "{length}"
            );
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert!(unpack::<Data>(&longer, 1, &home).is_none());
        assert!(unpack::<Vec<u32>>(&[0, 0xff, 0xff, 0xff, 0x7f], 1, &home).is_none());
        assert!(unpack::<Symbol>(&[1, 1, b'a', 1], 1, &home).is_none());
        assert!(unpack::<bool>(&[0, 2], 1, &home).is_none());
    }
}
