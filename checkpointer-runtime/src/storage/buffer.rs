//! The memory that large entries are read into: kept for the next one, since fresh memory costs as much as reading.

use std::mem;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// No larger buffer is kept.
const LARGEST: usize = 32 << 20;

static SPARE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A buffer that goes back when the last view of it is dropped.
struct Buffer(Vec<u8>);

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.0.capacity() <= LARGEST {
            let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
            if spare.capacity() < self.0.capacity() {
                *spare = mem::take(&mut self.0);
            }
        }
    }
}

/// Bytes that `fill` appends to an empty buffer with room for so many. The room is set aside only for this call's bytes,
/// or was before.
pub(super) fn filled<E>(
    size: usize,
    fill: impl FnOnce(&mut Vec<u8>) -> Result<(), E>,
) -> Result<Bytes, E> {
    let mut buffer = Buffer(mem::take(
        &mut *SPARE.lock().unwrap_or_else(PoisonError::into_inner),
    ));
    buffer.0.clear();
    buffer.0.reserve_exact(size);
    fill(&mut buffer.0)?;
    Ok(Bytes::from_owner(buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_in_use_is_never_given_to_another() {
        let make = |byte: u8| {
            filled(100_000, |buffer| {
                buffer.resize(100_000, byte);
                Ok::<_, ()>(())
            })
            .expect("memory")
        };
        let (left, right) = (make(1), make(2));
        let slice = left.slice(10..20);
        drop(left);
        let third = make(3);
        assert!(slice.iter().all(|&byte| byte == 1));
        assert!(right.iter().all(|&byte| byte == 2));
        assert!(third.iter().all(|&byte| byte == 3));
    }
}
