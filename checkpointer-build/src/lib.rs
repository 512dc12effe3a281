//! The build-script helper of `checkpointer-runtime`: reads a crate, finds out what each function
//! with `#[checkpoint]` depends on, and writes the table of their hashes that the attribute uses.
//!
//! ```no_run
//! // In the `main` of build.rs:
//! checkpointer_build::build();
//! ```
//!
//! [`Builder`] has the options. The stages stand in the order in which data flows: packages,
//! files, the linked program, edges, closures, hashes, table.

#![forbid(unsafe_code)]

mod cfg;
mod map;
mod memo;
mod package;
mod symbol;

mod body;
mod expand;
mod ir;
mod lower;
mod normalize;
mod pack;
mod source;
mod summaries;

mod collect;
mod files;
mod link;
mod numbered;
mod resolve;
mod world;

mod allocators;
mod called;
mod edges;
mod graph;
mod impure;
mod outside;
mod program;
mod reach;
mod std_facts;
mod ty;

mod analysis;
mod analyze;
mod build;
mod clash;
mod emit;
mod fingerprint;
mod history;
mod ids;
mod inspect;
mod report;
mod track;
mod twins;
mod type_arguments;

pub use analyze::{AnalyzeError, AnalyzeOptions, analyze, analyze_into};
pub use build::{Builder, build};
pub use inspect::{FunctionReport, InspectOptions, Inspection, OutDir, Spot, State, inspect};
