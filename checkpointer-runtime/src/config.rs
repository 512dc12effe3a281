//! Options as values: what a preset holds, how presets extend each other, and where an option that nobody gives comes
//! from.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::arguments;
use crate::codec::Coding;
use crate::key::{Digest, Durability, StorageOptions};
use crate::setting::{IntoSetting, Setting};
use crate::storage::Storage;
use crate::storage::disk::DiskStorage;
use crate::storage::memory::MemoryStorage;
use crate::storage::packed::PackedStorage;

/// Options of `#[checkpoint]` as a value, to be shared between functions with `using = …`.
///
/// A preset is extended by cloning it and setting more; what it does not set comes from [`configure`], and then from
/// the defaults.
///
/// ```
/// use checkpointer_runtime::{Checkpointer, presets::TMP};
/// use std::sync::LazyLock;
///
/// static DEV: LazyLock<Checkpointer> = LazyLock::new(|| TMP.clone().when(cfg!(debug_assertions)).verbosity(2));
/// # let _ = &*DEV;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Checkpointer {
    pub(crate) format: Option<Format>,
    pub(crate) root_path: Option<PathBuf>,
    pub(crate) durability: Option<Durability>,
    pub(crate) trust_root: Option<bool>,
    pub(crate) keep_versions: Option<usize>,
    pub(crate) max_bytes: Option<u64>,
    pub(crate) coding: Coding,
    pub(crate) when: Option<Setting<bool>>,
    pub(crate) verbosity: Option<Setting<u8>>,
    pub(crate) should_expire: Option<ShouldExpire>,
    pub(crate) expiry: Option<Setting<Duration>>,
    pub(crate) capture: Option<bool>,
    pub(crate) code: Option<Code>,
    #[cfg(feature = "remote")]
    pub(crate) remote: Option<crate::remote::Remote>,
}

/// What stands for the code in a function's keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Nothing: results outlive every edit.
    Ignored,
    /// A value that the user counts up.
    Version(Digest),
}

/// A closure that says whether a result stored at this time has expired.
#[derive(Clone)]
pub(crate) struct ShouldExpire(pub(crate) Arc<dyn Fn(DateTime<Utc>) -> bool + Send + Sync>);

impl std::fmt::Debug for ShouldExpire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShouldExpire")
    }
}

/// Where and how results are kept.
#[derive(Clone)]
pub struct Format(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Memory(MemoryStorage),
    Storage(Arc<dyn Storage>),
    /// A server that options and environment name, or else this URL of the manifest.
    #[cfg(any(feature = "redis", feature = "object"))]
    Remote(crate::remote::Kind, Option<&'static str>),
    /// Memory, then disk, then a server.
    #[cfg(feature = "remote")]
    Team(Option<&'static str>),
    /// A name that no format has.
    Missing(&'static str),
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.0 {
            Kind::Memory(_) => "Memory",
            Kind::Storage(_) => "Storage",
            #[cfg(any(feature = "redis", feature = "object"))]
            Kind::Remote(..) => "Remote",
            #[cfg(feature = "remote")]
            Kind::Team(_) => "Team",
            Kind::Missing(name) => name,
        })
    }
}

/// What the option `format` takes: `"memory"`, `"msgpack"` and the names of other built-in formats, a
/// [`MemoryStorage`], or any [`Storage`].
pub trait IntoFormat {
    /// The format.
    fn into_format(self) -> Format;
}

impl IntoFormat for Format {
    fn into_format(self) -> Format {
        self
    }
}

impl IntoFormat for &'static str {
    fn into_format(self) -> Format {
        Format(match self {
            "memory" => Kind::Memory(MemoryStorage::new()),
            "msgpack" => Kind::Storage(Arc::new(DiskStorage)),
            "packed" => Kind::Storage(Arc::new(PackedStorage)),
            #[cfg(feature = "redis")]
            "redis" => Kind::Remote(crate::remote::Kind::Redis, None),
            #[cfg(feature = "object")]
            "object" => Kind::Remote(crate::remote::Kind::Object, None),
            #[cfg(feature = "remote")]
            "team" => Kind::Team(None),
            other => Kind::Missing(other),
        })
    }
}

impl IntoFormat for MemoryStorage {
    fn into_format(self) -> Format {
        Format(Kind::Memory(self))
    }
}

