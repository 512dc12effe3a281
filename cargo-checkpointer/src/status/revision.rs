//! The code of a git revision, beside the same store: written out into a temporary folder, and analysed there as the
//! working tree is. The repository is left as it is, its index too.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use checkpointer_build::InspectOptions;

use super::manifest_below;
use crate::model::Model;
use crate::workspace::Analysed;

/// The model with the code of a revision. Files keep the names that they have in the repository.
pub(super) fn model_of(model: Model, revision: &str) -> anyhow::Result<Model> {
    let top = top_level(&model.workspace.root)?;
    let folder = tempfile::tempdir().context("can't make a temporary folder")?;
    write_out(&top, revision, folder.path())?;
    let mut analysed = Vec::new();
    for one in model.analysed {
        let Some(manifest) = manifest_below(&one.package.manifest, &top, folder.path()) else {
            continue;
        };
        if !manifest.is_file() {
            continue;
        }
        let options = InspectOptions {
            all: false,
            out_dir: one.out_dirs.first().map(|dir| dir.path().to_owned()),
            cache: None,
        };
        let now = checkpointer_build::inspect(&manifest, &options)
            .with_context(|| format!("can't analyse {} at {revision}", one.package.name))?;
        analysed.push(Analysed { now, ..one });
    }
    if analysed.is_empty() {
        bail!("at {revision} there is none of these packages; choose a later revision");
    }
    // Attributes are read from the sources, which must be there as long as that takes.
    let mut workspace = model.workspace;
    let root = std::mem::replace(&mut workspace.root, folder.path().to_owned());
    let mut old_folders = Vec::new();
    for one in &mut analysed {
        let below = manifest_below(&one.package.folder, &top, folder.path());
        let below = below.unwrap_or_else(|| one.package.folder.clone());
        old_folders.push(std::mem::replace(&mut one.package.folder, below));
    }
    let mut model = Model::of(workspace, analysed, model.store, model.is_asked);
    model.workspace.root = root;
    for (one, old) in model.analysed.iter_mut().zip(old_folders) {
        one.package.folder = old;
    }
    Ok(model)
}

fn top_level(folder: &Path) -> anyhow::Result<PathBuf> {
    let out = crate::history::git(folder, &["rev-parse", "--show-toplevel"])
        .context("this workspace is in no git repository; leave the revision out")?;
    let text = String::from_utf8(out).context("the repository's path is no text")?;
    let top = PathBuf::from(text.trim_end());
    // Cargo gives paths as they were asked for, git without links.
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    match real.strip_prefix(top.canonicalize().unwrap_or_else(|_| top.clone())) {
        Ok(below) => Ok(folder
            .ancestors()
            .nth(below.components().count())
            .map_or(top, Path::to_owned)),
        Err(_) => Ok(top),
    }
}

/// Writes the files of a revision into a folder, by an index of its own.
fn write_out(top: &Path, revision: &str, folder: &Path) -> anyhow::Result<()> {
    if revision.starts_with('-') {
        bail!("`{revision}` is no revision");
    }
    let index = folder.join(".checkpointer-index");
    let run = |arguments: &[&str]| -> anyhow::Result<()> {
        let output = Command::new("git")
            .arg("-C")
            .arg(top)
            .args(arguments)
            .env("GIT_INDEX_FILE", &index)
            .output()
            .context("can't start git; install it, or leave the revision out")?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            bail!(
                "git can't read {revision}: {}; give a branch, tag or commit of this repository",
                text.trim()
            );
        }
        Ok(())
    };
    run(&["read-tree", revision])?;
    let prefix = format!("--prefix={}/", folder.display());
    run(&["checkout-index", "--all", "--force", "--quiet", &prefix])
}
