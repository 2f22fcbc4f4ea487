//! Rust source as words and signs: without comments, without the content of strings, and on demand without tests.

/// What a token is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// One sign; `::` is one.
    Sign,
    /// A string, a character or a lifetime; its text is empty.
    Literal,
}

/// One token and the line that it stands on, counted from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) text: &'a str,
    pub(crate) line: usize,
}

/// A file's tokens without what is compiled for tests only.
#[derive(Debug, Default)]
pub(crate) struct Shipped<'a> {
    pub(crate) tokens: Vec<Token<'a>>,
    /// Names of out-of-line modules that exist in tests only: `#[cfg(test)] mod name;`.
    pub(crate) test_modules: Vec<&'a str>,
}

struct Cursor<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Cursor<'a> {
    /// Steps over `count` bytes and returns them.
    fn take(&mut self, count: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    /// Steps over everything up to and including `end`.
    fn take_past(&mut self, end: &str) {
        let count = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.take(count);
    }

    fn block_comment(&mut self) {
        self.take(2);
        let mut depth = 1_usize;
        while depth > 0 && !self.rest.is_empty() {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.take(2);
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                self.take(2);
            } else {
                self.take(self.rest.chars().next().map_or(1, char::len_utf8));
            }
        }
    }

    /// Steps over text up to an unescaped `end`, the opening quote having been taken.
    fn quoted(&mut self, end: char) {
        while let Some(sign) = self.rest.chars().next() {
            self.take(sign.len_utf8());
            if sign == '\\' {
                self.take(self.rest.chars().next().map_or(0, char::len_utf8));
            } else if sign == end {
                return;
            }
        }
    }

    /// A character, or a lifetime, or a loop's label.
    fn apostrophe(&mut self) {
        self.take(1);
        let mut ahead = self.rest.chars();
        let (first, second) = (ahead.next(), ahead.next());
        if first == Some('\\') || second == Some('\'') {
            self.quoted('\'');
        } else {
            self.take(word_length(self.rest));
        }
    }
}

/// Bytes of the name or number that `text` starts with.
fn word_length(text: &str) -> usize {
    text.find(|sign: char| !(sign.is_alphanumeric() || sign == '_')).unwrap_or(text.len())
}

/// Bytes up to and including the opening quote of a raw string, and the mark that ends it.
fn raw_string(text: &str) -> Option<(usize, String)> {
    let bare = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let after = bare.strip_prefix('r')?;
    let rest = after.trim_start_matches('#');
    rest.strip_prefix('"')?;
    let hashes = after.len() - rest.len();
    Some((text.len() - rest.len() + 1, format!("\"{}", "#".repeat(hashes))))
}

/// The tokens of a source text.
pub(crate) fn lex(text: &str) -> Vec<Token<'_>> {
    let mut cursor = Cursor { rest: text, line: 1 };
    let mut tokens = Vec::new();
    while let Some(sign) = cursor.rest.chars().next() {
        let line = cursor.line;
        let (kind, text) = if sign.is_whitespace() {
            cursor.take(sign.len_utf8());
            continue;
        } else if cursor.rest.starts_with("//") {
            cursor.take_past("\n");
            continue;
        } else if cursor.rest.starts_with("/*") {
            cursor.block_comment();
            continue;
        } else if let Some((opening, end)) = raw_string(cursor.rest) {
            cursor.take(opening);
            cursor.take_past(&end);
            (Kind::Literal, "")
        } else if let Some(opening) = ["\"", "b\"", "c\""].iter().find(|mark| cursor.rest.starts_with(**mark))
        {
            cursor.take(opening.len());
            cursor.quoted('"');
            (Kind::Literal, "")
        } else if sign == '\'' || cursor.rest.starts_with("b'") {
            cursor.take(usize::from(sign == 'b'));
            cursor.apostrophe();
            (Kind::Literal, "")
        } else if cursor.rest.starts_with("r#") {
            cursor.take(2);
            (Kind::Word, cursor.take(word_length(cursor.rest)))
        } else if word_length(cursor.rest) > 0 {
            (Kind::Word, cursor.take(word_length(cursor.rest)))
        } else if cursor.rest.starts_with("::") {
            (Kind::Sign, cursor.take(2))
        } else {
            (Kind::Sign, cursor.take(sign.len_utf8()))
        };
        tokens.push(Token { kind, text, line });
    }
    tokens
}

/// The text of the token at `at`; empty past the end and for literals.
pub(crate) fn text_at<'a>(tokens: &[Token<'a>], at: usize) -> &'a str {
    tokens.get(at).map_or("", |token| token.text)
}

