//! Results of functions that survive, and that are never served by code that no longer exists.
//!
//! `#[checkpoint]` keeps what a function returns: in memory, on disk, or in a store of your own. A build script reads the
//! whole crate, finds everything that the function's result can depend on, and gives the function a hash of exactly that:
//! edit something that the function uses and its results are computed again; edit anything else and they stay.
//!
//! # Set-up
//! ```toml
//! [dependencies]
//! checkpointer-runtime = "0.1"
//! [build-dependencies]
//! checkpointer-build = "0.1"
//! ```
//! ```text
//! // build.rs
//! fn main() { checkpointer_build::build(); }
//! ```
//!
//! # Use
//! ```
//! use checkpointer_runtime::checkpoint;
//!
//! // Examples of documentation have no build script, so this one says its version itself; yours needs none.
//! #[checkpoint(format = "memory", verbosity = 0, version = 1)]
//! fn expensive(x: u64) -> u64 {
//!     x * x
//! }
//!
//! assert_eq!(expensive(4), 16);            // computes and stores
//! assert_eq!(expensive(4), 16);            // loads
//! assert_eq!(expensive::rerun(4), 16);     // computes and overwrites
//! assert_eq!(expensive::original(4), 16);  // the function itself
//! assert_eq!(expensive::get(4)?, 16);      // loads, or says why there is nothing
//! expensive::delete(4)?;
//! assert!(!expensive::exists(4)?);
//! # Ok::<(), checkpointer_runtime::CheckpointError>(())
//! ```
//!
//! | call | does |
//! | --- | --- |
//! | `f(…)` | loads, or computes and stores; a fault of the store is reported and never fails the call |
//! | `f::original(…)` | the undecorated function, for recursion |
//! | `f::rerun(…)`, `f::cached(…)` | computes and overwrites; as the plain call, but ignores `when = false` |
//! | `f::get(…)`, `f::get_or(default, …)` | the stored result, without computing |
//! | `f::set(value, …)`, `f::delete(…)` | stores this value as the result; drops it |
//! | `f::exists(…)`, `f::is_expired(…)` | as named |
//! | `f::call_hash(…)`, `f::code_hash()`, `f::depends()` | the two hashes, and what the function depends on directly |
//! | `f::reinit()` | reads statics that are captured once anew |
//! | `f::cleanup()`, `f::clear()`, [`cleanup_all()`] | drops entries of older code and expired ones; drops all; the first for the whole program |
//! | `f::call(…)` | the prepared [`Call`], on which all of these hang; `.layer(0)` is the outermost layer alone |
//! | `f::function()` | the [`Function`] as a whole |
//!
//! In an async function the operations that may compute give futures; the others are immediate. For a method, write
//! `model.fit_call(&data).rerun()` and `Model::fit_function()`. In the impl of a trait the plain call is cached, and
//! [`function`] finds the function by its path. Of a function that returns a `Result` only `Ok` is kept, and `get`,
//! `get_or` and `set` are about the value in it.
//!
//! # Options
//! `#[checkpoint(option = value, …)]`; all but those marked * can stand on a preset ([`Checkpointer`], [`presets`]), which
//! `using* = PRESET` names.
//!
//! | option | default | meaning |
//! | --- | --- | --- |
//! | `format` | `"msgpack"` | `"memory"`, `"msgpack"`, `"packed"`, with features `"redis"`, `"object"`, `"team"`, or an expression: [`DiskStorage`], [`MemoryStorage`], any [`Storage`] |
//! | `root_path` | `CHECKPOINTER_DIR`, or `checkpoints` in the user's cache folder | root folder |
//! | `when` | `true` | on or off, asked at each call |
//! | `verbosity` | 1 | 0 silent; 1 a line on computing and on damage; 2 on hits, too; asked at each call |
//! | `expiry`, `should_expire` | never | stale by age (a `Duration`), or by a closure over the time of storing |
//! | `capture` | no | statics count: their code, and the values of those marked [`capture`](macro@capture) |
//! | `durability`, `trust_root`, `keep_versions`, `max_bytes` | see [`Checkpointer`] | how stores on disk are kept: `durability = "fsync"`, … |
//! | `codec`, `compression` | MessagePack, none | how results become bytes; with features |
//! | `hash_by`* | the arguments | a closure over the parameters, by reference: what to hash instead |
//! | `version`* | the code's hash | a value that replaces it |
//! | `depends_on`* | none | more dependencies: paths of items, and patterns of files |
//! | `result`* | by its type | whether the result is a `Result` of which only `Ok` is kept |
//! | `handle`* | the function's name | the companion's name, where a type or module of that name stands already |
//! | `crate`* | `::checkpointer_runtime` | this crate's path, for crates that re-export it |
//!
//! On parameters: `#[no_hash] log: &Logger` leaves one out, `#[hash_by(|p: &Path| …)] path: &Path` hashes something else,
//! and `#[hash_by(file_contents)] path: &Path` the file that it names ([`file_contents`]).
//!
//! Generic functions take in the code of the types that they are called with. A crate that calls one of another crate with
//! types of its own, and has no generic checkpointed function itself, tells their code by `register_types!();`
//! ([`register_types`]) beside a build script; otherwise such a call is not kept, and says so.
//!
//! Several `#[checkpoint]` on one function are layers, the outermost first; a hit in a lower one fills those above.
//!
//! # Environment
//! `CHECKPOINTER` = `on` | `off` | `readonly` | `refresh` and `CHECKPOINTER_VERBOSITY` override the code;
//! `CHECKPOINTER_VERIFY=1/N` recomputes one in `N` hits and reports a difference; `CHECKPOINTER_DIR` is the root folder
//! where the code names none. Lines have colours on a terminal, unless `NO_COLOR` is set.
//!
//! # Features
//! `async` (default): async functions use their stores on threads of their own. `testing`: the module `testing`.
//! `codec`: codecs of your own (any serde format). `lz4`, `zstd`: compressed results. `mmap`: the type `Mapped`, large arrays
//! of numbers that a hit maps from their file.
//! `redis`, `redis-tls`, `object`: results on a server that a team shares, see the module `remote`.
//! `tracing`: an event for all that happens to a call, and a span in which functions run. `metrics`: counters and histograms.

