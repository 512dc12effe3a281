//! Makes a package of many checkpointed functions with a store of many entries, to measure the command with:
//!
//! ```text
//! cargo run --release -p cargo-checkpointer --example large_store -- FOLDER 1000 100
//! time cargo checkpointer list --manifest-path FOLDER/Cargo.toml --store FOLDER/store
//! ```
//!
//! Every function calls a helper of its own, and one in ten of them was edited since its results were stored.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use checkpointer_build::{InspectOptions, inspect};
use checkpointer_runtime::entry::{self, Header};
use checkpointer_runtime::storage::Storage as _;
use checkpointer_runtime::{Digest, DiskStorage, Key, StorageOptions, codec};

/// How many functions stand in one file.
const IN_A_FILE: usize = 25;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .context("give a folder, a number of functions and one of entries of each")?;
    let mut number = || {
        arguments
            .next()
            .context("give two numbers")?
            .parse::<usize>()
            .context("that is no number")
    };
    let (functions, entries) = (number()?, number()?);
    let folder = Path::new(&folder);
    sources(folder, functions, 1)?;
    let found = inspect(&folder.join("Cargo.toml"), &InspectOptions::default())?;
    let options = Arc::new(StorageOptions::new(folder.join("store")));
    let state = found.state.write();
    for function in &found.functions {
        let code_hash = Digest::from_hex(&function.row.code_hash).context("a hash")?;
        for call in 0..entries {
            let call_hash = Digest::new(*blake3::hash(&call.to_le_bytes()).as_bytes());
            let key = Key::new(
                function.row.path.clone(),
                code_hash,
                call_hash,
                Arc::clone(&options),
            );
            let header = Header {
                codec: codec::MSGPACK,
                stored: chrono::Utc::now(),
                computation: Duration::from_millis(1500),
            };
            let frame = entry::encode(&key, &header, |out| {
                out.extend_from_slice(&rmp_serde::to_vec(&vec![call; 32]).unwrap_or_default());
                Ok(())
            })?;
            DiskStorage.store(&key, &frame)?;
            DiskStorage.describe(&key, &state)?;
        }
    }
    sources(folder, functions, 2)?;
    println!(
        "{} functions, {} bytes of state",
        found.functions.len(),
        state.len()
    );
    Ok(())
}

/// Writes the package; every tenth helper has this number in it.
fn sources(folder: &Path, functions: usize, edited: usize) -> anyhow::Result<()> {
    let write = |path: &str, text: &str| -> anyhow::Result<()> {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().context("it is in a folder")?)?;
        Ok(std::fs::write(path, text)?)
    };
    let mut library = String::from("//! Many functions.\n\n");
    for (at, chunk) in (0..functions)
        .collect::<Vec<_>>()
        .chunks(IN_A_FILE)
        .enumerate()
    {
        library += &format!("pub mod part_{at};\n");
        let mut text =
            String::from("//! Some functions.\n\nuse checkpointer_runtime::checkpoint;\n");
        for function in chunk {
            let number = if function % 10 == 0 { edited } else { 1 };
            text += &format!(
                "\n#[checkpoint]\npub fn work_{function}(x: u64) -> u64 {{\n    help_{function}(x) + 1\n}}\n\n\
                 fn help_{function}(x: u64) -> u64 {{\n    let y = x.wrapping_mul({number});\n    y ^ {function}\n}}\n"
            );
        }
        write(&format!("src/part_{at}.rs"), &text)?;
    }
    write("src/lib.rs", &library)?;
    write(
        "build.rs",
        "fn main() {\n    checkpointer_build::build();\n}\n",
    )?;
    for name in ["runtime", "build"] {
        let manifest = format!(
            "[package]\nname = \"checkpointer-{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n"
        );
        write(&format!("stubs/{name}/Cargo.toml"), &manifest)?;
        write(&format!("stubs/{name}/src/lib.rs"), "")?;
    }
    write(
        "Cargo.toml",
        "[package]\nname = \"many\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         checkpointer-runtime = { path = \"stubs/runtime\" }\n\n[build-dependencies]\n\
         checkpointer-build = { path = \"stubs/build\" }\n\n[workspace]\n",
    )
}
