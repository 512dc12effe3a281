//! Which entries of a function are dropped: those of older code, expired ones, and the least valuable over a budget.

use crate::error::CheckpointError;
use crate::key::Scope;
use crate::storage::{Storage, Upkeep};

/// Drops what `upkeep` does not keep. Gives how many entries were dropped.
pub(crate) fn cleanup(
    storage: &(impl Storage + ?Sized),
    scope: &Scope,
    upkeep: &Upkeep<'_>,
) -> Result<u64, CheckpointError> {
    let mut dropped = 0;
    for entry in storage.entries(scope)? {
        let current = upkeep.current.contains(&entry.key.code_hash());
        if (!current || (upkeep.expired)(entry.stored)) && storage.delete(&entry.key)? {
            dropped += 1;
        }
    }
    Ok(dropped)
}

/// Drops every entry of the function. Gives how many there were.
pub(crate) fn clear(
    storage: &(impl Storage + ?Sized),
    scope: &Scope,
) -> Result<u64, CheckpointError> {
    let mut dropped = 0;
    for entry in storage.entries(scope)? {
        dropped += u64::from(storage.delete(&entry.key)?);
    }
    Ok(dropped)
}
