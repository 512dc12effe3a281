//! A state as bytes: ids share their beginnings with the one before, numbers are short if small,
//! and a function's closure is written as what it does not share with the one before.

use super::{FORMAT_VERSION, KINDS, MAGIC, State};

impl State {
    /// The bytes. The same state gives the same bytes.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + 48 * self.items.len());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        out.extend_from_slice(&(self.roots.len() as u32).to_le_bytes());
        for root in &self.roots {
            out.extend_from_slice(&root.code_hash);
            out.extend_from_slice(&root.capture_hash);
        }
        number(&mut out, u64::from(self.hash_version));
        text(&mut out, &self.package);
        number(&mut out, self.salts.len() as u64);
        for salt in &self.salts {
            text(&mut out, &salt.name);
            out.extend_from_slice(&salt.hash.to_le_bytes());
        }
        number(&mut out, self.files.len() as u64);
        for file in &self.files {
            text(&mut out, file.package.as_deref().unwrap_or_default());
            text(&mut out, &file.path);
            out.extend_from_slice(&file.digest);
        }
        self.write_items(&mut out);
        self.write_roots(&mut out);
        let checksum = blake3::hash(&out);
        out.extend_from_slice(&checksum.as_bytes()[..8]);
        out
    }

    fn write_items(&self, out: &mut Vec<u8>) {
        number(out, self.items.len() as u64);
        let mut before = "";
        for item in &self.items {
            let shared = shared_prefix(before, &item.id);
            number(out, shared as u64);
            text(out, &item.id[shared..]);
            before = &item.id;
            let kind = KINDS.iter().position(|kind| *kind == item.kind);
            out.push(kind.unwrap_or_default() as u8);
            out.extend_from_slice(&item.tokens.to_le_bytes());
            out.extend_from_slice(&item.meaning.to_le_bytes());
            number(out, item.file.map_or(0, |file| u64::from(file) + 1));
            number(out, u64::from(item.line));
            number(out, u64::from(item.end_line.saturating_sub(item.line)));
            increasing(out, &item.deps);
        }
    }

    fn write_roots(&self, out: &mut Vec<u8>) {
        let mut before: &[u32] = &[];
        for root in &self.roots {
            number(out, u64::from(root.item));
            text(out, &root.target);
            increasing(out, &difference(before, &root.closure));
            before = &root.closure;
        }
    }
}

/// The places that are in one of two sorted lists and not in the other.
pub(super) fn difference(one: &[u32], other: &[u32]) -> Vec<u32> {
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    let mut out = Vec::new();
    loop {
        match (left.peek(), right.peek()) {
            (Some(a), Some(b)) if a == b => {
                left.next();
                right.next();
            }
            (Some(a), Some(b)) if a < b => out.extend(left.next()),
            (Some(_), Some(_)) | (None, Some(_)) => out.extend(right.next()),
            (Some(_), None) => out.extend(left.next()),
            (None, None) => return out,
        }
    }
}

fn shared_prefix(one: &str, other: &str) -> usize {
    let bytes = one.bytes().zip(other.bytes());
    let mut shared = bytes.take_while(|(a, b)| a == b).count();
    while !other.is_char_boundary(shared) {
        shared -= 1;
    }
    shared
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// A sorted list as runs: how far to the next run, and how many follow one another in it.
fn increasing(out: &mut Vec<u8>, list: &[u32]) {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for value in list {
        match runs.last_mut() {
            Some((start, length)) if *start + *length == *value => *length += 1,
            _ => runs.push((*value, 1)),
        }
    }
    number(out, runs.len() as u64);
    let mut end = 0;
    for (start, length) in runs {
        number(out, u64::from(start - end));
        number(out, u64::from(length));
        end = start + length;
    }
}
