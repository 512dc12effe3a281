//! Ready presets, for `#[checkpoint(using = presets::MEMORY)]` and to extend.

use std::sync::LazyLock;

use crate::config::Checkpointer;

/// In memory, and silent.
pub static MEMORY: LazyLock<Checkpointer> =
    LazyLock::new(|| Checkpointer::new().format("memory").verbosity(0));

/// In the temporary folder, in a directory of the user's own.
pub static TMP: LazyLock<Checkpointer> = LazyLock::new(|| {
    let user = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_default();
    // The name becomes part of a path, so nothing of it may lead elsewhere.
    let user: String = user
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '-')
        .collect();
    let folder = if user.is_empty() {
        "checkpoints".to_owned()
    } else {
        format!("checkpoints-{user}")
    };
    Checkpointer::new().root_path(std::env::temp_dir().join(folder))
});

/// Statics count.
pub static CAPTURE: LazyLock<Checkpointer> = LazyLock::new(|| Checkpointer::new().capture(true));

/// The code does not count: results outlive every edit.
pub static STATIC: LazyLock<Checkpointer> = LazyLock::new(|| Checkpointer::new().ignore_code());
