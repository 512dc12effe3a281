//! A static that can't be read safely can't be captured.

use checkpointer_runtime::capture;

#[capture]
static mut LEVEL: u8 = 1;

fn main() {}
