//! Writing: a layer over rmp-serde's serializer.

use serde::Serialize;

/// Appends a value to a buffer.
pub(super) fn write<T: Serialize + ?Sized>(
    bytes: &mut Vec<u8>,
    value: &T,
) -> Result<(), rmp_serde::encode::Error> {
    value.serialize(&mut rmp_serde::Serializer::new(bytes).with_struct_map())
}
