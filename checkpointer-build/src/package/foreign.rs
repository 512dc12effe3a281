//! Packages that count as a whole: the hash of one covers itself and everything below it.

use std::collections::BTreeSet;

use super::{PackageRef, Workspace};

/// Name, version, checksum or commit, and features of a package and of all packages that it is made from. The registry
/// that served the archive doesn't count: its checksum does.
pub(super) fn hash(workspace: &Workspace, index: usize) -> blake3::Hash {
    let mut entries: Vec<Vec<u8>> = Vec::new();
    for reference in below(workspace, index) {
        let mut entry = Vec::new();
        match reference {
            PackageRef::Foreign(index) => {
                let package = &workspace.foreign[index];
                write(&mut entry, "foreign");
                write(&mut entry, &package.name);
                write(&mut entry, &package.version);
                write(&mut entry, package.identity.as_deref().unwrap_or(""));
                entry.extend_from_slice(&(package.features.len() as u64).to_le_bytes());
                package
                    .features
                    .iter()
                    .for_each(|feature| write(&mut entry, feature));
            }
            PackageRef::Local(index) => {
                write(&mut entry, "local");
                write(&mut entry, &workspace.packages[index].name);
            }
        }
        entries.push(entry);
    }
    entries.sort();
    let mut hasher = blake3::Hasher::new();
    write_name(&mut hasher, workspace, index);
    entries.iter().for_each(|entry| {
        hasher.update(&(entry.len() as u64).to_le_bytes());
        hasher.update(entry);
    });
    hasher.finalize()
}

/// The local packages among those below.
pub(super) fn local_below(workspace: &Workspace, index: usize) -> Vec<usize> {
    let local = |reference: PackageRef| match reference {
        PackageRef::Local(index) => Some(index),
        PackageRef::Foreign(_) => None,
    };
    below(workspace, index)
        .into_iter()
        .filter_map(local)
        .collect()
}

fn write_name(hasher: &mut blake3::Hasher, workspace: &Workspace, index: usize) {
    let mut name = Vec::new();
    write(&mut name, &workspace.foreign[index].name);
    hasher.update(&name);
}

fn below(workspace: &Workspace, index: usize) -> BTreeSet<PackageRef> {
    let mut found = BTreeSet::from([PackageRef::Foreign(index)]);
    let mut open = vec![PackageRef::Foreign(index)];
    while let Some(reference) = open.pop() {
        let dependencies: Vec<PackageRef> = match reference {
            PackageRef::Foreign(index) => workspace.foreign[index].dependencies.clone(),
            PackageRef::Local(index) => {
                let all = workspace.packages[index].dependencies.iter();
                all.filter(|dependency| dependency.kind != super::DependencyKind::Dev)
                    .map(|dependency| dependency.package)
                    .collect()
            }
        };
        open.extend(
            dependencies
                .into_iter()
                .filter(|dependency| found.insert(*dependency)),
        );
    }
    found
}

fn write(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(&(text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}
