//! One value of a JSON text that may be cut off, found without reading what stands behind it.
//!
//! Where [`super::scan`] asks for a whole and faultless text because a decision hangs on it, this takes what it can get: of an
//! answer's body often only the beginning is there.

use super::string::Str;

/// A step on the way to a value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PathStep<'p> {
    /// To the member of an object with this name; of several, to the first.
    Member(&'p str),
    /// To the element of an array at this place, counted from zero.
    Element(usize),
    /// To the first element of an array in which the rest of the way can be gone.
    Any,
}

/// What was found.
#[derive(Clone, Copy, Debug)]
pub enum Found<'j> {
    /// A whole string.
    Text(Str<'j>),
    /// A number, as written.
    Number(&'j str),
    /// Anything else.
    Other,
}

/// The value at the end of this path, if the text goes as far.
#[must_use]
pub fn find<'j>(text: &'j [u8], path: &[PathStep<'_>]) -> Option<Found<'j>> {
    below(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text), path)
}

/// Each step is one level of recursion, and what follows [`PathStep::Any`] is passed over twice: paths are ours, and short.
fn below<'j>(text: &'j [u8], path: &[PathStep<'_>]) -> Option<Found<'j>> {
    match path {
        [] => value(text),
        [PathStep::Member(name), path @ ..] => below(member(text, name)?, path),
        [PathStep::Element(at), path @ ..] => below(element(text, *at)?, path),
        [PathStep::Any, path @ ..] => {
            let mut rest = element(text, 0)?;
            loop {
                if let Some(found) = below(rest, path) {
                    return Some(found);
                }
                rest = past_space(past_value(rest)?).strip_prefix(b",")?;
            }
        }
    }
}

fn value(text: &[u8]) -> Option<Found<'_>> {
    match past_space(text) {
        [b'"', inside @ ..] => string(inside)?.0.map(Found::Text),
        number @ [b'-' | b'0'..=b'9', ..] => {
            let (atom, behind) = split_atom(number);
            // At the end of the text more digits may have followed.
            if behind.is_empty() {
                return None;
            }
            core::str::from_utf8(atom).ok().map(Found::Number)
        }
        [] => None,
        _ => Some(Found::Other),
    }
}

/// What follows the colon of this member.
fn member<'j>(text: &'j [u8], name: &str) -> Option<&'j [u8]> {
    let mut rest = past_space(text).strip_prefix(b"{")?;
    loop {
        let inside = past_space(rest).strip_prefix(b"\"")?;
        let (found, behind) = string(inside)?;
        let value = past_space(behind).strip_prefix(b":")?;
        if found.is_some_and(|found| found == *name) {
            return Some(value);
        }
        rest = past_space(past_value(value)?).strip_prefix(b",")?;
    }
}

/// What begins with this element.
fn element(text: &[u8], at: usize) -> Option<&[u8]> {
    let mut rest = past_space(past_space(text).strip_prefix(b"[")?);
    if rest.first() == Some(&b']') {
        return None;
    }
    for _ in 0..at {
        rest = past_space(past_value(rest)?).strip_prefix(b",")?;
    }
    Some(rest)
}

fn past_space(text: &[u8]) -> &[u8] {
    text.trim_ascii_start()
}

/// The string whose quote was just passed, if it is text, and what follows it; `None` if it does not end.
fn string(text: &[u8]) -> Option<(Option<Str<'_>>, &[u8])> {
    let mut escaped = false;
    let mut bytes = text.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => {
                let (inside, behind) = text.split_at_checked(at)?;
                let inside = core::str::from_utf8(inside).ok().map(|inside| Str::new(inside, escaped));
                return Some((inside, behind.get(1..)?));
            }
            b'\\' => {
                escaped = true;
                bytes.next()?;
            }
            _ => {}
        }
    }
    None
}

/// What follows the value at the front; `None` if it does not end.
fn past_value(text: &[u8]) -> Option<&[u8]> {
    let mut depth = 0_usize;
    let mut rest = past_space(text);
    loop {
        rest = match rest {
            [] => return None,
            [b'"', inside @ ..] => string(inside)?.1,
            [b'{' | b'[', behind @ ..] => {
                depth = depth.saturating_add(1);
                past_space(behind)
            }
            [b'}' | b']', behind @ ..] => {
                depth = depth.checked_sub(1)?;
                behind
            }
            [b',' | b':', behind @ ..] if depth > 0 => past_space(behind),
            _ => {
                let (atom, behind) = split_atom(rest);
                if atom.is_empty() {
                    return None;
                }
                behind
            }
        };
        if depth == 0 {
            return Some(rest);
        }
        rest = past_space(rest);
    }
}

