//! An option needs its value.

use checkpointer_runtime::checkpoint;
#[checkpoint(when)]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
