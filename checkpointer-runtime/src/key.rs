//! What names a stored result: the function, the hash of its code, the hash of the call, and the options its store needs.

use std::borrow::Cow;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// A 256-bit BLAKE3 hash, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// A digest of these bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads 64 hexadecimal digits; `None` if the text is anything else. Usable in constants.
    #[must_use]
    pub const fn from_hex(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        let mut index = 0;
        while index < 32 {
            let (high, low) = (nibble(text[2 * index]), nibble(text[2 * index + 1]));
            if high > 15 || low > 15 {
                return None;
            }
            bytes[index] = high << 4 | low;
            index += 1;
        }
        Some(Self(bytes))
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digits in a buffer on the stack, for paths and for `Display`.
    pub(crate) fn hex(&self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        text
    }

    /// Appends the digits to a text.
    pub(crate) fn push_hex(&self, text: &mut String) {
        let digits = self.hex();
        text.push_str(std::str::from_utf8(&digits).unwrap_or_default());
    }
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        b'A'..=b'F' => digit - b'A' + 10,
        _ => u8::MAX,
    }
}

impl From<blake3::Hash> for Digest {
    fn from(hash: blake3::Hash) -> Self {
        Self(hash.into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.hex();
        f.pad(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The error of reading a [`Digest`] from a text that is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseDigestError;

impl fmt::Display for ParseDigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a hash: expected 64 hexadecimal digits")
    }
}

impl std::error::Error for ParseDigestError {}

impl FromStr for Digest {
    type Err = ParseDigestError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_hex(text).ok_or(ParseDigestError)
    }
}

/// How far a stored entry has got when `store` returns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Durability {
    /// The entry is whole for every other process, and survives a crash of this one; the system writes it to the
    /// disk in its own time. A power cut can lose it, and what is left then is noticed by its checksum.
    #[default]
    Rename,
    /// The entry is on the disk. Some hundred times slower.
    Fsync,
}

/// The options that a store needs to know. A store on a server may ignore those that make no sense there.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorageOptions {
    /// The root folder. Default: `checkpoints` in the user's cache folder.
    pub root_path: PathBuf,
    /// When a store counts as done. Default: [`Durability::Rename`].
    pub durability: Durability,
    /// Whether a root folder that belongs to someone else, or that everyone may write, is used all the same.
    /// Default: `false`.
    pub trust_root: bool,
    /// How many code versions of a function `cleanup` keeps beside the current one, the most recently used first.
    /// Default: 0.
    pub keep_versions: usize,
    /// How many bytes of entries `cleanup` leaves to a function. Default: no limit.
    pub max_bytes: Option<u64>,
}

impl StorageOptions {
    /// Defaults with this root folder.
    #[must_use]
    pub fn new(root_path: impl Into<PathBuf>) -> Self {
        Self {
            root_path: root_path.into(),
            durability: Durability::default(),
            trust_root: false,
            keep_versions: 0,
            max_bytes: None,
        }
    }
}

/// One function in one store, for what concerns all its entries.
#[derive(Clone, Debug)]
pub struct Scope {
    function: Cow<'static, str>,
    options: Arc<StorageOptions>,
}

impl Scope {
    /// The entries of this function under these options.
    pub fn new(function: impl Into<Cow<'static, str>>, options: Arc<StorageOptions>) -> Self {
        Self {
            function: function.into(),
            options,
        }
    }

    /// The function's path, as in `crate::module::Type::name`.
    #[must_use]
    pub fn function(&self) -> &str {
        &self.function
    }

    /// The options of the store.
    #[must_use]
    pub fn options(&self) -> &Arc<StorageOptions> {
        &self.options
    }

    /// The root folder.
    #[must_use]
    pub fn root_path(&self) -> &Path {
        &self.options.root_path
    }

    /// The key of one call.
    #[must_use]
    pub fn key(&self, code_hash: Digest, call_hash: Digest) -> Key {
        Key {
            scope: self.clone(),
            code_hash,
            call_hash,
        }
    }
}

/// The name of one stored result, and the options of its store.
#[derive(Clone, Debug)]
pub struct Key {
    scope: Scope,
    code_hash: Digest,
    call_hash: Digest,
}

impl Key {
    /// The key of a call of `function` (as in `crate::module::name`) with this code and these arguments.
    pub fn new(
        function: impl Into<Cow<'static, str>>,
        code_hash: Digest,
        call_hash: Digest,
        options: Arc<StorageOptions>,
    ) -> Self {
        Scope::new(function, options).key(code_hash, call_hash)
    }

    /// The function's path, as in `crate::module::Type::name`.
    #[must_use]
    pub fn function(&self) -> &str {
        self.scope.function()
    }

    /// The hash of the function's code.
    #[must_use]
    pub fn code_hash(&self) -> Digest {
        self.code_hash
    }

    /// The hash of the call: arguments, type arguments, captured values.
    #[must_use]
    pub fn call_hash(&self) -> Digest {
        self.call_hash
    }

    /// The options of the store.
    #[must_use]
    pub fn options(&self) -> &StorageOptions {
        &self.scope.options
    }

    /// The root folder.
    #[must_use]
    pub fn root_path(&self) -> &Path {
        self.scope.root_path()
    }

    /// The function and options that this key belongs to.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}
