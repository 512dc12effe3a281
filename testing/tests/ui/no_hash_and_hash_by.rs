//! A parameter that is left out has nothing to hash.

use checkpointer_runtime::checkpoint;
#[checkpoint]
fn f(
    #[no_hash]
    #[hash_by(|x: &u8| *x)]
    x: u8,
) -> u8 {
    x
}

fn main() {}
