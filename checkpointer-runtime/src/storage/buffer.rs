//! The memory that large entries are read into: kept for the next one, since fresh memory costs as much as reading.

use std::mem;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// No larger buffer is kept.
const LARGEST: usize = 32 << 20;
/// Where reading begins. The kernel copies to such a place twice as fast as to any other.
const ALIGN: usize = 64;

static SPARE: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// A buffer that goes back when the last view of it is dropped.
struct Buffer {
    memory: Vec<u8>,
    filled: Range<usize>,
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.memory[self.filled.clone()]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if self.memory.len() <= LARGEST {
            let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
            if spare.len() < self.memory.len() {
                *spare = mem::take(&mut self.memory);
            }
        }
    }
}

/// The bytes that `fill` writes into room for `size` of them, which may have anything in it; it gives how many they are.
pub(crate) fn filled<E>(
    size: usize,
    fill: impl FnOnce(&mut [u8]) -> Result<usize, E>,
) -> Result<Bytes, E> {
    let mut memory = mem::take(&mut *SPARE.lock().unwrap_or_else(PoisonError::into_inner));
    if memory.len() < size + ALIGN {
        // Zeros from the system cost nothing until they are touched.
        memory = vec![0; size + ALIGN];
    }
    let start = memory.as_ptr().align_offset(ALIGN).min(ALIGN);
    let mut buffer = Buffer {
        memory,
        filled: start..start,
    };
    let length = fill(&mut buffer.memory[start..start + size])?;
    buffer.filled = start..start + length.min(size);
    Ok(Bytes::from_owner(buffer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_in_use_is_never_given_to_another_and_old_content_never_shows() {
        let make = |byte: u8, size: usize| {
            let fill = |room: &mut [u8]| {
                assert_eq!(room.len(), size);
                room[..size / 2].fill(byte);
                Ok::<_, ()>(size / 2)
            };
            filled(size, fill).expect("memory")
        };
        let (left, right) = (make(1, 100_000), make(2, 100_000));
        let slice = left.slice(10..20);
        drop(left);
        let third = make(3, 50_000);
        drop(slice.clone());
        let fourth = make(4, 100);
        assert!(slice.len() == 10 && slice.iter().all(|&byte| byte == 1));
        assert!(right.len() == 50_000 && right.iter().all(|&byte| byte == 2));
        assert!(third.len() == 25_000 && third.iter().all(|&byte| byte == 3));
        assert!(fourth.len() == 50 && fourth.iter().all(|&byte| byte == 4));
    }
}
