//! A function that nobody uses is the compiler's usual warning at the function, and nothing else is.

#![deny(dead_code)]

use checkpointer_runtime::checkpoint;

#[checkpoint(version = 1)]
fn unused(x: u8) -> u8 {
    x
}

#[checkpoint(version = 1)]
fn used(x: u8) -> u8 {
    x
}

#[checkpoint(version = 1)]
fn used_by_its_hash_alone(x: u8) -> u8 {
    x
}

struct Model;

impl Model {
    #[checkpoint(version = 1)]
    fn used_by_its_handle_alone(#[no_hash] &self, x: u8) -> u8 {
        x
    }
}

fn main() {
    used(1);
    let _ = used_by_its_hash_alone::code_hash();
    let _ = Model::used_by_its_handle_alone_function();
}
