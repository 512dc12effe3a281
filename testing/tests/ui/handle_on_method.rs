//! A method has no companion to name.

use checkpointer_runtime::checkpoint;
struct Model;

impl Model {
    #[checkpoint(handle = other)]
    fn f(&self) -> u8 {
        1
    }
}

fn main() {}
