//! Items that syn passes on as tokens: unstable ones, and ones that only a macro understands.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, ForeignItem, Ident, Token};

use super::Lower;
use super::item::{Head, Parts};
use crate::ir::{Item, ItemKind};

impl Lower<'_> {
    /// Reads what can be read of such an item, and keeps the rest as text.
    pub(super) fn unusual_item(&mut self, tokens: TokenStream, out: &mut Vec<Item>) {
        // A function without body or a static without value: `extern` blocks have them, and so
        // have `cfg_if!` within one and `#[distributed_slice]`.
        if let Ok(declared) = syn::parse2::<ForeignItem>(tokens.clone())
            && !matches!(declared, ForeignItem::Verbatim(_) | ForeignItem::Macro(_))
        {
            return out.push(self.foreign_item(declared));
        }
        let own = hash(&tokens);
        let all: Vec<TokenTree> = tokens.into_iter().collect();
        if let Some((attrs, name, rules)) = definition(&all) {
            let head = self.tokens_head(&attrs, Some(&name), &all);
            return out.push(head.with(ItemKind::MacroRules(rules), own));
        }
        if let Some(item) = without_const(&all) {
            let first = out.len();
            self.item(item, out);
            // The word that was left out counts.
            for item in &mut out[first..] {
                item.tokens = own;
            }
            return;
        }
        let head = self.tokens_head(&[], None, &all);
        let text = all.into_iter().collect::<TokenStream>().to_string();
        out.push(head.with(ItemKind::Verbatim(text), own));
    }

    pub(super) fn verbatim_member(&mut self, tokens: &TokenStream) -> (Head, ItemKind) {
        let all: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let head = self.tokens_head(&[], None, &all);
        (head, ItemKind::Verbatim(tokens.to_string()))
    }

    fn tokens_head(
        &mut self,
        attrs: &[Attribute],
        name: Option<&Ident>,
        tokens: &[TokenTree],
    ) -> Head {
        let first = tokens.first().map_or_else(Span::call_site, TokenTree::span);
        let last = tokens.last().map_or(first, TokenTree::span);
        self.head(&Parts {
            attrs,
            vis: None,
            first,
            name,
            last,
        })
    }
}

fn hash(tokens: &TokenStream) -> [u8; 32] {
    let mut bytes = Vec::new();
    crate::normalize::write_tokens(tokens.clone(), &mut bytes);
    *blake3::hash(&bytes).as_bytes()
}

/// `macro name(…) { … }` and `macro name { (…) => { … } }`, as rules.
fn definition(tokens: &[TokenTree]) -> Option<(Vec<Attribute>, Ident, String)> {
    let parser = |input: ParseStream<'_>| {
        let attrs = input.call(Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<Token![macro]>()?;
        let name: Ident = input.parse()?;
        let rest: Vec<TokenTree> = super::parse_all(input)?;
        Ok((attrs, name, rest))
    };
    let (attrs, name, rest) = parser.parse2(tokens.iter().cloned().collect()).ok()?;
    let rules = match rest.as_slice() {
        [TokenTree::Group(rules)] if rules.delimiter() == Delimiter::Brace => {
            rules.stream().to_string()
        }
        [TokenTree::Group(parameters), TokenTree::Group(body)] => {
            format!("{parameters} => {body}")
        }
        _ => return None,
    };
    Some((attrs, name, rules))
}

/// `const trait`, `const impl`: the item without that word.
fn without_const(tokens: &[TokenTree]) -> Option<syn::Item> {
    let at = tokens
        .iter()
        .position(|token| matches!(token, TokenTree::Ident(word) if word == "const"))?;
    let rest = tokens[..at].iter().chain(&tokens[at + 1..]);
    match syn::parse2(rest.cloned().collect()).ok()? {
        item @ (syn::Item::Impl(_) | syn::Item::Trait(_) | syn::Item::TraitAlias(_)) => Some(item),
        _ => None,
    }
}
