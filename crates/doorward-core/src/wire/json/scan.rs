//! One strict pass over a JSON text, with an explicit stack instead of recursion.

use super::cursor::Cursor;
use super::string::Str;
use super::value::Value;
use crate::limits;
use crate::wire::Malformed;

/// A slot in which the scan remembers one member name while its object is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Member {
    hash: u32,
    start: u32,
    len: u32,
    escaped: bool,
}

/// An object or array that is open.
#[derive(Clone, Copy)]
struct Frame {
    is_object: bool,
    /// Where its names begin among the slots. Small, like the next: a stack of these is cleared for every text.
    first: u16,
    /// One bit for each hash seen, so that most names are known to be new without a search.
    seen: u32,
}

const EMPTY: Frame = Frame { is_object: false, first: 0, seen: 0 };

/// Checks that `text` is one JSON object and hands each member of its top level to `on_member`.
///
/// `slots` bounds how many members may be open at once ([`limits::JSON_MEMBERS`]). Members are handed out as they are
/// met: until the scan has returned `Ok`, nothing is known about the rest.
///
/// # Errors
///
/// [`Malformed`] for bytes that are not UTF-8, anything that RFC 8259 does not allow, a byte order mark, a lone
/// surrogate, a duplicate name in any object, too deep nesting, too many members, and a text that is no object.
pub fn scan<'j>(
    text: &'j [u8],
    slots: &mut [Member],
    mut on_member: impl FnMut(Str<'j>, Value<'j>),
) -> Result<&'j str, Malformed> {
    let text = core::str::from_utf8(text).map_err(|_| Malformed)?;
    if Cursor::new(text).peek() != b'{' {
        return Err(Malformed);
    }
    run(text, slots, &mut on_member)?;
    Ok(text)
}

/// Checks that `text` is one JSON value of any kind.
///
/// # Errors
///
/// As for [`scan`], but for the last.
pub fn scan_value<'j>(text: &'j [u8], slots: &mut [Member]) -> Result<Value<'j>, Malformed> {
    let text = core::str::from_utf8(text).map_err(|_| Malformed)?;
    run(text, slots, &mut |_, _| {})?;
    Value::parse(text).ok_or(Malformed)
}

fn run<'j>(
    text: &'j str,
    slots: &mut [Member],
    on_member: &mut impl FnMut(Str<'j>, Value<'j>),
) -> Result<(), Malformed> {
    let mut cursor = Cursor::new(text);
    // The innermost container, and those around it.
    let mut frame = EMPTY;
    let mut outer = [EMPTY; limits::JSON_DEPTH];
    let mut depth = 0;
    let mut used = 0;
    // The member of the top level whose value is being read.
    let mut top_name = None;
    let mut top_start = 0;
    loop {
        if frame.is_object {
            let name = name(&mut cursor, &mut frame, slots, &mut used, text)?;
            if depth == 1 {
                top_name = Some(name);
            }
        }
        // A value is expected.
        let byte = cursor.peek();
        if depth == 1 {
            top_start = cursor.at();
        }
        let value = match byte {
            b'"' => Some(Value::String(cursor.string()?)),
            b'-' | b'0'..=b'9' => Some(Value::Number(cursor.number()?)),
            b'{' | b'[' => {
                let is_object = byte == b'{';
                cursor.pass();
                *outer.get_mut(depth).ok_or(Malformed)? = frame;
                frame = Frame { is_object, first: u16::try_from(used).map_err(|_| Malformed)?, seen: 0 };
                depth += 1;
                if cursor.peek() != if is_object { b'}' } else { b']' } {
                    continue;
                }
                None
            }
            b't' => cursor.word("true").map(|()| Some(Value::Bool(true)))?,
            b'f' => cursor.word("false").map(|()| Some(Value::Bool(false)))?,
            b'n' => cursor.word("null").map(|()| Some(Value::Null))?,
            _ => return Err(Malformed),
        };
        if let (1, Some(value)) = (depth, value)
            && let Some(name) = top_name.take()
        {
            on_member(name, value);
        }
        // A value, or an empty container that is still open, lies behind.
        loop {
            if depth == 0 {
                return if cursor.at_end() { Ok(()) } else { Err(Malformed) };
            }
            let is_object = frame.is_object;
            match cursor.peek() {
                b',' => {
                    cursor.pass();
                    break;
                }
                b'}' if is_object => {}
                b']' if !is_object => {}
                _ => return Err(Malformed),
            }
            cursor.pass();
            used = usize::from(frame.first);
            depth -= 1;
            frame = *outer.get(depth).ok_or(Malformed)?;
            if depth == 1
                && let Some(name) = top_name.take()
            {
                let text = cursor.since(top_start);
                on_member(name, if is_object { Value::Object(text) } else { Value::Array(text) });
            }
        }
    }
}

