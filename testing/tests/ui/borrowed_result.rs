//! A borrowed result can't be kept; the function stays defined, so its use is no second error.

use checkpointer_runtime::checkpoint;
#[checkpoint]
fn first(words: &[String]) -> &str {
    &words[0]
}

fn used() -> usize {
    first(&["a".to_owned()]).len()
}

fn main() {}
