//! A method that nobody uses is the compiler's usual warning at the method.

#![deny(dead_code)]

use checkpointer_runtime::checkpoint;

struct Model;

impl Model {
    #[checkpoint(version = 1)]
    fn unused(#[no_hash] &self, x: u8) -> u8 {
        x
    }

    #[checkpoint(version = 1)]
    fn used(#[no_hash] &self, x: u8) -> u8 {
        x
    }
}

fn main() {
    Model.used(1);
}
