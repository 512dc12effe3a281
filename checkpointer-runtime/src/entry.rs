//! The frame around a stored value: who it belongs to, how it was written, and a checksum over all of it.
//!
//! The layout is written down in `docs/storage-format.md`. Every back end stores these bytes and nothing else, so key,
//! version and checksum are verified in one place, before a byte of the value reaches serde.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::xxh3_128;

use crate::error::{CheckpointError, Corruption};
use crate::key::{Digest, Key};

/// The version of the frame that this library writes. It reads this one and all before it.
pub const FORMAT_VERSION: u32 = 1;

/// How every entry begins: a byte outside ASCII and both kinds of line ends show a transfer that changed the file.
pub const MAGIC: [u8; 8] = *b"\x9Cckpt\r\n\x1A";

/// The bytes of a header without the function's path.
const FIXED: usize = 128;
const CHECKSUM: usize = 16;
/// The value begins at a multiple of this.
const ALIGN: usize = 16;
/// The numbers of a large array begin at a multiple of this, so that they can be read from a mapped file in place.
const ALIGN_NUMBERS: usize = 64;

/// What the frame says about a value, beside its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Who wrote the value.
    pub codec: CodecName,
    /// When it was stored, to the microsecond.
    pub stored: DateTime<Utc>,
    /// How long it took to compute.
    pub computation: Duration,
}

/// The name of a codec: up to 16 printable ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CodecName([u8; 16]);

impl CodecName {
    /// A name.
    ///
    /// # Panics
    /// If it is empty, longer than 16 bytes, or not printable ASCII. In a constant that is a compile error.
    #[must_use]
    pub const fn new(name: &str) -> Self {
        let name = name.as_bytes();
        assert!(
            !name.is_empty() && name.len() <= 16,
            "a codec's name has 1 to 16 characters"
        );
        let mut bytes = [0; 16];
        let mut index = 0;
        while index < name.len() {
            assert!(
                name[index].is_ascii_graphic(),
                "a codec's name is printable ASCII"
            );
            bytes[index] = name[index];
            index += 1;
        }
        Self(bytes)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|&byte| byte == 0).unwrap_or(16);
        std::str::from_utf8(&self.0[..length]).unwrap_or("?")
    }
}

/// A frame around the value that `write` appends to the buffer it is given.
///
/// The value is written where it will stay: a large one exists once, and is not copied into a frame.
///
/// # Errors
/// What `write` gives.
pub fn encode(
    key: &Key,
    header: &Header,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), CheckpointError>,
) -> Result<Vec<u8>, CheckpointError> {
    encode_named(key, header, 0, |frame| write(frame).map(|()| header.codec))
}

/// As [`encode`], where only writing shows what the codec is called: `write` gives its name. If the value is a large array of
/// numbers, `before` are the bytes in it before the first one, else 0.
pub(crate) fn encode_named(
    key: &Key,
    header: &Header,
    before: usize,
    write: impl FnOnce(&mut Vec<u8>) -> Result<CodecName, CheckpointError>,
) -> Result<Vec<u8>, CheckpointError> {
    let mut frame = head(key, header, before)?;
    let start = frame.len();
    let codec = write(&mut frame)?;
    seal(&mut frame, start, codec);
    Ok(frame)
}

/// Ends a frame whose value begins there.
pub(crate) fn seal(frame: &mut Vec<u8>, start: usize, codec: CodecName) {
    let length = (frame.len() - start) as u64;
    complete(&mut frame[..start], codec, length);
    let checksum = xxh3_128(frame);
    frame.extend_from_slice(&checksum.to_le_bytes());
}

