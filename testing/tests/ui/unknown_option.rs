//! An unknown option lists the known ones, and guesses.

use checkpointer_runtime::checkpoint;
#[checkpoint(fromat = "memory")]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
