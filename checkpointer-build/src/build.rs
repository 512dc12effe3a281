//! What a build script calls.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::analysis::{Analysis, Request, analyse};
use crate::cfg::CfgSet;
use crate::emit;
use crate::history::{self, Asked};
use crate::map::HashMap;
use crate::package::{Options, Workspace};
use crate::world::Unseen;

/// Reads the package whose build script this is and writes the table of its checkpointed functions.
///
/// Whatever can't be read is said as a warning or error of the build; it never panics on a user's
/// sources.
///
/// ```no_run
/// checkpointer_build::build();
/// ```
pub fn build() {
    Builder::new().build();
}

/// The same with options.
///
/// ```no_run
/// checkpointer_build::Builder::new()
///     .track("native/**/*.c")
///     .salt("calibration of 2026-03")
///     .build();
/// ```
#[derive(Clone, Debug, Default)]
pub struct Builder {
    tracked: Vec<String>,
    salts: Vec<String>,
    capture: Option<bool>,
    count_toolchain: Option<bool>,
    count_target: Option<bool>,
    deny_unresolved: Option<bool>,
    deny_impure: Option<bool>,
}

/// Those options of a [`Builder`] that decide over hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told {
    tracked: Vec<String>,
    salts: Vec<String>,
    capture: Option<bool>,
    count_toolchain: Option<bool>,
    count_target: Option<bool>,
}

/// What a build script's variables say of packages and features.
pub(crate) fn options(vars: &[(String, String)]) -> Options {
    let features = vars
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("CARGO_FEATURE_").map(str::to_owned));
    let variable = |wanted: &str| {
        let found = vars.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    // Which features are on stands beside it, and does not decide over platforms.
    let platform = vars
        .iter()
        .filter(|(name, _)| name.starts_with("CARGO_CFG_"));
    Options {
        script_features: Some(features.collect()),
        target: variable("TARGET"),
        cfg: Some(CfgSet::from_build_script_env(platform.cloned())),
        is_cross: variable("HOST") != variable("TARGET"),
        ..Options::default()
    }
}

impl Builder {
    /// A builder with the defaults, which `[package.metadata.checkpointer]` in the manifest may change.
    #[must_use]
    pub fn new() -> Self {
        Builder::default()
    }

    /// Files that count for every function of the package: a path or a pattern relative to the manifest, in which `*`
    /// stands for any part of a name and `**` for any number of folders.
    #[must_use]
    pub fn track(mut self, pattern: impl Into<String>) -> Self {
        self.tracked.push(pattern.into());
        self
    }

    /// A text that counts for every function: another text, and all results are recomputed.
    #[must_use]
    pub fn salt(mut self, salt: impl Into<String>) -> Self {
        self.salts.push(salt.into());
        self
    }

    /// Whether functions capture the statics that they reach, where their attribute does not say. Default: no.
    #[must_use]
    pub fn capture(mut self, yes: bool) -> Self {
        self.capture = Some(yes);
        self
    }

    /// Whether the compiler's version counts. Default: no.
    #[must_use]
    pub fn count_toolchain(mut self, yes: bool) -> Self {
        self.count_toolchain = Some(yes);
        self
    }

    /// Whether the target triple counts. Default: no.
    #[must_use]
    pub fn count_target(mut self, yes: bool) -> Self {
        self.count_target = Some(yes);
        self
    }

    /// Whether the build fails if a checkpointed function reaches something that can't be resolved. Default: no.
    #[must_use]
    pub fn deny_unresolved(mut self, yes: bool) -> Self {
        self.deny_unresolved = Some(yes);
        self
    }

    /// Whether the build fails if a checkpointed function reads the outside world where it can be seen. Default: no.
    #[must_use]
    pub fn deny_impure(mut self, yes: bool) -> Self {
        self.deny_impure = Some(yes);
        self
    }

    /// Runs the analysis and writes `checkpointer.rs` and `checkpointer.json` into OUT_DIR.
    ///
    /// What is wrong is told to Cargo as `cargo::error` or `cargo::warning`, with the file and the way out.
    pub fn build(self) {
        // Sources may nest deeply; a thread of its own has the stack for it.
        let thread = std::thread::Builder::new()
            .stack_size(crate::source::STACK)
            .spawn(move || self.run());
        let outcome = match thread {
            Ok(thread) => thread.join().unwrap_or_else(|_| {
                Err(vec![
                    "the analysis failed by an error of its own; please report it".to_owned(),
                ])
            }),
            Err(error) => Err(vec![format!(
                "can't start a thread for the analysis: {error}"
            )]),
        };
        if let Err(messages) = outcome {
            for message in messages {
                say("error", &message);
            }
        }
    }

    fn run(mut self) -> Result<(), Vec<String>> {
        let told = self.told();
        let one = |message: String| vec![message];
        let variable = |name: &str| {
            std::env::var_os(name).map(PathBuf::from).ok_or_else(|| {
                one(format!("{name} is not set: call checkpointer_build::build() from a build script, which Cargo runs"))
            })
        };
        let folder = variable("CARGO_MANIFEST_DIR")?;
        let out = variable("OUT_DIR")?;
        let manifest = folder.join("Cargo.toml");
        let vars: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let options = Options {
            cargo: std::env::var_os("CARGO").map(PathBuf::from),
            lock_hint: Some(out.clone()),
            ..options(&vars)
        };
        let workspace = Workspace::load_cached(&out, &manifest, &options)
            .map_err(|error| one(error.to_string()))?;
        let request = self.request(&workspace, &vars, Some(out.clone()));
        let cfg = CfgSet::from_build_script_env(vars.iter().cloned());
        let mut analysis = analyse(&workspace, &cfg, &request);
        println!("{}", emit::write(&analysis, &out).map_err(one)?);
        let asked = Asked::new(told, &vars, &analysis.variables);
        history::write(&mut analysis, &asked, &out).map_err(one)?;
        for line in emit::default_remote(&workspace.root_package().settings) {
            println!("{line}");
        }
        for line in emit::watch_lines(&workspace, &analysis) {
            println!("{line}");
        }
        warn(&analysis);
        let refused = self.refusals(&analysis);
        if refused.is_empty() {
            Ok(())
        } else {
            Err(refused)
        }
    }

