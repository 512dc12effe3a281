//! How a layer writes its values, and whose values it can read.

#[cfg(feature = "codec")]
use std::sync::Arc;

#[cfg(feature = "codec")]
use super::Codec;
#[cfg(any(feature = "lz4", feature = "zstd"))]
use super::compression::{self, Compression};
use crate::call::values::ByteValues;
use crate::codec::MSGPACK;
use crate::content::Content;
use crate::entry::CodecName;
use crate::error::{CheckpointError, Corruption};

/// Codec and compression of a layer. Without the features that offer them there is nothing to choose.
#[derive(Clone, Default)]
pub(crate) struct Coding {
    /// Instead of MessagePack.
    #[cfg(feature = "codec")]
    pub(crate) codec: Option<Arc<dyn Codec>>,
    #[cfg(any(feature = "lz4", feature = "zstd"))]
    pub(crate) compression: Option<Compression>,
}

impl std::fmt::Debug for Coding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Coding")
    }
}

impl Coding {
    /// MessagePack, as it is.
    pub(crate) const fn new() -> Self {
        Self {
            #[cfg(feature = "codec")]
            codec: None,
            #[cfg(any(feature = "lz4", feature = "zstd"))]
            compression: None,
        }
    }

    /// This one, and the other where it says nothing.
    pub(crate) fn or(self, base: Self) -> Self {
        let _ = &base;
        Self {
            #[cfg(feature = "codec")]
            codec: self.codec.or(base.codec),
            #[cfg(any(feature = "lz4", feature = "zstd"))]
            compression: self.compression.or(base.compression),
        }
    }

    /// Whether values are MessagePack and nothing else.
    pub(crate) fn is_plain(&self) -> bool {
        #[cfg(feature = "codec")]
        if self.codec.is_some() {
            return false;
        }
        #[cfg(any(feature = "lz4", feature = "zstd"))]
        if self.compression.is_some() {
            return false;
        }
        true
    }

    /// Appends a value's bytes, and gives the name under which they can be read.
    pub(crate) fn encode<T>(
        &self,
        values: &ByteValues<T>,
        bytes: &mut Vec<u8>,
        value: &T,
    ) -> Result<CodecName, CheckpointError> {
        #[cfg(any(feature = "lz4", feature = "zstd"))]
        let start = bytes.len();
        let name = self.write(values, bytes, value)?;
        #[cfg(any(feature = "lz4", feature = "zstd"))]
        if let Some(compression) = self.compression
            && let Some(suffix) = compression.shrink(bytes, start)
        {
            return Ok(CodecName::new(&format!("{}{suffix}", name.as_str())));
        }
        Ok(name)
    }

    fn write<T>(
        &self,
        values: &ByteValues<T>,
        bytes: &mut Vec<u8>,
        value: &T,
    ) -> Result<CodecName, CheckpointError> {
        #[cfg(feature = "codec")]
        if let Some(codec) = &self.codec {
            (values.encode_by)(&**codec, bytes, value)?;
            return Ok(codec.name());
        }
        (values.encode)(bytes, usize::MAX, value)?;
        Ok(MSGPACK)
    }

    /// The value that a store gave, written under this name.
    pub(crate) fn restore<T>(
        &self,
        values: &ByteValues<T>,
        name: CodecName,
        content: Content,
    ) -> Result<T, CheckpointError> {
        match content {
            Content::Bytes(bytes) => self.decode(values, name, &bytes),
            numbers => (values.adopt)(numbers).ok_or_else(|| {
                let found = name.as_str().to_owned();
                Corruption::Codec { found }.into()
            }),
        }
    }

    /// The value that these bytes are, written under this name.
    pub(crate) fn decode<T>(
        &self,
        values: &ByteValues<T>,
        name: CodecName,
        bytes: &[u8],
    ) -> Result<T, CheckpointError> {
        if name == MSGPACK {
            return (values.decode)(bytes);
        }
        #[cfg(any(feature = "lz4", feature = "zstd"))]
        if let Some((codec, expand)) = compression::divide(name.as_str()) {
            return self.read(values, name, codec, &expand(bytes)?);
        }
        self.read(values, name, name.as_str(), bytes)
    }

    fn read<T>(
        &self,
        values: &ByteValues<T>,
        name: CodecName,
        codec: &str,
        bytes: &[u8],
    ) -> Result<T, CheckpointError> {
        #[cfg(feature = "codec")]
        if let Some(own) = &self.codec
            && own.name().as_str() == codec
        {
            return (values.decode_by)(&**own, bytes);
        }
        if codec == MSGPACK.as_str() {
            return (values.decode)(bytes);
        }
        let found = name.as_str().to_owned();
        Err(Corruption::Codec { found }.into())
    }
}

