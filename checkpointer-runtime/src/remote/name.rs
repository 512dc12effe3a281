//! What entries and leases are called on a server: readable names, one folder a namespace, so that the server's own rules
//! can tell who may write where.

use std::path::PathBuf;
use std::sync::Arc;

use crate::key::{Digest, Key, Scope, StorageOptions};
use crate::storage::place;

/// The names of one namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    /// `PREFIX/NAMESPACE/`, without the prefix if that is empty.
    root: String,
    /// The namespace alone.
    pub(crate) namespace: String,
}

impl Names {
    pub(crate) fn new(prefix: &str, namespace: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        let root = if prefix.is_empty() {
            format!("{namespace}/")
        } else {
            format!("{prefix}/{namespace}/")
        };
        Self {
            root,
            namespace: namespace.to_owned(),
        }
    }

    /// `PREFIX/NAMESPACE/entries/<crate>/<function path>/<code hash>/<call hash>`
    pub(crate) fn entry(&self, key: &Key) -> String {
        self.of_key("entries", key)
    }

    /// `PREFIX/NAMESPACE/leases/<crate>/<function path>/<code hash>/<call hash>`
    pub(crate) fn lease(&self, key: &Key) -> String {
        self.of_key("leases", key)
    }

    /// What the names of all entries begin with.
    pub(crate) fn entries(&self) -> String {
        format!("{}entries/", self.root)
    }

    /// What the names of all entries of a function begin with.
    pub(crate) fn function(&self, scope: &Scope) -> String {
        let mut name = self.entries();
        place::push_function(&mut name, scope.function());
        name.push('/');
        name
    }

    /// The key of an entry of this function, by its name.
    pub(crate) fn key(&self, scope: &Scope, name: &str) -> Option<Key> {
        let rest = name.strip_prefix(&self.function(scope))?;
        let (code, call) = rest.split_once('/')?;
        Some(scope.key(Digest::from_hex(code)?, Digest::from_hex(call)?))
    }

    /// The key that an entry of this name has if it is one of this function.
    pub(crate) fn key_of(&self, function: &str, name: &str) -> Option<Key> {
        let options = Arc::new(StorageOptions::new(PathBuf::new()));
        self.key(&Scope::new(function.to_owned(), options), name)
    }

    fn of_key(&self, kind: &str, key: &Key) -> String {
        let mut name = String::with_capacity(self.root.len() + key.function().len() + 160);
        name.push_str(&self.root);
        name.push_str(kind);
        name.push('/');
        place::push_function(&mut name, key.function());
        name.push('/');
        key.code_hash().push_hex(&mut name);
        name.push('/');
        key.call_hash().push_hex(&mut name);
        name
    }
}

/// Whether a text may be a namespace or a prefix: nothing in it means something to a server or leads elsewhere.
pub(crate) fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && text.len() <= 100 && text.chars().all(plain) && !text.contains("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_back_to_its_key() {
        let options = Arc::new(StorageOptions::new("/nowhere"));
        let scope = Scope::new("app::module::function", options);
        let key = scope.key(Digest::new([1; 32]), Digest::new([0xAB; 32]));
        let names = Names::new("/team/", "main");
        let name = names.entry(&key);
        let (code, call) = ("01".repeat(32), "ab".repeat(32));
        assert_eq!(
            name,
            format!("team/main/entries/app/module.function/{code}/{call}")
        );
        let back = names.key(&scope, &name).expect("a name of this function");
        assert_eq!(
            (back.code_hash(), back.call_hash()),
            (key.code_hash(), key.call_hash())
        );
        assert_eq!(
            Names::new("", "main").lease(&key),
            format!("main/leases/app/module.function/{code}/{call}")
        );
        assert!(Names::new("team", "pr").key(&scope, &name).is_none());
    }

    #[test]
    fn a_namespace_can_not_lead_elsewhere() {
        assert!(is_plain("main") && is_plain("pr-12_a.b"));
        for text in ["", "a/b", "..", "a..b", "*", "a b", "ä"] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
