//! A format that talks to a server names the feature that it needs.

use checkpointer_runtime::checkpoint;

#[checkpoint(format = "redis", version = 1)]
fn f(x: u8) -> u8 {
    x
}

#[checkpoint(format = "object", version = 1)]
fn g(x: u8) -> u8 {
    x
}

#[checkpoint(format = "team", version = 1)]
fn h(x: u8) -> u8 {
    x
}

fn main() {}
