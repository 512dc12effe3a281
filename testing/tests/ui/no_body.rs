//! A required method has no results.

use checkpointer_runtime::checkpoint;
trait Source {
    #[checkpoint]
    fn load(&self) -> u8;
}

fn main() {}
