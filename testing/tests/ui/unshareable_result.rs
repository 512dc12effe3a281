//! A result that is not Clone can't be kept in memory as it is.

use checkpointer_runtime::checkpoint;
struct Model;

#[checkpoint(version = 1, format = "memory")]
fn f(x: u8) -> Model {
    let _ = x;
    Model
}

fn main() {}