/// Whether the tokens from `at` on read like `texts`.
pub(crate) fn reads(tokens: &[Token<'_>], at: usize, texts: &[&str]) -> bool {
    texts.iter().enumerate().all(|(offset, text)| text_at(tokens, at + offset) == *text)
}

/// Leaves out every item behind `#[cfg(test)]`, and everything when the file itself says `#![cfg(test)]`.
pub(crate) fn shipped<'a>(tokens: &[Token<'a>]) -> Shipped<'a> {
    let mut shipped = Shipped::default();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if reads(tokens, at, &["#", "!", "["]) && is_test_only(tokens, at + 3) {
            return Shipped::default();
        }
        if reads(tokens, at, &["#", "["]) && is_test_only(tokens, at + 2) {
            at = closing(tokens, at + 1) + 1;
            while reads(tokens, at, &["#", "["]) {
                at = closing(tokens, at + 1) + 1;
            }
            let end = item_end(tokens, at);
            if let Some(name) = (at..end)
                .find(|&place| text_at(tokens, place) == "mod" && text_at(tokens, place + 2) == ";")
                .map(|place| text_at(tokens, place + 1))
            {
                shipped.test_modules.push(name);
            }
            at = end;
            continue;
        }
        shipped.tokens.push(*token);
        at += 1;
    }
    shipped
}

/// Whether the attribute whose content starts at `at` is `cfg(test)` or `cfg(all(test, …))`.
fn is_test_only(tokens: &[Token<'_>], at: usize) -> bool {
    if reads(tokens, at, &["cfg", "(", "test", ")"]) {
        return true;
    }
    if !reads(tokens, at, &["cfg", "(", "all", "("]) {
        return false;
    }
    let inside: Vec<&str> = (at + 4..closing(tokens, at + 3)).map(|place| text_at(tokens, place)).collect();
    inside.contains(&"test") && !inside.contains(&"not") && !inside.contains(&"any")
}

/// The place of the bracket that closes the one at `at`; the end when none does.
pub(crate) fn closing(tokens: &[Token<'_>], at: usize) -> usize {
    let mut depth = 0_usize;
    for (place, token) in tokens.iter().enumerate().skip(at) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return place;
        }
    }
    tokens.len()
}

/// The place after the item, field or arm that starts at `at`.
fn item_end(tokens: &[Token<'_>], at: usize) -> usize {
    const ITEMS: &[&str] = &[
        "pub",
        "mod",
        "use",
        "fn",
        "struct",
        "enum",
        "union",
        "impl",
        "trait",
        "type",
        "const",
        "static",
        "unsafe",
        "extern",
        "async",
        "macro_rules",
    ];
    let is_item = ITEMS.contains(&text_at(tokens, at));
    let mut place = at;
    while let Some(token) = tokens.get(place) {
        match token.text {
            ";" => return place + 1,
            "{" => return closing(tokens, place) + 1,
            "(" | "[" => place = closing(tokens, place) + 1,
            "," if !is_item => return place + 1,
            ")" | "]" | "}" => return place,
            _ => place += 1,
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        lex(text).iter().map(|token| token.text).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn shipped_words(text: &str) -> String {
        shipped(&lex(text)).tokens.iter().map(|token| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_and_strings_say_nothing() {
        assert_eq!(words("a // crate::b\n/* c /* d */ e */ f /// g"), "a f");
        assert_eq!(words(r##"a("crate::b \" c", b"d", r#"e " f"#, br"g", c"h");"##), "a ( , , , , ) ;");
    }

    #[test]
    fn characters_and_lifetimes_are_told_apart() {
        assert_eq!(words("x::<'a>('\"', b'\\'', '\\u{22}', 'y', &'static z)"), "x :: < > ( , , , , & z )");
    }

    #[test]
    fn raw_names_lose_their_mark() {
        assert_eq!(words("r#type r b c"), "type r b c");
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let tokens = lex("\"a\nb\"\n/*\n*/ x");
        assert_eq!(tokens.last().map(|token| (token.text, token.line)), Some(("x", 4)));
    }

    #[test]
    fn test_items_are_left_out() {
        assert_eq!(shipped_words("a; #[cfg(test)] mod tests { use crate::x; { } } b;"), "a ; b ;");
        assert_eq!(shipped_words("#[cfg(test)] #[expect(x)] extern crate std; b;"), "b ;");
        assert_eq!(shipped_words("#[cfg(all(test, unix))] fn f<A, B>(a: [A; 2]) -> B { } b"), "b");
        assert_eq!(shipped_words("S { #[cfg(test)] a: A, b: B }"), "S { b : B }");
        assert_eq!(shipped_words("S { b: B, #[cfg(test)] a: A }"), "S { b : B , }");
        assert_eq!(shipped_words("#![cfg(test)] b"), "");
    }

    #[test]
    fn other_conditions_stay() {
        assert!(shipped_words("#[cfg(not(test))] mod a;").contains("mod a"));
        assert!(shipped_words("#[cfg(any(test, unix))] mod a;").contains("mod a"));
        assert!(shipped_words("#[cfg(all(unix, not(test)))] mod a;").contains("mod a"));
    }

    #[test]
    fn out_of_line_test_modules_are_named() {
        assert_eq!(shipped(&lex("#[cfg(test)] mod checks; mod real;")).test_modules, ["checks"]);
    }
}
