//! Results of functions that survive, and that are never served by code that no longer exists.

pub mod arguments;
mod cleanup;
pub mod codec;
pub mod entry;
mod error;
mod exact;
mod key;
mod numbers;
pub mod storage;

pub use error::{CheckpointError, Corruption};
pub use key::{Digest, Durability, Key, ParseDigestError, Scope, StorageOptions};
pub use storage::Storage;
pub use storage::disk::DiskStorage;
pub use storage::memory::MemoryStorage;
