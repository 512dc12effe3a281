//! What is the whole function's is given once in a stack.

use checkpointer_runtime::checkpoint;

#[checkpoint(version = 1)]
#[checkpoint(version = 2)]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
