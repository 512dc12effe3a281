//! Turns `self` into a parameter's name, for a body that moves from a method of a trait impl into a closure.

use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Macro};

/// The body with every `self` of this method replaced; nested functions and impls keep their own.
pub(crate) fn replace(mut block: Block, by: &Ident) -> Block {
    Replace { by }.visit_block_mut(&mut block);
    block
}

struct Replace<'a> {
    by: &'a Ident,
}

impl VisitMut for Replace<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Path(path) = expr
            && path.qself.is_none()
            && path.path.is_ident("self")
            && let Some(segment) = path.path.segments.first_mut()
        {
            segment.ident = renamed(self.by, &segment.ident);
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        // A macro that declares an `impl` or a method of its own has another `self` in it.
        let declares = call.tokens.to_token_stream().into_iter().any(|token| {
            matches!(&token, TokenTree::Ident(word) if word == "impl" || word == "fn" || word == "trait")
        });
        if !declares {
            call.tokens = replace_tokens(std::mem::take(&mut call.tokens), self.by);
        }
    }
}

fn replace_tokens(stream: TokenStream, by: &Ident) -> TokenStream {
    stream
        .into_iter()
        .map(|token| match token {
            TokenTree::Ident(word) if word == "self" => TokenTree::Ident(renamed(by, &word)),
            TokenTree::Group(group) => {
                let inner = replace_tokens(group.stream(), by);
                let mut replaced = Group::new(group.delimiter(), inner);
                replaced.set_span(group.span());
                TokenTree::Group(replaced)
            }
            other => other,
        })
        .collect()
}

fn renamed(by: &Ident, at: &Ident) -> Ident {
    Ident::new(&by.to_string(), by.span().located_at(at.span()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::{format_ident, quote};

    fn check(input: TokenStream, expected: TokenStream) {
        let block: Block = syn::parse2(input).expect("the test's block parses");
        let replaced = replace(block, &format_ident!("__self"));
        assert_eq!(replaced.to_token_stream().to_string(), expected.to_string());
    }

    #[test]
    fn self_is_replaced_in_expressions_and_in_macro_calls() {
        check(
            quote!({ self.x + println!("{}", self.y) + Self::Z }),
            quote!({ __self.x + println!("{}", __self.y) + Self::Z }),
        );
    }

    #[test]
    fn items_of_the_body_keep_their_own_self() {
        check(
            quote!({
                impl A {
                    fn f(&self) {
                        self.g()
                    }
                }
                self.x
            }),
            quote!({
                impl A {
                    fn f(&self) {
                        self.g()
                    }
                }
                __self.x
            }),
        );
    }
}
