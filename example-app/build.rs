//! Lets checkpointer read this crate.

fn main() {
    checkpointer_build::build();
}
