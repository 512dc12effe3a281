//! A result without Serialize can't be stored; the error names the ways out.

use checkpointer_runtime::checkpoint;
#[derive(Clone)]
struct Model;

#[checkpoint(version = 1)]
fn f(x: u8) -> Model {
    let _ = x;
    Model
}

fn main() {}
