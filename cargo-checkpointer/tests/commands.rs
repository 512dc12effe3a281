//! What every command prints, to people and to programs. `SNAPSHOTS=overwrite cargo test` writes what is printed now.

mod support;

use snapbox::{assert_data_eq, file};
use support::Project;

/// A package with results of two functions, of which one was edited since.
fn edited() -> Project {
    let project = Project::new();
    project.run("demo::compute", 3);
    project.run_packed("demo::report", 2);
    project.edit("src/numbers.rs", "x * 1", "x * 2");
    project
}

#[test]
fn list_shows_functions_with_what_is_stored() {
    let project = edited();
    assert_data_eq!(project.shown(&["list"]), file!["snapshots/list.txt"].raw());
    assert_data_eq!(
        project.shown(&["list", "--color", "always"]),
        file!["snapshots/list_coloured.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["list", "--format", "markdown"]),
        file!["snapshots/list_markdown.txt"].raw()
    );
}

#[test]
fn why_shows_what_was_edited_before_and_after() {
    let project = edited();
    assert_data_eq!(
        project.shown(&["why", "compute"]),
        file!["snapshots/why.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["why", "compute", "--color", "always"]),
        file!["snapshots/why_coloured.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["why", "quick"]),
        file!["snapshots/why_memory.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["why", "compuet"]),
        file!["snapshots/why_unknown.txt"].raw()
    );
}

#[test]
fn why_finds_the_old_source_in_git() {
    let project = edited();
    // A commit with another text hides the one before from the working tree, not from git.
    project.commit();
    let shown = project.shown(&["why", "compute"]);
    assert!(
        shown.contains("- x * 1") && shown.contains("+ x * 2"),
        "{shown}"
    );
}

#[test]
fn why_tells_about_one_call() {
    let project = edited();
    let of_old_code = project.shown(&["why", "compute", "--", "2"]);
    assert!(
        of_old_code.contains("demo::numbers::multiply"),
        "{of_old_code}"
    );
    let new = project.shown(&["why", "compute", "--", "7"]);
    assert!(new.contains("another argument"), "{new}");
    project.run("demo::compute", 1);
    let there = project.shown(&["why", "compute", "--", "0"]);
    assert!(there.contains("up to date"), "{there}");
}

#[test]
fn why_tells_of_expiry() {
    let project = edited();
    let shown = project.shown(&["why", "report"]);
    assert!(
        shown.contains("expired: 2 results older than its `expiry`"),
        "{shown}"
    );
}

#[test]
fn status_tells_what_is_invalidated_and_by_its_exit_code() {
    let project = edited();
    assert_data_eq!(
        project.shown(&["status"]),
        file!["snapshots/status.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["status", "--all"]),
        file!["snapshots/status_all.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["status", "--format", "markdown"]),
        file!["snapshots/status_markdown.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["status", "HEAD"]),
        file!["snapshots/status_head.txt"].raw()
    );
    let error = project.shown(&["status", "no-such-branch"]);
    assert!(error.contains("give a branch, tag or commit"), "{error}");
}

#[test]
fn explain_shows_all_that_counts() {
    let project = edited();
    assert_data_eq!(
        project.shown(&["explain", "compute"]),
        file!["snapshots/explain.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["explain", "report"]),
        file!["snapshots/explain_impure.txt"].raw()
    );
}

#[test]
fn clean_drops_what_was_asked_for_and_nothing_else() {
    let project = edited();
    assert_data_eq!(
        project.shown(&["clean"]),
        file!["snapshots/clean_nothing.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["clean", "--stale", "--dry-run"]),
        file!["snapshots/clean_dry.txt"].raw()
    );
    project.write("store/demo/compute/mine.txt", "not an entry");
    assert_data_eq!(
        project.shown(&["clean", "--stale"]),
        file!["snapshots/clean.txt"].raw()
    );
    assert!(project.root().join("store/demo/compute/mine.txt").is_file());
    let left = project.shown(&["verify"]);
    assert!(left.contains("2 entries"), "{left}");
    let gone = project.shown(&["clean", "--expired"]);
    assert!(gone.contains("dropped 2 entries"), "{gone}");
}

#[test]
fn clean_keeps_to_a_size_and_finds_functions_that_are_gone() {
    let project = Project::new();
    project.run("demo::compute", 4);
    let freed = project.shown(&["clean", "--max-size", "400"]);
    assert!(freed.contains("dropped 2 entries"), "{freed}");
    project.edit(
        "src/lib.rs",
        "#[checkpoint]\npub fn compute",
        "pub fn compute",
    );
    let kept = project.shown(&["clean", "--stale"]);
    assert!(kept.contains("dropped 0 entries"), "{kept}");
    let freed = project.shown(&["clean", "--gone"]);
    assert!(
        freed.contains("demo::compute") && freed.contains("dropped 2 entries"),
        "{freed}"
    );
}

#[test]
fn verify_and_inspect_notice_a_flipped_bit() {
    let project = Project::new();
    project.run("demo::compute", 2);
    assert_data_eq!(
        project.shown(&["verify"]),
        file!["snapshots/verify.txt"].raw()
    );
    let entry = walkdir::WalkDir::new(project.store().join("demo/compute"))
        .sort_by_file_name()
        .into_iter()
        .flatten()
        .find(|entry| entry.file_type().is_file())
        .expect("there are entries");
    let path = entry.path().to_str().expect("it is text");
    assert_data_eq!(
        project.shown(&["inspect", path]),
        file!["snapshots/inspect.txt"].raw()
    );
    let mut bytes = std::fs::read(path).expect("it is there");
    let middle = bytes.len() - 20;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("it is writable");
    assert_data_eq!(
        project.shown(&["verify"]),
        file!["snapshots/verify_damaged.txt"].raw()
    );
    let shown = project.shown(&["inspect", path]);
    assert!(
        shown.contains("damaged") && shown.contains("not shown"),
        "{shown}"
    );
}

#[test]
fn bless_keeps_results_and_records_who_said_so() {
    let project = edited();
    let shown = project.shown(&["bless", "compute", "--reason", "only a name"]);
    assert!(
        shown.contains("3 results kept") && shown.contains("multiply"),
        "{shown}"
    );
    let record =
        std::fs::read_to_string(project.store().join(".blessings")).expect("it was written");
    assert!(
        record.contains("\"reason\":\"only a name\"") && record.contains("\"entries\":3"),
        "{record}"
    );
    let why = project.shown(&["why", "compute", "--", "1"]);
    assert!(why.contains("up to date"), "{why}");
    let again = project.shown(&["status"]);
    assert!(again.contains("nothing is invalidated"), "{again}");
}

#[test]
fn bless_keeps_nothing_that_was_not_verified() {
    let project = edited();
    let shown = project.shown(&[
        "bless",
        "compute",
        "--verify",
        "2",
        "--",
        "git",
        "--version",
    ]);
    assert!(shown.contains("used 0 of the results"), "{shown}");
    let status = project.shown(&["status"]);
    assert!(status.contains("1 of 3 functions invalidated"), "{status}");
}

#[test]
fn stats_show_what_programs_recorded() {
    let project = edited();
    project.write(
        "store/.stats/totals",
        "checkpointer stats 1\ndemo::compute\t7\t2\t0\t0\t5\t1\t1\t1\t0\t0\t0\t7000000000\t900000000\n",
    );
    assert_data_eq!(
        project.shown(&["stats", "--zero"]),
        file!["snapshots/stats.txt"].raw()
    );
    assert!(!project.root().join("store/.stats/totals").exists());
}

#[test]
fn doctor_names_faults_with_their_fix() {
    let project = Project::new();
    assert_data_eq!(
        project.shown(&["doctor"]),
        file!["snapshots/doctor.txt"].raw()
    );
    std::fs::remove_file(project.root().join("build.rs")).expect("it is there");
    project.edit(
        "Cargo.toml",
        "[workspace]",
        "[package.metadata.checkpointer]\ncaptur = true\n\n[workspace]",
    );
    assert_data_eq!(
        project.shown(&["doctor"]),
        file!["snapshots/doctor_faults.txt"].raw()
    );
}

#[test]
fn config_says_where_each_value_comes_from() {
    let project = Project::new();
    project.edit(
        "Cargo.toml",
        "[workspace]",
        "[package.metadata.checkpointer]\nsalt = \"a\"\ncaptur = 1\n\n[workspace]",
    );
    // How wide the columns are hangs on where temporary folders lie.
    let words = |line: &str| {
        line.split_whitespace().collect::<Vec<_>>().join(" ")
            + "
"
    };
    let shown: String = project.shown(&["config"]).lines().map(words).collect();
    assert_data_eq!(shown, file!["snapshots/config.txt"].raw());
}

#[test]
fn graphs_are_drawn_as_text() {
    let project = edited();
    assert_data_eq!(
        project.shown(&["graph", "compute", "--format", "dot"]),
        file!["snapshots/graph_dot.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["graph", "compute", "--format", "mermaid"]),
        file!["snapshots/graph_mermaid.txt"].raw()
    );
}

#[test]
fn completions_and_the_manual_know_every_command() {
    let project = Project::new();
    let bash = project.shown(&["completions", "bash"]);
    let manual = project.shown(&["man"]);
    for command in [
        "analyze", "list", "why", "status", "bless", "graph", "explain", "stats", "clean", "verify",
    ] {
        assert!(bash.contains(command), "{command}");
        assert!(manual.contains(command), "{command}");
    }
    project.shown(&["man", "--output", "pages"]);
    assert!(
        project
            .root()
            .join("pages/cargo-checkpointer-why.1")
            .is_file()
    );
}

#[test]
fn every_error_says_the_cause_and_the_next_step() {
    let project = Project::new();
    assert_data_eq!(
        project.shown(&["inspect", "no-such-file"]),
        file!["snapshots/error_inspect.txt"].raw()
    );
    assert_data_eq!(
        project.shown(&["list", "--format", "html"]),
        file!["snapshots/error_format.txt"].raw()
    );
    // What Cargo says after it is Cargo's.
    let shown = project.shown(&["list", "--manifest-path", "nowhere/Cargo.toml"]);
    let ours = "error: can't find a Cargo workspace here; run this in a package's folder, or give --manifest-path";
    assert!(shown.contains(ours), "{shown}");
    assert_data_eq!(
        project.shown(&["bless", "compute"]),
        file!["snapshots/error_bless.txt"].raw()
    );
}

#[test]
fn a_file_that_does_not_parse_is_named_and_nothing_is_dropped_for_it() {
    let project = edited();
    project.edit("src/numbers.rs", "pub fn multiply", "pub fn fn multiply");
    let warning = "warning: src/numbers.rs:1: the file does not parse";
    for command in [&["list"][..], &["why", "compute"], &["explain", "compute"]] {
        let shown = project.shown(command);
        assert!(shown.contains(warning), "{shown}");
    }
    for command in [
        &["status"][..],
        &["clean", "--stale"],
        &["clean", "--gone"],
        &["bless", "compute"],
    ] {
        let shown = project.shown(command);
        assert!(
            shown.contains("mend it first") && shown.contains("exit code 1"),
            "{command:?}: {shown}"
        );
    }
    let left = project.shown(&["verify"]);
    assert!(left.contains("5 entries"), "{left}");
}

#[test]
fn before_anything_is_stored_status_and_list_say_so() {
    let project = Project::new();
    let status = project.shown(&["status"]);
    assert!(
        status.contains("nothing is stored yet of 3 functions"),
        "{status}"
    );
    let list = project.shown(&["list"]);
    assert!(list.contains("nothing is stored in [ROOT]/store"), "{list}");
}

#[test]
fn json_is_what_the_printed_schema_says() {
    let project = edited();
    let file = walkdir::WalkDir::new(project.store().join("demo/compute"))
        .into_iter()
        .flatten()
        .find(|entry| entry.file_type().is_file())
        .expect("there are entries")
        .into_path();
    let file = file.to_str().expect("it is text");
    let commands: &[&[&str]] = &[
        &["list"],
        &["why", "compute"],
        &["why", "report"],
        &["why", "compute", "--", "9"],
        &["status"],
        &["status", "HEAD"],
        &["explain", "report"],
        &["stats"],
        &["verify"],
        &["inspect", file],
        &["graph"],
        &["doctor"],
        &["config"],
        &["clean", "--stale", "--dry-run"],
        &["bless", "compute"],
        &["clean", "--stale"],
    ];
    for command in commands {
        // Options stand before arguments of a call.
        let with = |format: &str| {
            let (name, rest) = command.split_first().expect("it has a name");
            let all: Vec<&str> = [&[*name, "--format", format][..], rest].concat();
            let output = project.command(&all).stdout;
            serde_json::from_slice::<serde_json::Value>(&output).unwrap_or_else(|error| {
                panic!(
                    "{command:?} as {format}: {error}: {}",
                    String::from_utf8_lossy(&output)
                )
            })
        };
        let (schema, value) = (with("schema"), with("json"));
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        let errors: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{command:?}: {errors:?}");
        assert_eq!(value["schema"], 1, "{command:?}");
        assert_eq!(value["command"], command[0]);
        // A schema that allows anything would say nothing.
        assert!(
            !validator.is_valid(&serde_json::json!({ "schema": 1 })),
            "{command:?}"
        );
    }
}
