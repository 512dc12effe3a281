//! A receiver that the method changes can't be remembered.

use checkpointer_runtime::checkpoint;
struct Counter(u8);

impl Counter {
    #[checkpoint]
    fn next(&mut self) -> u8 {
        self.0 += 1;
        self.0
    }
}

fn main() {}
