//! `cfg_if!` and `cfg_select!`: branches of which `cfg` picks one, as items, statements or values.

use proc_macro2::TokenStream;
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, Meta, Token, braced, token};

use super::Lower;
use crate::cfg::Predicate;
use crate::ir::{Block, Expr, Item, Statement};

/// One branch: its predicates, all of which must hold, and what it holds.
pub(super) struct Branch {
    cfg: Vec<Predicate>,
    contents: TokenStream,
}

/// Reads a call's branches; `None` if it is another macro or its text does not fit.
pub(super) fn read(mac: &syn::Macro) -> Option<Vec<Branch>> {
    let last = mac.path.segments.last()?;
    if last.ident == "cfg_if" {
        if_branches.parse2(mac.tokens.clone()).ok()
    } else if last.ident == "cfg_select" {
        select_branches.parse2(mac.tokens.clone()).ok()
    } else {
        None
    }
}

/// `if #[cfg(a)] { … } else if #[cfg(b)] { … } else { … }`.
fn if_branches(input: ParseStream<'_>) -> syn::Result<Vec<Branch>> {
    let mut branches = Branches::default();
    while !input.is_empty() {
        let predicate = if input.parse::<Option<Token![if]>>()?.is_some() {
            let mut all = Vec::new();
            for attribute in input.call(Attribute::parse_outer)? {
                if let Meta::List(list) = &attribute.meta {
                    all.push(Predicate::from_tokens(list.tokens.clone())?);
                }
            }
            Some(Predicate::All(all))
        } else {
            None
        };
        let content;
        braced!(content in input);
        branches.add(predicate, content.parse()?);
        input.parse::<Option<Token![else]>>()?;
    }
    Ok(branches.all)
}

/// `a => { … } b => value, _ => { … }`.
fn select_branches(input: ParseStream<'_>) -> syn::Result<Vec<Branch>> {
    let mut branches = Branches::default();
    while !input.is_empty() {
        let predicate = match input.parse::<Option<Token![_]>>()? {
            Some(_) => None,
            None => {
                let mut tokens = TokenStream::new();
                while !input.peek(Token![=>]) {
                    tokens.extend([input.parse::<proc_macro2::TokenTree>()?]);
                }
                Some(Predicate::from_tokens(tokens)?)
            }
        };
        input.parse::<Token![=>]>()?;
        let contents = if input.peek(token::Brace) {
            let content;
            braced!(content in input);
            content.parse()?
        } else {
            let value: syn::Expr = input.parse()?;
            quote::ToTokens::into_token_stream(value)
        };
        branches.add(predicate, contents);
        input.parse::<Option<Token![,]>>()?;
    }
    Ok(branches.all)
}

/// Branches so far: one holds where none before it did.
#[derive(Default)]
struct Branches {
    before: Vec<Predicate>,
    all: Vec<Branch>,
}

impl Branches {
    fn add(&mut self, predicate: Option<Predicate>, contents: TokenStream) {
        let mut cfg: Vec<Predicate> = self
            .before
            .iter()
            .map(|other| Predicate::Not(Box::new(other.clone())))
            .collect();
        if let Some(predicate) = predicate {
            cfg.push(predicate.clone());
            self.before.push(predicate);
        }
        self.all.push(Branch { cfg, contents });
    }
}

impl Lower<'_> {
    /// The items or members of a call's branches, each read by `lower`; `false` if this is another macro.
    pub(super) fn branch_items<T: Parse>(
        &mut self,
        attrs: &[Attribute],
        mac: &syn::Macro,
        out: &mut Vec<Item>,
        lower: impl Fn(&mut Self, T, &mut Vec<Item>),
    ) -> bool {
        let Some(branches) = read(mac) else {
            return false;
        };
        let Ok(parsed) = branches
            .into_iter()
            .map(|branch| {
                let items = super::parse_all::<T>.parse2(branch.contents)?;
                Ok((branch.cfg, items))
            })
            .collect::<syn::Result<Vec<_>>>()
        else {
            return false;
        };
        let outer = self.cfg(attrs);
        for (cfg, items) in parsed {
            let first = out.len();
            for item in items {
                lower(self, item, out);
            }
            for item in &mut out[first..] {
                let own = std::mem::take(&mut item.cfg);
                item.cfg = outer.iter().chain(&cfg).cloned().chain(own).collect();
            }
        }
        true
    }

    /// The statements of a call's branches, whose items and variables belong to the block around.
    pub(super) fn branch_statements(
        &mut self,
        branches: Vec<Branch>,
        outer: &[Predicate],
        semicolon: bool,
        block: &mut Block,
    ) -> bool {
        let Ok(parsed) = branches
            .into_iter()
            .map(|branch| {
                let statements = syn::Block::parse_within.parse2(branch.contents)?;
                Ok((branch.cfg, statements))
            })
            .collect::<syn::Result<Vec<_>>>()
        else {
            return false;
        };
        for (cfg, mut statements) in parsed {
            let cfg: Vec<Predicate> = outer.iter().cloned().chain(cfg).collect();
            let inner = self.statements(&mut statements);
            for statement in inner.statements {
                let statement = match statement {
                    Statement::Expr(value, false) => Statement::Expr(value, semicolon),
                    other => other,
                };
                block
                    .statements
                    .push(super::block::under(cfg.clone(), statement));
            }
            if !inner.items.is_empty() {
                self.open_scope(block);
            }
            for mut item in inner.items {
                let own = std::mem::take(&mut item.cfg);
                item.cfg = cfg.iter().cloned().chain(own).collect();
                block.items.push(item);
            }
        }
        true
    }

    /// The values of a call's branches.
    pub(super) fn branch_args(&mut self, mac: &syn::Macro) -> Option<Vec<Expr>> {
        let mut args = Vec::new();
        for branch in read(mac)? {
            let mut statements = syn::Block::parse_within.parse2(branch.contents).ok()?;
            let block = Expr::Block(Box::new(self.statements(&mut statements)));
            args.push(if branch.cfg.is_empty() {
                block
            } else {
                Expr::Cfg(branch.cfg, Box::new(block))
            });
        }
        Some(args)
    }
}
