//! What the build script reads must be literal.

use checkpointer_runtime::checkpoint;
const YES: bool = true;

#[checkpoint(capture = YES)]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
