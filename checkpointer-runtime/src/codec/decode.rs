//! Reading: a layer over rmp-serde's deserializer.

use serde::de::{DeserializeOwned, Error as _};

use super::MAX_DEPTH;

/// The value that all of these bytes are.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, rmp_serde::decode::Error> {
    let mut rest = bytes;
    let mut reader = rmp_serde::Deserializer::new(&mut rest);
    reader.set_max_depth(MAX_DEPTH);
    let value = T::deserialize(&mut reader)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(rmp_serde::decode::Error::custom("bytes follow the value"))
    }
}
