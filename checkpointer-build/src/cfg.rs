//! Conditional compilation: what a `cfg(…)` says for this build, as far as a build script can know it.
//!
//! A build script sees the target and the features, but not whether the crate is compiled as a test or with debug
//! assertions, nor the flags that are yet to be set. So a predicate has three values: code under an undecided one
//! counts on both sides.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Token, parenthesized, token};

/// The value of a predicate in Kleene's three-valued logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Truth {
    /// The code is compiled.
    True,
    /// The code is switched off.
    False,
    /// Only the compiler will know.
    Undecided,
}

impl Truth {
    /// Both.
    pub(crate) fn and(self, other: Truth) -> Truth {
        match (self, other) {
            (Truth::False, _) | (_, Truth::False) => Truth::False,
            (Truth::True, Truth::True) => Truth::True,
            _ => Truth::Undecided,
        }
    }

    /// At least one.
    pub(crate) fn or(self, other: Truth) -> Truth {
        self.not().and(other.not()).not()
    }

    /// The opposite; undecided stays undecided.
    #[allow(clippy::should_implement_trait)]
    pub(crate) fn not(self) -> Truth {
        match self {
            Truth::True => Truth::False,
            Truth::False => Truth::True,
            Truth::Undecided => Truth::Undecided,
        }
    }
}

/// What the build script can't decide and the expansion can ask, because the compiler knows it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub(crate) struct Switches {
    /// `cfg(test)`
    pub(crate) test: bool,
    /// `cfg(debug_assertions)`
    pub(crate) debug_assertions: bool,
    /// A feature of another package of the workspace, which other members and the command line may enable.
    pub(crate) features: bool,
}

/// The names of a package's enabled features, as exactly as their source knows them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Features {
    Exact(BTreeSet<String>),
    /// What other members of the workspace and the command line may change: these are on if they don't.
    Likely(BTreeSet<String>),
    /// From `CARGO_FEATURE_…`, where Cargo has put capitals for letters and `_` for `-`. Two features of one package
    /// that differ in nothing else share a variable, and so count as one here.
    Mangled(BTreeSet<String>),
}

/// What is set for one package in this build: the target's values and the package's features.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct CfgSet {
    /// Key to values; a bare flag is the value `None`.
    values: BTreeMap<String, BTreeSet<Option<String>>>,
    features: Features,
}

/// Names that rustc prints for every target whenever they hold: absent means off.
const TARGET_NAMES: &[&str] = &[
    "target_abi",
    "target_arch",
    "target_endian",
    "target_env",
    "target_family",
    "target_feature",
    "target_has_atomic",
    "target_has_atomic_equal_alignment",
    "target_has_atomic_load_store",
    "target_has_atomic_primitive_alignment",
    "target_object_format",
    "target_os",
    "target_pointer_width",
    "target_thread_local",
    "target_vendor",
    "unix",
    "windows",
];

/// Set only by tools that never run the program they read.
const TOOL_NAMES: &[&str] = &["clippy", "doc", "rust_analyzer", "rustfmt"];

/// Names whose value depends on the profile or the kind of compilation, so that what a build script is told about
/// them need not be true of the crate.
const PROFILE_NAMES: &[&str] = &[
    "debug_assertions",
    "doctest",
    "miri",
    "overflow_checks",
    "panic",
    "proc_macro",
    "test",
    "ub_checks",
];

impl Default for CfgSet {
    fn default() -> Self {
        CfgSet::empty(Features::Exact(BTreeSet::new()))
    }
}

impl CfgSet {
    /// The set that Cargo describes to a build script, from all its environment variables.
    pub(crate) fn from_build_script_env(
        vars: impl IntoIterator<Item = (String, String)>,
    ) -> CfgSet {
        let mut set = CfgSet::empty(Features::Mangled(BTreeSet::new()));
        for (name, value) in vars {
            if let Some(feature) = name.strip_prefix("CARGO_FEATURE_") {
                set.add_feature(feature);
            } else if let Some(key) = name.strip_prefix("CARGO_CFG_") {
                let key = key.to_ascii_lowercase();
                // Cargo hands over the features a second time, and a list of them would be read as a value.
                if key != "feature" && !PROFILE_NAMES.contains(&key.as_str()) {
                    set.add_list(&key, &value);
                }
            }
        }
        set
    }

