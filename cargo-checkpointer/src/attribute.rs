//! The options of `#[checkpoint]` as they stand in the source, as far as they can be known without running the program.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use checkpointer_syntax::options::Options;
use checkpointer_syntax::table::Row;
use syn::visit::Visit;
use syn::{Attribute, Block, Expr, ExprLit, Lit, Signature};

/// What the source says of a function's results.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    /// The function's name.
    pub(crate) name: String,
    /// The layers, the outermost first.
    pub(crate) layers: Vec<Layer>,
    /// The parameters, as their names and types are spelled; `self` with the type of its impl left out.
    pub(crate) parameters: Vec<Parameter>,
}

/// One `#[checkpoint(…)]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layer {
    /// `format`, where it is a string.
    pub(crate) format: Option<String>,
    /// `root_path`, where it is a string.
    pub(crate) root: Option<PathBuf>,
    /// Whether `root_path` is something that only the program knows.
    pub(crate) has_hidden_root: bool,
    /// `expiry`, where it is spelled as a number of seconds, minutes, hours, days or weeks.
    pub(crate) expiry: Option<Duration>,
    /// Whether `expiry` or `should_expire` is something that only the program knows.
    pub(crate) has_hidden_expiry: bool,
    /// Whether a `version` replaces the code hash.
    pub(crate) has_version: bool,
    /// The preset, as it is spelled.
    pub(crate) using: Option<String>,
    /// `capture`, where it is given.
    pub(crate) capture: Option<bool>,
    /// Whether `hash_by` replaces the arguments.
    pub(crate) has_hash_by: bool,
}

/// A parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    /// Its name.
    pub(crate) name: String,
    /// Its type, spelled without spaces.
    pub(crate) ty: String,
    /// Whether `#[no_hash]` or `#[hash_by]` stands on it.
    pub(crate) is_marked: bool,
}

/// The files that were parsed.
#[derive(Default)]
pub(crate) struct Reader {
    files: HashMap<PathBuf, HashMap<(usize, usize), Attributes>>,
}

impl Reader {
    /// What the source of a row's function says. Nothing where a macro made it.
    pub(crate) fn read(&mut self, folder: &Path, row: &Row) -> Attributes {
        let path = folder.join(&row.file);
        let found = self
            .files
            .entry(path)
            .or_insert_with_key(|path| parse(path));
        let at = (row.name_at.0 as usize, row.name_at.1 as usize);
        found.get(&at).cloned().unwrap_or_default()
    }
}

impl Reader {
    /// The names of the functions with `#[checkpoint]` in a file.
    pub(crate) fn names(&mut self, path: &Path) -> Vec<String> {
        let found = self
            .files
            .entry(path.to_owned())
            .or_insert_with_key(|path| parse(path));
        found
            .values()
            .map(|attributes| attributes.name.clone())
            .collect()
    }
}

fn parse(path: &Path) -> HashMap<(usize, usize), Attributes> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut finder = Finder::default();
    if let Ok(file) = syn::parse_file(&text) {
        finder.visit_file(&file);
    }
    finder.found
}

#[derive(Default)]
struct Finder {
    found: HashMap<(usize, usize), Attributes>,
}

