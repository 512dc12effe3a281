//! The arguments of attributes that the compiler does not define: which items they mention.
//!
//! Two readings. The attributes of well-known derives and macros are lists of options, whose names
//! are no items: only values count (`serde(with = "module")`, `clap(default_value_t = LIMIT)`). Of
//! every other attribute each name could be an item, and counts as one.

use proc_macro2::TokenStream;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr as SynExpr, Ident, LitStr, Meta, Token, token};

use super::Lower;
use super::loose;
use crate::ir::{Expr, Path, Segment, Type};
use crate::symbol::Symbol;

/// Attributes that are lists of options.
const OPTION_LISTS: &[&str] = &[
    "arg",
    "builder",
    "capture",
    "clap",
    "command",
    "derivative",
    "diesel",
    "educe",
    "from",
    "group",
    "instrument",
    "main",
    "no_capture",
    "pyo3",
    "rkyv",
    "schemars",
    "serde",
    "serde_as",
    "source",
    "sqlx",
    "structopt",
    "strum",
    "test",
    "tokio",
    "validate",
    "value",
    "wasm_bindgen",
    "zerocopy",
];

/// Options whose string is a name, a text or a file, and no path of an item.
const TEXT_OPTIONS: &[&str] = &[
    "about",
    "after_help",
    "alias",
    "aliases",
    "author",
    "before_help",
    "content",
    "default_value",
    "doc",
    "env",
    "expecting",
    "fmt",
    "help",
    "help_heading",
    "js_name",
    "long",
    "long_about",
    "message",
    "name",
    "note",
    "prefix",
    "reason",
    "rename",
    "rename_all",
    "rename_all_fields",
    "serialize_all",
    "short",
    "since",
    "tag",
    "to_string",
    "value_name",
    "variant_identifier",
    "version",
    "visible_alias",
];

impl Lower<'_> {
    /// Adds what an attribute's arguments mention.
    pub(super) fn helper(&mut self, name: Symbol, meta: &Meta, out: &mut crate::ir::Attributes) {
        match meta {
            Meta::Path(_) => {}
            // A word of `thiserror`, which no name can be.
            Meta::List(list) if name == "error" && list.tokens.to_string() == "transparent" => {}
            Meta::NameValue(pair) => match &pair.value {
                SynExpr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => self.string(&name, text, &mut out.mentions),
                value => {
                    let value = self.expr(&mut value.clone());
                    out.mentions.push(value);
                }
            },
            Meta::List(list) if OPTION_LISTS.contains(&name.as_str()) => {
                self.options(list.tokens.clone(), &mut out.mentions);
            }
            Meta::List(list) => {
                let strings = loose::Strings::Path;
                loose::read(self, list.tokens.clone(), strings, &mut out.mentions);
            }
        }
    }

    fn options(&mut self, tokens: TokenStream, out: &mut Vec<Expr>) {
        let parser = |input: ParseStream<'_>| {
            while !input.is_empty() {
                self.option(input, out)?;
                while !input.is_empty() && !input.peek(Token![,]) {
                    let rest: proc_macro2::TokenTree = input.parse()?;
                    loose::read(self, rest.into(), loose::Strings::Path, out);
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        // What is left after an error has no meaning as options.
        let _: syn::Result<()> = parser.parse2(tokens);
    }

    fn option(&mut self, input: ParseStream<'_>, out: &mut Vec<Expr>) -> syn::Result<()> {
        if input.peek(Ident::peek_any) && input.peek2(Token![=]) && !input.peek2(Token![==]) {
            let key = input.call(Ident::parse_any)?;
            let key = self.name(&key);
            input.parse::<Token![=]>()?;
            if input.peek(LitStr) {
                let text: LitStr = input.parse()?;
                self.string(&key, &text, out);
            } else if let Ok(mut value) = input.fork().parse::<SynExpr>() {
                input.parse::<SynExpr>()?;
                let value = self.expr(&mut value);
                out.push(value);
            }
            return Ok(());
        }
        if input.peek(Ident::peek_any) && input.peek2(token::Paren) {
            let key = input.call(Ident::parse_any)?;
            let content;
            syn::parenthesized!(content in input);
            if !TEXT_OPTIONS.iter().any(|text| key == text) {
                self.options(content.parse()?, out);
            }
            return Ok(());
        }
        if input.peek(Ident::peek_any)
            && (input.peek2(Token![,])
                || input.cursor().ident().is_some_and(|(_, rest)| rest.eof()))
        {
            let word = input.call(Ident::parse_any)?;
            // A word is an option's name, but for a type's.
            if word.to_string().starts_with(char::is_uppercase) {
                let path = self.path(&mut word.into());
                out.push(Expr::Path(path));
            }
            return Ok(());
        }
        if let Ok(mut value) = input.fork().parse::<SynExpr>() {
            input.parse::<SynExpr>()?;
            let value = self.expr(&mut value);
            out.push(value);
        }
        Ok(())
    }

    /// A string that may spell a path, a type, a `where` clause or an expression.
    pub(super) fn string(&mut self, key: &str, text: &LitStr, out: &mut Vec<Expr>) {
        if TEXT_OPTIONS.contains(&key) {
            return;
        }
        if let Ok(mut ty) = text.parse::<syn::Type>() {
            match self.ty(&mut ty) {
                Type::Path(path) => {
                    if key == "with" {
                        out.push(Expr::Path(inside(&path, "serialize")));
                        out.push(Expr::Path(inside(&path, "deserialize")));
                    }
                    out.push(Expr::Path(path));
                }
                other => out.push(Expr::Cast(Box::new(Expr::Infer), Box::new(other))),
            }
        } else if let Ok(clause) = text.parse_with(|input: ParseStream<'_>| {
            syn::punctuated::Punctuated::<syn::WherePredicate, Token![,]>::parse_terminated(input)
        }) {
            for predicate in clause {
                if let syn::WherePredicate::Type(mut predicate) = predicate {
                    let ty = self.ty(&mut predicate.bounded_ty);
                    out.push(Expr::Cast(Box::new(Expr::Infer), Box::new(ty)));
                    let bounds = self.bounds(&mut predicate.bounds);
                    out.extend(bounds.into_iter().map(Expr::Path));
                }
            }
        } else if text.value().contains('(')
            && let Ok(mut value) = text.parse::<SynExpr>()
        {
            let value = self.expr(&mut value);
            out.push(value);
        }
    }
}

/// A function of a module.
fn inside(module: &Path, name: &str) -> Path {
    let mut path = module.clone();
    path.segments.push(Segment {
        name: Symbol::new(name),
        args: None,
    });
    path
}
