//! The checks, in the order in which a set-up is made. One that can't be made says so, and is no fault.

use std::path::{Path, PathBuf};

use checkpointer_build::{OutDir, State};
use checkpointer_syntax::state::{FILE_NAME as STATE_NAME, content_digest};
use checkpointer_syntax::table::{FILE_NAME, Table};

use super::{Check, remote};
use crate::attribute::Reader;
use crate::config::{unknown_keys, unknown_variables};
use crate::store::{Store, list};
use crate::workspace::{Package, Workspace};

/// A store with more leftovers than this was used by programs that are often killed.
const MANY_LEFTOVERS: usize = 20;

/// Every check.
pub(super) fn all(options: &crate::Options) -> Vec<Check> {
    let mut checks = Vec::new();
    let workspace = Workspace::find(options.manifest_path.as_deref());
    match &workspace {
        Err(error) => checks.push(Check::fault(
            "workspace",
            format!("{error:#}").trim_end(),
            "run this in the folder of a package, or give --manifest-path",
        )),
        Ok(workspace) if workspace.packages.is_empty() => checks.push(Check::fault(
            "dependencies",
            "no package here depends on checkpointer-runtime",
            "add it with `cargo add checkpointer-runtime` and `cargo add --build checkpointer-build`",
        )),
        Ok(workspace) => {
            for package in &workspace.packages {
                checks.extend(of_package(workspace, package));
            }
            checks.push(versions(workspace));
        }
    }
    checks.push(variables());
    checks.extend(of_store(&Store::chosen(options.store.as_deref())));
    checks.push(remote::remote(workspace.as_ref().ok()));
    checks
}

fn of_package(workspace: &Workspace, package: &Package) -> Vec<Check> {
    let name = |what: &str| format!("{what} of {}", package.name);
    let mut checks = Vec::new();
    if package.has_build_dependency {
        checks.push(build_script(&name("build script"), package));
        checks.extend(table(&name("table"), workspace, package));
    } else if uses_attribute(&package.folder.join("src")) {
        checks.push(Check::fault(
            &name("build script"),
            "#[checkpoint] is used, and checkpointer-build is no build dependency",
            "`cargo add --build checkpointer-build`, and call `checkpointer_build::build()` in build.rs",
        ));
    }
    let complaints = unknown_keys(package);
    if !complaints.is_empty() {
        checks.push(Check::fault(
            &name("manifest"),
            complaints.join("; "),
            "mend the key in Cargo.toml",
        ));
    }
    checks
}

fn build_script(name: &str, package: &Package) -> Check {
    let Some(script) = &package.build_script else {
        return Check::fault(
            name,
            "there is none",
            "write a build.rs with `fn main() { checkpointer_build::build(); }`",
        );
    };
    let text = std::fs::read_to_string(script).unwrap_or_default();
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    if code
        .into_iter()
        .any(|line| line.contains("checkpointer_build") || line.contains(".build()"))
    {
        Check::fine(name, "it calls checkpointer_build")
    } else {
        Check::fault(
            name,
            format!("{} never names checkpointer_build", script.display()),
            "call `checkpointer_build::build()` in its `main`",
        )
    }
}

/// Whether the last build's table is there, of this version, and of the code as it is.
fn table(name: &str, workspace: &Workspace, package: &Package) -> Option<Check> {
    let out_dirs = workspace.out_dirs(package);
    let Some(newest) = out_dirs.first() else {
        return Some(Check::notice(
            name,
            "no build has written one yet",
            "`cargo build`",
        ));
    };
    let path = newest.path().join(FILE_NAME);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let table = match Table::parse(&text) {
        Ok(table) => table,
        Err(error) => {
            return Some(Check::fault(
                name,
                error.to_string(),
                "`cargo clean -p` this package, and build again",
            ));
        }
    };
    let untrusted: Vec<&str> = table
        .rows
        .iter()
        .map(|row| row.untrusted.as_str())
        .filter(|u| !u.is_empty())
        .collect();
    if let Some(first) = untrusted.first() {
        return Some(Check::fault(
            name,
            format!("its hashes can't be trusted: {first}"),
            "mend that file",
        ));
    }
    let unread = unread_functions(package, &table);
    if !unread.is_empty() {
        return Some(Check::fault(
            name,
            format!("it does not know {}", unread.join(", ")),
            "build again; if that does not help, `touch build.rs`",
        ));
    }
    Some(match is_stale(newest, package) {
        true => Check::notice(
            name,
            "sources changed since the last build",
            "the next `cargo build` writes it anew",
        ),
        false => Check::fine(
            name,
            format!("{} functions, as the code is", table.rows.len()),
        ),
    })
}

/// Whether a source file of the package that the last build read is another one now.
fn is_stale(out_dir: &OutDir, package: &Package) -> bool {
    let state = std::fs::read(out_dir.path().join(STATE_NAME)).ok();
    let Some(state) = state.and_then(|bytes| State::read(&bytes).ok()) else {
        return true;
    };
    let own = state.files.iter().filter(|file| file.package.is_none());
    own.into_iter().any(|file| {
        let text = std::fs::read(package.folder.join(&file.path));
        text.is_ok_and(|text| content_digest(&text) != file.digest)
    })
}

/// Functions with `#[checkpoint]` in `src` whose name is in no row.
fn unread_functions(package: &Package, table: &Table) -> Vec<String> {
    let mut reader = Reader::default();
    let known: Vec<&str> = table
        .rows
        .iter()
        .filter_map(|row| row.path.rsplit("::").next())
        .collect();
    let mut unread: Vec<String> = sources(&package.folder.join("src"))
        .flat_map(|file| reader.names(&file))
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    unread.sort();
    unread.dedup();
    unread
}

