//! The options of `#[checkpoint(…)]`, typed and with their spans kept.
//!
//! The macro expands from them; the build script reads those that belong to the hash (`hash_by`,
//! `depends_on`) or decide what is in it (`capture`, `version`, `using`).

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, Token};

use crate::message;

/// The names of all options, sorted, as error messages list them.
pub const NAMES: &[&str] = &[
    "capture",
    "codec",
    "compression",
    "crate",
    "depends_on",
    "durability",
    "expiry",
    "format",
    "handle",
    "hash_by",
    "keep_versions",
    "max_bytes",
    "remote",
    "result",
    "root_path",
    "should_expire",
    "trust_root",
    "using",
    "verbosity",
    "version",
    "when",
];

/// The options that are handed to the preset's method of the same name as they are.
pub const PASSED_ON: &[&str] = &[
    "codec",
    "compression",
    "durability",
    "keep_versions",
    "max_bytes",
    "remote",
    "trust_root",
];

/// What `durability` can be as a string, as error messages list it.
pub const DURABILITIES: &[&str] = &["rename", "fsync"];

/// The formats that are spelled as a string, as error messages list them.
pub const FORMATS: &[&str] = &["memory", "msgpack", "packed", "redis", "object", "team"];

/// Those of them that talk to a server, and are there only with a feature.
pub const SHARED_FORMATS: &[&str] = &["redis", "object", "team"];

