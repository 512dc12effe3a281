//! What needs a feature: the formats that talk to a server, as functions that the expansion names, and options. Without the
//! feature that one needs, the compiler says which.

use crate::config::Format;
#[cfg(feature = "remote")]
use crate::config::Kind;

/// There with the feature `redis`.
#[diagnostic::on_unimplemented(
    message = "`format = \"redis\"` needs the feature `redis` of checkpointer-runtime",
    label = "add it in Cargo.toml: `checkpointer-runtime = {{ version = \"0.1\", features = [\"redis\"] }}`"
)]
pub trait RedisFeature {}

/// There with the feature `object`.
#[diagnostic::on_unimplemented(
    message = "`format = \"object\"` needs the feature `object` of checkpointer-runtime",
    label = "add it in Cargo.toml: `checkpointer-runtime = {{ version = \"0.1\", features = [\"object\"] }}`"
)]
pub trait ObjectFeature {}

/// There with one of the features `redis` and `object`, and with `remote` for servers of one's own.
#[diagnostic::on_unimplemented(
    message = "`format = \"team\"` and `remote = …` need the feature `redis` or `object` of checkpointer-runtime",
    label = "add the one of your server in Cargo.toml: `checkpointer-runtime = {{ version = \"0.1\", features = [\"redis\"] }}`"
)]
pub trait RemoteFeature {}

/// There with the feature `codec`.
#[diagnostic::on_unimplemented(
    message = "`codec = …` needs the feature `codec` of checkpointer-runtime",
    label = "add it in Cargo.toml: `checkpointer-runtime = {{ version = \"0.1\", features = [\"codec\"] }}`"
)]
pub trait CodecFeature {}

/// There with one of the features `lz4` and `zstd`.
#[diagnostic::on_unimplemented(
    message = "`compression = …` needs the feature `lz4` or `zstd` of checkpointer-runtime",
    label = "add one in Cargo.toml: `checkpointer-runtime = {{ version = \"0.1\", features = [\"lz4\"] }}`"
)]
pub trait CompressionFeature {}

#[cfg(feature = "redis")]
impl<T> RedisFeature for T {}
#[cfg(feature = "object")]
impl<T> ObjectFeature for T {}
#[cfg(feature = "remote")]
impl<T> RemoteFeature for T {}
#[cfg(feature = "codec")]
impl<T> CodecFeature for T {}
#[cfg(any(feature = "lz4", feature = "zstd"))]
impl<T> CompressionFeature for T {}

/// `format = "redis"`, with the manifest's URL.
#[must_use]
pub fn redis<T: RedisFeature>(url: Option<&'static str>) -> Format {
    #[cfg(feature = "redis")]
    return Format(Kind::Remote(crate::remote::Kind::Redis, url));
    #[cfg(not(feature = "redis"))]
    missing("redis", url)
}

/// `format = "object"`, with the manifest's URL.
#[must_use]
pub fn object<T: ObjectFeature>(url: Option<&'static str>) -> Format {
    #[cfg(feature = "object")]
    return Format(Kind::Remote(crate::remote::Kind::Object, url));
    #[cfg(not(feature = "object"))]
    missing("object", url)
}

/// `format = "team"`, with the manifest's URL.
#[must_use]
pub fn team<T: RemoteFeature>(url: Option<&'static str>) -> Format {
    #[cfg(feature = "remote")]
    return Format(Kind::Team(url));
    #[cfg(not(feature = "remote"))]
    missing("team", url)
}

/// What no program comes to, since it does not compile.
#[cfg(not(all(feature = "redis", feature = "object")))]
fn missing(name: &'static str, _: Option<&'static str>) -> Format {
    Format(crate::config::Kind::Missing(name))
}