fn uses_attribute(folder: &Path) -> bool {
    let mut reader = Reader::default();
    sources(folder).any(|file| !reader.names(&file).is_empty())
}

fn sources(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let files = walkdir::WalkDir::new(folder).into_iter().flatten();
    files
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
}

/// Runtime, macros and build helper must be of one version, once each.
fn versions(workspace: &Workspace) -> Check {
    let name = "versions";
    let text = std::fs::read_to_string(workspace.root.join("Cargo.lock")).unwrap_or_default();
    let Ok(lock) = text.parse::<toml::Table>() else {
        return Check::notice(
            name,
            "there is no Cargo.lock to read them from",
            "`cargo generate-lockfile`",
        );
    };
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let mut found: Vec<(String, String)> = packages
        .into_iter()
        .flatten()
        .filter_map(|package| {
            let text = |key: &str| {
                package
                    .get(key)
                    .and_then(toml::Value::as_str)
                    .map(str::to_owned)
            };
            Some((text("name")?, text("version")?))
        })
        .filter(|(name, _)| {
            [
                "checkpointer-runtime",
                "checkpointer-build",
                "checkpointer-macros",
            ]
            .contains(&name.as_str())
        })
        .collect();
    found.sort();
    let mut versions: Vec<&str> = found.iter().map(|(_, version)| version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    let shown: Vec<String> = found
        .iter()
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    match versions[..] {
        [] => Check::notice(
            name,
            "Cargo.lock names none of this library's packages",
            "build once",
        ),
        [only] if only == env!("CARGO_PKG_VERSION") => Check::fine(name, format!("all {only}")),
        [only] => Check::notice(
            name,
            format!(
                "all {only}, and this command is {}",
                env!("CARGO_PKG_VERSION")
            ),
            "install the cargo-checkpointer of the same version",
        ),
        _ => Check::fault(
            name,
            shown.join(", "),
            "`cargo update -p` them to one version; a table of one is refused by the other",
        ),
    }
}

fn variables() -> Check {
    let name = "environment";
    let complaints = unknown_variables();
    if !complaints.is_empty() {
        return Check::fault(name, complaints.join("; "), "mend the variable's name");
    }
    match std::env::var("CHECKPOINTER").as_deref() {
        Ok("off" | "0") => {
            Check::notice(name, "CHECKPOINTER=off: nothing is remembered", "unset it")
        }
        Ok("refresh") => Check::notice(
            name,
            "CHECKPOINTER=refresh: every call computes",
            "unset it",
        ),
        Ok("on" | "" | "1" | "readonly") | Err(_) => {
            Check::fine(name, "no variable turns caching off")
        }
        Ok(other) => Check::fault(
            name,
            format!("CHECKPOINTER={other} is not understood"),
            "use on, off, readonly or refresh",
        ),
    }
}

fn of_store(store: &Store) -> Vec<Check> {
    let root = store.root.display();
    let mut checks = Vec::new();
    if !store.exists() {
        if store.root.symlink_metadata().is_ok() {
            checks.push(Check::fault(
                "store",
                format!("{root} is no folder"),
                "name another by CHECKPOINTER_DIR or `root_path`",
            ));
        } else {
            checks.push(Check::notice(
                "store",
                format!("{root} is not there yet"),
                "the first stored result makes it",
            ));
        }
        return checks;
    }
    checks.push(rights(store));
    let leftovers = list(&store.root.join(".tmp")).len();
    if leftovers > MANY_LEFTOVERS {
        checks.push(Check::notice(
            "leftovers",
            format!("{leftovers} temporary files of killed programs"),
            "any `cleanup()` or `cargo checkpointer clean` sweeps them",
        ));
    }
    checks
}

#[cfg(unix)]
fn rights(store: &Store) -> Check {
    use std::os::unix::fs::MetadataExt as _;

    let root = store.root.display();
    let name = "folder rights";
    let Ok(metadata) = std::fs::metadata(&store.root) else {
        return Check::fault(
            name,
            format!("{root} can't be looked at"),
            "choose another folder by CHECKPOINTER_DIR",
        );
    };
    if metadata.mode() & 0o002 != 0 {
        return Check::fault(
            name,
            format!("everyone may write to {root}, so results in it are refused"),
            "chmod o-w that folder, or set `trust_root` if that is meant",
        );
    }
    match tempfile::tempfile_in(&store.root) {
        Ok(file) => match file.metadata() {
            Ok(made) if made.uid() != metadata.uid() => Check::fault(
                name,
                format!("{root} belongs to another user, so results in it are refused"),
                "choose another folder by CHECKPOINTER_DIR, or set `trust_root` if that is meant",
            ),
            _ => Check::fine(name, format!("{root} is writable, and the user's own")),
        },
        Err(error) => Check::fault(
            name,
            format!("nothing can be written to {root}: {error}"),
            "give the folder the right to write, or free space on its disk",
        ),
    }
}

#[cfg(not(unix))]
fn rights(store: &Store) -> Check {
    let root = store.root.display();
    match tempfile::tempfile_in(&store.root) {
        Ok(_) => Check::fine("folder rights", format!("{root} is writable")),
        Err(error) => Check::fault(
            "folder rights",
            format!("nothing can be written to {root}: {error}"),
            "give the folder the right to write, or free space on its disk",
        ),
    }
}
