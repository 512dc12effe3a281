//! An unsafe function has promises that a remembered call would not check.

use checkpointer_runtime::checkpoint;
#[checkpoint]
unsafe fn read(x: usize) -> u8 {
    x as u8
}

fn main() {}
