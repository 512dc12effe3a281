//! The verbosity is 0, 1 or 2.

use checkpointer_runtime::checkpoint;
#[checkpoint(verbosity = 3)]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
