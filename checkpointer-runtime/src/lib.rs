//! Results of functions that survive, and that are never served by code that no longer exists.

mod table;
mod environment;
mod setting;
mod config;
pub mod presets;
pub mod arguments;
mod traits;
mod hashing;
mod capture;
mod capture_value;
mod checkpoint;
mod call;
mod background;
mod verify;
mod flight;
mod expiry;
mod clock;
mod key;
mod numbers;
mod exact;
pub mod codec;
pub mod entry;
pub mod storage;
mod slots;
mod cleanup;
mod event;
#[cfg(any(feature = "tracing", feature = "metrics"))]
mod observe;
#[cfg(feature = "testing")]
pub mod testing;
mod hits;
mod stats;
mod error;
#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use arguments::{file_contents, file_contents_always};
pub use bytes::Bytes;
pub use call::Call;
pub use capture_value::{CaptureValue, CapturedValue};
pub use checkpoint::{Function, cleanup_all, function, functions};
pub use checkpointer_macros::{capture, checkpoint, no_capture};
pub use config::{Checkpointer, Format, IntoFormat, configure};
pub use error::{CheckpointError, Corruption};
pub use event::{Event, EventKind};
pub use key::{Digest, Durability, Key, ParseDigestError, Scope, StorageOptions};
pub use setting::{IntoSetting, Setting};
pub use stats::{Counts, FunctionStats, Stats, stats};
pub use storage::Storage;
pub use storage::disk::DiskStorage;
pub use storage::memory::MemoryStorage;
pub use storage::packed::PackedStorage;
pub use table::Dependency;
