//! The function's own closure replaces marks on parameters.

use checkpointer_runtime::checkpoint;

#[checkpoint(hash_by = |x| *x)]
fn f(#[no_hash] x: u8) -> u8 {
    x
}

fn main() {}
