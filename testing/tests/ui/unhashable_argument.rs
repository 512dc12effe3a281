//! An argument without Serialize can't be hashed; the error names the three ways out.

use checkpointer_runtime::checkpoint;
struct Logger;

#[checkpoint(version = 1)]
fn f(x: u8, log: &Logger) -> u8 {
    let _ = log;
    x
}

fn main() {}
