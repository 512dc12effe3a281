//! The same code on another machine: built in another folder, by another user, in another language and time zone, it has the same keys.

use std::path::PathBuf;

use checkpointer_testing_remote::{KEY, RedisServer};
use tempfile::TempDir;

use crate::example::{computed, nothing, run};
use crate::project::Project;

#[test]
fn what_one_machine_computed_another_one_finds_on_the_server() {
    let (url, _server) = RedisServer::shared_url();
    let homes = TempDir::new().expect("cannot make a temporary folder");
    {
        let project = machine(&url, &homes.path().join("first"), "ada", "C", "UTC");
        assert_ne!(computed(&run(&project)), nothing());
    }
    let home = homes.path().join("zweiter Benutzer");
    let project = machine(&url, &home, "gräfin", "tr_TR.UTF-8", "Asia/Kathmandu");
    let said = run(&project);
    assert_eq!(computed(&said), nothing(), "{}", said.stderr);
}

/// The example in a folder of its own, with all results on a server.
fn machine(url: &str, home: &std::path::Path, user: &str, locale: &str, zone: &str) -> Project {
    let mut project = Project::copy_of_example();
    project.edit(
        "example-app/Cargo.toml",
        "checkpointer-runtime.workspace = true",
        "checkpointer-runtime = { workspace = true, features = [\"redis\"] }",
    );
    project.edit(
        "example-app/src/main.rs",
        "    let arguments = Arguments::parse();",
        "    checkpointer_runtime::configure(checkpointer_runtime::Checkpointer::new().format(\"redis\"));\n    \
         let arguments = Arguments::parse();",
    );
    be(&mut project, home, user, locale, zone);
    project.set("CHECKPOINTER_REMOTE", url);
    project.set("CHECKPOINTER_REMOTE_KEY", KEY);
    // Others may use the server, too.
    let space = format!("elsewhere-{}", std::process::id());
    project.set("CHECKPOINTER_REMOTE_NAMESPACE", space);
    project
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
