//! The JSON of `checkpointer.json` and `cargo checkpointer analyze`, as DESIGN fixes it.

use serde::Serialize;

use crate::world::Unseen;

/// The version of the JSON's shape.
pub(crate) const SCHEMA: u32 = 1;

/// All items.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) schema: u32,
    pub(crate) items: Vec<Item>,
}

impl Default for Report {
    fn default() -> Self {
        Report {
            schema: SCHEMA,
            items: Vec::new(),
        }
    }
}

/// One item.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    pub(crate) own_hash: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) capture_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) statics: Option<Vec<String>>,
    pub(crate) deps: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) closure: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unresolved: Option<Vec<Place>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) impure: Option<Vec<Place>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) switches: Vec<String>,
}

/// Something that can't be seen, or is read of the outside world.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) reason: String,
}

impl Place {
    pub(crate) fn of(unseen: &Unseen) -> Self {
        Place {
            file: unseen.file.clone(),
            line: unseen.line,
            column: unseen.column,
            reason: unseen.reason.clone(),
        }
    }
}

impl Report {
    /// One item a line, so that a change of one is a change of one line.
    pub(crate) fn to_json(&self) -> String {
        let mut out = format!("{{\"schema\": {}, \"items\": [", self.schema);
        for (at, item) in self.items.iter().enumerate() {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            // Plain strings and numbers always serialize.
            out.push_str(&serde_json::to_string(item).unwrap_or_default());
        }
        out.push_str("\n]}\n");
        out
    }
}