    /// The analysis to make, by these options, the manifest's, and these variables of a build script.
    pub(crate) fn request(
        &mut self,
        workspace: &Workspace,
        vars: &[(String, String)],
        cache: Option<PathBuf>,
    ) -> Request {
        self.read_settings(workspace);
        let env: HashMap<String, String> = vars.iter().cloned().collect();
        Request {
            all: false,
            salts: self.outer_salts(&env),
            tracked: self.tracked.clone(),
            capture: self.capture == Some(true),
            cache,
            env,
        }
    }

    /// The options that decide over hashes, to be written down.
    pub(crate) fn told(&self) -> Told {
        Told {
            tracked: self.tracked.clone(),
            salts: self.salts.clone(),
            capture: self.capture,
            count_toolchain: self.count_toolchain,
            count_target: self.count_target,
        }
    }

    /// A builder with options that were written down.
    pub(crate) fn with(told: Told) -> Self {
        Builder {
            tracked: told.tracked,
            salts: told.salts,
            capture: told.capture,
            count_toolchain: told.count_toolchain,
            count_target: told.count_target,
            ..Builder::default()
        }
    }

    /// What `[package.metadata.checkpointer]` says where the build script says nothing.
    fn read_settings(&mut self, workspace: &Workspace) {
        let settings = &workspace.root_package().settings;
        let flag = |name: &str| settings.get(name).and_then(serde_json::Value::as_bool);
        self.capture = self.capture.or_else(|| flag("capture"));
        self.count_toolchain = self.count_toolchain.or_else(|| flag("count_toolchain"));
        self.count_target = self.count_target.or_else(|| flag("count_target"));
        self.deny_unresolved = self.deny_unresolved.or_else(|| flag("deny_unresolved"));
        self.deny_impure = self.deny_impure.or_else(|| flag("deny_impure"));
        let texts = |name: &str| -> Vec<String> {
            let list = settings.get(name).and_then(serde_json::Value::as_array);
            list.into_iter()
                .flatten()
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect()
        };
        self.tracked.extend(texts("track"));
        self.salts.extend(
            settings
                .get("salt")
                .and_then(|text| text.as_str())
                .map(str::to_owned),
        );
    }

    fn outer_salts(&self, env: &HashMap<String, String>) -> Vec<String> {
        let mut salts = self.salts.clone();
        if self.count_target == Some(true) {
            let target = env.get("TARGET").map_or("", String::as_str);
            salts.push(format!("target {target}"));
        }
        if self.count_toolchain == Some(true) {
            let rustc = env.get("RUSTC").map_or("rustc", String::as_str);
            let version = std::process::Command::new(rustc).arg("-vV").output();
            let version = version
                .map(|out| String::from_utf8_lossy(&out.stdout).into_owned())
                .unwrap_or_default();
            salts.push(format!("toolchain {version}"));
        }
        salts
    }

    fn refusals(&self, analysis: &Analysis) -> Vec<String> {
        let mut refused = Vec::new();
        let list =
            |found: &std::collections::BTreeSet<Unseen>, why: &str, refused: &mut Vec<String>| {
                for at in found {
                    refused.push(format!(
                        "{}:{}:{}: {} ({why})",
                        at.file, at.line, at.column, at.reason
                    ));
                }
            };
        if self.deny_unresolved == Some(true) {
            list(&analysis.unseen, "refused by deny_unresolved", &mut refused);
        }
        if self.deny_impure == Some(true) {
            list(&analysis.impure, "refused by deny_impure", &mut refused);
        }
        refused
    }
}

fn warn(analysis: &Analysis) {
    for note in &analysis.notes {
        say("warning", note);
    }
    if let Some(first) = analysis.broken.first() {
        let others = match analysis.broken.len() {
            1 => String::new(),
            more => format!(" (and {} more)", more - 1),
        };
        say(
            "warning",
            &format!(
                "{}:{}: {}{others}; hashes of checkpointed functions in that crate can't be trusted and are refused \
                 until it is mended",
                first.file, first.line, first.reason
            ),
        );
    }
    for found in &analysis.uncaptured {
        let statics = found.statics.join(", ");
        let message = if found.unmarked {
            format!(
                "{}: {} captures {statics}, which may change at run time: mark it #[capture] to have its value counted, \
                 or #[no_capture] if it does not matter",
                found.place, found.function
            )
        } else {
            format!(
                "{}: {} reads {statics}, whose value does not count: add `capture` to its #[checkpoint], make it a \
                 `const`, or mark it #[no_capture] if it does not matter",
                found.place, found.function
            )
        };
        say("warning", &message);
    }
}

/// A message to the person who builds. Cargo reads one line.
fn say(kind: &str, message: &str) {
    println!("cargo::{kind}=checkpointer: {}", message.replace('\n', " "));
}
