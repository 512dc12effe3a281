//! The packed store where the system does not tell that a file was replaced: every entry a file of its own.

pub use super::disk::DiskStorage as PackedStorage;
