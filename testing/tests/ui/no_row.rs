//! A function that the build script has not read is one error, and the function is there.

use checkpointer_runtime::checkpoint;

#[checkpoint]
fn f(x: u8) -> u8 {
    x
}

fn used() -> u8 {
    f(1) + f::original(1)
}

fn main() {}
