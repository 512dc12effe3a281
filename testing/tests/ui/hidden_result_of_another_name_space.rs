//! A lone `Result` may be an alias of another crate.

use checkpointer_runtime::checkpoint;

use std::fmt::Result;

#[checkpoint(version = 1, format = "memory")]
fn f(x: u8) -> Result {
    if x == 0 { Err(std::fmt::Error) } else { Ok(()) }
}

fn used() -> Result {
    f(1)
}

fn main() {}
