//! What a format stands for: one store, or the three layers of a team.

use std::sync::Arc;

use crate::checkpoint::Store;
use crate::config::{Checkpointer, Kind};
use crate::slots::Slots;
use crate::storage::disk::DiskStorage;

/// The stores of these options, the outermost first, and what is wrong with those that are not there.
pub(crate) fn stores(options: &Checkpointer) -> (Vec<Store>, Option<String>) {
    match options.format.clone().map(|format| format.0) {
        None => (vec![disk()], None),
        Some(Kind::Memory(limits)) => (vec![Store::Memory(Slots::new(limits))], None),
        Some(Kind::Storage(storage)) => (vec![Store::Bytes(storage)], None),
        #[cfg(any(feature = "redis", feature = "object"))]
        Some(Kind::Remote(kind, url)) => match crate::remote::open(kind, remote(options, url)) {
            Ok(remote) => (vec![Store::Bytes(Arc::new(remote))], None),
            Err(why) => (Vec::new(), Some(why)),
        },
        #[cfg(feature = "remote")]
        Some(Kind::Team(url)) => {
            let mut stores = vec![Store::Memory(Slots::new(TEAM_MEMORY)), disk()];
            let opened = crate::remote::open(crate::remote::Kind::Any, remote(options, url));
            let why = match opened {
                Ok(remote) => {
                    stores.push(Store::Bytes(Arc::new(remote.behind())));
                    None
                }
                Err(why) => Some(why),
            };
            (stores, why)
        }
        Some(Kind::Missing(name)) => (Vec::new(), Some(missing(name))),
    }
}

/// Memory of a function whose results are on disk as well.
#[cfg(feature = "remote")]
const TEAM_MEMORY: crate::MemoryStorage = crate::MemoryStorage::new().max_bytes(256 << 20);

/// The server that the code names, or else the manifest.
#[cfg(feature = "remote")]
fn remote(options: &Checkpointer, url: Option<&str>) -> Option<crate::remote::Remote> {
    options.remote.clone().or_else(|| Some(url?.into()))
}

fn disk() -> Store {
    Store::Bytes(Arc::new(DiskStorage))
}

fn missing(name: &str) -> String {
    let feature = match name {
        "redis" | "object" => name,
        "team" => "redis` or `object",
        _ => {
            return format!(
                "there is no format \"{name}\", so nothing is kept in this layer: use \"memory\", \"msgpack\", \"packed\", \
                 \"redis\", \"object\", \"team\" or a value that is a `Storage`"
            );
        }
    };
    format!(
        "the format \"{name}\" needs the feature `{feature}` of checkpointer-runtime, so nothing is kept in this layer: add \
         it in Cargo.toml"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_that_is_not_there_is_named_with_the_way_out() {
        let (stores, why) = stores(&Checkpointer::new().format("pickle"));
        assert!(stores.is_empty() && why.is_some_and(|why| why.contains("\"packed\"")));
        assert!(missing("redis").contains("feature `redis`"));
        assert!(missing("team").contains("`redis` or `object`"));
    }

    #[cfg(feature = "remote")]
    #[test]
    fn a_team_without_a_server_has_its_local_layers_and_is_told() {
        let remote = crate::remote::Remote::new("redis://nowhere");
        let (stores, why) = stores(&Checkpointer::new().format("team").remote(remote));
        assert_eq!(stores.len(), 2);
        assert!(why.is_some_and(|why| why.contains("CHECKPOINTER_REMOTE_KEY")));
    }
}
