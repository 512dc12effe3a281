//! All errors of one function come at once.

use checkpointer_runtime::checkpoint;
#[checkpoint(when, verbosity = 7)]
fn f(x: &mut u8) -> &u8 {
    x
}

fn main() {}
