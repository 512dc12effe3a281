//! An opaque result can't be loaded.

use checkpointer_runtime::checkpoint;
#[checkpoint]
fn numbers() -> impl Iterator<Item = u8> {
    0..3
}

fn main() {}
