//! Rewrites a source file so that every function with a body tells the recorder when it runs.
//!
//! The text is inserted into, not printed anew, and no line is added: every line keeps its number.

mod tokens;

use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// The name of the static in a function's body, which closures in it refer to.
const SITE: &str = "__CHECKPOINTER_SITE";

/// Returns the instrumented text of a file; `file` is its path in the package, which the keys carry.
pub(crate) fn instrument(text: &str, file: &Path) -> Result<String> {
    let parsed = syn::parse_file(text).with_context(|| format!("in {}", file.display()))?;
    let skipped = text.len() - without_preamble(text).len();
    let mut insertions = Insertions {
        file: file.display().to_string(),
        places: Vec::new(),
    };
    let mut visitor = Visitor {
        insertions: &mut insertions,
        owner: Owner::Nobody,
    };
    visitor.visit_file(&parsed);
    Ok(insertions.apply(text, skipped))
}

/// What syn leaves out before it counts bytes.
fn without_preamble(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.starts_with("#!") && !text[2..].trim_start().starts_with('[') {
        return text.find('\n').map_or("", |end| &text[end..]);
    }
    text
}

/// Texts to put into a file, each at a byte.
struct Insertions {
    file: String,
    places: Vec<(usize, String)>,
}

/// How a function's start can be told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Start and end, by a frame on the stack.
    Plain,
    /// Only that it starts: `const fn`, whose frame could not be dropped at compile time.
    Const,
    /// Only that it is polled first.
    Async,
}

impl Insertions {
    fn add(&mut self, at: usize, text: impl Into<String>) {
        self.places.push((at, text.into()));
    }

    /// Puts the announcement of a function at the start of its body.
    fn announce(&mut self, at: usize, key: &str, kind: Kind) {
        let call = match kind {
            Kind::Plain => format!("let __checkpointer_frame = {SITE}.enter();"),
            Kind::Const => format!("{SITE}.touch();"),
            Kind::Async => format!("{SITE}.poll();"),
        };
        let site = "::checkpointer_recorder::Site";
        self.add(
            at,
            format!(" static {SITE}: {site} = {site}::new({key}); {call} "),
        );
    }

    /// The key of a function that stands in the source as it is.
    fn plain_key(&self, keyword: Span, name: &str) -> String {
        let start = keyword.start();
        format!(
            "\"{}:{}:{}\"",
            self.file,
            start.line,
            name.trim_start_matches("r#")
        )
    }

    fn apply(mut self, text: &str, skipped: usize) -> String {
        self.places.sort_by_key(|(at, _)| *at);
        let mut result = String::with_capacity(text.len() * 2);
        let mut last = 0;
        for (at, inserted) in self.places {
            let at = at + skipped;
            result.push_str(&text[last..at]);
            result.push_str(&inserted);
            last = at;
        }
        result.push_str(&text[last..]);
        result
    }
}

/// Whose code a closure is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// That of a constant or static.
    Nobody,
    /// That of the function around it.
    Function,
}

struct Visitor<'a> {
    insertions: &'a mut Insertions,
    owner: Owner,
}

impl Visitor<'_> {
    fn function(
        &mut self,
        attributes: &[syn::Attribute],
        signature: &syn::Signature,
        block: &syn::Block,
    ) {
        if !attributes.iter().any(|one| one.path().is_ident("naked")) {
            let inner = attributes
                .iter()
                .filter(|one| matches!(one.style, syn::AttrStyle::Inner(_)))
                .map(|one| one.span().byte_range().end)
                .max();
            let open = block.brace_token.span.open().byte_range().end;
            let key = self
                .insertions
                .plain_key(signature.fn_token.span, &signature.ident.to_string());
            let kind = if signature.constness.is_some() {
                Kind::Const
            } else if signature.asyncness.is_some() {
                Kind::Async
            } else {
                Kind::Plain
            };
            self.insertions.announce(inner.unwrap_or(open), &key, kind);
        }
    }

    fn with_owner(&mut self, owner: Owner, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.owner, owner);
        visit(self);
        self.owner = outer;
    }
}

impl<'ast> Visit<'ast> for Visitor<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
        self.with_owner(Owner::Function, |this| {
            visit::visit_block(this, &item.block)
        });
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.attrs, &item.sig, &item.block);
        self.with_owner(Owner::Function, |this| {
            visit::visit_block(this, &item.block)
        });
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.attrs, &item.sig, block);
            self.with_owner(Owner::Function, |this| visit::visit_block(this, block));
        }
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.with_owner(Owner::Nobody, |this| visit::visit_item_const(this, item));
    }

    fn visit_item_static(&mut self, item: &'ast syn::ItemStatic) {
        self.with_owner(Owner::Nobody, |this| visit::visit_item_static(this, item));
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        visit::visit_expr_closure(self, closure);
        if closure.asyncness.is_some() || closure.constness.is_some() {
            return;
        }
        let frame = match self.owner {
            Owner::Nobody => "::checkpointer_recorder::detached()".to_owned(),
            Owner::Function => format!("{SITE}.inside()"),
        };
        let enter = format!("{{ let __checkpointer_frame = {frame}; (");
        let body = closure.body.span().byte_range();
        self.insertions.add(body.start, enter);
        self.insertions.add(body.end, ") }");
    }

    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        visit::visit_expr_async(self, block);
        if self.owner == Owner::Function && block.attrs.is_empty() {
            let whole = block.span().byte_range();
            self.insertions.add(whole.start, format!("{SITE}.trace("));
            self.insertions.add(whole.end, ")");
        }
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        if item.mac.path.is_ident("macro_rules") {
            tokens::in_rules(self.insertions, item.mac.tokens.clone());
        } else {
            visit::visit_item_macro(self, item);
        }
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        type Arguments = syn::punctuated::Punctuated<syn::Expr, syn::Token![,]>;
        let arguments = call.parse_body_with(Arguments::parse_terminated);
        let name = call.path.segments.last().map(|last| last.ident.to_string());
        match arguments {
            // What looks like a closure there is a pattern.
            Ok(arguments) if !name.is_some_and(|name| name.ends_with("matches")) => {
                arguments.iter().for_each(|one| self.visit_expr(one));
            }
            _ => tokens::in_call(self.insertions, call.tokens.clone()),
        }
    }
}
