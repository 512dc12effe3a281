//! Stored values as JSON: MessagePack with this library's additions, as `docs/storage-format.md` has them.

use std::fmt;
use std::io::Read as _;

use anyhow::{Context as _, bail};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The value of an entry with this codec.
pub(crate) fn decode(codec: &str, bytes: &[u8]) -> anyhow::Result<Value> {
    let plain;
    let (codec, bytes) = match codec.rsplit_once('+') {
        Some((codec, method @ ("lz4" | "zstd"))) => {
            plain = unpacked(method, bytes)?;
            (codec, plain.as_slice())
        }
        Some((_, other)) => bail!("it is compressed by {other}, which this command does not read"),
        None => (codec, bytes),
    };
    if codec != "msgpack" {
        bail!("its codec `{codec}` is the program's own, and only the program can read it");
    }
    let shown: Shown = rmp_serde::from_slice(bytes).context("it is no MessagePack")?;
    Ok(shown.0)
}

/// The most that is unpacked to be looked at.
const MOST: usize = 1 << 30;

/// What a compressed value was: no more of it is made than its length says.
fn unpacked(method: &str, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (length, block) = bytes.split_first_chunk().context("its length is missing")?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    if length > MOST {
        bail!("it claims {length} bytes, too many to be shown");
    }
    let plain = match method {
        "lz4" if length / 255 > block.len() => {
            bail!(
                "it claims {length} bytes, which its {} can't be",
                block.len()
            )
        }
        "lz4" => lz4_flex::block::decompress(block, length)?,
        _ => {
            let mut plain = Vec::new();
            let stream = ruzstd::decoding::StreamingDecoder::new(block)?;
            stream.take(length as u64 + 1).read_to_end(&mut plain)?;
            plain
        }
    };
    if plain.len() != length {
        bail!("it claims {length} bytes and has others");
    }
    Ok(plain)
}

struct Shown(Value);

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShownVisitor)
    }
}

struct ShownVisitor;

