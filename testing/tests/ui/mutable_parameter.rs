//! A parameter that the function changes can't be remembered.

use checkpointer_runtime::checkpoint;
#[checkpoint]
fn push(list: &mut Vec<u8>) -> usize {
    list.push(1);
    list.len()
}

fn main() {}
