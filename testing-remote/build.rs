//! As in any user's crate.

fn main() {
    checkpointer_build::build();
}
