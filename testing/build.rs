//! As in a user's crate.

fn main() {
    checkpointer_build::build();
}