/// Passes a name and its colon, and refuses a name that the object has already.
#[inline(always)]
fn name<'j>(
    cursor: &mut Cursor<'j>,
    frame: &mut Frame,
    slots: &mut [Member],
    used: &mut usize,
    text: &'j str,
) -> Result<Str<'j>, Malformed> {
    if cursor.peek() != b'"' {
        return Err(Malformed);
    }
    let start = cursor.at() + 1;
    let name = cursor.string()?;
    cursor.expect(b':')?;
    let hash = hash(&name);
    let bit = 1_u32 << (hash >> 27);
    if frame.seen & bit != 0 {
        let known = slots.get(usize::from(frame.first)..*used).ok_or(Malformed)?;
        if known.iter().any(|member| member.hash == hash && member.str(text) == Some(name)) {
            return Err(Malformed);
        }
    }
    frame.seen |= bit;
    *slots.get_mut(*used).ok_or(Malformed)? = Member {
        hash,
        start: u32::try_from(start).map_err(|_| Malformed)?,
        len: u32::try_from(name.raw_len()).map_err(|_| Malformed)?,
        escaped: name.plain().is_none(),
    };
    *used += 1;
    Ok(name)
}

impl Member {
    fn str<'j>(&self, text: &'j str) -> Option<Str<'j>> {
        let start = usize::try_from(self.start).ok()?;
        let end = start.checked_add(usize::try_from(self.len).ok()?)?;
        Some(Str::new(text.get(start..end)?, self.escaped))
    }
}

/// A hash of the name's value: of its length, its first and its last eight bytes. It only saves comparisons: names with
/// one hash are compared in full, and [`limits::JSON_MEMBERS`] bounds what chosen collisions can cost.
fn hash(name: &Str<'_>) -> u32 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (first, last, len) = match name.plain() {
        Some(plain) => ends(plain.as_bytes()),
        None => ends_of(name.bytes()),
    };
    let mixed = (first ^ len).wrapping_mul(FACTOR).rotate_left(32) ^ last;
    u32::try_from(mixed.wrapping_mul(FACTOR) >> 32).unwrap_or_default()
}

/// The first and the last eight bytes, which overlap in a short text, as numbers; and the length.
fn ends(text: &[u8]) -> (u64, u64, u64) {
    let len = u64::try_from(text.len()).unwrap_or(u64::MAX);
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last), len);
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        let (low, high) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return (u64::from(low), u64::from(high), len);
    }
    let word = |bytes| u64::from(u32::from_le_bytes(bytes));
    let word = match *text {
        [a] => word([a, 0, 0, 0]),
        [a, b] => word([a, b, 0, 0]),
        [a, b, c] => word([a, b, c, 0]),
        _ => 0,
    };
    (word, word, len)
}

