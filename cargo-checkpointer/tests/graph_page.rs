//! The graph's page in a real browser.

#[path = "support/browser.rs"]
mod browser;
mod support;

use browser::Browser;
use serde_json::json;
use support::Project;

const ENTER: &str = "\u{E007}";
const ESCAPE: &str = "\u{E00C}";
const DOWN: &str = "\u{E015}";

/// The page of a package in which a function's results are stale, opened.
fn page(project: &Project, arguments: &[&str]) -> Browser {
    project.run("demo::compute", 2);
    project.edit("src/numbers.rs", "x * 1", "x * 2");
    let all = [&["graph", "--output", "graph.html"][..], arguments].concat();
    let shown = project.shown(&all);
    assert_eq!(shown, "graph.html\n");
    let browser = Browser::start();
    browser.open(&format!(
        "file://{}",
        project.root().join("graph.html").display()
    ));
    browser.wait_for("return document.body.dataset.ready", &json!("yes"));
    browser
}

#[test]
fn the_page_shows_modules_and_opens_them_by_keyboard() {
    let project = Project::new();
    let browser = page(&project, &[]);
    let shown = || browser.run("return Number(document.body.dataset.shown)");
    assert_eq!(shown(), json!(2), "two modules");
    browser.keys("/");
    browser.keys("multiply");
    browser.keys(ENTER);
    browser.wait_for(
        "return document.body.dataset.focus",
        &json!("demo::numbers::multiply"),
    );
    assert_eq!(shown(), json!(3), "multiply, helper and compute");
    assert_eq!(
        browser.run("return Number(document.body.dataset.lit)"),
        json!(2),
        "the way to the edit"
    );
    browser.keys(ESCAPE);
    browser.wait_for("return document.body.dataset.focus", &json!(""));
    assert_eq!(shown(), json!(2));
    browser.keys("t");
    browser.wait_for(
        "return document.getElementById('table').checkVisibility()",
        &json!(true),
    );
    let rows = browser.run("return document.querySelectorAll('tbody tr').length");
    assert!(rows.as_u64().is_some_and(|rows| rows >= 5), "{rows}");
    browser.keys("t");
    browser.keys("d");
    browser.wait_for(
        "return document.documentElement.classList.contains('dark')",
        &json!(true),
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn a_function_in_focus_shows_the_way_to_what_changed() {
    let project = Project::new();
    let browser = page(&project, &["compute"]);
    assert_eq!(
        browser.run("return document.body.dataset.focus"),
        json!("demo::compute")
    );
    assert_eq!(
        browser.run("return Number(document.body.dataset.lit)"),
        json!(2)
    );
    let stale = browser.run("return document.querySelector('#details .stale').textContent");
    assert_eq!(stale, json!("2 results of older code"));
    browser.keys(DOWN);
    browser.wait_for(
        "return document.body.dataset.selected",
        &json!("demo::helper"),
    );
    assert!(browser.screenshot().len() > 10_000, "something was drawn");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn hostile_names_run_nothing_and_the_policy_lets_nothing_in() {
    let project = Project::new();
    // A file's name can be anything, and stands in the graph as the code names it.
    let hostile = "<img src=x onerror=document.title=1>";
    project.write(&format!("src/{hostile}.txt"), "text");
    project.edit(
        "src/lib.rs",
        "    helper(x)",
        &format!("    helper(x) + include_str!(\"{hostile}.txt\").len() as u64"),
    );
    let browser = page(&project, &[]);
    assert_eq!(
        browser.run("return document.querySelectorAll('img').length"),
        json!(0)
    );
    assert!(
        browser
            .run("return document.body.textContent")
            .to_string()
            .contains("onerror")
    );
    browser.run(
        "const made = document.createElement('script'); made.textContent = 'document.body.dataset.broken = 1'; \
         document.body.append(made);",
    );
    assert_eq!(
        browser.run("return document.body.dataset.broken || ''"),
        json!("")
    );
    assert!(
        browser
            .complaints()
            .iter()
            .any(|text| text.contains("Content Security Policy"))
    );
}
