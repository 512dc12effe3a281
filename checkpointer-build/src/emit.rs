//! Writes the table and the graph, and tells Cargo what to watch. Files whose bytes would be the
//! same are left alone, so that nothing is compiled for nothing.

use std::path::{Path, PathBuf};

use checkpointer_syntax::table::{CHECKSUM_VARIABLE, FILE_NAME, JSON_NAME, checksum_of};

use crate::analysis::Analysis;
use crate::package::{TargetKind, Workspace};

/// Writes both files into a folder, and gives the line by which Cargo tells the macros that this table is current.
pub(crate) fn write(analysis: &Analysis, folder: &Path) -> Result<String, String> {
    let table = analysis.table.write();
    replace(&folder.join(FILE_NAME), table.as_bytes())?;
    let mut json = Vec::new();
    // Writing to memory can't fail.
    let _ = analysis.report.write_json(&mut json);
    replace(&folder.join(JSON_NAME), &json)?;
    Ok(format!(
        "cargo::rustc-env={CHECKSUM_VARIABLE}={}",
        checksum_of(&table)
    ))
}

/// Replaces a file's content by writing beside it and renaming, unless it is the same.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<(), String> {
    if std::fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    let temporary = path.with_extension(format!("tmp-{}", std::process::id()));
    let written =
        std::fs::write(&temporary, bytes).and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        format!(
            "can't write {}: {error}; make the folder writable, or run `cargo clean`",
            path.display()
        )
    })
}

/// What hands `remote = "URL"` of `[package.metadata.checkpointer]` to the expansions of this package, and a warning if
/// there is a password in it.
pub(crate) fn default_remote(settings: &serde_json::Value) -> Vec<String> {
    let remote = settings.get("remote").and_then(serde_json::Value::as_str);
    // A line's end would begin another instruction to Cargo.
    let Some(url) = remote.filter(|url| !url.contains(['\n', '\r'])) else {
        return Vec::new();
    };
    let mut lines = vec![format!(
        "cargo::rustc-env=CHECKPOINTER_DEFAULT_REMOTE={url}"
    )];
    let host = url.split("://").nth(1).unwrap_or_default();
    let user = host.split('/').next().unwrap_or_default().rsplit_once('@');
    if user.is_some_and(|(user, _)| user.contains(':')) {
        lines.push(
            "cargo::warning=checkpointer: `remote` in Cargo.toml has a password in it, which ends up in every build: \
             leave it out, and set CHECKPOINTER_REMOTE or the server's own variable where the program runs"
                .to_owned(),
        );
    }
    lines
}

/// The lines that tell Cargo what to watch, sorted. A path that does not exist would make it rebuild for ever.
pub(crate) fn watch_lines(workspace: &Workspace, analysis: &Analysis) -> Vec<String> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for (at, package) in workspace.packages.iter().enumerate() {
        paths.push(package.manifest.clone());
        for target in &package.targets {
            let own = at == workspace.root;
            let wanted = match target.kind {
                TargetKind::Lib | TargetKind::ProcMacro => true,
                TargetKind::Bin => own,
                TargetKind::BuildScript => false,
                _ => own && crate::link::mentions_checkpoint(target),
            };
            if !wanted {
                continue;
            }
            let folder = target.root.parent().unwrap_or(Path::new(""));
            let is_source = folder != package.directory
                && !["tests", "examples", "benches"]
                    .iter()
                    .any(|name| folder == package.directory.join(name));
            paths.push(if is_source {
                folder.to_owned()
            } else {
                target.root.clone()
            });
        }
    }
    paths.extend(workspace.manifests.iter().cloned());
    paths.extend(workspace.lock_file.clone());
    paths.extend(workspace.sources_below_foreign());
    paths.extend(analysis.watched.iter().cloned());
    for item in &analysis.report.items {
        if item.package.is_none() && item.file.ends_with(".rs") {
            paths.push(workspace.root_package().directory.join(&item.file));
        }
    }
    paths.retain(|path| path.exists());
    paths.sort();
    paths.dedup();
    let all = paths.clone();
    // Cargo searches a folder itself.
    paths.retain(|path| {
        !all.iter()
            .any(|other| other != path && other.is_dir() && path.starts_with(other))
    });
    let files = paths
        .iter()
        .map(|path| format!("cargo::rerun-if-changed={}", path.display()));
    let variables = analysis
        .variables
        .iter()
        .map(|name| format!("cargo::rerun-if-env-changed={name}"));
    files.chain(variables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(remote: &str) -> Vec<String> {
        default_remote(&serde_json::json!({ "remote": remote }))
    }

    #[test]
    fn the_manifests_server_is_handed_to_the_expansions() {
        assert_eq!(
            lines("s3://bucket/a:b@c"),
            ["cargo::rustc-env=CHECKPOINTER_DEFAULT_REMOTE=s3://bucket/a:b@c"]
        );
        assert_eq!(
            default_remote(&serde_json::Value::Null),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_password_in_the_manifest_is_warned_of() {
        let lines = lines("redis://user:word@host:6379/0");
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("cargo::warning=") && !lines[1].contains("word@"));
    }

    #[test]
    fn the_manifests_server_can_not_give_other_instructions_to_cargo() {
        assert_eq!(
            lines("redis://x\ncargo::rustc-link-arg=y"),
            Vec::<String>::new()
        );
    }
}