    /// The set of a host or target as `rustc --print cfg` prints it, with the features of one package by name.
    pub(crate) fn from_rustc(printed: &str, features: impl IntoIterator<Item = String>) -> CfgSet {
        let mut set = CfgSet::empty(Features::Exact(features.into_iter().collect()));
        for line in printed
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
        {
            let (key, value) = match line.split_once('=') {
                Some((key, value)) => (key, Some(value.trim_matches('"').to_owned())),
                None => (line, None),
            };
            if key != "feature" && !PROFILE_NAMES.contains(&key) {
                set.set(key, value);
            }
        }
        set
    }

    /// The same target with the features of another package, by name.
    pub(crate) fn with_features(&self, features: impl IntoIterator<Item = String>) -> CfgSet {
        CfgSet {
            values: self.values.clone(),
            features: Features::Exact(features.into_iter().collect()),
        }
    }

    /// The same for a package whose features aren't known: other members of the workspace and the command line may enable any.
    pub(crate) fn with_likely_features(
        &self,
        features: impl IntoIterator<Item = String>,
    ) -> CfgSet {
        CfgSet {
            values: self.values.clone(),
            features: Features::Likely(features.into_iter().collect()),
        }
    }

    /// Features that are on as far as manifests tell, where that is not all.
    pub(crate) fn likely_features(&self) -> Option<impl Iterator<Item = &str>> {
        match &self.features {
            Features::Likely(names) => Some(names.iter().map(String::as_str)),
            _ => None,
        }
    }

    /// Sets a flag (`None`) or one value of a key, `test` and its like included.
    pub(crate) fn set(&mut self, key: &str, value: Option<String>) {
        self.values.entry(key.to_owned()).or_default().insert(value);
    }

    /// Whether a feature is on.
    pub(crate) fn has_feature(&self, name: &str) -> bool {
        match &self.features {
            Features::Exact(names) | Features::Likely(names) => names.contains(name),
            Features::Mangled(names) => names.contains(&mangle_feature(name)),
        }
    }

    fn empty(features: Features) -> CfgSet {
        CfgSet {
            values: BTreeMap::new(),
            features,
        }
    }

    fn add_feature(&mut self, mangled: &str) {
        if let Features::Mangled(names) = &mut self.features {
            names.insert(mangled.to_owned());
        }
    }

    /// Cargo joins the values of a key by commas; a bare flag has the empty string. `target_abi=""` looks the same
    /// as a flag, so the empty string stands for both.
    fn add_list(&mut self, key: &str, list: &str) {
        for value in list.split(',') {
            if value.is_empty() {
                self.set(key, None);
            }
            self.set(key, Some(value.to_owned()));
        }
    }

    fn truth(&self, key: &str, value: Option<&str>) -> Truth {
        if key == "feature" {
            return match (&self.features, value) {
                (Features::Likely(_), _) => Truth::Undecided,
                (_, Some(name)) if self.has_feature(name) => Truth::True,
                _ => Truth::False,
            };
        }
        let value = value.map(str::to_owned);
        if self
            .values
            .get(key)
            .is_some_and(|values| values.contains(&value))
        {
            Truth::True
        } else if TARGET_NAMES.contains(&key) || TOOL_NAMES.contains(&key) {
            Truth::False
        } else {
            Truth::Undecided
        }
    }
}

/// The name of a feature as Cargo spells it in `CARGO_FEATURE_…`.
pub(crate) fn mangle_feature(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

/// What stands in the parentheses of `cfg(…)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Predicate {
    /// `all(…)`
    All(Vec<Predicate>),
    /// `any(…)`
    Any(Vec<Predicate>),
    /// `not(…)`
    Not(Box<Predicate>),
    /// `unix`
    Flag(String),
    /// `target_os = "linux"`
    KeyValue(String, String),
    /// `true`
    True,
    /// `false`
    False,
    /// A form that this version doesn't know, by its tokens: never decided.
    Unknown(String),
}

