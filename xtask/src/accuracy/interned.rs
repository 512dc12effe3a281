//! Ids that are kept once: a large crate's closures name the same few thousand ids millions of times.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// An id; equal ones that one thread has read share their text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(Arc<str>);

thread_local! { static KNOWN: RefCell<HashSet<Arc<str>>> = RefCell::default(); }

impl Deref for Id {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        KNOWN.with_borrow_mut(|known| {
            if let Some(id) = known.get(text) {
                return Self(Arc::clone(id));
            }
            let id: Arc<str> = text.into();
            known.insert(Arc::clone(&id));
            Self(id)
        })
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id::from(text))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ids_share_their_text() {
        let ids: Vec<Id> = serde_json::from_str(r#"["a::b", "a::b"]"#).unwrap();
        assert!(Arc::ptr_eq(&ids[0].0, &ids[1].0));
    }
}
