//! A companion must not hide a primitive type.

use checkpointer_runtime::checkpoint;
#[checkpoint(version = 1)]
fn u64(x: u8) -> u8 {
    x
}

fn main() {}
