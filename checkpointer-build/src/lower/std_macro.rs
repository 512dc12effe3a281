//! Macro calls; those of the standard library are read as their macro reads them.

use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{Expr as SynExpr, Token};

use super::Lower;
use super::format;
use super::item::{Head, Parts};
use crate::ir::{Expr, ItemKind, MacroCall, MethodCall, Pattern, Type};
use crate::symbol::Symbol;

type Exprs = Punctuated<SynExpr, Token![,]>;

impl Lower<'_> {
    pub(super) fn macro_call(&mut self, mac: &mut syn::Macro) -> MacroCall {
        let mut call = MacroCall {
            path: self.path(&mut mac.path),
            text: self.text_between(&mac.delimiter, &mac.tokens),
            sealed: crate::expand::marked(&mac.tokens),
            text_at: self.end(mac.delimiter.span().open()),
            end_line: self.end(mac.delimiter.span().close()).line,
            ..MacroCall::default()
        };
        if let Some(name) = call.path.segments.last().map(|segment| segment.name) {
            call.args = self.std_args(&name, mac, &mut call.traits, &mut call.pattern);
        }
        call
    }

    pub(super) fn item_macro(&mut self, item: &mut syn::ItemMacro) -> (Head, ItemKind) {
        let head = self.call_head(&item.attrs, &item.mac, item.semi_token);
        (
            head,
            ItemKind::Macro(Box::new(self.macro_call(&mut item.mac))),
        )
    }

    pub(super) fn call_head(
        &mut self,
        attrs: &[syn::Attribute],
        mac: &syn::Macro,
        semi: Option<Token![;]>,
    ) -> Head {
        let first = match &mac.path.leading_colon {
            Some(colons) => colons.spans[0],
            None => mac
                .path
                .segments
                .first()
                .map_or(mac.bang_token.span, |segment| segment.ident.span()),
        };
        let last = semi.map_or(mac.delimiter.span().close(), |semi| semi.span);
        self.head(&Parts {
            attrs,
            vis: None,
            first,
            name: None,
            last,
        })
    }

    /// `macro_rules! name { … }`.
    pub(super) fn macro_definition(&mut self, item: &mut syn::ItemMacro) -> (Head, ItemKind) {
        let last = item
            .semi_token
            .map_or(item.mac.delimiter.span().close(), |semi| semi.span);
        let first = item
            .mac
            .path
            .segments
            .first()
            .map_or(item.mac.bang_token.span, |segment| segment.ident.span());
        let head = self.head(&Parts {
            attrs: &item.attrs,
            vis: None,
            first,
            name: item.ident.as_ref(),
            last,
        });
        let text = self.text_between(&item.mac.delimiter, &item.mac.tokens);
        (head, ItemKind::MacroRules(text))
    }

    /// The arguments as the standard library's macro of this name reads them; `None` if there is
    /// none of this name or the text does not fit it.
    fn std_args(
        &mut self,
        name: &str,
        mac: &syn::Macro,
        traits: &mut Vec<Symbol>,
        pattern: &mut Option<Box<Pattern>>,
    ) -> Option<Vec<Expr>> {
        let exprs = || Exprs::parse_terminated.parse2(mac.tokens.clone()).ok();
        match name {
            "print" | "println" | "eprint" | "eprintln" | "format" | "format_args"
            | "const_format_args" | "format_args_nl" | "panic" | "todo" | "unimplemented"
            | "unreachable" => Some(self.formatted(exprs()?.into_iter(), traits)),
            "write" | "writeln" => {
                let mut exprs = exprs()?.into_iter();
                let at = self.pos(mac.bang_token.span);
                let receiver = self.expr(&mut exprs.next()?);
                let mut args = vec![method(receiver, "write_fmt", at)];
                args.extend(self.formatted(exprs, traits));
                Some(args)
            }
            "assert" | "debug_assert" => {
                let mut exprs = exprs()?.into_iter();
                let mut args = vec![self.expr(&mut exprs.next()?)];
                args.extend(self.formatted(exprs, traits));
                Some(args)
            }
            "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => {
                let mut exprs = exprs()?.into_iter();
                let left = self.expr(&mut exprs.next()?);
                let right = self.expr(&mut exprs.next()?);
                format::ask("Debug", traits);
                // Both macros compare with `==`.
                let mut args = vec![Expr::Binary(
                    Symbol::new("=="),
                    Box::new(left),
                    Box::new(right),
                )];
                args.extend(self.formatted(exprs, traits));
                Some(args)
            }
            "dbg" => {
                format::ask("Debug", traits);
                Some(self.exprs(&mut exprs()?))
            }
            "vec" => {
                let (mut first, len) = vec_contents.parse2(mac.tokens.clone()).ok()?;
                Some(vec![match len {
                    Some(mut len) => Expr::Repeat(
                        Box::new(self.expr(first.first_mut()?)),
                        Box::new(self.expr(&mut len)),
                        None,
                    ),
                    None => Expr::Array(self.exprs(&mut first)),
                }])
            }
            "matches" => {
                let read = match_contents.parse2(mac.tokens.clone()).ok()?;
                let mut value = read.value;
                let mut args = vec![self.expr(&mut value)];
                *pattern = Some(Box::new(self.pattern(&mut { read.pattern })));
                if let Some(mut guard) = read.guard {
                    args.push(self.expr(&mut guard));
                }
                Some(args)
            }
            "concat" | "include_str" | "include_bytes" | "include" | "env" | "option_env"
            | "compile_error" | "pin" | "join" | "ready" => Some(self.exprs(&mut exprs()?)),
            "addr_of" | "addr_of_mut" => {
                let place = self.expr(&mut syn::parse2(mac.tokens.clone()).ok()?);
                Some(vec![Expr::Reference(Box::new(place))])
            }
            "try" => {
                let value = self.expr(&mut syn::parse2(mac.tokens.clone()).ok()?);
                Some(vec![Expr::Try(Box::new(value))])
            }
            "offset_of" => {
                let ty = offset_type.parse2(mac.tokens.clone()).ok()?;
                let ty: Type = self.ty(&mut { ty });
                Some(vec![Expr::Cast(Box::new(Expr::Infer), Box::new(ty))])
            }
            "cfg_if" | "cfg_select" => self.branch_args(mac),
            "stringify"
            | "cfg"
            | "line"
            | "file"
            | "column"
            | "module_path"
            | "is_x86_feature_detected"
            | "is_aarch64_feature_detected" => Some(Vec::new()),
            _ => None,
        }
    }

    /// A format string and its arguments.
    fn formatted(
        &mut self,
        mut exprs: impl Iterator<Item = SynExpr>,
        traits: &mut Vec<Symbol>,
    ) -> Vec<Expr> {
        let Some(mut first) = exprs.next() else {
            return Vec::new();
        };
        let mut named = Vec::new();
        let mut args = Vec::new();
        for mut argument in exprs {
            if let SynExpr::Assign(assign) = &mut argument
                && let SynExpr::Path(left) = &*assign.left
                && let Some(name) = left.path.get_ident()
            {
                named.push(self.name(name));
                args.push(self.expr(&mut assign.right));
            } else {
                args.push(self.expr(&mut argument));
            }
        }
        match literal(&first) {
            Some(text) => self.captures(text, &named, traits, &mut args),
            None => {
                // A string that another macro makes, or the value that an old `panic!` takes.
                for of_trait in format::TRAITS {
                    format::ask(of_trait, traits);
                }
                let first = self.expr(&mut first);
                args.insert(0, first);
            }
        }
        args
    }
}

