//! The attribute goes on functions.

use checkpointer_runtime::checkpoint;
#[checkpoint]
struct Model;

fn main() {}
