//! A state read back, trusting nothing of the bytes.

use super::write::difference;
use super::{FORMAT_VERSION, File, Item, KINDS, MAGIC, Root, Salt, State, StateError};

/// How the header ends: magic, version, number of functions.
const HEADER: usize = 16;

/// The first bytes of a function's code hash and of its capture hash.
pub type Prefixes = ([u8; 8], [u8; 8]);

/// The first bytes of code hash and capture hash of each function in a state, from its header alone.
///
/// # Errors
/// [`StateError`] where the bytes begin otherwise, or end too early.
pub(super) fn hashes(bytes: &[u8]) -> Result<Vec<Prefixes>, StateError> {
    let header = bytes.get(..HEADER).ok_or(StateError::NotOne)?;
    if header[..8] != MAGIC {
        return Err(StateError::NotOne);
    }
    let word = |at: usize| {
        u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    if word(8) != FORMAT_VERSION {
        return Err(StateError::Version(word(8)));
    }
    let count = word(12) as usize;
    let hashes = bytes[HEADER..]
        .get(..count.saturating_mul(16))
        .ok_or(StateError::Damaged)?;
    let eight = |part: &[u8]| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(part);
        bytes
    };
    Ok(hashes
        .chunks_exact(16)
        .map(|pair| (eight(&pair[..8]), eight(&pair[8..])))
        .collect())
}

impl State {
    /// The first bytes of code hash and capture hash of each function, without reading the rest.
    ///
    /// # Errors
    /// [`StateError`] where the bytes begin otherwise, or end too early.
    pub fn hashes(bytes: &[u8]) -> Result<Vec<Prefixes>, StateError> {
        hashes(bytes)
    }

    /// Reads a state back.
    ///
    /// # Errors
    /// [`StateError`] where the bytes are not exactly what [`State::write`] gave.
    pub fn read(bytes: &[u8]) -> Result<Self, StateError> {
        let hashes = hashes(bytes)?;
        let (body, checksum) = bytes
            .split_at_checked(bytes.len().saturating_sub(8))
            .ok_or(StateError::Damaged)?;
        if blake3::hash(body).as_bytes()[..8] != *checksum {
            return Err(StateError::Damaged);
        }
        let mut reader = Reader(&body[HEADER + 16 * hashes.len()..]);
        reader.state(&hashes).ok_or(StateError::Damaged)
    }
}

struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn state(&mut self, hashes: &[([u8; 8], [u8; 8])]) -> Option<State> {
        let hash_version = u32::try_from(self.number()?).ok()?;
        let package = self.text()?;
        let salts = self.list(|reader| {
            Some(Salt {
                name: reader.text()?,
                hash: u64::from_le_bytes(reader.array()?),
            })
        })?;
        let files = self.list(|reader| {
            Some(File {
                package: Some(reader.text()?).filter(|name| !name.is_empty()),
                path: reader.text()?,
                digest: reader.array()?,
            })
        })?;
        let mut before = String::new();
        let items = self.list(|reader| {
            let item = reader.item(&before)?;
            before.clone_from(&item.id);
            Some(item)
        })?;
        let mut roots: Vec<Root> = Vec::new();
        for (code_hash, capture_hash) in hashes {
            let item = u32::try_from(self.number()?).ok()?;
            let target = self.text()?;
            let before = roots.last().map_or(&[][..], |root| &root.closure);
            let closure = difference(before, &self.increasing()?);
            roots.push(Root {
                item,
                target,
                code_hash: *code_hash,
                capture_hash: *capture_hash,
                closure,
            });
        }
        let count = items.len() as u32;
        let inside = |at: &u32| *at < count;
        let is_whole = self.0.is_empty()
            && items.iter().all(|item: &Item| {
                item.deps.iter().all(inside)
                    && item.file.is_none_or(|file| (file as usize) < files.len())
            })
            && roots
                .iter()
                .all(|root| inside(&root.item) && root.closure.iter().all(inside));
        is_whole.then_some(State {
            hash_version,
            package,
            salts,
            files,
            items,
            roots,
        })
    }

    fn item(&mut self, before: &str) -> Option<Item> {
        let shared = usize::try_from(self.number()?).ok()?;
        let id = before.get(..shared)?.to_owned() + &self.text()?;
        let kind = *KINDS.get(usize::from(self.array::<1>()?[0]))?;
        let tokens = u64::from_le_bytes(self.array()?);
        let meaning = u64::from_le_bytes(self.array()?);
        let file = self.number()?.checked_sub(1);
        let line = u32::try_from(self.number()?).ok()?;
        let length = u32::try_from(self.number()?).ok()?;
        Some(Item {
            id,
            kind: kind.to_owned(),
            tokens,
            meaning,
            file: file.map(u32::try_from).transpose().ok()?,
            line,
            end_line: line.checked_add(length)?,
            deps: self.increasing()?,
        })
    }

    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        // Each element takes a byte at least, so that a false number reserves nothing.
        let count = usize::try_from(self.number()?)
            .ok()
            .filter(|count| *count <= self.0.len())?;
        (0..count).map(|_| read(self)).collect()
    }

    fn increasing(&mut self) -> Option<Vec<u32>> {
        let runs = usize::try_from(self.number()?)
            .ok()
            .filter(|runs| *runs <= self.0.len())?;
        let mut list = Vec::new();
        let mut end: u32 = 0;
        for _ in 0..runs {
            let start = end.checked_add(u32::try_from(self.number()?).ok()?)?;
            let length = u32::try_from(self.number()?)
                .ok()
                .filter(|length| *length < 1 << 24)?;
            end = start.checked_add(length)?;
            list.extend(start..end);
        }
        Some(list)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).ok()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}
