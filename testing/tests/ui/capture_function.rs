//! To capture is an option of a function; the attribute goes on statics.

use checkpointer_runtime::capture;

#[capture]
fn f() {}

fn main() {}
