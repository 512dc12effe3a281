//! Stands in for the runtime in fixtures: the attributes' names and nothing else.
pub use checkpointer_macros::{capture, checkpoint, no_capture};