fn literal(expr: &SynExpr) -> Option<&syn::LitStr> {
    match expr {
        SynExpr::Lit(syn::ExprLit {
            lit: syn::Lit::Str(text),
            ..
        }) => Some(text),
        SynExpr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

fn method(receiver: Expr, name: &str, at: crate::ir::Pos) -> Expr {
    Expr::Method(Box::new(MethodCall {
        receiver,
        name: Symbol::new(name),
        turbofish: Vec::new(),
        args: Vec::new(),
        at,
    }))
}

/// `a, b, c` or `a; n`.
fn vec_contents(input: ParseStream<'_>) -> syn::Result<(Exprs, Option<SynExpr>)> {
    let mut elements = Exprs::new();
    while !input.is_empty() {
        elements.push_value(input.parse()?);
        if elements.len() == 1 && input.peek(Token![;]) {
            input.parse::<Token![;]>()?;
            return Ok((elements, Some(input.parse()?)));
        }
        if input.is_empty() {
            break;
        }
        elements.push_punct(input.parse()?);
    }
    Ok((elements, None))
}

/// What stands in `matches!(…)`.
struct MatchContents {
    value: SynExpr,
    pattern: syn::Pat,
    guard: Option<SynExpr>,
}

fn match_contents(input: ParseStream<'_>) -> syn::Result<MatchContents> {
    let value = input.parse()?;
    input.parse::<Token![,]>()?;
    let pattern = syn::Pat::parse_multi_with_leading_vert(input)?;
    let guard = match input.parse::<Option<Token![if]>>()? {
        Some(_) => Some(input.parse()?),
        None => None,
    };
    input.parse::<Option<Token![,]>>()?;
    Ok(MatchContents {
        value,
        pattern,
        guard,
    })
}

fn offset_type(input: ParseStream<'_>) -> syn::Result<syn::Type> {
    let ty = input.parse()?;
    input.parse::<proc_macro2::TokenStream>()?;
    Ok(ty)
}
