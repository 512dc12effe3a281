//! An option is given once.

use checkpointer_runtime::checkpoint;
#[checkpoint(when = true, when = false)]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