mod table;

mod config;
mod environment;
#[doc(hidden)]
pub mod formats;
pub mod presets;
mod setting;

pub mod arguments;
mod exact;
mod hashing;
mod numbers;
mod traits;
mod types;

mod capture;
mod capture_value;

mod checkpoint;
mod layers;
mod provenance;

mod background;
mod call;
mod span;
mod verify;

mod flight;

mod clock;
mod expiry;

mod cleanup;
pub mod codec;
mod content;
pub mod entry;
mod key;
#[cfg(feature = "mmap")]
mod mapped;
mod near;
mod slots;
pub mod storage;

#[cfg(feature = "remote")]
pub mod remote;

mod event;
mod hits;
#[cfg(any(feature = "tracing", feature = "metrics"))]
mod observe;
pub mod recorded;
mod stats;
#[cfg(feature = "testing")]
pub mod testing;

mod error;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use arguments::{file_contents, file_contents_always};
pub use bytes::Bytes;
pub use call::Call;
pub use capture_value::{CaptureValue, CapturedValue};
pub use checkpoint::{Function, cleanup_all, function, functions};
pub use checkpointer_macros::{capture, checkpoint, no_capture, register_types};
pub use config::{Checkpointer, Format, IntoFormat, configure};
pub use error::{CheckpointError, Corruption};
pub use event::{Event, EventKind};
pub use key::{Digest, Durability, Key, ParseDigestError, Scope, StorageOptions};
#[cfg(feature = "mmap")]
pub use mapped::{Mapped, Number};
#[cfg(feature = "remote")]
pub use remote::flush;
pub use setting::{IntoSetting, Setting};
pub use stats::{Counts, FunctionStats, Stats, stats};
pub use storage::Storage;
pub use storage::disk::DiskStorage;
pub use storage::memory::MemoryStorage;
pub use storage::packed::PackedStorage;
pub use table::Dependency;
