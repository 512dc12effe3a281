//! Which server, and how it is used: options as a value, and what the environment overrides.

use std::fmt;
use std::time::Duration;

use super::name;
use super::seal::Secret;

/// A server that a team shares, and how it is used.
///
/// ```
/// use checkpointer_runtime::{Checkpointer, remote::Remote};
/// use std::time::Duration;
///
/// let remote = Remote::new("redis://cache.example:6379").timeout(Duration::from_millis(500));
/// let preset = Checkpointer::new().format("team").remote(remote);
/// # let _ = preset;
/// ```
/// Whatever the code says, the environment has the last word: `CHECKPOINTER_REMOTE` (a URL, or `off`),
/// `CHECKPOINTER_REMOTE_KEY`, `CHECKPOINTER_REMOTE_MODE`, `CHECKPOINTER_REMOTE_NAMESPACE`, `CHECKPOINTER_REMOTE_TIMEOUT`,
/// `CHECKPOINTER_REMOTE_LEASE`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Remote {
    pub(crate) url: String,
    pub(crate) secret: Option<Result<Secret, String>>,
    pub(crate) is_readonly: bool,
    pub(crate) namespaces: Vec<String>,
    pub(crate) timeout: Duration,
    pub(crate) max_entry: usize,
    pub(crate) max_queue: usize,
    pub(crate) lease: Option<Duration>,
    pub(crate) keep_for: Option<Duration>,
}

/// The URL without what may be a password.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("url", &self.place())
            .field("is_readonly", &self.is_readonly)
            .field("namespaces", &self.namespaces)
            .finish_non_exhaustive()
    }
}

impl From<&str> for Remote {
    fn from(url: &str) -> Self {
        Self::new(url)
    }
}

impl From<String> for Remote {
    fn from(url: String) -> Self {
        Self::new(url)
    }
}

