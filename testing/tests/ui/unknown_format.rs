//! An unknown format lists the known ones.

use checkpointer_runtime::checkpoint;
#[checkpoint(format = "pickle")]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
