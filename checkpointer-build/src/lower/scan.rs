//! Words and brackets of a source text, found without making tokens of it: enough to tell where a
//! function's body ends. A build script runs unoptimized, where this is some fifty times cheaper
//! than lexing, so it looks at bytes and calls little.

/// What stands at a place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A name or keyword.
    Word,
    /// `r#name`: never a keyword.
    RawWord,
    /// A number, string or character.
    Literal,
    /// `'a`.
    Lifetime,
    /// A comment that is not part of the code, or documents what follows.
    Comment,
    /// `//! …` or `/*! … */`, which stands for an attribute.
    InnerDoc,
    /// `(`, `[` or `{`.
    Open(u8),
    /// `)`, `]` or `}`.
    Close,
    /// Any other character.
    Punct(u8),
    /// Nothing more.
    End,
}

/// Goes through a text.
#[derive(Clone)]
pub(super) struct Scan<'t> {
    pub(super) bytes: &'t [u8],
    /// Where the next token is looked for.
    pub(super) at: usize,
    /// Where the last one began.
    pub(super) start: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Scan {
            bytes: text.as_bytes(),
            at: 0,
            start: 0,
        }
    }

    /// The byte at a place; 0 behind the end.
    pub(super) fn byte(&self, at: usize) -> u8 {
        if at < self.bytes.len() {
            self.bytes[at]
        } else {
            0
        }
    }

    /// The bytes of what was seen last.
    pub(super) fn seen(&self) -> &'t [u8] {
        &self.bytes[self.start..self.at]
    }

    /// Goes over the next token.
    pub(super) fn next(&mut self) -> Seen {
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len() && bytes[at] <= b' ' {
            at += 1;
        }
        self.start = at;
        if at >= bytes.len() {
            self.at = at;
            return Seen::End;
        }
        self.at = at + 1;
        match bytes[at] {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => {
                self.skip_word();
                Seen::Literal
            }
            b'"' => self.string(),
            b'\'' => self.quote(),
            b'/' if self.byte(at + 1) == b'/' => self.line_comment(),
            b'/' if self.byte(at + 1) == b'*' => self.block_comment(),
            byte @ (b'(' | b'[' | b'{') => Seen::Open(byte),
            b')' | b']' | b'}' => Seen::Close,
            byte => Seen::Punct(byte),
        }
    }

    /// Goes behind the bracket that closes the one that was just opened; `None` if there is none.
    pub(super) fn skip_group(&mut self) -> Option<()> {
        let mut depth = 1;
        loop {
            match self.next() {
                Seen::Open(_) => depth += 1,
                Seen::Close => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(());
                    }
                }
                Seen::End => return None,
                _ => {}
            }
        }
    }

    fn skip_word(&mut self) {
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len() {
            match bytes[at] {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'0'..=b'9' | 0x80.. => at += 1,
                _ => break,
            }
        }
        self.at = at;
    }

    fn word(&mut self) -> Seen {
        self.skip_word();
        if self.at - self.start > 2 {
            return Seen::Word;
        }
        let next = self.byte(self.at);
        if next != b'"' && next != b'#' && next != b'\'' {
            return Seen::Word;
        }
        match (self.seen(), next) {
            (b"b" | b"c", b'"') => {
                self.at += 1;
                self.string()
            }
            (b"b", b'\'') => {
                self.at += 1;
                self.character()
            }
            (b"r" | b"br" | b"cr", b'"' | b'#') => self.raw(),
            _ => Seen::Word,
        }
    }

    /// Behind `r`: a raw string or a raw name.
    fn raw(&mut self) -> Seen {
        let mut hashes = 0;
        while self.byte(self.at + hashes) == b'#' {
            hashes += 1;
        }
        if self.byte(self.at + hashes) != b'"' {
            if hashes != 1 {
                return Seen::Word;
            }
            self.at += 1;
            self.skip_word();
            return Seen::RawWord;
        }
        let mut at = self.at + hashes + 1;
        while at < self.bytes.len() {
            at += 1;
            if self.bytes[at - 1] != b'"' {
                continue;
            }
            let mut found = 0;
            while found < hashes && self.byte(at + found) == b'#' {
                found += 1;
            }
            if found == hashes {
                self.at = at + hashes;
                return Seen::Literal;
            }
        }
        self.at = at;
        Seen::Literal
    }

    /// Behind the opening `"`.
    fn string(&mut self) -> Seen {
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = (at + 1).min(bytes.len());
        Seen::Literal
    }

    /// Behind a `'`: a character, or a lifetime.
    fn quote(&mut self) -> Seen {
        let first = self.byte(self.at);
        let width = match first {
            b'\\' => return self.character(),
            0..=0x7f => 1,
            0x80..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0.. => 4,
        };
        if self.byte(self.at + width) == b'\'' {
            self.at += width + 1;
            return Seen::Literal;
        }
        self.skip_word();
        Seen::Lifetime
    }

    /// Behind the `'` of a character that may be escaped.
    fn character(&mut self) -> Seen {
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len() && bytes[at] != b'\'' {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        self.at = (at + 1).min(bytes.len());
        Seen::Literal
    }

    fn line_comment(&mut self) -> Seen {
        let bytes = self.bytes;
        let mut at = self.at;
        while at < bytes.len() && bytes[at] != b'\n' {
            at += 1;
        }
        self.at = at;
        match self.byte(self.start + 2) {
            b'!' => Seen::InnerDoc,
            _ => Seen::Comment,
        }
    }

    fn block_comment(&mut self) -> Seen {
        let bytes = self.bytes;
        let mut at = self.start + 2;
        let mut depth = 1;
        while at < bytes.len() && depth > 0 {
            match (bytes[at], self.byte(at + 1)) {
                (b'*', b'/') => {
                    depth -= 1;
                    at += 2;
                }
                (b'/', b'*') => {
                    depth += 1;
                    at += 2;
                }
                _ => at += 1,
            }
        }
        self.at = at.min(bytes.len());
        match self.byte(self.start + 2) {
            b'!' => Seen::InnerDoc,
            _ => Seen::Comment,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(Seen, &str)]) {
        let mut scan = Scan::new(text);
        let mut found = Vec::new();
        loop {
            let seen = scan.next();
            if seen == Seen::End {
                break;
            }
            found.push((seen, &text[scan.start..scan.at]));
        }
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn strings_and_characters_of_every_kind_end_where_they_end() {
        for literal in [
            r#""a \" } b""#,
            r##"r#"a " } "# "##.trim(),
            r#"b"}\\""#,
            r#"br"}\""#,
            r##"cr#"}"#"##,
            r#"c"\"}""#,
            "'}'",
            r"'\''",
            r"'\u{7d}'",
            "b'}'",
            r"b'\''",
            "'é'",
            "'😀'",
            "1_u8",
            "0x1f",
        ] {
            check(
                &format!("{literal} x"),
                &[(Seen::Literal, literal), (Seen::Word, "x")],
            );
        }
    }

    #[test]
    fn lifetimes_and_labels_are_no_characters() {
        check(
            "&'a str 'b: x 'é",
            &[
                (Seen::Punct(b'&'), "&"),
                (Seen::Lifetime, "'a"),
                (Seen::Word, "str"),
                (Seen::Lifetime, "'b"),
                (Seen::Punct(b':'), ":"),
                (Seen::Word, "x"),
                (Seen::Lifetime, "'é"),
            ],
        );
    }

    #[test]
    fn comments_nest_and_hide_brackets() {
        check(
            "/* { /* } */ ' */ x // } \" '\n y //! }\n/*! ] */ / z",
            &[
                (Seen::Comment, "/* { /* } */ ' */"),
                (Seen::Word, "x"),
                (Seen::Comment, "// } \" '"),
                (Seen::Word, "y"),
                (Seen::InnerDoc, "//! }"),
                (Seen::InnerDoc, "/*! ] */"),
                (Seen::Punct(b'/'), "/"),
                (Seen::Word, "z"),
            ],
        );
    }

    #[test]
    fn raw_names_are_no_keywords_and_prefixes_no_names() {
        check(
            "r#fn r br b c bar",
            &[
                (Seen::RawWord, "r#fn"),
                (Seen::Word, "r"),
                (Seen::Word, "br"),
                (Seen::Word, "b"),
                (Seen::Word, "c"),
                (Seen::Word, "bar"),
            ],
        );
    }

    #[test]
    fn what_does_not_end_ends_with_the_text() {
        for text in ["\"a", "r#\"a\"", "'\\", "/* /* */", "b'", "r#", "'", "\"\\"] {
            let mut scan = Scan::new(text);
            while scan.next() != Seen::End {}
            assert_eq!(scan.at, text.len(), "{text}");
        }
    }
}
