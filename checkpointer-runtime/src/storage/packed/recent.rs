//! The small entries that were read last, so that asking for them again needs neither the file nor their checksum.

use std::sync::{Mutex, OnceLock};

use bytes::Bytes;

/// Longer frames are read anew each time.
const LONGEST: usize = 1024;
/// How many frames are kept: a power of two.
const SLOTS: usize = 1024;

/// Verified frames by half of their call hash, each in the one place that its low bits name, until another one needs it.
#[derive(Default)]
pub(super) struct Recent {
    slots: OnceLock<Box<[Mutex<Option<Slot>>]>>,
}

struct Slot {
    call: u128,
    /// Where it stands in the file: an entry that replaces it stands elsewhere.
    offset: u64,
    frame: Bytes,
}

impl Recent {
    /// The frame of this call that was read from there.
    pub(super) fn get(&self, call: u128, offset: u64) -> Option<Bytes> {
        let slot = &self.slots.get()?[place(call)];
        // Another thread that is at it takes no longer than reading the file, and is not worth waiting for.
        let slot = slot.try_lock().ok()?;
        let slot = slot.as_ref()?;
        (slot.call == call && slot.offset == offset).then(|| slot.frame.clone())
    }

    /// Keeps a frame whose checksum holds.
    pub(super) fn keep(&self, call: u128, offset: u64, frame: &Bytes) {
        if frame.len() > LONGEST {
            return;
        }
        let slots = self
            .slots
            .get_or_init(|| (0..SLOTS).map(|_| Mutex::new(None)).collect());
        if let Ok(mut slot) = slots[place(call)].try_lock() {
            let frame = frame.clone();
            *slot = Some(Slot {
                call,
                offset,
                frame,
            });
        }
    }
}

fn place(call: u128) -> usize {
    // A call hash is as good as random in every bit.
    usize::try_from(call % SLOTS as u128).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_found_by_its_call_and_place_until_another_takes_its_slot() {
        let recent = Recent::default();
        assert!(recent.get(7, 0).is_none());
        let frame = Bytes::from_static(b"frame");
        recent.keep(7, 100, &frame);
        assert_eq!(recent.get(7, 100), Some(frame.clone()));
        assert!(recent.get(7, 200).is_none() && recent.get(8, 100).is_none());
        let rival = 7 + SLOTS as u128;
        assert!(recent.get(rival, 100).is_none());
        recent.keep(rival, 300, &frame);
        assert!(recent.get(7, 100).is_none());
        assert!(recent.get(rival, 300).is_some());
        recent.keep(9, 1, &Bytes::from(vec![0; LONGEST + 1]));
        assert!(recent.get(9, 1).is_none());
    }
}
