//! JSON strings, read and written.

/// What is wrong with a string, and the offset from its opening quote.
///
/// The messages are fixed: a string may be a secret.
type Fault = (&'static str, usize);

/// Reads the string that begins with the quote at the start of `text`; gives it with its length in `text`.
///
/// # Errors
///
/// A string without an end, a control character, an unknown escape, half of a surrogate pair.
pub(super) fn unescape(text: &str) -> Result<(String, usize), Fault> {
    let mut string = String::new();
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((string, at.saturating_add(1))),
            '\\' => {
                let rest = text.get(at..).unwrap_or_default();
                let (unescaped, length) = escape(rest).ok_or((ESCAPE, at))?;
                string.push(unescaped);
                // Every escape is ASCII: its length in bytes is its length in characters.
                for _ in 1..length {
                    characters.next();
                }
            }
            '\u{0}'..='\u{1f}' => {
                return Err(("expected control characters in a string as escapes, found a bare one", at));
            }
            _ => string.push(character),
        }
    }
    Err(("expected a closing quote, found the end of the text", text.len()))
}

const ESCAPE: &str = "expected an escape of JSON, found an unknown one or half of a surrogate pair";

/// The character that the escape at the start of `text` stands for, and the escape's length.
fn escape(text: &str) -> Option<(char, usize)> {
    let character = match text.as_bytes().get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unicode(text),
        _ => return None,
    };
    Some((character, 2))
}

/// `\uXXXX`, or two of them for a character beyond the first plane.
fn unicode(text: &str) -> Option<(char, usize)> {
    let unit = unit(text)?;
    if let Some(character) = char::from_u32(unit) {
        return Some((character, 6));
    }
    let low = self::unit(text.get(6..)?)?;
    let (0xd800..=0xdbff, 0xdc00..=0xdfff) = (unit, low) else { return None };
    // The ten bits of each half count from the second plane.
    let beyond = (unit & 0x3ff) << 10 | low & 0x3ff;
    char::from_u32(beyond.checked_add(0x1_0000)?).map(|character| (character, 12))
}

/// The number of the `\uXXXX` at the start of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

/// Appends `string` in quotes, escaped where JSON asks for it.
pub(super) fn write(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            '\u{0}'..='\u{1f}' => text.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => text.push(character),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, usize> {
        unescape(text).map(|(string, _)| string).map_err(|(_, at)| at)
    }

    #[test]
    fn every_escape_stands_for_its_character() {
        let all = r#""\"\\\/\b\f\n\r\t\u00e4\uD83D\uDE00\ud800\udc00\uDBFF\udfff\u0000é""#;
        let characters = "\"\\/\u{8}\u{c}\n\r\tä😀\u{10000}\u{10ffff}\u{0}é";
        assert_eq!(unescape(all), Ok((characters.to_owned(), all.len())));
    }

    #[test]
    fn a_string_ends_at_its_quote() {
        assert_eq!(unescape("\"ab\", 1"), Ok(("ab".to_owned(), 4)));
        assert_eq!(read("\"ab"), Err(3));
        assert_eq!(read("\"ab\\"), Err(3));
    }

    #[test]
    fn broken_escapes_and_bare_controls_are_refused_where_they_stand() {
        for wrong in [
            r#""a\x""#,
            r#""a\u12g4""#,
            r#""a\u+123""#,
            r#""a\ud800""#,
            r#""a\udc00\ud800""#,
            r#""a\ud800\u0041""#,
        ] {
            assert_eq!(read(wrong), Err(2), "{wrong}");
        }
        assert_eq!(read("\"a\nb\""), Err(2));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let string = "a\"b\\c\u{1}\n/ä😀\u{7f}";
        let mut text = String::new();
        write(string, &mut text);
        assert_eq!(read(&text).as_deref(), Ok(string));
    }
}
