//! Values as bytes: MessagePack, with slices of numbers as raw bytes; with features, compressed, or by a codec of one's own.

mod coding;
#[cfg(any(feature = "lz4", feature = "zstd"))]
mod compression;
#[cfg(feature = "codec")]
mod custom;
mod decode;
mod encode;
mod packed;
mod visit;

use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::entry::CodecName;
use crate::error::{CheckpointError, Corruption};

pub(crate) use coding::Coding;
#[cfg(any(feature = "lz4", feature = "zstd"))]
pub use compression::Compression;
#[cfg(feature = "codec")]
pub use custom::{Codec, CodecError, Slot, Value};
#[cfg(feature = "codec")]
pub(crate) use custom::{decode_by, encode_by};
pub(crate) use packed::packed_array;

/// The name that entries of this codec carry.
pub const MSGPACK: CodecName = CodecName::new("msgpack");

/// How deep a stored value may be nested.
pub const MAX_DEPTH: usize = 128;

/// The MessagePack extension types of packed numbers: this plus the code of their type. The content is the numbers,
/// little-endian.
const NUMBERS: i8 = 0x40;

/// The value as bytes.
///
/// # Errors
/// [`CheckpointError::Encode`] if the value's `Serialize` gives an error, or if the bytes would not give the same value
/// back (nested too deeply, or `Some` of something that is written like `None`).
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CheckpointError> {
    let mut bytes = Vec::with_capacity(128);
    encode_into(&mut bytes, value)?;
    Ok(bytes)
}

/// Appends the value's bytes to a buffer, as [`encode()`].
///
/// # Errors
/// As [`encode()`].
pub fn encode_into<T: Serialize + ?Sized>(
    bytes: &mut Vec<u8>,
    value: &T,
) -> Result<(), CheckpointError> {
    encode_up_to(bytes, usize::MAX, value).map(|_| ())
}

/// As [`encode_into`], unless there are more bytes than this. Gives whether there are not.
pub(crate) fn encode_up_to<T: Serialize + ?Sized>(
    bytes: &mut Vec<u8>,
    most: usize,
    value: &T,
) -> Result<bool, CheckpointError> {
    encode::write(bytes, most, value).map_err(failed)
}

/// Writes what [`encode()`] gives wherever it is wanted.
pub(crate) fn write_to<T: Serialize + ?Sized>(
    writer: &mut dyn io::Write,
    value: &T,
) -> Result<(), CheckpointError> {
    encode::write_to(writer, value).map_err(failed)
}

fn failed(error: rmp_serde::encode::Error) -> CheckpointError {
    CheckpointError::Encode {
        source: error.into(),
    }
}

/// The value that these bytes are.
///
/// # Errors
/// [`CheckpointError::Corrupted`] if they are no `T`, go on after it, or are nested more than [`MAX_DEPTH`] deep.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CheckpointError> {
    decode::read(bytes).map_err(|error| Corruption::Payload(error.into()).into())
}

/// Whether a type, by its name, is an option or a unit, perhaps behind a pointer: written as nil at times, so that it needs
/// a wrapping inside of another option. Writer and reader both ask here.
fn is_nested_option(mut name: &str) -> bool {
    const POINTERS: [&str; 5] = [
        "&",
        "alloc::boxed::Box<",
        "alloc::rc::Rc<",
        "alloc::sync::Arc<",
        "alloc::borrow::Cow<",
    ];
    while let Some(inner) = POINTERS
        .iter()
        .find_map(|pointer| name.strip_prefix(pointer))
    {
        name = inner;
    }
    name.starts_with("core::option::Option<") || name.starts_with("()")
}
