//! How deeply a source is nested: the parser and all that walks its tree call themselves once a
//! level, and a stack that runs over is no error that anything could report.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// Brackets inside of brackets.
const DEEPEST: usize = 500;

/// Operators in one part of a list or statement, each of which may be a level of the tree.
const LONGEST: usize = 4000;

/// What to do about it.
pub(super) const MESSAGE: &str = "it is nested too deeply to be read: take an inner part out of it";

/// Where the tokens of a text are nested more deeply than can be read, if they are.
pub(super) fn too_deep(text: &str, tokens: &TokenStream) -> Option<Span> {
    // Most texts are shallow even with the brackets in comments and strings, which is quick to see.
    if looks_shallow(text) {
        return None;
    }
    let mut open = vec![(tokens.clone().into_iter(), 0)];
    while let Some((rest, operators)) = open.last_mut() {
        let Some(token) = rest.next() else {
            open.pop();
            continue;
        };
        match token {
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace {
                    *operators = 0;
                }
                if open.len() > DEEPEST {
                    return Some(group.span_open());
                }
                open.push((group.stream().into_iter(), 0));
            }
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => *operators = 0,
            TokenTree::Punct(punct) => {
                *operators += 1;
                if *operators > LONGEST {
                    return Some(punct.span());
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether it is shallow even if all brackets in comments and strings were code.
pub(super) fn looks_shallow(text: &str) -> bool {
    let mut depth: usize = 0;
    let mut operators: usize = 0;
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b' ' | b'\n' => {}
            b'(' | b'[' | b'{' => {
                depth += 1;
                if byte == b'{' {
                    operators = 0;
                }
                if depth > DEEPEST {
                    return false;
                }
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b',' | b';' => operators = 0,
            b'!'..=b'/' | b':'..=b'@' | b'^' | b'|' | b'~' => {
                operators += 1;
                if operators > LONGEST / 2 {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::body::Home;

    /// The message for a function of this body, read on a thread such as the build script's.
    fn message(body: String) -> Option<String> {
        let read = move || {
            let text = format!("fn f() {{ {body} }}");
            let read = crate::lower::file_and_bodies(&text, &Arc::new(Home::default()));
            read.err().map(|failure| failure.message)
        };
        let thread = std::thread::Builder::new().stack_size(crate::source::STACK);
        thread
            .spawn(read)
            .expect("it starts")
            .join()
            .expect("it ends")
    }

    fn nested(count: usize, open: &str, close: &str) -> String {
        format!("{}1{}", open.repeat(count), close.repeat(count))
    }

    #[test]
    fn what_is_just_below_the_limit_is_read() {
        for (count, open, close) in [
            (490, "(", ")"),
            (490, "{", "}"),
            (245, "f([", "])"),
            (490, "|| ", ""),
            (3900, "!", ""),
            (3900, "1 + ", ""),
            (3900, "", ".f()"),
            (3900, "x = ", ""),
        ] {
            assert_eq!(message(nested(count, open, close)), None, "{open} {close}");
        }
        assert_eq!(
            message(format!("let x: {};", nested(1900, "A<", ">"))),
            None
        );
    }

    #[test]
    fn what_is_nested_more_deeply_is_refused() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{", "}"),
            ("!", ""),
            ("1 + ", ""),
            ("", ".f()"),
        ] {
            let message = message(nested(100_000, open, close)).expect("it is refused");
            assert!(message.contains("nested"), "{message}");
        }
    }

    #[test]
    fn brackets_in_strings_and_comments_nest_nothing() {
        let text = format!(
            "let a = \"{}\"; // {}\n",
            "(".repeat(2000),
            "[+".repeat(9000)
        );
        assert_eq!(message(text), None);
    }
}
