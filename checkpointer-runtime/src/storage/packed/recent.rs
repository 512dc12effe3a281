//! The small entries that are read again and again, so that asking for them needs neither the file nor their checksum.

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
    /// From the second time on that it was read: what is read once, one entry after the other, is not worth keeping.
    frame: Option<Bytes>,
}

impl Recent {
    /// The frame of this call that was read from there.
    pub(super) fn get(&self, call: u128, offset: u64) -> Option<Bytes> {
        let slot = &self.slots.get()?[place(call)];
        // Another thread that is at it takes no longer than reading the file, and is not worth waiting for.
        let slot = slot.try_lock().ok()?;
        let slot = slot.as_ref()?;
        slot.is_of(call, offset).then(|| slot.frame.clone())?
    }

    /// Takes note of a frame that was read, and whose checksum holds.
    pub(super) fn note(&self, call: u128, offset: u64, frame: &Bytes) {
        if frame.len() > LONGEST {
            return;
        }
        let slots = self
            .slots
            .get_or_init(|| (0..SLOTS).map(|_| Mutex::new(None)).collect());
        if let Ok(mut slot) = slots[place(call)].try_lock() {
            let is_again = slot.as_ref().is_some_and(|slot| slot.is_of(call, offset));
            *slot = Some(Slot {
                call,
                offset,
                frame: is_again.then(|| frame.clone()),
            });
        }
    }
}

impl Slot {
    fn is_of(&self, call: u128, offset: u64) -> bool {
        self.call == call && self.offset == offset
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
    fn a_frame_that_was_read_twice_is_found_until_another_takes_its_slot() {
        let recent = Recent::default();
        let frame = Bytes::from_static(b"frame");
        recent.note(7, 100, &frame);
        assert!(recent.get(7, 100).is_none());
        recent.note(7, 100, &frame);
        assert_eq!(recent.get(7, 100), Some(frame.clone()));
        assert!(recent.get(7, 200).is_none() && recent.get(8, 100).is_none());
        let rival = 7 + SLOTS as u128;
        assert!(recent.get(rival, 100).is_none());
        recent.note(rival, 300, &frame);
        assert!(recent.get(7, 100).is_none() && recent.get(rival, 300).is_none());
        recent.note(rival, 300, &frame);
        assert!(recent.get(rival, 300).is_some());
    }

    #[test]
    fn an_entry_that_was_replaced_is_read_anew_and_a_long_one_each_time() {
        let recent = Recent::default();
        let (old, new) = (Bytes::from_static(b"old"), Bytes::from_static(b"new"));
        (0..2).for_each(|_| recent.note(7, 100, &old));
        recent.note(7, 200, &new);
        assert!(recent.get(7, 100).is_none() && recent.get(7, 200).is_none());
        recent.note(7, 200, &new);
        assert_eq!(recent.get(7, 200), Some(new));
        let long = Bytes::from(vec![0; LONGEST + 1]);
        (0..2).for_each(|_| recent.note(9, 1, &long));
        assert!(recent.get(9, 1).is_none());
    }
}