impl IntoFormat for Arc<dyn Storage> {
    fn into_format(self) -> Format {
        Format(Kind::Storage(self))
    }
}

impl<S: Storage + 'static> IntoFormat for S {
    fn into_format(self) -> Format {
        Format(Kind::Storage(Arc::new(self)))
    }
}

impl Checkpointer {
    /// No option set.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            format: None,
            root_path: None,
            durability: None,
            trust_root: None,
            keep_versions: None,
            max_bytes: None,
            coding: Coding::new(),
            when: None,
            verbosity: None,
            should_expire: None,
            expiry: None,
            capture: None,
            code: None,
            #[cfg(feature = "remote")]
            remote: None,
        }
    }

    /// Where and how results are kept. Default: `"msgpack"`, files under the root folder.
    #[must_use]
    pub fn format(mut self, format: impl IntoFormat) -> Self {
        self.format = Some(format.into_format());
        self
    }

    /// The root folder of stores on disk. Default: `checkpoints` in the user's cache folder.
    #[must_use]
    pub fn root_path(mut self, path: impl Into<PathBuf>) -> Self {
        self.root_path = Some(path.into());
        self
    }

    /// When a store counts as done. Default: [`Durability::Rename`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = Some(durability);
        self
    }

    /// Whether a root folder of someone else's, or one that everybody may write, is used all the same. Default: no.
    #[must_use]
    pub fn trust_root(mut self, trust: bool) -> Self {
        self.trust_root = Some(trust);
        self
    }

    /// How many earlier code versions `cleanup` keeps, so that switching branches loses nothing. Default: 0.
    #[must_use]
    pub fn keep_versions(mut self, versions: usize) -> Self {
        self.keep_versions = Some(versions);
        self
    }

    /// How many bytes of entries `cleanup` leaves to a function. Default: no limit.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// How results become bytes: by a codec of one's own. Default: MessagePack.
    ///
    /// # Panics
    /// If the codec's name is a built-in one, has a `+` in it, or has more than 11 characters.
    #[cfg(feature = "codec")]
    #[must_use]
    pub fn codec(mut self, codec: impl crate::codec::Codec + 'static) -> Self {
        let name = codec.name();
        let name = name.as_str();
        assert!(
            !["msgpack", "deleted"].contains(&name) && !name.contains('+') && name.len() <= 11,
            "a codec can't be called `{name}`: choose at most 11 characters without `+`, and no built-in name"
        );
        self.coding.codec = Some(Arc::new(codec));
        self
    }

    /// As with the feature: what is missing is said.
    #[cfg(not(feature = "codec"))]
    #[doc(hidden)]
    #[must_use]
    pub fn codec<C: crate::formats::CodecFeature>(self, _: C) -> Self {
        self
    }

    /// Whether and how results are compressed before they are stored. Default: not.
    #[cfg(any(feature = "lz4", feature = "zstd"))]
    #[must_use]
    pub fn compression(mut self, compression: crate::codec::Compression) -> Self {
        self.coding.compression = Some(compression);
        self
    }

    /// As with the feature: what is missing is said.
    #[cfg(not(any(feature = "lz4", feature = "zstd")))]
    #[doc(hidden)]
    #[must_use]
    pub fn compression<C: crate::formats::CompressionFeature>(self, _: C) -> Self {
        self
    }

    /// The server that `format = "redis"`, `"object"` and `"team"` use: a URL, or a [`Remote`](crate::remote::Remote). The
    /// environment's `CHECKPOINTER_REMOTE` has the last word.
    #[cfg(feature = "remote")]
    #[must_use]
    pub fn remote(mut self, remote: impl Into<crate::remote::Remote>) -> Self {
        self.remote = Some(remote.into());
        self
    }

    /// As with the feature: what is missing is said.
    #[cfg(not(feature = "remote"))]
    #[doc(hidden)]
    #[must_use]
    pub fn remote<R: crate::formats::RemoteFeature>(self, _: R) -> Self {
        self
    }

    /// Whether to cache, as a value or as a closure that is asked at each call. Default: yes.
    #[must_use]
    pub fn when(mut self, when: impl IntoSetting<bool>) -> Self {
        self.when = Some(when.into_setting());
        self
    }

    /// 0: silent; 1: a line to stderr on computing and on damage; 2: on hits, too. Default: 1.
    #[must_use]
    pub fn verbosity(mut self, verbosity: impl IntoSetting<u8>) -> Self {
        self.verbosity = Some(verbosity.into_setting());
        self
    }

    /// A closure that is asked at each hit whether a result stored at this time has expired.
    #[must_use]
    pub fn should_expire(
        mut self,
        should_expire: impl Fn(DateTime<Utc>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.should_expire = Some(ShouldExpire(Arc::new(should_expire)));
        self
    }

    /// The age at which a result expires.
    #[must_use]
    pub fn expiry(mut self, expiry: impl IntoSetting<Duration>) -> Self {
        self.expiry = Some(expiry.into_setting());
        self
    }

    /// Whether statics count. Default: as the build script's `capture` says, else no.
    #[must_use]
    pub fn capture(mut self, capture: bool) -> Self {
        self.capture = Some(capture);
        self
    }

    /// A value that replaces the code hash: results stay until it changes, whatever is edited.
    ///
    /// # Panics
    /// If the value can't be serialized.
    #[must_use]
    pub fn version(mut self, version: &(impl Serialize + ?Sized)) -> Self {
        match arguments::digest(version) {
            Ok(digest) => self.code = Some(Code::Version(digest)),
            Err(error) => panic!("the value of `version` can't be hashed: {error}"),
        }
        self
    }

    /// Leaves the code out of the key: results outlive every edit.
    #[must_use]
    pub fn ignore_code(mut self) -> Self {
        self.code = Some(Code::Ignored);
        self
    }

    /// These options, and the other's where these set none.
    #[must_use]
    pub(crate) fn or(self, base: Self) -> Self {
        Self {
            format: self.format.or(base.format),
            root_path: self.root_path.or(base.root_path),
            durability: self.durability.or(base.durability),
            trust_root: self.trust_root.or(base.trust_root),
            keep_versions: self.keep_versions.or(base.keep_versions),
            max_bytes: self.max_bytes.or(base.max_bytes),
            coding: self.coding.or(base.coding),
            when: self.when.or(base.when),
            verbosity: self.verbosity.or(base.verbosity),
            should_expire: self.should_expire.or(base.should_expire),
            expiry: self.expiry.or(base.expiry),
            capture: self.capture.or(base.capture),
            code: self.code.or(base.code),
            #[cfg(feature = "remote")]
            remote: self.remote.or(base.remote),
        }
    }

    /// What a store is told.
    pub(crate) fn storage_options(&self, default_root: impl FnOnce() -> PathBuf) -> StorageOptions {
        let root = self.root_path.clone().unwrap_or_else(default_root);
        let mut options = StorageOptions::new(root);
        options.durability = self.durability.unwrap_or_default();
        options.trust_root = self.trust_root.unwrap_or_default();
        options.keep_versions = self.keep_versions.unwrap_or_default();
        options.max_bytes = self.max_bytes;
        options
    }
}

