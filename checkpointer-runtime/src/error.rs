//! What can go wrong with a stored result, as one typed error that knows the place and the cause.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

/// A cause of another library, boxed.
pub(crate) type Source = Box<dyn Error + Send + Sync + 'static>;

/// Why there is no stored result, or why an operation on the store failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum CheckpointError {
    /// Nothing is stored under this key.
    NotFound,
    /// There is a result, and its time is up.
    Expired {
        /// When it was stored.
        stored: DateTime<Utc>,
    },
    /// There is an entry, and it is not what was stored.
    Corrupted {
        /// Where, if the store keeps files.
        path: Option<PathBuf>,
        /// What is wrong with it.
        reason: Corruption,
    },
    /// There is an entry that a newer version of this library wrote. It counts as a miss and must not be overwritten.
    Newer {
        /// Where, if the store keeps files.
        path: Option<PathBuf>,
        /// The format version of the entry.
        version: u32,
    },
    /// The store could not be read or written.
    Storage {
        /// What was tried, as in `read` or `create folder`.
        operation: Cow<'static, str>,
        /// Where, if the store keeps files.
        path: Option<PathBuf>,
        /// The cause.
        source: Source,
    },
    /// An argument could not be hashed.
    Argument {
        /// The parameter's name.
        parameter: Cow<'static, str>,
        /// The cause.
        source: Source,
    },
    /// A generic function was called with a type whose code a stored key can't tell.
    TypeArgument {
        /// The type's path.
        path: String,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// A result could not be turned into bytes.
    Encode {
        /// The cause.
        source: Source,
    },
    /// The store does not offer this operation.
    Unsupported {
        /// The operation, as in `entries`.
        operation: &'static str,
    },
}

/// What is wrong with a stored entry.
#[derive(Debug)]
#[non_exhaustive]
pub enum Corruption {
    /// It does not begin as an entry does.
    Magic,
    /// It is shorter or longer than it says.
    Length {
        /// The number of bytes there are.
        actual: u64,
        /// The number of bytes its header asks for, if that could be read.
        expected: Option<u64>,
    },
    /// Its bytes are not those that were written.
    Checksum,
    /// It was stored under another key.
    Key,
    /// It was written by another codec.
    Codec {
        /// The codec's name in the entry.
        found: String,
    },
    /// It is whole, and yet is no value of the result's type.
    Payload(Source),
    /// It was put into a shared store without a signature.
    Unsigned,
    /// It was signed with another key than this program has.
    OtherSecret,
    /// It was altered after it was signed, or signed for another call, code or namespace.
    Forged,
}

impl CheckpointError {
    /// A fault of a store: what was tried and why it failed.
    pub fn storage(operation: impl Into<Cow<'static, str>>, source: impl Into<Source>) -> Self {
        Self::Storage {
            operation: operation.into(),
            path: None,
            source: source.into(),
        }
    }

    /// The same error with the file that it is about.
    #[must_use]
    pub fn at(mut self, place: &Path) -> Self {
        if let Self::Corrupted { path, .. }
        | Self::Newer { path, .. }
        | Self::Storage { path, .. } = &mut self
        {
            path.get_or_insert_with(|| place.to_path_buf());
        }
        self
    }

    /// The file that the error is about.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Corrupted { path, .. }
            | Self::Newer { path, .. }
            | Self::Storage { path, .. } => path.as_deref(),
            _ => None,
        }
    }
}

impl From<Corruption> for CheckpointError {
    fn from(reason: Corruption) -> Self {
        Self::Corrupted { path: None, reason }
    }
}

/// Shows ` at PATH` where there is one.
struct At<'a>(&'a Option<PathBuf>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(path) => write!(f, " at {}", path.display()),
            None => Ok(()),
        }
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => f.write_str("no result is stored for this call"),
            Self::Expired { stored } => write!(f, "the result stored at {stored} has expired"),
            Self::Corrupted { path, reason } => {
                write!(
                    f,
                    "the stored entry{} is damaged: {reason}; the next call replaces it",
                    At(path)
                )
            }
            Self::Newer { path, version } => write!(
                f,
                "the stored entry{} has format version {version}, which is newer than this program reads; \
                 update checkpointer-runtime or use another root_path",
                At(path)
            ),
            Self::Storage {
                operation,
                path,
                source,
            } => {
                write!(f, "could not {operation}{}: {source}", At(path))
            }
            Self::Argument { parameter, source } => write!(
                f,
                "argument `{parameter}` could not be hashed: {source}; mark it #[no_hash] or give it a #[hash_by(…)]"
            ),
            Self::TypeArgument { path, reason } => {
                write!(f, "type argument `{path}` can't be part of a key: {reason}")
            }
            Self::Encode { source } => write!(f, "the result could not be stored: {source}"),
            Self::Unsupported { operation } => {
                write!(
                    f,
                    "this store has no `{operation}`; implement Storage::{operation} for it"
                )
            }
        }
    }
}

impl Error for CheckpointError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Storage { source, .. }
            | Self::Argument { source, .. }
            | Self::Encode { source } => Some(&**source),
            Self::Corrupted { reason, .. } => Some(reason),
            _ => None,
        }
    }
}

impl fmt::Display for Corruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("it does not begin as an entry does"),
            Self::Length {
                actual,
                expected: Some(expected),
            } => {
                write!(f, "it has {actual} bytes instead of {expected}")
            }
            Self::Length {
                actual,
                expected: None,
            } => {
                write!(f, "its {actual} bytes are too few for a header")
            }
            Self::Checksum => f.write_str("its checksum does not match"),
            Self::Key => f.write_str("it was stored under another key"),
            Self::Codec { found } => write!(f, "it was written by the codec `{found}`"),
            Self::Payload(source) => write!(f, "its value cannot be read: {source}"),
            Self::Unsigned => f.write_str("it is not signed"),
            Self::OtherSecret => f.write_str(
                "it was signed with another key; is CHECKPOINTER_REMOTE_KEY the one that the others have?",
            ),
            Self::Forged => f.write_str("its bytes, or its place, are not those that were signed"),
        }
    }
}

impl Error for Corruption {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Payload(source) => Some(&**source),
            _ => None,
        }
    }
}
