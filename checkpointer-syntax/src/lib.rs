//! What the attribute macros and the build script of checkpointer must agree on: the options of
//! `#[checkpoint]`, how a function is named, how its own tokens are hashed, and the table that
//! carries the hashes from the one to the other.
//!
//! This crate is an implementation detail of `checkpointer-runtime` and `checkpointer-build`; its
//! API follows their versions and is not meant for direct use.

#![forbid(unsafe_code)]

pub mod message;
pub mod options;
pub mod path;
pub mod state;
pub mod table;
pub mod tokens;