impl Remote {
    /// The server at this URL: `redis://HOST[:PORT][/DATABASE]`, `redis+unix:///PATH`, `s3://BUCKET[/FOLDER]`,
    /// `gs://BUCKET[/FOLDER]`, `az://CONTAINER[/FOLDER]`.
    ///
    /// A password in it works and is never shown, but stands in the code: the environment is the place for it.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secret: None,
            is_readonly: false,
            namespaces: vec!["main".to_owned()],
            timeout: Duration::from_secs(2),
            max_entry: 64 << 20,
            max_queue: 64 << 20,
            lease: Some(Duration::from_secs(15)),
            keep_for: None,
        }
    }

    /// The secret of at least 32 bytes that entries are authenticated with. It belongs into the environment
    /// (`CHECKPOINTER_REMOTE_KEY`); this is for programs that get it from a vault.
    #[must_use]
    pub fn key(mut self, key: &[u8]) -> Self {
        self.secret = Some(Secret::new(key));
        self
    }

    /// Whether entries are read and none is written. Default: no. `CHECKPOINTER_REMOTE_MODE=readonly`.
    #[must_use]
    pub fn readonly(mut self, is_readonly: bool) -> Self {
        self.is_readonly = is_readonly;
        self
    }

    /// The namespace that is written, and the ones that are read after it. Default: `main`.
    /// `CHECKPOINTER_REMOTE_NAMESPACE=pr-12,main`.
    ///
    /// A namespace is a level of trust: who may write it decides what its readers get.
    #[must_use]
    pub fn namespaces<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.namespaces = names.into_iter().map(Into::into).collect();
        self
    }

    /// How long one operation may take, all tries together; a server that takes longer is left alone for a while.
    /// Default: 2 s. `CHECKPOINTER_REMOTE_TIMEOUT=500ms`.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The largest entry that is sent or taken, in bytes. Default: 64 MiB.
    #[must_use]
    pub fn max_entry(mut self, bytes: usize) -> Self {
        self.max_entry = bytes;
        self
    }

    /// How many bytes of entries wait at most to be sent; what comes on top stays in local layers. Default: 64 MiB.
    #[must_use]
    pub fn max_queue(mut self, bytes: usize) -> Self {
        self.max_queue = bytes;
        self
    }

    /// How long a machine that has died is waited for before another computes what it was at; `None`: machines
    /// don't wait for each other. Default: 15 s. `CHECKPOINTER_REMOTE_LEASE=off`.
    #[must_use]
    pub fn lease(mut self, lease: Option<Duration>) -> Self {
        self.lease = lease;
        self
    }

    /// After what time the server drops an entry, where it does such a thing by itself (Redis). Default: never; then its
    /// own rules say what goes (`maxmemory-policy`, life cycle rules).
    #[must_use]
    pub fn keep_for(mut self, time: Duration) -> Self {
        self.keep_for = Some(time);
        self
    }

    /// The URL without user, password and query.
    pub(crate) fn place(&self) -> String {
        let url = self.url.split(['?', '#']).next().unwrap_or_default();
        match url.split_once("://") {
            Some((scheme, rest)) => {
                let (host, path) = rest
                    .split_once('/')
                    .map_or((rest, String::new()), |(host, path)| {
                        (host, format!("/{path}"))
                    });
                let host = host.rsplit('@').next().unwrap_or_default();
                format!("{scheme}://{host}{path}")
            }
            None => "a URL without `://`".to_owned(),
        }
    }

    /// The scheme, in lower case.
    pub(crate) fn scheme(&self) -> String {
        let scheme = self.url.split("://").next().unwrap_or_default();
        scheme.to_ascii_lowercase()
    }

    /// What the environment makes of the code's remote. `None`: there is none.
    pub(crate) fn with_environment(
        base: Option<Self>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, String> {
        let not_understood = |name: &str, text: &str, expected: &str| {
            Err(format!(
                "{name}={text} is not understood, so the remote store is off: use {expected}"
            ))
        };
        let mut remote = match (variable("CHECKPOINTER_REMOTE"), base) {
            (Some(url), _) if url.is_empty() || url == "off" => return Ok(None),
            (Some(url), Some(mut base)) => {
                base.url = url;
                base
            }
            (Some(url), None) => Self::new(url),
            (None, Some(base)) => base,
            (None, None) => return Ok(None),
        };
        if let Some(key) = variable("CHECKPOINTER_REMOTE_KEY") {
            remote = remote.key(key.as_bytes());
        }
        if let Some(text) = variable("CHECKPOINTER_REMOTE_MODE") {
            match text.as_str() {
                "readonly" => remote.is_readonly = true,
                "readwrite" => remote.is_readonly = false,
                _ => {
                    return not_understood(
                        "CHECKPOINTER_REMOTE_MODE",
                        &text,
                        "readonly or readwrite",
                    );
                }
            }
        }
        if let Some(text) = variable("CHECKPOINTER_REMOTE_NAMESPACE") {
            remote = remote.namespaces(text.split(',').map(str::trim));
        }
        if let Some(text) = variable("CHECKPOINTER_REMOTE_TIMEOUT") {
            match duration(&text) {
                Some(timeout) => remote.timeout = timeout,
                None => {
                    return not_understood(
                        "CHECKPOINTER_REMOTE_TIMEOUT",
                        &text,
                        "a time such as 500ms or 2s",
                    );
                }
            }
        }
        if let Some(text) = variable("CHECKPOINTER_REMOTE_LEASE") {
            match (text.as_str(), duration(&text)) {
                ("off", _) => remote.lease = None,
                (_, Some(lease)) => remote.lease = Some(lease),
                _ => {
                    return not_understood(
                        "CHECKPOINTER_REMOTE_LEASE",
                        &text,
                        "off, or a time such as 15s",
                    );
                }
            }
        }
        Ok(Some(remote))
    }

    /// The secret, or why there is no use of the server without one.
    pub(crate) fn checked(&self) -> Result<&Secret, String> {
        let names = &self.namespaces;
        if names.is_empty() || !names.iter().all(|name| name::is_plain(name)) {
            return Err(format!(
                "the namespaces {names:?} are not understood, so the remote store is off: use letters, digits, `-`, `_` and `.`"
            ));
        }
        match &self.secret {
            Some(Ok(secret)) => Ok(secret),
            Some(Err(why)) => Err(format!(
                "the key of the remote store is no good, so nothing is read from it or written to it: {why}; set \
                 CHECKPOINTER_REMOTE_KEY to one that the whole team shares, such as the output of `openssl rand -hex 32`"
            )),
            None => Err(
                "there is no key for the remote store, so nothing is read from it or written to it: set \
                 CHECKPOINTER_REMOTE_KEY to one that the whole team shares, such as the output of `openssl rand -hex 32`"
                    .to_owned(),
            ),
        }
    }
}

