//! `cargo checkpointer config`: every setting that the environment and the manifests can make, its value, and where that
//! comes from.

use schemars::JsonSchema;
use serde::Serialize;

use crate::output::{self, Cell, DIM, Head, NAME, Page, Report, Side::Left, WARN, paint};
use crate::store::default_root;
use crate::workspace::{Package, Workspace};

/// What `config` prints.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Config {
    /// All settings.
    settings: Vec<Setting>,
    /// What is not understood, and what may have been meant.
    complaints: Vec<String>,
}

/// One setting.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Setting {
    /// Its name: a variable, or a key of `[package.metadata.checkpointer]`.
    name: String,
    /// Its value; of a secret only whether it is set.
    value: String,
    /// Where the value comes from.
    from: String,
    #[serde(skip)]
    is_of_manifest: bool,
    /// Whether it is not the default.
    #[serde(skip)]
    is_given: bool,
}

/// The variables that programs and builds read, with their defaults.
const VARIABLES: &[(&str, &str)] = &[
    ("CHECKPOINTER", "on"),
    ("CHECKPOINTER_DIR", ""),
    ("CHECKPOINTER_REMOTE", "none"),
    ("CHECKPOINTER_REMOTE_KEY", "none"),
    ("CHECKPOINTER_REMOTE_LEASE", "15s"),
    ("CHECKPOINTER_REMOTE_MODE", "readwrite"),
    ("CHECKPOINTER_REMOTE_NAMESPACE", "main"),
    ("CHECKPOINTER_REMOTE_TIMEOUT", "2s"),
    ("CHECKPOINTER_VERBOSITY", "by the code"),
    ("CHECKPOINTER_VERIFY", "none"),
];

/// Variables of this prefix that this project's own tools read or set.
const OWN: &[&str] = &["CHECKPOINTER_TABLE", "CHECKPOINTER_DEFAULT_REMOTE"];

/// The keys of `[package.metadata.checkpointer]`, with their defaults.
const KEYS: &[(&str, &str)] = &[
    ("capture", "false"),
    ("count_target", "false"),
    ("count_toolchain", "false"),
    ("deny_impure", "false"),
    ("deny_unresolved", "false"),
    ("remote", "none"),
    ("salt", "none"),
    ("track", "none"),
];

/// Runs the command.
pub(crate) fn run(options: &crate::Options) -> anyhow::Result<()> {
    if output::is_schema::<Config>(options.format)? {
        return Ok(());
    }
    let mut settings = of_environment(options);
    let mut complaints = unknown_variables();
    // Outside of a workspace the environment is all there is.
    if let Ok(workspace) = Workspace::find(options.manifest_path.as_deref()) {
        for package in &workspace.packages {
            settings.extend(of_package(package));
            complaints.extend(unknown_keys(package));
        }
    }
    output::print(
        options.format,
        &Config {
            settings,
            complaints,
        },
    )
}

fn of_environment(options: &crate::Options) -> Vec<Setting> {
    let setting = |(name, default): &(&str, &str)| {
        let set = std::env::var_os(name).filter(|value| !value.is_empty());
        let (value, from) = match (&options.store, set) {
            (Some(folder), _) if *name == "CHECKPOINTER_DIR" => {
                (folder.display().to_string(), "--store")
            }
            (_, Some(_)) if name.ends_with("_KEY") => {
                ("set, and not shown".to_owned(), "the environment")
            }
            (_, Some(value)) => (
                without_password(&value.to_string_lossy()),
                "the environment",
            ),
            (_, None) if *name == "CHECKPOINTER_DIR" => {
                (default_root().display().to_string(), "the default")
            }
            (_, None) => ((*default).to_owned(), "the default"),
        };
        Setting {
            name: (*name).to_owned(),
            value,
            is_of_manifest: false,
            is_given: from != "the default",
            from: from.to_owned(),
        }
    };
    VARIABLES.iter().map(setting).collect()
}

/// A URL without the password that may stand in it.
pub(crate) fn without_password(value: &str) -> String {
    let Some((scheme, rest)) = value.split_once("://") else {
        return value.to_owned();
    };
    match rest.rsplit_once('@') {
        Some((user, host)) if user.contains(':') => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{host}")
        }
        _ => value.to_owned(),
    }
}

