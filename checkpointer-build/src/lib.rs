//! The build-script helper of `checkpointer-runtime`: reads a crate, finds out what each function
//! with `#[checkpoint]` depends on, and writes the table of their hashes that the attribute uses.
//!
//! ```no_run
//! // build.rs
//! fn main() {
//!     checkpointer_build::build();
//! }
//! ```
//!
//! [`Builder`] has the options. The stages stand in the order in which data flows: packages,
//! files, the linked program, edges, closures, hashes, table.

#![forbid(unsafe_code)]

mod cfg;
mod package;
mod symbol;

mod ir;
mod normalize;
mod expand;
mod lower;
mod summaries;
mod source;

mod world;
mod collect;
mod files;
mod resolve;
mod link;

mod ty;
mod std_facts;
mod impure;
mod program;
mod edges;
mod graph;
mod reach;

mod track;
mod fingerprint;
mod ids;
mod report;
mod analysis;
mod emit;
mod build;
mod analyze;

pub use analyze::{AnalyzeError, AnalyzeOptions, analyze};
pub use build::{Builder, build};
