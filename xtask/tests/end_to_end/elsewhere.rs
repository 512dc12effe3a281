//! The same code on another machine: built in another folder, by another user, in another language and time zone, it has the same keys.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::example::{computed, nothing, run};
use crate::project::{Project, copy_folder};

#[test]
fn what_one_machine_computed_another_one_finds() {
    let elsewhere = TempDir::new().expect("cannot make a temporary folder");
    let brought = elsewhere.path().join("results brought along");
    {
        let mut project = Project::copy_of_example();
        be(
            &mut project,
            &elsewhere.path().join("first"),
            "ada",
            "C",
            "UTC",
        );
        assert_ne!(computed(&run(&project)), nothing());
        copy_folder(&project.store(), &brought);
    }
    let mut project = Project::copy_of_example();
    let home = elsewhere.path().join("zweiter Benutzer");
    be(
        &mut project,
        &home,
        "gräfin",
        "tr_TR.UTF-8",
        "Asia/Kathmandu",
    );
    project.set("CHECKPOINTER_DIR", &brought);
    let said = run(&project);
    assert_eq!(computed(&said), nothing(), "{}", said.stderr);
}

/// Has everything done by another user, in a home of their own.
fn be(project: &mut Project, home: &std::path::Path, user: &str, locale: &str, zone: &str) {
    std::fs::create_dir_all(home).expect("cannot make a home");
    // Only the tools stay where they are.
    let tools = |variable: &str, folder: &str| {
        std::env::var_os(variable).unwrap_or_else(|| {
            let home = std::env::var_os("HOME")
                .map(PathBuf::from)
                .unwrap_or_default();
            home.join(folder).into()
        })
    };
    project.set("CARGO_HOME", tools("CARGO_HOME", ".cargo"));
    project.set("RUSTUP_HOME", tools("RUSTUP_HOME", ".rustup"));
    project.set("HOME", home);
    for name in ["USER", "LOGNAME"] {
        project.set(name, user);
    }
    for name in ["LANG", "LC_ALL"] {
        project.set(name, locale);
    }
    project.set("TZ", zone);
}
