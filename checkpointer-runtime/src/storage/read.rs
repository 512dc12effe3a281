//! Reading the file of an entry: a small one with one system call, a larger one piece by piece, each of which is hashed while
//! the processor still has it at hand, and an array of numbers to where it stays.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read as _};

use bytes::Bytes;
use xxhash_rust::xxh3::Xxh3;

use super::{Result, buffer};
use crate::content::{Content, Wish};
use crate::entry::{self, Header, Layout};
use crate::key::Key;

/// An entry that fits is read with one system call into a buffer that stays with the thread.
const SMALL: usize = 16 * 1024;

/// What is read and hashed at a time.
const PIECE: usize = 256 * 1024;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; SMALL]);
}

/// The first bytes of an entry, and perhaps all.
struct Start<'a> {
    bytes: &'a [u8],
    layout: Option<Layout>,
}

impl Start<'_> {
    fn with<R>(mut file: &File, use_it: impl FnOnce(Start<'_>) -> io::Result<R>) -> io::Result<R> {
        BUFFER.with_borrow_mut(|buffer| {
            let length = file.read(buffer)?;
            let bytes = &buffer[..length];
            let layout = Layout::read(bytes).ok();
            use_it(Start { bytes, layout })
        })
    }

    fn total(&self) -> Option<u64> {
        self.layout.as_ref()?.total()
    }

    /// The whole file, and whether its checksum holds. It takes as much memory as the file has bytes, whatever the file
    /// claims.
    fn read_all(&self, file: &File) -> io::Result<(Bytes, bool)> {
        if self.total() == Some(self.bytes.len() as u64) {
            let frame = Bytes::copy_from_slice(self.bytes);
            return Ok((frame, entry::is_sealed(self.bytes)));
        }
        read_on(file, self.bytes)
    }
}

/// The frame in a file, and whether its checksum holds.
pub(super) fn frame(file: &File) -> io::Result<(Bytes, bool)> {
    Start::with(file, |start| start.read_all(file))
}

/// The value in a file, checked against its key.
pub(super) fn value(file: &File, key: &Key, wish: Wish) -> io::Result<Result<(Header, Content)>> {
    Start::with(file, |start| {
        #[cfg(unix)]
        if let Some(done) = numbers::read(file, key, wish, &start)? {
            return Ok(done);
        }
        let _ = wish;
        let (frame, is_sealed) = start.read_all(file)?;
        let checked = entry::decode_sealed(key, &frame, is_sealed);
        Ok(checked.map(|(header, bytes)| (header, Content::Bytes(bytes))))
    })
}

/// Reads what follows the start of a file.
fn read_on(mut file: &File, start: &[u8]) -> io::Result<(Bytes, bool)> {
    let size = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let sealed = size.saturating_sub(entry::SEAL);
    let mut checksum = Xxh3::new();
    let frame = buffer::filled(size.max(start.len()), |frame| {
        frame[..start.len()].copy_from_slice(start);
        let (mut filled, mut hashed) = (start.len(), 0);
        loop {
            let end = sealed.min(filled).max(hashed);
            checksum.update(&frame[hashed..end]);
            hashed = end;
            let piece = frame.len().min(filled + PIECE);
            match file.read(&mut frame[filled..piece])? {
                0 => return Ok::<_, io::Error>(filled),
                length => filled += length,
            }
        }
    })?;
    // Had the file changed while it was read, its length or its checksum would not fit.
    let is_sealed = frame.len() == size && entry::has_seal(&frame, checksum.digest128());
    Ok((frame, is_sealed))
}

#[cfg(unix)]
mod numbers {
    use std::os::unix::fs::FileExt as _;

    use super::*;
    use crate::content::{Array, Place};
    use crate::exact::Room;

    /// Reads the numbers of an entry that consists of such, as wished.
    pub(super) fn read(
        file: &File,
        key: &Key,
        wish: Wish,
        start: &Start<'_>,
    ) -> io::Result<Option<Result<(Header, Content)>>> {
        let layout = start.layout.as_ref();
        let Some(place) = layout.and_then(|layout| wish.place(layout, start.bytes)) else {
            return Ok(None);
        };
        let size = file.metadata()?.len();
        if start.total() != Some(size) {
            return Ok(None);
        }
        #[cfg(feature = "mmap")]
        if place.is_to_be_mapped
            && let Some(mapped) = map(file, key, start, place)?
        {
            return Ok(Some(mapped));
        }
        let (array, is_sealed) = read_array(file, start.bytes, place)?;
        Ok(Some(verified(key, start, size, is_sealed, || {
            array.map(Content::Numbers)
        })))
    }

    /// The content, if the frame is as it should be.
    fn verified(
        key: &Key,
        start: &Start<'_>,
        size: u64,
        is_sealed: bool,
        content: impl FnOnce() -> Option<Content>,
    ) -> Result<(Header, Content)> {
        let layout = entry::verify(key, start.bytes, size, is_sealed)?;
        let content = content().ok_or(crate::Corruption::Checksum)?;
        Ok((layout.header, content))
    }

    /// The numbers, if all of them are in the file, and whether the checksum after them holds.
    fn read_array(file: &File, start: &[u8], place: Place) -> io::Result<(Option<Array>, bool)> {
        let number_type = place.number_type;
        let Some(mut room) = Room::new(number_type.size(), place.count) else {
            return Ok((None, false));
        };
        // The first piece is read once more from where the memory for it begins a line of the processor's cache.
        let known = start.len() - place.start;
        let known = known - room.overhang(known).min(known);
        let mut at = place.start + known;
        let mut checksum = Xxh3::new();
        checksum.update(&start[..at]);
        room.push(&start[place.start..at]);
        while !room.is_full() {
            let piece = room.read_at(file, at as u64, PIECE)?;
            if piece.is_empty() {
                return Ok((None, false));
            }
            checksum.update(piece);
            at += piece.len();
        }
        let mut seal = [0; entry::SEAL];
        let is_sealed = match file.read_exact_at(&mut seal, at as u64) {
            Ok(()) => entry::has_seal(&seal, checksum.digest128()),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
            Err(error) => return Err(error),
        };
        let array = room.finish().map(|words| Array { number_type, words });
        Ok((array, is_sealed))
    }

    /// The numbers where they are, if the file can be mapped and they lie as numbers must.
    #[cfg(feature = "mmap")]
    fn map(
        file: &File,
        key: &Key,
        start: &Start<'_>,
        place: Place,
    ) -> io::Result<Option<Result<(Header, Content)>>> {
        use crate::mapped::View;
        let Ok(map) = View::map(file) else {
            return Ok(None);
        };
        let size = map.len() as u64;
        let is_sealed = entry::is_sealed(&map);
        let bytes = place.start..place.start + place.count * place.number_type.size();
        let Some(view) = View::new(map, bytes, place.number_type) else {
            return Ok(None);
        };
        let content = || Some(Content::Mapped(view));
        Ok(Some(verified(key, start, size, is_sealed, content)))
    }
}
