//! `cargo checkpointer inspect`: one entry's header and value.

use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use checkpointer_runtime::entry::Description;
use checkpointer_runtime::storage::packed;
use checkpointer_runtime::{CheckpointError, Digest};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

use crate::output::{self, BAD, GOOD, NAME, Page, Report, bytes, paint, time};
use crate::store::digest;
use crate::value;

/// The options of `inspect`.
#[derive(clap::Args)]
pub(crate) struct Inspect {
    /// An entry's file, or a packed file
    file: PathBuf,
    /// Of a packed file, the entry whose call hash begins so; without it all are shown
    #[arg(long, value_name = "HASH")]
    call: Option<String>,
}

/// What `inspect` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Entries {
    /// The entries of the file.
    entries: Vec<Shown>,
}

/// One entry.
#[derive(Serialize, JsonSchema)]
struct Shown {
    /// The function's path.
    function: String,
    /// The hash of its code.
    code_hash: String,
    /// The hash of the call.
    call_hash: String,
    /// How the value became bytes.
    codec: String,
    /// When it was stored.
    stored: DateTime<Utc>,
    /// Seconds that it took to compute.
    computation_seconds: f64,
    /// The value's size in bytes.
    value_bytes: u64,
    /// What is wrong with the entry; none if it is what was stored.
    damage: Option<String>,
    /// The value; null where it can't be shown.
    value: serde_json::Value,
    /// Why the value can't be shown.
    hidden_because: Option<String>,
}

impl Inspect {
    /// Runs the command.
    pub(crate) fn run(self, options: &crate::Options) -> anyhow::Result<()> {
        if output::is_schema::<Entries>(options.format)? {
            return Ok(());
        }
        let name = self.file.display();
        let all = std::fs::read(&self.file).with_context(|| {
            format!("can't read {name}; give a file below the store's root folder")
        })?;
        let all = bytes::Bytes::from(all);
        let frames = match pack_hash(&self.file) {
            Some(code_hash) => packed::frames(&all, code_hash)
                .into_iter()
                .map(|range| all.slice(range))
                .collect(),
            None => vec![all],
        };
        let mut entries = Vec::new();
        for frame in frames {
            let shown = shown(&frame).map_err(|error| match error {
                CheckpointError::Corrupted { reason, .. } => {
                    anyhow!(
                        "{name} is no entry: {reason}; give a file below the store's root folder"
                    )
                }
                error => anyhow!("{name}: {error}"),
            })?;
            if self
                .call
                .as_ref()
                .is_none_or(|start| shown.call_hash.starts_with(start.as_str()))
            {
                entries.push(shown);
            }
        }
        if entries.is_empty() {
            bail!("{name} has no such entry; leave --call out to see those that it has");
        }
        output::print(options.format, &Entries { entries })
    }
}

fn pack_hash(file: &std::path::Path) -> Option<Digest> {
    let is_pack = file
        .extension()
        .is_some_and(|extension| extension == "pack");
    is_pack.then(|| digest(&file.with_extension("")))?
}

fn shown(frame: &bytes::Bytes) -> Result<Shown, CheckpointError> {
    let description = Description::read(frame)?;
    let codec = description.header.codec.as_str().to_owned();
    let (damage, value) = match Description::verified(frame) {
        Ok((_, value)) => (
            None,
            value::decode(&codec, &value).map_err(|error| format!("{error:#}")),
        ),
        // A damaged value is not decoded: nobody knows what it would show.
        Err(error) => (
            Some(error.to_string()),
            Err("the entry is damaged".to_owned()),
        ),
    };
    let (value, hidden_because) = match value {
        Ok(value) => (value, None),
        Err(reason) => (serde_json::Value::Null, Some(reason)),
    };
    Ok(Shown {
        function: description.function,
        code_hash: description.code_hash.to_string(),
        call_hash: description.call_hash.to_string(),
        codec,
        stored: description.header.stored,
        computation_seconds: description.header.computation.as_secs_f64(),
        value_bytes: description.value_length,
        damage,
        value,
        hidden_because,
    })
}

impl Report for Entries {
    const COMMAND: &'static str = "inspect";

    fn human(&self, page: &mut Page) {
        for (at, entry) in self.entries.iter().enumerate() {
            if at > 0 {
                page.line("");
            }
            page.line(paint(NAME, &entry.function));
            page.line(format_args!("code hash  {}", entry.code_hash));
            page.line(format_args!("call hash  {}", entry.call_hash));
            let stored = entry.stored.format("%Y-%m-%d %H:%M:%S UTC");
            page.line(format_args!("stored     {stored}"));
            page.line(format_args!(
                "computed   in {}",
                time(crate::list::seconds(entry.computation_seconds))
            ));
            page.line(format_args!(
                "value      {} of {}",
                bytes(entry.value_bytes),
                output::clean(&entry.codec)
            ));
            match &entry.damage {
                Some(damage) => page.line(format_args!("damaged    {}", paint(BAD, damage))),
                None => page.line(format_args!("checksum   {}", paint(GOOD, "holds"))),
            }
            match &entry.hidden_because {
                Some(reason) => page.line(format_args!("not shown: {}", output::clean(reason))),
                None => page.line(output::clean(&format!("{:#}", entry.value))),
            }
        }
    }
}