/// All of a frame up to its value, but for what only the value shows; see [`encode_named`].
pub(crate) fn head(key: &Key, header: &Header, before: usize) -> Result<Vec<u8>, CheckpointError> {
    let function = key.function().as_bytes();
    let end = FIXED + function.len();
    let start = if before == 0 {
        end.next_multiple_of(ALIGN)
    } else {
        (end + before).next_multiple_of(ALIGN_NUMBERS) - before
    };
    let mut frame = Vec::with_capacity(start + 256);
    frame.extend_from_slice(&MAGIC);
    frame.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    frame.extend_from_slice(&length(start)?.to_le_bytes());
    frame.extend_from_slice(&[0; 8]);
    frame.extend_from_slice(&header.stored.timestamp_micros().to_le_bytes());
    let nanos = u64::try_from(header.computation.as_nanos()).unwrap_or(u64::MAX);
    frame.extend_from_slice(&nanos.to_le_bytes());
    frame.extend_from_slice(&header.codec.0);
    frame.extend_from_slice(key.code_hash().as_bytes());
    frame.extend_from_slice(key.call_hash().as_bytes());
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(&length(function.len())?.to_le_bytes());
    frame.extend_from_slice(function);
    frame.resize(start, 0);
    Ok(frame)
}

/// Enters into a frame's head what its value has shown.
pub(crate) fn complete(head: &mut [u8], codec: CodecName, length: u64) {
    head[16..24].copy_from_slice(&length.to_le_bytes());
    head[40..56].copy_from_slice(&codec.0);
}

fn length(bytes: usize) -> Result<u32, CheckpointError> {
    u32::try_from(bytes).map_err(|_| CheckpointError::Encode {
        source: "the function's path is too long".into(),
    })
}

/// Checks a frame and gives its header and its value, which shares the frame's memory.
///
/// # Errors
/// [`CheckpointError::Corrupted`] if these are not exactly the bytes that [`encode`] gave for this key,
/// [`CheckpointError::Newer`] if a newer version of this library wrote them.
pub fn decode(key: &Key, frame: &Bytes) -> Result<(Header, Bytes), CheckpointError> {
    decode_sealed(key, frame, is_sealed(frame))
}

/// As [`decode`], for who has already looked whether the checksum holds.
pub(crate) fn decode_sealed(
    key: &Key,
    frame: &Bytes,
    is_sealed: bool,
) -> Result<(Header, Bytes), CheckpointError> {
    let layout = verify(key, frame, frame.len() as u64, is_sealed)?;
    Ok((
        layout.header,
        frame.slice(layout.start..frame.len() - CHECKSUM),
    ))
}

/// Checks a frame of so many bytes, whose first ones these are.
pub(crate) fn verify(
    key: &Key,
    head: &[u8],
    length: u64,
    is_sealed: bool,
) -> Result<Layout, CheckpointError> {
    let layout = match Layout::read(head) {
        Err(CheckpointError::Newer { .. }) if !is_sealed => {
            return Err(Corruption::Checksum.into());
        }
        layout => layout?,
    };
    let expected = layout.total();
    if expected != Some(length) {
        return Err(Corruption::Length {
            actual: length,
            expected,
        }
        .into());
    }
    if !is_sealed {
        return Err(Corruption::Checksum.into());
    }
    let path_end = FIXED + layout.path;
    let path = head.get(FIXED..path_end);
    if path_end > layout.start || path != Some(key.function().as_bytes()) {
        return Err(Corruption::Key.into());
    }
    if layout.code_hash != key.code_hash() || layout.call_hash != key.call_hash() {
        return Err(Corruption::Key.into());
    }
    Ok(layout)
}

/// What a frame says of itself: for tools that look into a store without asking for a certain key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Description {
    /// The function's path.
    pub function: String,
    /// The hash of its code.
    pub code_hash: Digest,
    /// The hash of the call.
    pub call_hash: Digest,
    /// Codec and times.
    pub header: Header,
    /// Where the value begins.
    pub start: usize,
    /// How many bytes the value has.
    pub value_length: u64,
}

impl Description {
    /// Reads a frame's header from its first bytes, of which 4096 are enough. Nothing is verified.
    ///
    /// # Errors
    /// [`CheckpointError::Corrupted`] if this is no header, [`CheckpointError::Newer`] if a newer version wrote it.
    pub fn read(start: &[u8]) -> Result<Self, CheckpointError> {
        let layout = Layout::read(start)?;
        let path = start.get(FIXED..FIXED.saturating_add(layout.path));
        let path = path.and_then(|path| std::str::from_utf8(path).ok());
        Ok(Self {
            function: path.ok_or(Corruption::Key)?.to_owned(),
            code_hash: layout.code_hash,
            call_hash: layout.call_hash,
            header: layout.header,
            start: layout.start,
            value_length: layout.payload,
        })
    }

