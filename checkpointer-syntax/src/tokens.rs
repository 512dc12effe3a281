//! The own-token hash: the key by which the macro finds the row that the build script wrote.
//!
//! Both sides parse the same function with the same major version of syn and print its signature
//! and body back to tokens. Spacing, doc comments and invisible groups differ between the two
//! (rustc hands a macro other ones than a lexer reads from the file), so none of them is hashed.
//! Attributes and visibility of the function itself are left out: rustc has already expanded some
//! of them when the macro runs.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// The length of a hash in hexadecimal digits.
pub const HEX_LENGTH: usize = 64;

/// Hashes a function's own tokens: its signature and its body.
///
/// Two functions have the same own hash exactly if they are spelled alike, comments, white space
/// and attributes of the function itself aside.
///
/// ```
/// let one: syn::ItemFn = syn::parse_str("fn f(x: u64) -> u64 { x + 1 }").unwrap();
/// let two: syn::ItemFn = syn::parse_str("/// Doc.\npub fn f(x:u64)->u64{ /* why */ x+1 }").unwrap();
/// let own = |item: &syn::ItemFn| checkpointer_syntax::tokens::own_hash(&item.sig, &item.block);
/// assert_eq!(own(&one), own(&two));
/// ```
#[must_use]
pub fn own_hash(signature: &syn::Signature, block: &syn::Block) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut bytes = Vec::with_capacity(1024);
    write_canonical(signature.to_token_stream(), &mut bytes);
    bytes.push(b';');
    write_canonical(block.to_token_stream(), &mut bytes);
    hasher.update(&bytes);
    hasher.finalize().to_hex().to_string()
}

/// Appends the canonical bytes of a token stream: for each token its kind, its length and its
/// text, with doc attributes left out and invisible groups opened.
pub fn write_canonical(stream: TokenStream, out: &mut Vec<u8>) {
    let mut tokens = stream.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) => {
                if punct.as_char() == '#' {
                    let inner =
                        matches!(tokens.peek(), Some(TokenTree::Punct(p)) if p.as_char() == '!');
                    if inner {
                        // Only an attribute can follow `#!`; in macro input it may be anything.
                        let bang = tokens.next();
                        if matches!(tokens.peek(), Some(TokenTree::Group(g)) if is_doc(g)) {
                            tokens.next();
                            continue;
                        }
                        out.extend_from_slice(b"p#");
                        if bang.is_some() {
                            out.extend_from_slice(b"p!");
                        }
                        continue;
                    }
                    if matches!(tokens.peek(), Some(TokenTree::Group(g)) if is_doc(g)) {
                        tokens.next();
                        continue;
                    }
                }
                let mut buffer = [0; 4];
                out.push(b'p');
                out.extend_from_slice(punct.as_char().encode_utf8(&mut buffer).as_bytes());
            }
            TokenTree::Ident(ident) => write_text(b'i', &ident.to_string(), out),
            TokenTree::Literal(literal) => write_text(b'l', &literal.to_string(), out),
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => (b'(', b')'),
                    Delimiter::Brace => (b'{', b'}'),
                    Delimiter::Bracket => (b'[', b']'),
                    Delimiter::None => {
                        write_canonical(group.stream(), out);
                        continue;
                    }
                };
                out.push(open);
                write_canonical(group.stream(), out);
                out.push(close);
            }
        }
    }
}

fn write_text(kind: u8, text: &str, out: &mut Vec<u8>) {
    out.push(kind);
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn is_doc(group: &proc_macro2::Group) -> bool {
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> String {
        let item: syn::ItemFn = syn::parse_str(text).expect("the test's function parses");
        own_hash(&item.sig, &item.block)
    }

    #[test]
    fn comments_spacing_and_outer_attributes_do_not_count() {
        assert_eq!(
            own("fn f(a: Vec<Vec<u8>>) -> u8 { a[0][0] }"),
            own(
                "/// Doc.\n#[inline] pub(crate) fn f( a : Vec< Vec<u8> > ) -> u8 { // note\n a [0] [0] }"
            )
        );
        assert_eq!(
            own("fn f() { let x = 1; }"),
            own("fn f() { /// inner\n let x = 1; }")
        );
    }

    #[test]
    fn every_other_token_counts() {
        let base = own("fn f(a: u8) -> u8 { a + 1 }");
        for other in [
            "fn g(a: u8) -> u8 { a + 1 }",
            "fn f(a: u16) -> u8 { a + 1 }",
            "fn f(a: u8) -> u8 { a + 2 }",
            "fn f(a: u8) -> u8 { a - 1 }",
            "fn f(a: u8) -> u8 { (a + 1) }",
            "async fn f(a: u8) -> u8 { a + 1 }",
            "fn f(#[no_hash] a: u8) -> u8 { a + 1 }",
        ] {
            assert_ne!(base, own(other), "{other}");
        }
    }

    #[test]
    fn token_borders_count() {
        assert_ne!(own("fn f() { m!(ab c) }"), own("fn f() { m!(a bc) }"));
        assert_ne!(own("fn f() { m!((a) b) }"), own("fn f() { m!((a b)) }"));
    }

    #[test]
    fn the_hash_is_the_same_on_every_machine_and_version() {
        assert_eq!(
            own("fn f(x: u64) -> u64 { x + 1 }"),
            "cbf19da8af702277bb0ed1eebd6b19fa71e74614050c34b8ed6c23a414d01755"
        );
    }
}