/// The same of a text that comes byte by byte.
fn ends_of(text: impl Iterator<Item = u8>) -> (u64, u64, u64) {
    let (mut first, mut last, mut len) = ([0; 8], 0, 0);
    for byte in text {
        if let Some(place) = usize::try_from(len).ok().and_then(|len| first.get_mut(len)) {
            *place = byte;
        }
        last = last >> 8 | u64::from(byte) << 56;
        len += 1;
    }
    let first = u64::from_le_bytes(first);
    match len {
        0..4 => (first, first, len),
        4..8 => (first & 0xffff_ffff, last >> 32, len),
        _ => (first, last, len),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::ToOwned;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    fn members(text: &str) -> Result<Vec<String>, Malformed> {
        let mut out = Vec::new();
        scan(text.as_bytes(), &mut [Member::default(); 32], |name, value| {
            let mut buffer = [0; 64];
            let name = name.decode(&mut buffer).unwrap().to_owned();
            let value = match value {
                Value::Object(text) | Value::Array(text) | Value::Number(text) => text.to_owned(),
                Value::String(string) => format!("'{}'", string.decode(&mut buffer).unwrap()),
                Value::Bool(value) => format!("{value}"),
                Value::Null => "null".to_owned(),
            };
            out.push(format!("{name}={value}"));
        })?;
        Ok(out)
    }

    #[test]
    fn top_level_members_are_handed_out_in_order() {
        let found = members(r#" {"a":1, "b" : {"a":[{}, []]} ,"c":[1,[2],{"c":3}],"d":"x\n","e":{},"f":[],"g":null,"h":true} "#).unwrap();
        assert_eq!(
            found,
            [
                "a=1",
                "b={\"a\":[{}, []]}",
                "c=[1,[2],{\"c\":3}]",
                "d='x\n'",
                "e={}",
                "f=[]",
                "g=null",
                "h=true",
            ]
        );
    }

    /// J-DUP-01.
    #[test]
    fn duplicates_are_refused_at_any_level_and_in_any_spelling() {
        for bad in [
            r#"{"a":1,"a":1}"#,
            r#"{"iss":1,"\u0069ss":1}"#,
            r#"{"\u0069ss":1,"i\u0073s":1}"#,
            r#"{"x":{"a":1,"b":2,"a":3}}"#,
            r#"{"x":[{"long name of it":1,"long name of i\u0074":2}]}"#,
            r#"{"":1,"":2}"#,
        ] {
            assert_eq!(members(bad), Err(Malformed), "{bad}");
        }
        for good in
            [r#"{"a":{"a":1},"b":{"a":1}}"#, r#"{"a":1,"A":1,"a ":1,"":1}"#, r#"{"x":[{"a":1},{"a":1}]}"#]
        {
            assert!(members(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn many_names_are_all_compared() {
        let names: Vec<_> = (0..30).map(|i| format!("\"n{i}\":{i}")).collect();
        assert!(members(&format!("{{{}}}", names.join(","))).is_ok());
        for i in 0..30 {
            assert!(members(&format!("{{{},\"n{i}\":0}}", names.join(","))).is_err());
        }
    }

    #[test]
    fn hashes_agree_between_spellings() {
        let plain = "abcdefgh-ijklmnop";
        for (len, _) in plain.char_indices() {
            let plain = plain.get(..len).unwrap();
            let escaped: std::string::String =
                plain.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
            assert_eq!(hash(&Str::new(plain, false)), hash(&Str::new(&escaped, true)), "{plain}");
        }
    }

    #[test]
    fn what_rfc_8259_does_not_allow_is_refused() {
        for bad in [
            "",
            "1",
            "[]",
            "null",
            "{",
            "}",
            "{]",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1}}",
            "{\"a\":1} x",
            "{\"a\":01}",
            "{\"a\":+1}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":1e}",
            "{\"a\":-}",
            "{\"a\":NaN}",
            "{\"a\":tru}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\\ud800\"}",
            "{\"a\":\"\\udc00\\ud800\"}",
            "{\"a\":\"",
            "{\"a\":\"\\\"}",
            "\u{feff}{}",
            "{}\0",
            "{\"a\":[1,]}",
            "{\"a\":[1 2]}",
            "{\"a\":[}",
            "{1:2}",
            "{/**/}",
            "{\"a\":1 \"b\":2}",
        ] {
            assert_eq!(members(bad), Err(Malformed), "{bad}");
        }
        assert!(scan(b"{\"a\":\"\xff\"}", &mut [], |_, _| {}).is_err());
    }

    #[test]
    fn depth_and_members_are_bounded() {
        let nested = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(members(&nested(limits::JSON_DEPTH - 1)).is_ok());
        assert!(members(&nested(limits::JSON_DEPTH)).is_err());
        assert!(scan(b"{\"a\":1,\"b\":2}", &mut [Member::default(); 1], |_, _| {}).is_err());
        assert!(scan(b"{\"a\":{\"b\":2}}", &mut [Member::default(); 1], |_, _| {}).is_err());
        assert!(scan(b"{\"a\":{\"b\":2},\"c\":{\"d\":2}}", &mut [Member::default(); 3], |_, _| {}).is_ok());
    }
}
