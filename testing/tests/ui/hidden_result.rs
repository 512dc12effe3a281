//! A Result behind an alias is noticed.

use checkpointer_runtime::checkpoint;

type Answer = Result<u8, String>;

#[checkpoint(version = 1)]
fn f(x: u8) -> Answer {
    Ok(x)
}

fn used() -> Answer {
    f(1)
}

fn main() {}