static DEFAULTS: RwLock<Checkpointer> = RwLock::new(Checkpointer::new());

/// Sets the program's defaults: what a function takes for options that neither it nor its preset gives.
///
/// To be called at the start: a function reads its options at its first call and keeps them.
pub fn configure(defaults: Checkpointer) {
    *DEFAULTS.write().unwrap_or_else(PoisonError::into_inner) = defaults;
}

/// The program's defaults.
pub(crate) fn defaults() -> Checkpointer {
    DEFAULTS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_extends_another_and_sets_only_what_it_names() {
        let base = Checkpointer::new()
            .root_path("/base")
            .verbosity(2)
            .when(false);
        let merged = Checkpointer::new().verbosity(0).or(base);
        assert_eq!(merged.verbosity.map(|setting| setting.get()), Some(0));
        assert_eq!(merged.when.map(|setting| setting.get()), Some(false));
        assert_eq!(merged.root_path, Some(PathBuf::from("/base")));
    }

    #[test]
    fn a_version_is_told_from_another_by_its_value_and_type() {
        let code = |preset: Checkpointer| preset.code;
        assert_eq!(
            code(Checkpointer::new().version(&1)),
            code(Checkpointer::new().version(&1))
        );
        assert_ne!(
            code(Checkpointer::new().version(&1)),
            code(Checkpointer::new().version(&2))
        );
        assert_ne!(
            code(Checkpointer::new().version("1")),
            code(Checkpointer::new().version(&1))
        );
    }
}
