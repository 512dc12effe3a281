//! Finding the entries in a log: frame after frame, and on past whatever is damaged or cut off.

use crate::entry::{Layout, MAGIC, is_sealed};
use crate::error::CheckpointError;
use crate::key::Digest;

/// An entry in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it begins, from the start of the bytes.
    pub(super) start: usize,
    /// How many bytes it has.
    pub(super) length: usize,
    /// Its call hash.
    pub(super) call_hash: Digest,
    /// Whether it says that an earlier one is deleted.
    pub(super) is_deletion: bool,
}

/// What scanning has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// How many bytes are done with. The rest may become an entry when more is written.
    pub(super) done: usize,
    /// Whether something between the entries begins as a newer version's frame does.
    pub(super) has_newer: bool,
}

/// Calls `found` for each entry in these bytes.
pub(super) fn scan(bytes: &[u8], code_hash: Digest, mut found: impl FnMut(Found)) -> Scanned {
    let (mut at, mut has_newer) = (0, false);
    while let Some(next) = next(bytes, at, code_hash) {
        has_newer |= holds_newer(&bytes[at..next.start]);
        found(next);
        at = next.start + next.length;
    }
    has_newer |= holds_newer(&bytes[at..]);
    Scanned {
        done: at,
        has_newer,
    }
}

/// Whether a newer version's frame begins in these bytes. How long it is, and whose, only that version knows.
fn holds_newer(bytes: &[u8]) -> bool {
    let starts = bytes.windows(MAGIC.len()).enumerate();
    starts.filter(|(_, start)| *start == MAGIC).any(|(at, _)| {
        matches!(
            Layout::read(&bytes[at..]),
            Err(CheckpointError::Newer { .. })
        )
    })
}

/// The next entry from here on: an undamaged one, or one that only its checksum shows to be damaged, so that it can be
/// reported when it is asked for.
fn next(bytes: &[u8], at: usize, code_hash: Digest) -> Option<Found> {
    let here = frame(bytes, at, code_hash);
    if let Some(here) = here
        && is_sealed(&bytes[at..at + here.length])
    {
        return Some(here);
    }
    let sealed = sealed_frame(bytes, at, code_hash);
    match (here, sealed) {
        // What was cut off claims bytes that belong to those that were written after it.
        (Some(here), Some(sealed)) if sealed.start < at + here.length => Some(sealed),
        (Some(here), _) if follows(bytes, at + here.length) => Some(here),
        (_, sealed) => sealed,
    }
}

/// The frame that begins here, if these bytes hold all of it.
fn frame(bytes: &[u8], start: usize, code_hash: Digest) -> Option<Found> {
    let layout = Layout::read(&bytes[start..]).ok()?;
    let length = usize::try_from(layout.total()?).ok()?;
    (layout.code_hash == code_hash && length <= bytes.len() - start).then_some(Found {
        start,
        length,
        call_hash: layout.call_hash,
        is_deletion: layout.header.codec == super::DELETED,
    })
}

fn follows(bytes: &[u8], at: usize) -> bool {
    at == bytes.len() || bytes[at..].starts_with(&MAGIC[..MAGIC.len().min(bytes.len() - at)])
}

/// The first frame from here on that is whole and undamaged.
fn sealed_frame(bytes: &[u8], from: usize, code_hash: Digest) -> Option<Found> {
    let starts = (from..bytes.len().saturating_sub(MAGIC.len()))
        .filter(|&at| bytes[at..].starts_with(&MAGIC));
    let mut frames = starts.filter_map(|at| frame(bytes, at, code_hash));
    frames.find(|found| is_sealed(&bytes[found.start..found.start + found.length]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::time::Duration;

    use crate::codec::MSGPACK;
    use crate::entry::{self, Header};
    use crate::key::{Key, StorageOptions};

    const CODE: Digest = Digest::new([1; 32]);

    fn bytes(call: u8, length: usize) -> Vec<u8> {
        let options = Arc::new(StorageOptions::new("/nowhere"));
        let key = Key::new("app::f", CODE, Digest::new([call; 32]), options);
        let header = Header {
            codec: MSGPACK,
            stored: chrono::DateTime::UNIX_EPOCH,
            computation: Duration::ZERO,
        };
        let write = |bytes: &mut Vec<u8>| {
            bytes.resize(bytes.len() + length, call);
            Ok(())
        };
        entry::encode(&key, &header, write).expect("a short frame")
    }

    fn calls(bytes: &[u8]) -> (Vec<u8>, usize) {
        let mut calls = Vec::new();
        let scanned = scan(bytes, CODE, |found| {
            calls.push(found.call_hash.as_bytes()[0])
        });
        (calls, scanned.done)
    }

    #[test]
    fn all_whole_entries_are_found_and_the_rest_waits() {
        let log = [bytes(1, 10), bytes(2, 0), bytes(3, 500)].concat();
        assert_eq!(calls(&log), (vec![1, 2, 3], log.len()));
        let end = log.len() - bytes(3, 500).len();
        for cut in end..log.len() {
            assert_eq!(calls(&log[..cut]), (vec![1, 2], end));
        }
        assert_eq!(calls(&[]), (vec![], 0));
    }

    #[test]
    fn an_entry_cut_off_in_the_middle_hides_none_of_the_later_ones() {
        let (first, last) = (bytes(1, 400), [bytes(2, 10), bytes(3, 10)].concat());
        for cut in 0..first.len() {
            let log = [&first[..cut], &last].concat();
            let (found, done) = calls(&log);
            assert!(found.ends_with(&[2, 3]), "cut at {cut}: {found:?}");
            assert_eq!(done, log.len());
        }
    }

    #[test]
    fn a_flipped_bit_hides_no_entry_but_its_own() {
        let parts = [bytes(1, 20), bytes(2, 20), bytes(3, 20)];
        let log = parts.concat();
        for bit in 0..parts[0].len() * 8 {
            let mut flipped = log.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let (found, _) = calls(&flipped);
            assert!(found.ends_with(&[2, 3]), "bit {bit}: {found:?}");
        }
    }
}
