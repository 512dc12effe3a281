//! Codecs of the user's own, behind a trait that knows no type: any serde format fits in.

use std::error::Error;
use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::{Serialize, Serializer};

use crate::entry::CodecName;
use crate::error::{CheckpointError, Corruption};

/// Whatever a codec complains of.
pub type CodecError = Box<dyn Error + Send + Sync + 'static>;

/// How results become bytes, in place of MessagePack: a serde format under a name.
///
/// The name stands in every entry, and an entry is read by the codec that wrote it: the one of the option `codec`, or
/// MessagePack. An entry of any other codec is computed anew and replaced. Change the name when the bytes change.
///
/// ```
/// use checkpointer_runtime::codec::{Codec, CodecError, Slot, Value};
/// use checkpointer_runtime::entry::CodecName;
/// use checkpointer_runtime::checkpoint;
///
/// struct Json;
///
/// impl Codec for Json {
///     fn name(&self) -> CodecName {
///         CodecName::new("json")
///     }
///
///     fn encode(&self, value: &Value<'_>, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
///         Ok(serde_json::to_writer(bytes, value)?)
///     }
///
///     fn decode(&self, bytes: &[u8], slot: &mut Slot<'_>) -> Result<(), CodecError> {
///         let mut json = serde_json::Deserializer::from_slice(bytes);
///         slot.read(&mut json)?;
///         Ok(json.end()?)
///     }
/// }
///
/// #[checkpoint(codec = Json, version = 1)]
/// fn expensive(x: u64) -> u64 {
///     x * x
/// }
/// ```
pub trait Codec: Send + Sync {
    /// The name that entries carry: at most 11 characters, not `msgpack` or `deleted`, and without `+`.
    fn name(&self) -> CodecName;

    /// Appends a value's bytes.
    ///
    /// # Errors
    /// What the format says. The result is then not stored.
    fn encode(&self, value: &Value<'_>, bytes: &mut Vec<u8>) -> Result<(), CodecError>;

    /// Reads the value that these bytes are, all of them, by [`Slot::read`].
    ///
    /// They are the bytes that `encode` wrote, as far as a checksum against accidents can tell.
    ///
    /// # Errors
    /// What the format says. The entry then counts as damaged.
    fn decode(&self, bytes: &[u8], slot: &mut Slot<'_>) -> Result<(), CodecError>;
}

/// A result to be written, of a type that the codec need not know: give it to the format's serializer.
pub struct Value<'a>(&'a dyn erased_serde::Serialize);

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Value")
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        erased_serde::serialize(self.0, serializer)
    }
}

/// Where a result that is read goes to.
pub struct Slot<'a>(&'a mut Fill<'a>);

type Fill<'a> =
    dyn FnMut(&mut dyn erased_serde::Deserializer<'_>) -> Result<(), erased_serde::Error> + 'a;

impl fmt::Debug for Slot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}

impl Slot<'_> {
    /// Reads the result from a format's deserializer.
    ///
    /// # Errors
    /// What the deserializer says, or that it holds another type.
    pub fn read<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        (self.0)(&mut <dyn erased_serde::Deserializer<'_>>::erase(
            deserializer,
        ))
        .map_err(D::Error::custom)
    }
}

/// Appends a value's bytes by a codec.
pub(crate) fn encode_by<T: Serialize>(
    codec: &dyn Codec,
    bytes: &mut Vec<u8>,
    value: &T,
) -> Result<(), CheckpointError> {
    codec
        .encode(&Value(value), bytes)
        .map_err(|source| CheckpointError::Encode { source })
}

/// The value that these bytes are to a codec.
pub(crate) fn decode_by<T: DeserializeOwned>(
    codec: &dyn Codec,
    bytes: &[u8],
) -> Result<T, CheckpointError> {
    let mut value = None;
    let read = codec.decode(
        bytes,
        &mut Slot(&mut |deserializer| {
            value = Some(erased_serde::deserialize(deserializer)?);
            Ok(())
        }),
    );
    read.and_then(|()| value.ok_or_else(|| "the codec has read nothing".into()))
        .map_err(|source| Corruption::Payload(source).into())
}
