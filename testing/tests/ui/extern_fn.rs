//! A foreign caller can't call through the cache.

use checkpointer_runtime::checkpoint;
#[checkpoint]
extern "C" fn add(x: u8) -> u8 {
    x + 1
}

fn main() {}