impl Finder {
    fn take(&mut self, attributes: &[Attribute], signature: &Signature) {
        let is_ours = |attribute: &&Attribute| {
            let last = attribute.path().segments.last();
            last.is_some_and(|segment| segment.ident == "checkpoint")
        };
        let layers: Vec<Layer> = attributes
            .iter()
            .filter(is_ours)
            .map(|attribute| layer(&Options::of_attribute(attribute).0))
            .collect();
        if layers.is_empty() {
            return;
        }
        let start = signature.ident.span().start();
        let parameters = signature.inputs.iter().map(parameter).collect();
        self.found.insert(
            (start.line, start.column + 1),
            Attributes {
                name: signature.ident.to_string(),
                layers,
                parameters,
            },
        );
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_item_fn(&mut self, item: &'a syn::ItemFn) {
        self.take(&item.attrs, &item.sig);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'a syn::ImplItemFn) {
        self.take(&item.attrs, &item.sig);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_block(&mut self, block: &'a Block) {
        syn::visit::visit_block(self, block);
    }
}

fn parameter(input: &syn::FnArg) -> Parameter {
    let is_marked = |attributes: &[Attribute]| {
        let named = |a: &Attribute, name: &str| a.path().is_ident(name);
        attributes
            .iter()
            .any(|a| named(a, "no_hash") || named(a, "hash_by"))
    };
    match input {
        syn::FnArg::Receiver(receiver) => Parameter {
            name: "self".to_owned(),
            ty: "Self".to_owned(),
            is_marked: is_marked(&receiver.attrs),
        },
        syn::FnArg::Typed(typed) => Parameter {
            name: match &*typed.pat {
                syn::Pat::Ident(pattern) => pattern.ident.to_string(),
                _ => "_".to_owned(),
            },
            ty: spelled(&typed.ty),
            is_marked: is_marked(&typed.attrs),
        },
    }
}

/// Tokens without spaces, but between words.
fn spelled(tokens: &impl quote::ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let mut out = String::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let between_words = c == ' '
            && out.chars().next_back().is_some_and(is_word)
            && chars.peek().copied().is_some_and(is_word);
        if c != ' ' || between_words {
            out.push(c);
        }
    }
    out
}

fn layer(options: &Options) -> Layer {
    let text = |value: &Option<Expr>| match value {
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => Some(text.value()),
        _ => None,
    };
    let root = text(&options.root_path).map(PathBuf::from);
    let expiry = options.expiry.as_ref().and_then(duration);
    Layer {
        format: text(&options.format).or_else(|| options.format.as_ref().map(|_| "own".to_owned())),
        has_hidden_root: options.root_path.is_some() && root.is_none(),
        root,
        has_hidden_expiry: options.should_expire.is_some()
            || (options.expiry.is_some() && expiry.is_none()),
        expiry,
        has_version: options.version.is_some(),
        using: options.using.as_ref().map(spelled),
        capture: options.capture,
        has_hash_by: options.hash_by.is_some(),
    }
}

/// `Duration::from_secs(60)` and its like, with products of numbers.
fn duration(value: &Expr) -> Option<Duration> {
    let Expr::Call(call) = value else { return None };
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let unit = match path.path.segments.last()?.ident.to_string().as_str() {
        "from_millis" => Duration::from_millis(1),
        "from_secs" => Duration::from_secs(1),
        "from_mins" => Duration::from_secs(60),
        "from_hours" => Duration::from_secs(3600),
        "from_days" => Duration::from_secs(86_400),
        "from_weeks" => Duration::from_secs(604_800),
        _ => return None,
    };
    let number = number(call.args.first()?)?;
    unit.checked_mul(u32::try_from(number).ok()?)
}

fn number(value: &Expr) -> Option<u64> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => number.base10_parse().ok(),
        Expr::Binary(binary) if matches!(binary.op, syn::BinOp::Mul(_)) => {
            number(&binary.left)?.checked_mul(number(&binary.right)?)
        }
        Expr::Paren(paren) => number(&paren.expr),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(text: &str) -> Attributes {
        let mut finder = Finder::default();
        finder.visit_file(&syn::parse_file(text).expect("the test's source parses"));
        finder.found.into_values().next().unwrap_or_default()
    }

    #[test]
    fn layers_and_parameters_are_read_from_the_source() {
        let found = attributes(
            "mod m { impl X { #[checkpoint(format = \"memory\")] #[checkpointer_runtime::checkpoint(root_path = \"a\", \
             expiry = Duration::from_secs(60 * 60), capture, version = 3)] \
             fn f(&self, a: &[ u64 ], #[no_hash] log: & mut Log) {} } }",
        );
        assert_eq!(found.layers.len(), 2);
        assert_eq!(found.layers[0].format.as_deref(), Some("memory"));
        let second = &found.layers[1];
        assert_eq!(second.root, Some(PathBuf::from("a")));
        assert_eq!(second.expiry, Some(Duration::from_secs(3600)));
        assert_eq!(second.capture, Some(true));
        assert!(second.has_version);
        let types: Vec<&str> = found.parameters.iter().map(|p| p.ty.as_str()).collect();
        assert_eq!(types, ["Self", "&[u64]", "&mut Log"]);
        assert!(found.parameters[2].is_marked);
    }

    #[test]
    fn what_only_the_program_knows_is_said_to_be_hidden() {
        let found = attributes("#[checkpoint(root_path = folder(), expiry = LIMIT)] fn f() {}");
        assert!(found.layers[0].has_hidden_root && found.layers[0].has_hidden_expiry);
    }
}
