//! Finds functions among the tokens of macros, where no syntax tree is to be had.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::{Insertions, Kind};

/// Announces the functions in the transcribers of a `macro_rules!`.
pub(super) fn in_rules(insertions: &mut Insertions, rules: TokenStream) {
    let mut after_arrow = false;
    let mut last = ' ';
    for token in rules {
        match token {
            TokenTree::Group(group) if after_arrow => {
                scan(insertions, &group, None);
                after_arrow = false;
            }
            TokenTree::Punct(punct) => {
                after_arrow = last == '=' && punct.as_char() == '>';
                last = punct.as_char();
            }
            _ => after_arrow = false,
        }
    }
}

/// Announces the functions in the arguments of a macro's call.
pub(super) fn in_call(insertions: &mut Insertions, tokens: TokenStream) {
    scan(insertions, &Group::new(Delimiter::None, tokens), None);
}

/// Walks the tokens of a group; `header` is the text of the impl that it is the body of.
fn scan(insertions: &mut Insertions, group: &Group, header: Option<&str>) {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut impl_header: Option<String> = None;
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(ident) if ident == "fn" => {
                function(insertions, &tokens, index, header)
            }
            TokenTree::Ident(ident) if ident == "impl" && begins_item(&tokens, index) => {
                impl_header = header_text(&tokens[index..]);
            }
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Brace if is_rules(&tokens, index) => {
                    in_rules(insertions, group.stream());
                }
                Delimiter::Brace => scan(insertions, group, impl_header.take().as_deref()),
                // Inside a repetition the impl's fragments may not be spelled again.
                _ => scan(insertions, group, None),
            },
            _ => {}
        }
    }
}

fn is_rules(tokens: &[TokenTree], index: usize) -> bool {
    (2..=4).any(|back| {
        index >= back
            && matches!(&tokens[index - back], TokenTree::Ident(ident) if ident == "macro_rules")
    })
}

fn begins_item(tokens: &[TokenTree], index: usize) -> bool {
    match index.checked_sub(1).map(|before| &tokens[before]) {
        None | Some(TokenTree::Group(_)) => true,
        Some(TokenTree::Punct(punct)) => matches!(punct.as_char(), ';' | '*'),
        Some(TokenTree::Ident(ident)) => ident == "unsafe",
        Some(TokenTree::Literal(_)) => false,
    }
}

fn header_text(tokens: &[TokenTree]) -> Option<String> {
    let end = tokens.iter().position(
        |token| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace),
    )?;
    let header: TokenStream = tokens[..end].iter().cloned().collect();
    Some(header.to_string())
}

/// Announces the function whose keyword stands at `index`, if it is one with a body.
fn function(insertions: &mut Insertions, tokens: &[TokenTree], index: usize, header: Option<&str>) {
    let Some((name, after)) = name(tokens, index + 1) else {
        return;
    };
    let Some(body) = body(tokens, after) else {
        return;
    };
    let start = tokens[index].span().start();
    let context = header.map_or_else(
        || "\"\"".to_owned(),
        |text| format!("::core::stringify!({text})"),
    );
    let key = format!(
        "::core::concat!(\"{}:{}:\", {name}, \"@\", ::core::file!(), \":\", ::core::line!(), \"@\", {context})",
        insertions.file, start.line
    );
    insertions.announce(body_start(body), &key, kind(&tokens[..index]));
}

/// The name as an expression for `concat!`, and the index after it.
fn name(tokens: &[TokenTree], index: usize) -> Option<(String, usize)> {
    match (tokens.get(index)?, tokens.get(index + 1)?) {
        (TokenTree::Ident(name), _) => {
            let name = name.to_string();
            Some((format!("\"{}\"", name.trim_start_matches("r#")), index + 1))
        }
        (TokenTree::Punct(dollar), TokenTree::Ident(name)) if dollar.as_char() == '$' => {
            Some((format!("::core::stringify!(${name})"), index + 2))
        }
        (TokenTree::Group(group), _) if group.delimiter() == Delimiter::Bracket => {
            Some(("\"?\"".to_owned(), index + 1))
        }
        _ => None,
    }
}

/// The group of the body: the first in braces after the parameters, outside of angle brackets.
fn body(tokens: &[TokenTree], mut index: usize) -> Option<&Group> {
    let mut angles = 0_i32;
    let mut parameters = false;
    let mut last = ' ';
    while let Some(token) = tokens.get(index) {
        match token {
            TokenTree::Punct(punct) => {
                match punct.as_char() {
                    '<' => angles += 1,
                    '>' if last != '-' && last != '=' => angles -= 1,
                    ';' => return None,
                    _ => {}
                }
                last = punct.as_char();
            }
            TokenTree::Group(group) if angles == 0 => match group.delimiter() {
                Delimiter::Parenthesis => parameters = true,
                Delimiter::Brace => return parameters.then_some(group),
                _ => {}
            },
            TokenTree::Ident(ident) if ident == "fn" && parameters && last != '>' => return None,
            _ => last = ' ',
        }
        index += 1;
    }
    None
}

/// Where statements may begin: after the brace and inner attributes.
fn body_start(body: &Group) -> usize {
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut start = body.span_open().byte_range().end;
    for attribute in tokens.chunks(3) {
        match attribute {
            [
                TokenTree::Punct(hash),
                TokenTree::Punct(bang),
                TokenTree::Group(group),
            ] if hash.as_char() == '#' && bang.as_char() == '!' => {
                start = group.span_close().byte_range().end;
            }
            _ => break,
        }
    }
    start
}

/// What the tokens before `fn` say; fragments that may hide a `const` are taken for one.
fn kind(before: &[TokenTree]) -> Kind {
    let mut is_async = false;
    for (back, token) in before.iter().enumerate().rev() {
        match token {
            TokenTree::Ident(ident) => match ident.to_string().as_str() {
                "const" => return Kind::Const,
                "async" => is_async = true,
                "unsafe" | "extern" | "safe" | "pub" => {}
                "vis" | "pub_" | "v" => break,
                _ if is_fragment(before, back) => return Kind::Const,
                _ => break,
            },
            TokenTree::Literal(_) => {}
            TokenTree::Punct(punct) if punct.as_char() == '?' => return Kind::Const,
            _ => break,
        }
    }
    if is_async { Kind::Async } else { Kind::Plain }
}

fn is_fragment(tokens: &[TokenTree], index: usize) -> bool {
    index > 0 && matches!(&tokens[index - 1], TokenTree::Punct(punct) if punct.as_char() == '$')
}