/// A time such as `500ms` or `2s`, of at least a millisecond.
fn duration(text: &str) -> Option<Duration> {
    let millis = match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(number), _) => number.trim().parse::<u64>().ok()?,
        (None, Some(number)) => number.trim().parse::<u64>().ok()?.checked_mul(1000)?,
        (None, None) => return None,
    };
    (millis > 0).then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(base: Option<Remote>, variables: &[(&str, &str)]) -> Result<Option<Remote>, String> {
        Remote::with_environment(base, |name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn the_environment_has_the_last_word() {
        let code = Remote::new("redis://code").timeout(Duration::from_secs(9));
        let remote = read(
            Some(code.clone()),
            &[
                ("CHECKPOINTER_REMOTE", "s3://bucket"),
                ("CHECKPOINTER_REMOTE_MODE", "readonly"),
                ("CHECKPOINTER_REMOTE_NAMESPACE", "pr-1, main"),
                ("CHECKPOINTER_REMOTE_LEASE", "off"),
                (
                    "CHECKPOINTER_REMOTE_KEY",
                    "a key of at least thirty-two bytes",
                ),
            ],
        );
        let remote = remote.unwrap().unwrap();
        assert_eq!(remote.scheme(), "s3");
        assert!(remote.is_readonly && remote.checked().is_ok());
        assert_eq!(remote.namespaces, ["pr-1", "main"]);
        assert_eq!(
            (remote.timeout, remote.lease),
            (Duration::from_secs(9), None)
        );
        assert_eq!(read(Some(code.clone()), &[]), Ok(Some(code.clone())));
        assert_eq!(
            read(Some(code), &[("CHECKPOINTER_REMOTE", "off")]),
            Ok(None)
        );
        assert_eq!(read(None, &[]), Ok(None));
    }

    #[test]
    fn what_is_not_understood_turns_the_remote_off() {
        for (name, text) in [
            ("CHECKPOINTER_REMOTE_MODE", "write"),
            ("CHECKPOINTER_REMOTE_TIMEOUT", "2"),
            ("CHECKPOINTER_REMOTE_TIMEOUT", "0s"),
            ("CHECKPOINTER_REMOTE_LEASE", "on"),
        ] {
            let error = read(Some("redis://x".into()), &[(name, text)]).expect_err("not a value");
            assert!(error.contains(name) && error.contains("off"), "{error}");
        }
    }

    #[test]
    fn a_missing_or_short_key_and_an_odd_namespace_are_named() {
        let remote = Remote::new("redis://x");
        let why = |remote: &Remote| remote.checked().expect_err("not to be used");
        assert!(why(&remote).contains("CHECKPOINTER_REMOTE_KEY"));
        assert!(why(&remote.clone().key(b"short")).contains("5 bytes"));
        let odd = remote.key(&[1; 32]).namespaces(["a/b"]);
        assert!(why(&odd).contains("a/b"));
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "redis://user:word@host:1/0",
            "redis://:word@host:1/0?password=word",
            "redis://u:w@word@host:1/0",
        ] {
            let remote = Remote::new(url);
            assert!(!format!("{remote:?}").contains("word"), "{remote:?}");
            assert_eq!(remote.place(), "redis://host:1/0");
        }
        assert!(!Remote::new("word").place().contains("word"));
    }
}
