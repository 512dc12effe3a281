//! What the environment says, read once: it overrides the code.

use std::path::PathBuf;
use std::sync::OnceLock;

/// The environment's word.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// `CHECKPOINTER`.
    pub(crate) mode: Mode,
    /// `CHECKPOINTER_VERBOSITY`.
    pub(crate) verbosity: Option<u8>,
    /// `CHECKPOINTER_DIR`.
    pub(crate) folder: Option<PathBuf>,
    /// `N` of `CHECKPOINTER_VERIFY=1/N`: one in so many hits is recomputed and compared.
    pub(crate) verify: Option<u32>,
}

/// What caching does in this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As the code says.
    #[default]
    On,
    /// Nothing: every call runs its function.
    Off,
    /// Stored results are used, and none is stored.
    ReadOnly,
    /// Every call computes and overwrites.
    Refresh,
}

/// The environment as it was at the first call.
pub(crate) fn get() -> &'static Environment {
    static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let (environment, complaints) = Environment::read(|name| {
            std::env::var_os(name).map(|text| text.to_string_lossy().into_owned())
        });
        for complaint in complaints {
            crate::event::complain(&complaint);
        }
        environment
    })
}

impl Environment {
    /// Reads the variables; what can't be understood is left out and named.
    fn read(variable: impl Fn(&str) -> Option<String>) -> (Self, Vec<String>) {
        let mut complaints = Vec::new();
        let mut complain = |name: &str, text: &str, expected: &str| {
            complaints.push(format!("{name}={text} is not understood: use {expected}"));
        };
        let mut environment = Self::default();
        if let Some(text) = variable("CHECKPOINTER") {
            match text.to_ascii_lowercase().as_str() {
                "on" | "" | "1" => {}
                "off" | "0" => environment.mode = Mode::Off,
                "readonly" => environment.mode = Mode::ReadOnly,
                "refresh" => environment.mode = Mode::Refresh,
                _ => complain("CHECKPOINTER", &text, "on, off, readonly or refresh"),
            }
        }
        if let Some(text) = variable("CHECKPOINTER_VERBOSITY") {
            match text.parse() {
                Ok(level @ 0..=2) => environment.verbosity = Some(level),
                _ => complain("CHECKPOINTER_VERBOSITY", &text, "0, 1 or 2"),
            }
        }
        if let Some(text) = variable("CHECKPOINTER_VERIFY") {
            let share = text.strip_prefix("1/").unwrap_or(&text).parse();
            match share {
                Ok(share @ 1..) => environment.verify = Some(share),
                _ => complain("CHECKPOINTER_VERIFY", &text, "1/N, with N from 1"),
            }
        }
        environment.folder = variable("CHECKPOINTER_DIR")
            .filter(|text| !text.is_empty())
            .map(PathBuf::from);
        (environment, complaints)
    }
}

/// The root folder where neither the code nor the environment names one.
pub(crate) fn default_root() -> PathBuf {
    get().folder.clone().unwrap_or_else(|| {
        dirs::cache_dir()
            .unwrap_or_else(std::env::temp_dir)
            .join("checkpoints")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> (Environment, Vec<String>) {
        Environment::read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).to_owned())
        })
    }

    #[test]
    fn every_variable_is_read() {
        let (environment, complaints) = read(&[
            ("CHECKPOINTER", "readonly"),
            ("CHECKPOINTER_VERBOSITY", "2"),
            ("CHECKPOINTER_VERIFY", "1/20"),
            ("CHECKPOINTER_DIR", "/somewhere"),
        ]);
        assert_eq!(complaints, Vec::<String>::new());
        assert_eq!(environment.mode, Mode::ReadOnly);
        assert_eq!(environment.verbosity, Some(2));
        assert_eq!(environment.verify, Some(20));
        assert_eq!(environment.folder, Some(PathBuf::from("/somewhere")));
    }

    #[test]
    fn what_is_not_understood_is_named_and_changes_nothing() {
        let (environment, complaints) = read(&[
            ("CHECKPOINTER", "maybe"),
            ("CHECKPOINTER_VERBOSITY", "7"),
            ("CHECKPOINTER_VERIFY", "1/0"),
        ]);
        assert_eq!(complaints.len(), 3, "{complaints:?}");
        assert_eq!(environment.mode, Mode::On);
        assert_eq!((environment.verbosity, environment.verify), (None, None));
    }
}
