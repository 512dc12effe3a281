//! A version replaces the code hash, dependencies and all.

use checkpointer_runtime::checkpoint;

#[checkpoint(version = 1, depends_on = "data.csv")]
fn f(x: u8) -> u8 {
    x
}

fn main() {}