#[cfg(all(test, feature = "codec", feature = "lz4", feature = "zstd"))]
mod tests {
    use super::*;
    use crate::call::values::stored;
    use crate::codec::{CodecError, Slot, Value};

    /// MessagePack as everybody writes it, under a name of its own.
    struct Foreign;

    impl Codec for Foreign {
        fn name(&self) -> CodecName {
            CodecName::new("foreign")
        }

        fn encode(&self, value: &Value<'_>, bytes: &mut Vec<u8>) -> Result<(), CodecError> {
            Ok(rmp_serde::encode::write(bytes, value)?)
        }

        fn decode(&self, bytes: &[u8], slot: &mut Slot<'_>) -> Result<(), CodecError> {
            Ok(slot.read(&mut rmp_serde::Deserializer::from_read_ref(bytes))?)
        }
    }

    fn codings() -> Vec<Coding> {
        let compressions = [
            None,
            Some(Compression::lz4().above(16)),
            Some(Compression::zstd(1).above(16)),
        ];
        let codecs: [Option<Arc<dyn Codec>>; 2] = [None, Some(Arc::new(Foreign))];
        let all = codecs.iter().flat_map(|codec| {
            compressions.map(|compression| Coding {
                codec: codec.clone(),
                compression,
            })
        });
        all.collect()
    }

    fn values() -> ByteValues<Vec<String>> {
        stored(None).bytes.expect("a type with serde")
    }

    fn value() -> Vec<String> {
        (0..100)
            .map(|number| format!("record {}", number % 7))
            .collect()
    }

    #[test]
    fn whatever_the_options_are_now_an_entry_is_read_as_it_was_written() {
        let mut names = Vec::new();
        for writer in codings() {
            let mut bytes = b"before".to_vec();
            let name = writer
                .encode(&values(), &mut bytes, &value())
                .expect("strings");
            assert!(bytes.starts_with(b"before"));
            for reader in codings() {
                let read = reader.decode(&values(), name, &bytes[6..]);
                if writer.codec.is_some() && reader.codec.is_none() {
                    let error = read.expect_err("nobody knows this codec");
                    assert!(error.to_string().contains(name.as_str()), "{error}");
                } else {
                    assert_eq!(read.expect("what was written"), value());
                }
            }
            names.push(name.as_str().to_owned());
        }
        let expected = [
            "msgpack",
            "msgpack+lz4",
            "msgpack+zstd",
            "foreign",
            "foreign+lz4",
            "foreign+zstd",
        ];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_codec_or_method_that_nobody_knows_is_an_error_with_its_name() {
        for name in [
            "bincode",
            "msgpack+brotli",
            "+lz4",
            "bincode+zstd",
            "deleted",
        ] {
            for reader in codings() {
                let error = reader
                    .decode(&values(), CodecName::new(name), &[0x90; 40])
                    .expect_err("an unknown codec");
                assert!(
                    matches!(error, CheckpointError::Corrupted { .. }),
                    "{error}"
                );
            }
        }
    }

    #[test]
    fn what_does_not_become_smaller_stays_as_it_is() {
        let values: ByteValues<Vec<u64>> = stored(None).bytes.expect("a type with serde");
        let mut state = 1_u64;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            state ^ (state >> 29)
        };
        for length in [1, 1_000, 200_000] {
            let random: Vec<u64> = (0..length).map(|_| next()).collect();
            for coding in codings()
                .into_iter()
                .filter(|coding| coding.codec.is_none())
            {
                let mut bytes = Vec::new();
                let name = coding
                    .encode(&values, &mut bytes, &random)
                    .expect("numbers");
                assert_eq!(name, MSGPACK);
                assert_eq!(
                    coding.decode(&values, name, &bytes).expect("numbers"),
                    random
                );
            }
        }
    }

    #[test]
    fn a_compressed_value_cut_off_or_changed_is_an_error_or_a_value_and_no_panic() {
        for coding in codings() {
            let mut bytes = Vec::new();
            let name = coding
                .encode(&values(), &mut bytes, &value())
                .expect("strings");
            let compressed = name.as_str().contains('+');
            for length in 0..bytes.len() {
                let cut = coding.decode(&values(), name, &bytes[..length]);
                assert!(cut.is_err(), "{} of {length}", name.as_str());
            }
            for bit in 0..8 * bytes.len() {
                let mut flipped = bytes.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                let read = coding.decode(&values(), name, &flipped);
                // The length stands before the compressed value, and a wrong one is always seen.
                assert!(read.is_err() || !compressed || bit >= 64);
            }
        }
    }
}