impl Predicate {
    /// Reads the tokens between the parentheses of `cfg(…)`.
    pub(crate) fn from_tokens(tokens: proc_macro2::TokenStream) -> syn::Result<Predicate> {
        Predicate::parse_whole.parse2(tokens)
    }

    /// Reads the predicate at the head of `cfg_attr(…)`, and leaves what follows its comma.
    pub(crate) fn parse(input: ParseStream) -> syn::Result<Predicate> {
        let ident = Ident::parse_any(input)?;
        let spelled = ident.to_string();
        let name = ident.unraw().to_string();
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            return Ok(Predicate::KeyValue(name, input.parse::<LitStr>()?.value()));
        }
        if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            return Predicate::parse_operator(&name, &content);
        }
        Ok(match spelled.as_str() {
            "true" => Predicate::True,
            "false" => Predicate::False,
            _ => Predicate::Flag(name),
        })
    }

    /// The value for this build.
    pub(crate) fn eval(&self, set: &CfgSet) -> Truth {
        match self {
            Predicate::All(parts) => parts
                .iter()
                .fold(Truth::True, |truth, part| truth.and(part.eval(set))),
            Predicate::Any(parts) => parts
                .iter()
                .fold(Truth::False, |truth, part| truth.or(part.eval(set))),
            Predicate::Not(part) => part.eval(set).not(),
            Predicate::Flag(name) => set.truth(name, None),
            Predicate::KeyValue(key, value) => set.truth(key, Some(value)),
            Predicate::True => Truth::True,
            Predicate::False => Truth::False,
            Predicate::Unknown(_) => Truth::Undecided,
        }
    }

    /// The switches that an undecided predicate hangs on: those that a decided part of it hides are left out.
    pub(crate) fn switches(&self, set: &CfgSet) -> Switches {
        if self.eval(set) != Truth::Undecided {
            return Switches::default();
        }
        match self {
            Predicate::All(parts) | Predicate::Any(parts) => parts
                .iter()
                .map(|part| part.switches(set))
                .fold(Switches::default(), Switches::union),
            Predicate::Not(part) => part.switches(set),
            Predicate::Flag(name) => Switches {
                test: name == "test",
                debug_assertions: name == "debug_assertions",
                features: false,
            },
            Predicate::KeyValue(key, _) => Switches {
                features: key == "feature",
                ..Switches::default()
            },
            _ => Switches::default(),
        }
    }

    fn parse_whole(input: ParseStream) -> syn::Result<Predicate> {
        let predicate = Predicate::parse(input)?;
        input.parse::<Option<Token![,]>>()?;
        Ok(predicate)
    }

    fn parse_operator(name: &str, content: ParseStream) -> syn::Result<Predicate> {
        if !matches!(name, "all" | "any" | "not") {
            let rest: proc_macro2::TokenStream = content.parse()?;
            return Ok(Predicate::Unknown(format!("{name}({rest})")));
        }
        let mut parts: Vec<Predicate> = content
            .parse_terminated(Predicate::parse, Token![,])?
            .into_iter()
            .collect();
        Ok(match name {
            "all" => Predicate::All(parts),
            "any" => Predicate::Any(parts),
            _ if parts.len() == 1 => Predicate::Not(Box::new(parts.remove(0))),
            _ => {
                return Err(
                    content.error("`not` takes one predicate; write `not(any(…))` for several")
                );
            }
        })
    }
}

impl Switches {
    /// Those of either.
    pub(crate) fn union(self, other: Switches) -> Switches {
        Switches {
            test: self.test || other.test,
            debug_assertions: self.debug_assertions || other.debug_assertions,
            features: self.features || other.features,
        }
    }
}

#[cfg(test)]
mod tests;