impl<'de> Visitor<'de> for ShownVisitor {
    type Value = Shown;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Shown, E> {
        Ok(Shown(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Shown, E> {
        Ok(Shown(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Shown, E> {
        Ok(Shown(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Shown, E> {
        Ok(Shown(value.into()))
    }

    fn visit_f32<E: Error>(self, value: f32) -> Result<Shown, E> {
        Ok(Shown(float(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Shown, E> {
        Ok(Shown(float(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Shown, E> {
        Ok(Shown(value.into()))
    }

    fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<Shown, E> {
        Ok(Shown(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Shown, A::Error> {
        let mut all = Vec::new();
        while let Some(Shown(value)) = seq.next_element()? {
            all.push(value);
        }
        Ok(Shown(Value::Array(all)))
    }

    /// Maps whose keys are no texts are lists of pairs.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shown, A::Error> {
        let mut pairs = Vec::new();
        while let Some((Shown(key), Shown(value))) = map.next_entry()? {
            pairs.push((key, value));
        }
        if pairs.iter().all(|(key, _)| key.is_string()) {
            let pair =
                |(key, value): (Value, Value)| (key.as_str().unwrap_or_default().to_owned(), value);
            return Ok(Shown(Value::Object(
                pairs.into_iter().map(pair).collect::<Map<_, _>>(),
            )));
        }
        let pair = |(key, value)| Value::Array(vec![key, value]);
        Ok(Shown(pairs.into_iter().map(pair).collect()))
    }

    /// An extension: its type and its bytes.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Shown, D::Error> {
        let (kind, bytes): (i8, Bytes) = Deserialize::deserialize(deserializer)?;
        Ok(Shown(numbers(kind, &bytes.0)))
    }
}

struct Bytes(Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct BytesVisitor;
        impl Visitor<'_> for BytesVisitor {
            type Value = Bytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }

            fn visit_bytes<E: Error>(self, value: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(value.to_vec()))
            }
        }
        deserializer.deserialize_bytes(BytesVisitor)
    }
}

/// Slices of numbers: type 0x40 and the code of the number's type.
fn numbers(kind: i8, bytes: &[u8]) -> Value {
    macro_rules! each {
        ($number:ty, $show:expr) => {{
            let (chunks, _) = bytes.as_chunks::<{ size_of::<$number>() }>();
            chunks
                .iter()
                .map(|chunk| $show(<$number>::from_le_bytes(*chunk)))
                .collect()
        }};
    }
    let text = |number: &dyn fmt::Display| Value::String(number.to_string());
    match kind - 0x40 {
        1 => each!(u8, Value::from),
        2 => each!(u16, Value::from),
        3 => each!(u32, Value::from),
        4 => each!(u64, Value::from),
        // JSON's readers keep no more than 64 bits of a number.
        5 => each!(u128, |n| text(&n)),
        6 => each!(i8, Value::from),
        7 => each!(i16, Value::from),
        8 => each!(i32, Value::from),
        9 => each!(i64, Value::from),
        10 => each!(i128, |n| text(&n)),
        11 => each!(f32, |n| float(f64::from(n))),
        12 => each!(f64, float),
        _ => serde_json::json!({ "extension": kind, "bytes": bytes }),
    }
}

/// JSON has no word for what is no number.
fn float(value: f64) -> Value {
    Number::from_f64(value).map_or_else(|| Value::String(value.to_string()), Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messagepack_and_its_additions_are_shown() {
        #[derive(serde::Serialize)]
        struct Point {
            x: Option<u8>,
            name: &'static str,
        }
        let bytes = rmp_serde::to_vec_named(&Point { x: None, name: "a" }).expect("plain data");
        assert_eq!(
            decode("msgpack", &bytes).expect("it is MessagePack"),
            json!({"x": null, "name": "a"})
        );
        // fixext 4, type 0x42: two u16.
        let bytes = [0xD6, 0x42, 1, 0, 0, 1];
        assert_eq!(
            decode("msgpack", &bytes).expect("it is MessagePack"),
            json!([1, 256])
        );
        assert!(decode("own", &bytes).is_err());
        assert!(decode("msgpack", &[0xC1]).is_err());
    }

    fn compressed(method: &str, value: &[u8]) -> Vec<u8> {
        let mut packed = (value.len() as u64).to_le_bytes().to_vec();
        packed.extend(match method {
            "lz4" => lz4_flex::block::compress(value),
            _ => {
                let level = ruzstd::encoding::CompressionLevel::Fastest;
                ruzstd::encoding::compress_to_vec(value, level)
            }
        });
        packed
    }

    #[test]
    fn a_compressed_value_is_unpacked_and_a_false_length_refused() {
        let value = rmp_serde::to_vec(&vec!["abc"; 100]).expect("plain data");
        for method in ["lz4", "zstd"] {
            let codec = format!("msgpack+{method}");
            let mut packed = compressed(method, &value);
            let shown = decode(&codec, &packed).expect("it is whole");
            assert_eq!(shown.as_array().map(Vec::len), Some(100));
            for length in [u64::MAX, value.len() as u64 - 1, value.len() as u64 + 1] {
                packed[..8].copy_from_slice(&length.to_le_bytes());
                assert!(decode(&codec, &packed).is_err(), "{method} {length}");
            }
        }
    }

    #[test]
    fn what_can_not_be_decoded_is_named() {
        let said = |codec| {
            let error = decode(codec, &[1]).expect_err("nobody here knows it");
            error.to_string()
        };
        assert!(said("postcard").contains("`postcard` is the program's own"));
        assert!(said("msgpack+brotli").contains("compressed by brotli"));
        let packed = compressed("zstd", b"abc");
        let error = decode("postcard+zstd", &packed).expect_err("nobody here knows it");
        assert!(error.to_string().contains("`postcard`"), "{error}");
    }
}