/// What stands in the parentheses of one `#[checkpoint(…)]`.
#[derive(Clone, Default)]
pub struct Options {
    /// `format = …`: where and how results are kept.
    pub format: Option<Expr>,
    /// `root_path = …`: the root folder of stores on disk.
    pub root_path: Option<Expr>,
    /// `when = …`: whether to cache, asked at each call.
    pub when: Option<Expr>,
    /// `verbosity = …`: 0, 1 or 2, asked at each call.
    pub verbosity: Option<Expr>,
    /// `should_expire = …`: stale by the stored time, asked at each hit.
    pub should_expire: Option<Expr>,
    /// `expiry = …`: stale by age, asked at each hit.
    pub expiry: Option<Expr>,
    /// The options in [`PASSED_ON`], each with its name as it stands there.
    pub passed_on: Vec<(Ident, Expr)>,
    /// `capture` or `capture = true | false`: whether statics count.
    pub capture: Option<bool>,
    /// `hash_by = …`: what to hash instead of the arguments.
    pub hash_by: Option<Expr>,
    /// `version = …`: a value that replaces the code hash.
    pub version: Option<Expr>,
    /// `depends_on = (…)`: dependencies that the user adds.
    pub depends_on: Vec<DependsOn>,
    /// `using = …`: a preset to start from.
    pub using: Option<Expr>,
    /// `result = …`: whether the result is a `Result`, where an alias hides it.
    pub result: Option<bool>,
    /// `handle = …`: the companion's name.
    pub handle: Option<Ident>,
    /// `crate = …`: the path of the runtime.
    pub runtime: Option<Path>,
    /// Where each option's name stands, in the order of the source.
    pub spans: Vec<(&'static str, Span)>,
}

/// One dependency that the user adds.
#[derive(Clone)]
pub enum DependsOn {
    /// An item, by its path.
    Item(Path),
    /// Files, by a pattern relative to the package's root.
    Files(LitStr),
}

impl Options {
    /// Reads an attribute's arguments. Every option that can be read is read, and every error
    /// comes back beside them, so that one compile shows all.
    #[must_use]
    pub fn parse(arguments: TokenStream) -> (Self, Vec<syn::Error>) {
        let mut options = Self::default();
        let mut errors = Vec::new();
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = options.parse_one(input) {
                    errors.push(error);
                    skip_to_comma(input)?;
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = parser.parse2(arguments) {
            errors.push(error);
        }
        (options, errors)
    }

    /// The options of an attribute on an item: `#[checkpoint]` or `#[checkpoint(…)]`.
    #[must_use]
    pub fn of_attribute(attribute: &syn::Attribute) -> (Self, Vec<syn::Error>) {
        match &attribute.meta {
            syn::Meta::Path(_) => (Self::default(), Vec::new()),
            syn::Meta::List(list) => Self::parse(list.tokens.clone()),
            syn::Meta::NameValue(pair) => (
                Self::default(),
                vec![syn::Error::new(pair.span(), message::NOT_A_LIST)],
            ),
        }
    }

    /// Where an option's name stands, if it is given.
    #[must_use]
    pub fn span_of(&self, name: &str) -> Option<Span> {
        let (_, span) = self.spans.iter().find(|(known, _)| *known == name)?;
        Some(*span)
    }

    /// Whether the format is this string.
    #[must_use]
    pub fn has_format(&self, name: &str) -> bool {
        self.format
            .as_ref()
            .and_then(string)
            .is_some_and(|text| text.value() == name)
    }

    fn parse_one(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let ident = input
            .call(Ident::parse_any)
            .map_err(|error| syn::Error::new(error.span(), message::expected_option()))?;
        let span = ident.span();
        let text = ident.to_string();
        let Some(name) = NAMES.iter().copied().find(|name| *name == text) else {
            return Err(syn::Error::new(span, message::unknown_option(&text)));
        };
        if self.span_of(name).is_some() {
            return Err(syn::Error::new(span, message::repeated_option(name)));
        }
        self.spans.push((name, span));
        if name == "capture" && !input.peek(Token![=]) {
            self.capture = Some(true);
            return Ok(());
        }
        if !input.peek(Token![=]) {
            return Err(syn::Error::new(span, message::missing_value(name)));
        }
        input.parse::<Token![=]>()?;
        match name {
            "capture" => self.capture = Some(boolean(input, name)?),
            "result" => self.result = Some(boolean(input, name)?),
            "crate" => self.runtime = Some(input.call(Path::parse_mod_style)?),
            "handle" => self.handle = Some(input.parse()?),
            "depends_on" => self.depends_on = depends_on(input)?,
            "durability" => self.passed_on.push((ident, durability(input)?)),
            _ if PASSED_ON.contains(&name) => self.passed_on.push((ident, input.parse()?)),
            _ => self.set_expression(name, input.parse()?)?,
        }
        Ok(())
    }

    fn set_expression(&mut self, name: &str, value: Expr) -> syn::Result<()> {
        match name {
            "format" => {
                if let Some(text) = string(&value)
                    && !FORMATS.contains(&&*text.value())
                {
                    let name = text.value();
                    let refusal = message::unknown_format(&name);
                    return Err(syn::Error::new(text.span(), refusal));
                }
                self.format = Some(value);
            }
            "verbosity" => {
                if let Expr::Lit(ExprLit {
                    lit: Lit::Int(number),
                    ..
                }) = &value
                    && !number.base10_parse::<u8>().is_ok_and(|level| level <= 2)
                {
                    return Err(syn::Error::new(number.span(), message::VERBOSITY));
                }
                self.verbosity = Some(value);
            }
            "root_path" => self.root_path = Some(value),
            "when" => self.when = Some(value),
            "should_expire" => self.should_expire = Some(value),
            "expiry" => self.expiry = Some(value),
            "hash_by" => self.hash_by = Some(value),
            "version" => self.version = Some(value),
            _ => self.using = Some(value),
        }
        Ok(())
    }
}

/// A string that names one of them, or an expression.
fn durability(input: ParseStream<'_>) -> syn::Result<Expr> {
    let value = input.parse()?;
    match string(&value) {
        Some(text) if !DURABILITIES.contains(&&*text.value()) => Err(syn::Error::new(
            text.span(),
            message::unknown_durability(&text.value()),
        )),
        _ => Ok(value),
    }
}

/// The string that an expression is, if it is a literal.
#[must_use]
pub fn string(value: &Expr) -> Option<&LitStr> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        Expr::Group(group) => string(&group.expr),
        _ => None,
    }
}

