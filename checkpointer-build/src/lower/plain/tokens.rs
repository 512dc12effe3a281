//! The tokens of a body: where words, literals and punctuation stand, and nothing that has to be allocated for them.

use super::super::scan::{Scan, Seen};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    /// A string, character or byte.
    Text,
    Lifetime,
    Open,
    Close,
    Punct,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The first one.
    pub(super) byte: u8,
    pub(super) start: usize,
    pub(super) end: usize,
    /// From 0.
    pub(super) line: u32,
    /// Where that line begins.
    pub(super) line_start: usize,
}

/// Brackets nested deeper are for those who count.
const DEEPEST: u32 = 64;

/// Reads the tokens of a body, and one of kind `End` behind them. `None` where something stands that is left to syn: attributes,
/// documentation, raw names, names beyond ASCII, ….
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let bytes = text.as_bytes();
    let mut scan = Scan::new(text);
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    let (mut line, mut line_start, mut counted) = (0, 0, 0);
    let mut depth = 0_u32;
    loop {
        let seen = scan.next();
        let start = scan.start;
        let byte = scan.byte(start);
        while counted < start {
            if bytes[counted] == b'\n' {
                line += 1;
                line_start = counted + 1;
            }
            counted += 1;
        }
        let kind = match seen {
            Seen::Comment if is_documentation(&bytes[start..scan.at]) => return None,
            Seen::Comment => continue,
            Seen::Word if scan.seen().iter().any(|byte| *byte >= 0x80) => return None,
            Seen::Word => Kind::Word,
            Seen::Literal if byte.is_ascii_digit() => {
                number(&mut scan)?;
                Kind::Number
            }
            Seen::Literal => {
                // What follows at once is a suffix.
                if matches!(scan.byte(scan.at), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'#' | 0x80..)
                {
                    return None;
                }
                Kind::Text
            }
            Seen::Lifetime => Kind::Lifetime,
            Seen::Open(_) => {
                depth += 1;
                Kind::Open
            }
            Seen::Close => {
                depth = depth.checked_sub(1)?;
                Kind::Close
            }
            Seen::Punct(
                b'!' | b'%' | b'&' | b'*' | b'+' | b',' | b'-' | b'.' | b'/' | b':' | b';' | b'<'
                | b'=' | b'>' | b'?' | b'@' | b'^' | b'|',
            ) => Kind::Punct,
            Seen::Punct(_) | Seen::RawWord | Seen::InnerDoc => return None,
            Seen::End => Kind::End,
        };
        if depth > DEEPEST {
            return None;
        }
        tokens.push(Token {
            kind,
            byte,
            start,
            end: scan.at,
            line,
            line_start,
        });
        if kind == Kind::End {
            return (depth == 0).then_some(tokens);
        }
    }
}

/// `/// …` and `/** … */`, which stand for attributes.
fn is_documentation(comment: &[u8]) -> bool {
    match comment {
        [b'/', b'/', b'/', rest @ ..] => rest.first() != Some(&b'/'),
        [b'/', b'*', b'*', rest @ ..] => !matches!(rest.first(), Some(b'*' | b'/')),
        _ => false,
    }
}

/// Goes behind a number of which the digits before the point were seen.
fn number(scan: &mut Scan<'_>) -> Option<()> {
    let head = scan.seen();
    let is_decimal = !matches!(head, [b'0', b'x' | b'o' | b'b', ..]);
    if !is_decimal {
        return Some(());
    }
    let ends_in_exponent = |text: &[u8]| matches!(text.last(), Some(b'e' | b'E'));
    if scan.byte(scan.at) == b'.' && head.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'_')) {
        match scan.byte(scan.at + 1) {
            // A range, or a member of a number.
            b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => return Some(()),
            _ => scan.at += 1,
        }
        while matches!(scan.byte(scan.at), b'0'..=b'9' | b'_' | b'a'..=b'z' | b'A'..=b'Z') {
            scan.at += 1;
        }
    }
    if ends_in_exponent(scan.seen()) && matches!(scan.byte(scan.at), b'+' | b'-') {
        scan.at += 1;
        while matches!(scan.byte(scan.at), b'0'..=b'9' | b'_' | b'a'..=b'z' | b'A'..=b'Z') {
            scan.at += 1;
        }
    }
    (scan.byte(scan.at) < 0x80).then_some(())
}
