//! A const function has no cache at compile time.

use checkpointer_runtime::checkpoint;
#[checkpoint]
const fn double(x: u8) -> u8 {
    2 * x
}

fn main() {}
