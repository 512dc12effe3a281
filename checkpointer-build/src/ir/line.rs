//! How line numbers are encoded: of what is kept apart from its file they count from where it stands,
//! so that it is the same wherever it is moved to.

use std::cell::Cell;

use serde::{Deserialize, Deserializer, Serializer};

thread_local! {
    static BEFORE: Cell<u32> = const { Cell::new(0) };
}

/// Encodes or decodes something whose first line is this one of its file.
pub(crate) fn at_line<T>(first: u32, work: impl FnOnce() -> T) -> T {
    let before = BEFORE.replace(first.saturating_sub(1));
    let done = work();
    BEFORE.set(before);
    done
}

/// Writes a line; 0 is none and stays.
pub(super) fn serialize<S: Serializer>(line: &u32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u32(line.saturating_sub(BEFORE.get()))
}

/// Reads it back.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let line = u32::deserialize(deserializer)?;
    Ok(if line == 0 { 0 } else { line + BEFORE.get() })
}