fn of_package(package: &Package) -> Vec<Setting> {
    let setting = |(key, default): &(&str, &str)| {
        let given = package.settings.get(key);
        let shown = |value: &serde_json::Value| match value.as_str() {
            Some(text) => without_password(text),
            None => value.to_string(),
        };
        Setting {
            name: format!("{}: {key}", package.name),
            value: given.map_or_else(|| (*default).to_owned(), shown),
            is_of_manifest: true,
            is_given: given.is_some(),
            from: match given {
                Some(_) => format!(
                    "[package.metadata.checkpointer] in {}",
                    package.manifest.display()
                ),
                None => "the default; a Builder in build.rs may say otherwise".to_owned(),
            },
        }
    };
    KEYS.iter().map(setting).collect()
}

/// Keys of a manifest that nobody reads.
pub(crate) fn unknown_keys(package: &Package) -> Vec<String> {
    let known: Vec<&str> = KEYS.iter().map(|(key, _)| *key).collect();
    let keys = package
        .settings
        .as_object()
        .into_iter()
        .flat_map(|keys| keys.keys());
    keys.filter(|key| !known.contains(&key.as_str()))
        .map(|key| {
            format!(
                "{}: [package.metadata.checkpointer] has no key `{key}`{}",
                package.name,
                did_you_mean(key, &known)
            )
        })
        .collect()
}

/// Variables that look like ours and that nobody reads.
pub(crate) fn unknown_variables() -> Vec<String> {
    let known: Vec<&str> = VARIABLES.iter().map(|(name, _)| *name).collect();
    let mut names: Vec<String> = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("CHECKPOINTER"))
        .filter(|name| !known.contains(&name.as_str()) && !OWN.contains(&name.as_str()))
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| format!("there is no variable {name}{}", did_you_mean(name, &known)))
        .collect()
}

fn did_you_mean(name: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match near {
        Some((likeness, other)) if likeness > 0.75 => format!("; did you mean `{other}`?"),
        _ => format!("; there are {}", known.join(", ")),
    }
}

impl Report for Config {
    const COMMAND: &'static str = "config";

    fn human(&self, page: &mut Page) {
        let row = |setting: &Setting| {
            vec![
                Cell::styled(&setting.name, NAME),
                Cell::plain(&setting.value),
                Cell::styled(&setting.from, DIM),
            ]
        };
        // What no manifest says is said once, and not for each package.
        let is_said = |setting: &&Setting| setting.is_given || !setting.is_of_manifest;
        let rows: Vec<Vec<Cell>> = self.settings.iter().filter(is_said).map(row).collect();
        page.table(
            &[
                Head("setting", Left),
                Head("value", Left),
                Head("from", Left),
            ],
            &rows,
        );
        let given = |key: &str| {
            let end = format!(": {key}");
            let mut settings = self.settings.iter();
            settings.any(|setting| setting.is_given && setting.name.ends_with(&end))
        };
        let absent: Vec<String> = KEYS
            .iter()
            .filter(|(key, _)| !given(key))
            .map(|(key, _)| (*key).to_owned())
            .collect();
        if self.settings.iter().any(|setting| setting.is_of_manifest) && !absent.is_empty() {
            page.line(paint(
                DIM,
                format_args!(
                    "no [package.metadata.checkpointer] sets {}; a Builder in build.rs may set them",
                    output::Listed(&absent)
                ),
            ));
        }
        for complaint in &self.complaints {
            page.line(paint(WARN, complaint));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_name_gets_a_suggestion() {
        assert_eq!(
            did_you_mean("captur", &["capture", "salt"]),
            "; did you mean `capture`?"
        );
        assert_eq!(
            did_you_mean("xyz", &["capture", "salt"]),
            "; there are capture, salt"
        );
    }

    #[test]
    fn no_password_is_shown() {
        assert_eq!(
            without_password("rediss://me:secret@host:1/0"),
            "rediss://me:…@host:1/0"
        );
        assert_eq!(without_password("s3://bucket/folder"), "s3://bucket/folder");
    }
}
