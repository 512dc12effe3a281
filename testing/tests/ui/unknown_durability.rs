//! A durability that does not exist lists those that do.

use checkpointer_runtime::checkpoint;

#[checkpoint(version = 1, durability = "sync")]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
