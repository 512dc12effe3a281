//! The packed store where the system does not tell that a file was replaced: every entry a file of its own.

pub use super::disk::DiskStorage as PackedStorage;

/// There are no packed files here, so nothing lies in them: for tools.
#[must_use]
pub fn frames(_: &[u8], _: crate::Digest) -> Vec<std::ops::Range<usize>> {
    Vec::new()
}
