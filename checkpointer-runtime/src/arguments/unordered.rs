//! Hash maps and sets: a digest for each entry, sorted, so that equal containers hash alike in any order.

use serde::Serialize;

use super::HashError;
use super::serializer::Writer;
use super::sink::{Kind, Sink};

/// The containers whose order means nothing, as `type_name` spells them. Another spelling of a future standard library
/// makes their hash depend on order: results are computed again, and never mistaken.
const UNORDERED: [&str; 4] = [
    "std::collections::hash::map::HashMap<",
    "std::collections::hash::set::HashSet<",
    "hashbrown::map::HashMap<",
    "hashbrown::set::HashSet<",
];

/// Whether an iterable is (a reference to) a hash map or set of the standard library or of hashbrown.
#[inline]
pub(super) fn is_unordered<I>() -> bool {
    let name = std::any::type_name::<I>();
    let name = name.strip_prefix('&').unwrap_or(name);
    UNORDERED.iter().any(|prefix| name.starts_with(prefix))
}

pub(super) fn sequence<I>(writer: Writer<'_>, iterable: I) -> Result<(), HashError>
where
    I: IntoIterator,
    I::Item: Serialize,
{
    entries(
        writer,
        Kind::UnorderedSequence,
        iterable,
        |sink, depth, element| element.serialize(Writer::at_depth(sink, depth)),
    )
}

pub(super) fn map<K, V, I>(writer: Writer<'_>, iterable: I) -> Result<(), HashError>
where
    K: Serialize,
    V: Serialize,
    I: IntoIterator<Item = (K, V)>,
{
    entries(
        writer,
        Kind::UnorderedMap,
        iterable,
        |sink, depth, (key, value)| {
            key.serialize(Writer::at_depth(sink, depth))?;
            value.serialize(Writer::at_depth(sink, depth))
        },
    )
}

fn entries<I: IntoIterator>(
    writer: Writer<'_>,
    kind: Kind,
    iterable: I,
    hash: impl Fn(&mut Sink, u32, I::Item) -> Result<(), HashError>,
) -> Result<(), HashError> {
    let (sink, depth) = writer.parts();
    if matches!(sink, Sink::Memory(_)) {
        let digests = sorted(iterable, |entry| {
            let mut apart = sink.fresh();
            hash(&mut apart, depth, entry)?;
            Ok(apart.finish_memory())
        })?;
        sink.word(kind, digests.len() as u64);
        digests
            .into_iter()
            .for_each(|digest| sink.wide(kind, digest));
    } else {
        let digests = sorted(iterable, |entry| {
            let mut apart = sink.fresh();
            hash(&mut apart, depth, entry)?;
            Ok(apart.finish_stored())
        })?;
        sink.word(kind, digests.len() as u64);
        digests
            .iter()
            .for_each(|digest| sink.raw(digest.as_bytes()));
    }
    Ok(())
}

fn sorted<I: IntoIterator, D: Ord>(
    iterable: I,
    digest: impl FnMut(I::Item) -> Result<D, HashError>,
) -> Result<Vec<D>, HashError> {
    let mut digests = iterable
        .into_iter()
        .map(digest)
        .collect::<Result<Vec<_>, _>>()?;
    digests.sort_unstable();
    Ok(digests)
}
