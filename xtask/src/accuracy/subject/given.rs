//! A subject that somebody names on the command line: any crate of the registry.

use std::str::FromStr;

use anyhow::{Context, Result, ensure};

use super::{NO_REPAIR, Role, Subject};

impl FromStr for Subject {
    type Err = anyhow::Error;

    /// Reads `NAME@VERSION` or `NAME@VERSION:FEATURES`. The texts live as long as the process, as those of the built-in subjects do.
    fn from_str(text: &str) -> Result<Self> {
        let (name, rest) = text
            .split_once('@')
            .context("a crate is given as NAME@VERSION or NAME@VERSION:FEATURES")?;
        let (version, features) = rest.split_once(':').unwrap_or((rest, ""));
        ensure!(
            !name.is_empty() && version.starts_with(|first: char| first.is_ascii_digit()),
            "`{text}` lacks a name or an exact version: give NAME@1.2.3"
        );
        let leak = |text: &str| -> &'static str { text.to_owned().leak() };
        let name = leak(name);
        Ok(Self {
            name,
            role: Role::Given,
            packages: vec![(name, leak(version))].leak(),
            features: leak(features),
            repair: NO_REPAIR,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_is_given_by_name_exact_version_and_features() {
        let subject: Subject = "either@1.15.0:serde use_std".parse().unwrap();
        assert_eq!(subject.packages, [("either", "1.15.0")]);
        assert_eq!(
            (subject.name, subject.features),
            ("either", "serde use_std")
        );
        let plain: Subject = "either@1.15.0".parse().unwrap();
        assert_eq!(plain.features, "");
    }

    #[test]
    fn a_crate_without_a_version_is_refused() {
        assert!("either".parse::<Subject>().is_err());
        assert!("either@".parse::<Subject>().is_err());
        assert!("@1.0.0".parse::<Subject>().is_err());
    }
}
