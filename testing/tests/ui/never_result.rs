//! A function that never returns has no result.

use checkpointer_runtime::checkpoint;
#[checkpoint]
fn forever() -> ! {
    loop {}
}

fn main() {}
