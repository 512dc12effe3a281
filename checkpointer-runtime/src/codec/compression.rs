//! Values made smaller before they are stored, where that is worth it.
//!
//! A compressed value is its length in 8 bytes, little-endian, and what the method made of it. The codec's name says so, as
//! in `msgpack+lz4`, so every entry can be read whatever the option says by now.

use crate::error::{CheckpointError, Corruption};

/// How results are compressed, if they are large and it makes them smaller: the value of the option `compression`.
///
/// ```
/// # #[cfg(feature = "lz4")] {
/// use checkpointer_runtime::{Checkpointer, codec::Compression};
///
/// let preset = Checkpointer::new().compression(Compression::lz4().above(64 * 1024));
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compression {
    method: Method,
    above: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    #[cfg(feature = "lz4")]
    Lz4,
    #[cfg(feature = "zstd")]
    Zstd(i32),
}

/// What a method adds to the codec's name.
#[cfg(feature = "lz4")]
const LZ4: &str = "+lz4";
#[cfg(feature = "zstd")]
const ZSTD: &str = "+zstd";

/// No value is compressed that is not larger than this, unless asked for: it takes a block of the disk in either case.
const ABOVE: usize = 4096;
/// How much of a large value is tried first.
const SAMPLE: usize = 128 * 1024;
/// LZ4 counts in 32 bits; larger values stay as they are.
#[cfg(feature = "lz4")]
const LARGEST_LZ4: usize = 1 << 30;
/// How many bytes the length takes.
const LENGTH: usize = 8;

impl Compression {
    /// LZ4: costs little time, and makes records two or three times smaller.
    #[cfg(feature = "lz4")]
    #[must_use]
    pub const fn lz4() -> Self {
        Self {
            method: Method::Lz4,
            above: ABOVE,
        }
    }

    /// Zstandard at a level from 1 (fast) to 22; 3 is a good one. It makes records four or five times smaller.
    #[cfg(feature = "zstd")]
    #[must_use]
    pub const fn zstd(level: i32) -> Self {
        Self {
            method: Method::Zstd(level),
            above: ABOVE,
        }
    }

    /// Only results of more bytes than this are compressed. Default: 4096.
    #[must_use]
    pub const fn above(mut self, bytes: usize) -> Self {
        self.above = bytes;
        self
    }

    /// Compresses what a buffer holds from `start` on, and gives what that adds to the codec's name; `None` if the bytes
    /// stay as they are.
    pub(super) fn shrink(self, bytes: &mut Vec<u8>, start: usize) -> Option<&'static str> {
        let value = &bytes[start..];
        if value.len() <= self.above {
            return None;
        }
        if value.len() > 8 * SAMPLE {
            self.smaller(&value[..SAMPLE])?;
        }
        let length = (value.len() as u64).to_le_bytes();
        let smaller = self.smaller(value)?;
        bytes.truncate(start);
        bytes.extend_from_slice(&length);
        bytes.extend_from_slice(&smaller);
        Some(match self.method {
            #[cfg(feature = "lz4")]
            Method::Lz4 => LZ4,
            #[cfg(feature = "zstd")]
            Method::Zstd(_) => ZSTD,
        })
    }

    /// The compressed value, if it saves an eighth at least.
    fn smaller(self, value: &[u8]) -> Option<Vec<u8>> {
        let smaller = match self.method {
            #[cfg(feature = "lz4")]
            Method::Lz4 if value.len() > LARGEST_LZ4 => return None,
            #[cfg(feature = "lz4")]
            Method::Lz4 => lz4_flex::block::compress(value),
            #[cfg(feature = "zstd")]
            Method::Zstd(level) => zstd::bulk::compress(value, level).ok()?,
        };
        (smaller.len() + LENGTH <= value.len() - value.len() / 8).then_some(smaller)
    }
}

/// Divides the name of a compressed value's codec into the codec and the way back; `None` for any other name.
pub(super) fn divide(name: &str) -> Option<(&str, Expand)> {
    #[cfg(feature = "lz4")]
    if let Some(codec) = name.strip_suffix(LZ4) {
        return Some((codec, expand_lz4));
    }
    #[cfg(feature = "zstd")]
    if let Some(codec) = name.strip_suffix(ZSTD) {
        return Some((codec, expand_zstd));
    }
    None
}

/// Makes a compressed value what it was.
pub(super) type Expand = fn(&[u8]) -> Result<Vec<u8>, CheckpointError>;

fn damaged(source: impl Into<crate::error::Source>) -> CheckpointError {
    Corruption::Payload(source.into()).into()
}

/// The length that the value had, and what was made of it.
fn parts(bytes: &[u8]) -> Result<(usize, &[u8]), CheckpointError> {
    let (length, rest) = bytes
        .split_first_chunk::<LENGTH>()
        .ok_or_else(|| damaged("a compressed value has no length"))?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(damaged)?;
    Ok((length, rest))
}

#[cfg(feature = "lz4")]
fn expand_lz4(bytes: &[u8]) -> Result<Vec<u8>, CheckpointError> {
    let (length, rest) = parts(bytes)?;
    // A byte of LZ4 stands for 255 of a value at most, so no more memory is taken than the entry can fill.
    if length / 255 > rest.len() {
        return Err(damaged("a compressed value claims an impossible length"));
    }
    let value = lz4_flex::block::decompress(rest, length).map_err(damaged)?;
    check_length(value, length)
}

#[cfg(feature = "zstd")]
fn expand_zstd(bytes: &[u8]) -> Result<Vec<u8>, CheckpointError> {
    use std::io::Read as _;

    let (length, rest) = parts(bytes)?;
    // There is no bound to what a byte stands for, so memory is taken as the value comes out, up to what was claimed.
    let mut value = Vec::with_capacity(length.min(rest.len().saturating_mul(8)));
    let decoder = zstd::stream::read::Decoder::with_buffer(rest).map_err(damaged)?;
    let mut decoder = decoder.take((length as u64).saturating_add(1));
    decoder.read_to_end(&mut value).map_err(damaged)?;
    check_length(value, length)
}

fn check_length(value: Vec<u8>, length: usize) -> Result<Vec<u8>, CheckpointError> {
    if value.len() == length {
        Ok(value)
    } else {
        Err(damaged(
            "a compressed value has another length than it says",
        ))
    }
}
