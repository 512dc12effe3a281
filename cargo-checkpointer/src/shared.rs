//! The server that a team shares, as the environment and the manifests name it.

use std::error::Error as _;

use checkpointer_runtime::remote::{Remote, RemoteStorage};

use crate::workspace::Workspace;

/// The variable that names the server.
const URL: &str = "CHECKPOINTER_REMOTE";

/// What entries are signed with.
const KEY: &str = "CHECKPOINTER_REMOTE_KEY";

/// The server's URL, if there is one.
pub(crate) fn url(workspace: Option<&Workspace>) -> Option<String> {
    if let Ok(url) = std::env::var(URL) {
        return Some(url).filter(|url| !url.is_empty() && url != "off");
    }
    let packages = workspace.into_iter().flat_map(|known| &known.packages);
    let mut urls = packages.filter_map(|package| package.settings.get("remote")?.as_str());
    urls.next().map(str::to_owned)
}

/// Whether there is a key to sign with. One that is too short is one, and opening the server says so.
pub(crate) fn has_key() -> bool {
    std::env::var_os(KEY).is_some_and(|key| !key.is_empty())
}

/// The server, as programs use it; or why it can't be used. Without a key it can be asked for a sign of life alone.
pub(crate) fn open(url: String) -> Result<RemoteStorage, String> {
    let remote = Remote::new(url);
    let remote = if has_key() {
        remote
    } else {
        remote.key(&[0; 32])
    };
    RemoteStorage::open(remote).map_err(|error| {
        let why = cause(&error);
        match why.split_once(" needs the feature `") {
            Some((place, rest)) => {
                let feature = rest.split('`').next().unwrap_or_default();
                format!(
                    "{place} can't be asked: {NOT_BUILT_IN}; `cargo install cargo-checkpointer --features {feature}`"
                )
            }
            None => why,
        }
    })
}

/// What is said of servers that this build of the command can't speak with, whatever programs can.
pub(crate) const NOT_BUILT_IN: &str = "this command was built without it";

/// What lies under an error of a server: the rest says what a program does then.
pub(crate) fn cause(error: &checkpointer_runtime::CheckpointError) -> String {
    error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string)
}