    /// Reads a whole frame and verifies that it is what [`encode`] gave for the key that it names.
    ///
    /// # Errors
    /// As [`decode`].
    pub fn verified(frame: &Bytes) -> Result<(Self, Bytes), CheckpointError> {
        let is_sealed = is_sealed(frame);
        let description = match Self::read(frame) {
            Err(CheckpointError::Newer { .. }) if !is_sealed => {
                return Err(Corruption::Checksum.into());
            }
            read => read?,
        };
        let options = std::sync::Arc::new(crate::StorageOptions::new(""));
        let function = description.function.clone();
        let key = Key::new(
            function,
            description.code_hash,
            description.call_hash,
            options,
        );
        let (_, value) = decode_sealed(&key, frame, is_sealed)?;
        Ok((description, value))
    }
}

/// The bytes at a frame's end that its checksum does not cover.
pub(crate) const SEAL: usize = CHECKSUM;

/// Whether a frame ends with this checksum of all before it.
pub(crate) fn has_seal(frame: &[u8], checksum: u128) -> bool {
    frame.ends_with(&checksum.to_le_bytes())
}

/// Whether a frame ends with the checksum of all before it, as every version's frame does.
pub(crate) fn is_sealed(frame: &[u8]) -> bool {
    match frame.split_last_chunk::<CHECKSUM>() {
        Some((sealed, checksum)) => xxh3_128(sealed).to_le_bytes() == *checksum,
        None => false,
    }
}

/// Where the parts of a frame are, as its first bytes say; not verified by the checksum.
pub(crate) struct Layout {
    /// Where the value begins.
    pub(crate) start: usize,
    /// How many bytes the function's path has.
    pub(crate) path: usize,
    /// How many bytes the value has.
    pub(crate) payload: u64,
    /// The code hash in the frame.
    pub(crate) code_hash: Digest,
    /// The call hash in the frame.
    pub(crate) call_hash: Digest,
    /// Codec and times.
    pub(crate) header: Header,
}

impl Layout {
    /// The bytes of a frame that [`Layout::read`] needs.
    pub(crate) const NEEDED: usize = FIXED;

    /// Reads the fixed part of a header from the first bytes of a frame.
    pub(crate) fn read(frame: &[u8]) -> Result<Self, CheckpointError> {
        let actual = frame.len() as u64;
        let magic = frame.len().min(MAGIC.len());
        if frame[..magic] != MAGIC[..magic] {
            return Err(Corruption::Magic.into());
        }
        if let Some(version) = read_u32(frame, 8)
            && version > FORMAT_VERSION
        {
            return Err(CheckpointError::Newer {
                path: None,
                version,
            });
        }
        let fixed: &[u8; FIXED] = frame.first_chunk().ok_or(Corruption::Length {
            actual,
            expected: None,
        })?;
        let header = Header {
            codec: CodecName(part(fixed, 40)),
            stored: DateTime::from_timestamp_micros(i64::from_le_bytes(part(fixed, 24)))
                .ok_or(Corruption::Checksum)?,
            computation: Duration::from_nanos(u64::from_le_bytes(part(fixed, 32))),
        };
        let start = u32::from_le_bytes(part(fixed, 12)) as usize;
        if start < FIXED {
            return Err(Corruption::Checksum.into());
        }
        Ok(Self {
            start,
            path: u32::from_le_bytes(part(fixed, 124)) as usize,
            payload: u64::from_le_bytes(part(fixed, 16)),
            code_hash: Digest::new(part(fixed, 56)),
            call_hash: Digest::new(part(fixed, 88)),
            header,
        })
    }

    /// The bytes of the whole frame, unless the numbers are too large to be true.
    pub(crate) fn total(&self) -> Option<u64> {
        self.payload.checked_add((self.start + CHECKSUM) as u64)
    }
}

fn read_u32(frame: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(frame.get(at..at + 4)?.try_into().ok()?))
}

/// The `N` bytes at a place that is known to lie inside.
fn part<const N: usize>(fixed: &[u8; FIXED], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&fixed[at..at + N]);
    bytes
}