/// Splits what is no delimiter off the front.
fn split_atom(text: &[u8]) -> (&[u8], &[u8]) {
    crate::wire::field::split_while(text, |byte| {
        !matches!(byte, b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"') && !byte.is_ascii_whitespace()
    })
}

#[cfg(test)]
mod tests {
    use super::PathStep::{Any, Element, Member};
    use super::*;
    use std::borrow::ToOwned;
    use std::string::String;

    fn at(text: impl AsRef<[u8]>, path: &[PathStep<'_>]) -> String {
        match find(text.as_ref(), path) {
            Some(Found::Text(text)) => text.decode(&mut [0; 64]).unwrap().to_owned(),
            Some(Found::Number(text)) => text.to_owned(),
            Some(Found::Other) => "other".to_owned(),
            None => "-".to_owned(),
        }
    }

    const NESTED: &str = r#" {"a" : {"x":"}","y":[{"code":1}]}, "errors":[[],{"no":"\"]"},{"code":"DENIED","n":-1.5e3}],"k":null}"#;

    #[test]
    fn what_stands_before_a_value_is_passed_over_whatever_it_is() {
        let code = [Member("errors"), Element(2), Member("code")];
        assert_eq!(at(NESTED, &code), "DENIED");
        assert_eq!(at(NESTED, &[Member("errors"), Element(2), Member("n")]), "-1.5e3");
        assert_eq!(at(NESTED, &[Member("errors"), Element(1), Member("no")]), "\"]");
        assert_eq!(at(NESTED, &[Member("a"), Member("y"), Element(0), Member("code")]), "1");
        assert_eq!(at(NESTED, &[Member("a")]), "other");
        assert_eq!(at(NESTED, &[Member("k")]), "other");
        for absent in [
            &[Member("code")][..],
            &[Member("errors"), Element(0), Member("code")],
            &[Member("errors"), Element(0), Element(0)],
            &[Member("errors"), Element(3)],
            &[Member("errors"), Member("code")],
            &[Element(0)],
            &[Member("k"), Member("x")],
        ] {
            assert_eq!(at(NESTED, absent), "-", "{absent:?}");
        }
    }

    /// Of a long answer often only the beginning is there.
    #[test]
    fn a_text_that_is_cut_off_still_tells_what_came_before() {
        let code = [Member("errors"), Element(2), Member("code")];
        let whole = NESTED.find("DENIED\"").unwrap() + "DENIED\"".len();
        for len in 0..NESTED.len() {
            let expected = if len < whole { "-" } else { "DENIED" };
            assert_eq!(at(&NESTED.as_bytes()[..len], &code), expected, "{len}");
        }
        assert_eq!(at(r#"{"a":12"#, &[Member("a")]), "-", "digits may be missing");
        assert_eq!(at(r#"{"a":12 "#, &[Member("a")]), "12");
    }

    #[test]
    fn names_and_values_are_compared_without_their_escapes() {
        assert_eq!(at(r#"{"\u0065rror":"a\/b"}"#, &[Member("error")]), "a/b");
        assert_eq!(at("\u{feff}{\"a\":\"\u{e9}\"}", &[Member("a")]), "\u{e9}");
        assert_eq!(at(r#"{"a":"first","a":"second"}"#, &[Member("a")]), "first");
        assert_eq!(at(b"{\"\xff\":1,\"a\":\"b\"}", &[Member("a")]), "b");
        assert_eq!(at(b"{\"a\":\"\xff\"}", &[Member("a")]), "-");
    }

    #[test]
    fn any_element_is_the_first_that_has_what_is_asked_for() {
        assert_eq!(at(NESTED, &[Member("errors"), Any, Member("code")]), "DENIED");
        assert_eq!(at(NESTED, &[Member("errors"), Any, Member("no")]), "\"]");
        assert_eq!(at(NESTED, &[Member("errors"), Any, Member("x")]), "-");
        assert_eq!(at("[[],[[1],[2,{\"a\":3 }]]]", &[Any, Any, Any, Member("a")]), "3");
        assert_eq!(at("[[{\"a\":3 }", &[Any, Any, Member("a")]), "3");
        assert_eq!(at("[]", &[Any]), "-");
        assert_eq!(at("{}", &[Any]), "-");
    }

    #[test]
    fn nothing_is_made_of_what_is_no_json() {
        for text in [
            "",
            "{",
            "[",
            "}",
            "]",
            "<html>",
            "{a:1}",
            "{\"a\"}",
            "{\"a\" 1}",
            "{\"b\":}",
            "{\"b\":],\"a\":1}",
            "{\"b\"::1,\"a\":1 }",
            "{\"b\":1 2,\"a\":1 }",
            "{,\"a\":1 }",
        ] {
            assert_eq!(at(text, &[Member("a")]), "-", "{text}");
        }
        assert_eq!(at("\"a\"", &[]), "a");
        assert_eq!(at("7 ", &[]), "7");
        assert_eq!(at("7", &[]), "-");
        assert_eq!(at(" ", &[]), "-");
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "{\"b\":".to_owned() + &"[".repeat(100_000) + &"]".repeat(100_000) + ",\"a\":\"c\"}";
        assert_eq!(at(&deep, &[Member("a")]), "c");
        assert_eq!(at("[".repeat(100_000), &[Element(1)]), "-");
    }
}
