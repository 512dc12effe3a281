//! The hash of an item's own tokens, taken when its members and nested items have left the tree.

use crate::normalize::{Canonical, Nested, write_canonical};

/// Hashes what is left of an item, normalized.
pub(super) fn tokens(item: &mut impl Canonical) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(512);
    write_canonical(item, Nested::Keep, &mut bytes);
    *blake3::hash(&bytes).as_bytes()
}
