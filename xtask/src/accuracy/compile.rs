//! Makes sure that fixtures compile, once for each content.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use super::lay_out::Package;

/// Compiles a fixture's state unless the same bytes compiled before.
pub(crate) fn check(package: &Package, edition: &str, cache: &Path) -> Result<()> {
    let mark = cache.join(&package.digest);
    if mark.exists() {
        return Ok(());
    }
    let mut command = if package.needs_cargo {
        with_cargo(package, cache)
    } else {
        with_rustc(package, edition, cache)
    };
    let output = command
        .envs(package.env.iter().cloned())
        .env("RUSTFLAGS", "--cap-lints allow")
        .current_dir(&package.folder)
        .output()?;
    std::fs::remove_dir_all(target(package, cache)).ok();
    ensure!(
        output.status.success(),
        "does not compile:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    std::fs::write(mark, "")?;
    Ok(())
}

/// Writes the lock file that a package with dependencies has once it was built.
pub(crate) fn lock(package: &Package) -> Result<()> {
    if package.needs_cargo {
        let output = Command::new("cargo")
            .args(["generate-lockfile", "--offline", "--quiet"])
            .current_dir(&package.folder)
            .output()?;
        ensure!(
            output.status.success(),
            "no lock file: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}

fn with_cargo(package: &Package, cache: &Path) -> Command {
    let mut command = Command::new("cargo");
    command
        .args(["check", "--offline", "--quiet", "--all-targets"])
        .arg("--target-dir")
        .arg(target(package, cache));
    if let Some(features) = &package.features {
        command.args(["--features", features]);
    }
    command
}

/// All fixtures' packages have one name: in one target folder, cargo would take one's library for another's.
fn target(package: &Package, cache: &Path) -> PathBuf {
    cache.join("target").join(&package.digest)
}

fn with_rustc(package: &Package, edition: &str, cache: &Path) -> Command {
    let mut command = Command::new("rustc");
    command
        .args(["--crate-type", "lib", "--crate-name", "demo"])
        .args(["--emit", "metadata", "--cap-lints", "allow"])
        .args(["--edition", edition, "src/lib.rs", "-o"])
        .arg(cache.join(format!("{}.rmeta", package.digest)))
        .env("CARGO_MANIFEST_DIR", &package.folder)
        .env("CARGO_PKG_NAME", "demo")
        .env("CARGO_PKG_VERSION", "0.1.0");
    command
}
