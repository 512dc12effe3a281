//! What a result's code was, kept beside the results: so that `cargo checkpointer why` can tell what changed, on another
//! machine too. The build script wrote it and the expansion embedded it; here it is passed on unread.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::checkpoint::{CHECKPOINTER_FUNCTIONS, Layer};
use crate::key::{Digest, Key};
use crate::storage::Storage;

/// How a state begins: magic, version, number of functions, and of each the first bytes of its two hashes.
const MAGIC: [u8; 8] = *b"\x9Cckst\r\n\x1A";
const HEADER: usize = 16;

/// Hands the state of this layer's code to its store, once in a process, when a first result was stored there.
///
/// A fault here is none of the call's: the result is stored, and only `why` knows less.
pub(crate) fn describe(layer: &'static Layer, storage: &dyn Storage, key: &Key) {
    static DONE: Mutex<Option<HashSet<usize>>> = Mutex::new(None);
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    let is_first = done
        .get_or_insert_default()
        .insert(std::ptr::from_ref(layer).addr());
    drop(done);
    // Each crate's state is beside its first function.
    let states = CHECKPOINTER_FUNCTIONS.iter().map(|function| function.code);
    if is_first && let Some(state) = find(states, key.code_hash()) {
        let _ = storage.describe(key, state);
    }
}

/// The state that has a function of this hash.
fn find<'s>(mut states: impl Iterator<Item = &'s [u8]>, code_hash: Digest) -> Option<&'s [u8]> {
    let start = &code_hash.as_bytes()[..8];
    states.find(|state| hashes(state).any(|hash| hash == start))
}

/// The first bytes of all hashes in a state's header.
pub(crate) fn hashes(state: &[u8]) -> impl Iterator<Item = &[u8]> {
    let count = match state.get(..HEADER) {
        Some(header) if header[..8] == MAGIC => {
            u32::from_le_bytes([header[12], header[13], header[14], header[15]])
        }
        _ => 0,
    };
    let hashes = state.get(HEADER..).unwrap_or_default();
    hashes.chunks_exact(8).take(2 * count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(hashes: &[u8]) -> Vec<u8> {
        let mut state = MAGIC.to_vec();
        state.extend_from_slice(&1u32.to_le_bytes());
        state.extend_from_slice(&(hashes.len() as u32 / 2).to_le_bytes());
        for hash in hashes {
            state.extend_from_slice(&[*hash; 8]);
        }
        state.extend_from_slice(&[9; 8]);
        state
    }

    #[test]
    fn a_state_is_found_by_either_hash_of_one_of_its_functions() {
        let states = [state(&[1, 2]), state(&[3, 4, 5, 6])];
        let found = |byte: u8| {
            let states = states.iter().map(Vec::as_slice);
            find(states, Digest::new([byte; 32])).map(<[u8]>::len)
        };
        assert_eq!(found(2), Some(states[0].len()));
        assert_eq!(found(5), Some(states[1].len()));
        assert_eq!(found(9), None);
        assert_eq!(
            find([&b"short"[..]].into_iter(), Digest::new([1; 32])),
            None
        );
    }
}