fn boolean(input: ParseStream<'_>, name: &str) -> syn::Result<bool> {
    match input.parse::<Lit>() {
        Ok(Lit::Bool(value)) => Ok(value.value),
        Ok(other) => Err(syn::Error::new(other.span(), message::boolean(name))),
        Err(error) => Err(syn::Error::new(error.span(), message::boolean(name))),
    }
}

fn depends_on(input: ParseStream<'_>) -> syn::Result<Vec<DependsOn>> {
    let content;
    if input.peek(syn::token::Paren) {
        syn::parenthesized!(content in input);
    } else if input.peek(syn::token::Bracket) {
        syn::bracketed!(content in input);
    } else {
        return Ok(vec![dependency(input)?]);
    }
    let list = Punctuated::<DependsOn, Token![,]>::parse_terminated_with(&content, dependency)?;
    Ok(list.into_iter().collect())
}

fn dependency(input: ParseStream<'_>) -> syn::Result<DependsOn> {
    if input.peek(LitStr) {
        return Ok(DependsOn::Files(input.parse()?));
    }
    input
        .call(Path::parse_mod_style)
        .map(DependsOn::Item)
        .map_err(|error| syn::Error::new(error.span(), message::DEPENDS_ON))
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn errors(arguments: TokenStream) -> Vec<String> {
        let (_, errors) = Options::parse(arguments);
        errors.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_option_is_read() {
        let (options, errors) = Options::parse(quote! {
            format = "memory", root_path = "/tmp/x", when = cfg!(debug_assertions), verbosity = 2,
            should_expire = |time| old(time), expiry = DAY, capture, hash_by = |x| x.id, version = 3,
            depends_on = (crate::helper, "data/*.csv"), using = DEV, result = true, handle = other,
            crate = ::mine::runtime, codec = Json, compression = Compression::lz4(), durability = "fsync",
            keep_versions = 2, max_bytes = 1 << 20, remote = "redis://localhost", trust_root = true,
        });
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(options.spans.len(), NAMES.len());
        assert!(options.has_format("memory"));
        assert_eq!(options.capture, Some(true));
        assert_eq!(options.result, Some(true));
        assert_eq!(options.depends_on.len(), 2);
        assert!(options.runtime.is_some() && options.handle.is_some());
        assert_eq!(options.passed_on.len(), PASSED_ON.len());
    }

    #[test]
    fn all_errors_come_at_once_and_the_rest_is_read() {
        let (options, errors) = Options::parse(quote! {
            fromat = "memory", verbosity = 3, when = true, format = "pickle", when = false, capture = 1
        });
        let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(texts.len(), 5, "{texts:?}");
        assert!(texts[0].contains("`fromat`") && texts[0].contains("format"));
        assert!(options.when.is_some());
    }

    #[test]
    fn an_unknown_format_lists_the_known_ones() {
        let texts = errors(quote!(format = "pickle"));
        assert_eq!(texts.len(), 1);
        for format in FORMATS {
            assert!(texts[0].contains(format), "{texts:?}");
        }
    }

    #[test]
    fn an_unknown_durability_lists_the_known_ones() {
        let texts = errors(quote!(durability = "sync"));
        assert_eq!(texts.len(), 1);
        assert!(texts[0].contains("\"rename\"") && texts[0].contains("\"fsync\""));
        assert!(errors(quote!(durability = CHOSEN)).is_empty());
    }

    #[test]
    fn an_option_without_its_value_is_an_error() {
        assert_eq!(errors(quote!(when)).len(), 1);
        assert_eq!(errors(quote!(when =)).len(), 1);
        assert_eq!(errors(quote!(3)).len(), 1);
    }
}
