//! The example in a folder of its own: what it remembers, and what an edit makes it compute again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::project::{Project, Said};

/// Every stage of the example.
const STAGES: [&str; 9] = [
    "blocks::block_length",
    "chart::draw",
    "climate::Climate::anomalies",
    "climate::Climate::fit",
    "contrast::contrast",
    "days::add_up",
    "panel::align",
    "readings::parse",
    "selection::select_model",
];

/// The stage that tells night from day and calm from wind, listed apart because most edits here are to what it uses.
const CLASSIFY: &str = "regime::classify";

pub(crate) fn run(project: &Project) -> Said {
    project.cargo_ok(&["run", "--quiet", "--package", "example-app"])
}

/// Calls computed and calls remembered by stage, from the program's own table.
fn stages(said: &Said) -> BTreeMap<String, (u64, u64)> {
    let table = said
        .stdout
        .lines()
        .skip_while(|line| !line.starts_with("stage "));
    let stages: BTreeMap<_, _> = table
        .skip(1)
        .map_while(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().filter(|name| name.contains("::"))?;
            let computed = words.next()?.parse().ok()?;
            let remembered = words.next()?.parse().ok()?;
            Some((name.to_owned(), (computed, remembered)))
        })
        .collect();
    let mut expected: Vec<_> = STAGES.into_iter().chain([CLASSIFY]).collect();
    expected.sort_unstable();
    assert_eq!(
        stages.keys().collect::<Vec<_>>(),
        expected,
        "\n{}\n{}",
        said.stdout,
        said.stderr
    );
    stages
}

/// The stages of which at least one call was computed.
pub(crate) fn computed(said: &Said) -> Vec<String> {
    let stages = stages(said).into_iter();
    stages
        .filter(|(_, (computed, _))| *computed > 0)
        .map(|(name, _)| name)
        .collect()
}

pub(crate) fn nothing() -> Vec<String> {
    Vec::new()
}

#[test]
fn the_second_run_computes_nothing_says_the_same_and_is_twenty_times_faster() {
    let project = Project::copy_of_example();
    project.cargo_ok(&["build", "--quiet", "--package", "example-app"]);
    let timed = || {
        let start = Instant::now();
        (project.run_built("example-app"), start.elapsed())
    };

    let (first, slow) = timed();
    assert_eq!(computed(&first).len(), STAGES.len() + 1);
    let runs = [timed(), timed(), timed()];
    for (again, _) in &runs {
        assert_eq!(computed(again), nothing(), "{}", again.stderr);
        let findings = |said: &Said| said.stdout.split("\nstage ").next().map(str::to_owned);
        assert_eq!(findings(again), findings(&first));
    }
    let fast = runs
        .iter()
        .map(|(_, took)| *took)
        .min()
        .unwrap_or(Duration::MAX);
    assert!(
        fast * 20 <= slow,
        "first run {slow:?}, best of the others {fast:?}"
    );
}

#[test]
fn an_edit_recomputes_the_stages_that_it_reaches_and_no_others() {
    let project = Project::copy_of_example();
    let first = run(&project);
    assert_eq!(computed(&first).len(), STAGES.len() + 1);

    // A helper in another module, two calls away: civil dusk instead of sunset. The blocks' length rests on all hours, so its input stays.
    let sun = project.edit(
        "example-app/src/sun.rs",
        "HORIZON_DEGREES: f64 = -0.833",
        "HORIZON_DEGREES: f64 = -6.0",
    );
    let after_sun = [
        "chart::draw",
        "contrast::contrast",
        "days::add_up",
        "regime::classify",
    ];
    assert_eq!(computed(&run(&project)), after_sun);
    project.write("example-app/src/sun.rs", &sun);
    assert_eq!(
        computed(&run(&project)),
        nothing(),
        "undoing finds the old results"
    );

    // A threshold.
    project.edit(
        "example-app/src/regime.rs",
        "CALM_WIND: f64 = 3.0",
        "CALM_WIND: f64 = 2.5",
    );
    assert_eq!(computed(&run(&project)), after_sun);
    project.edit(
        "example-app/src/regime.rs",
        "CALM_WIND: f64 = 2.5",
        "CALM_WIND: f64 = 3.0",
    );

    // A private helper of the slow stage, which leaves its values as they were: what comes after it finds its input unchanged.
    project.edit(
        "example-app/src/contrast.rs",
        "(n * xy - x * y) / (n * xx - x * x)",
        "(xy * n - x * y) / (n * xx - x * x)",
    );
    assert_eq!(computed(&run(&project)), ["contrast::contrast"]);
}

#[test]
fn comments_formatting_and_code_that_no_stage_uses_recompute_nothing() {
    let project = Project::copy_of_example();
    run(&project);

    project.edit(
        "example-app/src/sun.rs",
        "    let angle = TAU",
        "    // The angle of the year.\n    let angle =  TAU",
    );
    project.edit(
        "example-app/src/report.rs",
        "\"Season and hour explain",
        "\"The season and the hour explain",
    );
    project.edit(
        "example-app/src/calendar.rs",
        "#[cfg(test)]",
        "#[allow(dead_code)]\nfn nobody_calls_this() {}\n\n#[cfg(test)]",
    );
    let after = run(&project);
    assert!(
        after.stdout.contains("The season and the hour explain"),
        "the edits were compiled"
    );
    assert_eq!(computed(&after), nothing(), "{}", after.stderr);
}
