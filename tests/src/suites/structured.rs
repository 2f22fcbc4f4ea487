//! Structured fields as text, as the parser found them and as the published suite has them.

use doorward_core::wire::Malformed;
use doorward_core::wire::quoted::QuotedText;
use doorward_core::wire::structured::{BareItem, Dictionary, Item, List, Member, Parameters};
use serde_json::Value;

/// What the parser makes of a field of this type, or `refused`.
#[must_use]
pub fn reading(kind: &str, value: &[u8]) -> String {
    let found = match kind {
        "item" => Item::parse(value).map(item),
        "list" => List::parse(value).map(|list| joined(list.members().map(member))),
        _ => Dictionary::parse(value).map(dictionary),
    };
    found.unwrap_or_else(|Malformed| "refused".to_owned())
}

/// Keys keep the place where they came first, and the value that came last.
fn dictionary(all: Dictionary<'_>) -> String {
    let mut keys: Vec<&[u8]> = Vec::new();
    for (key, _) in all.members() {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    joined(keys.into_iter().filter_map(|key| {
        let name = core::str::from_utf8(key).ok()?;
        Some(format!("{name}={}", member(all.get(name)?)))
    }))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn member(member: Member<'_>) -> String {
    match member {
        Member::Item(found) => item(found),
        Member::InnerList(list) => {
            format!("({}){}", joined(list.items().map(item)), parameters(list.parameters))
        }
    }
}

fn item(item: Item<'_>) -> String {
    bare(item.value) + &parameters(item.parameters)
}

fn parameters(all: Parameters<'_>) -> String {
    let mut keys: Vec<&[u8]> = Vec::new();
    for (key, _) in all.iter() {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let one = |key: &[u8]| {
        let name = core::str::from_utf8(key).ok()?;
        Some(format!(";{name}={}", bare(all.get(name)?)))
    };
    keys.into_iter().filter_map(one).collect()
}

fn bare(value: BareItem<'_>) -> String {
    match value {
        BareItem::Integer(number) => format!("integer {number}"),
        BareItem::Decimal(number) => format!("decimal {}", number.thousandths()),
        BareItem::String(text) => format!("string {}", utf8(meant(text))),
        BareItem::Token(text) => format!("token {}", utf8(text.to_vec())),
        BareItem::ByteSequence(bytes) => format!("bytes {:02x?}", bytes.bytes().collect::<Vec<_>>()),
        BareItem::Boolean(value) => format!("boolean {value}"),
        BareItem::Date(seconds) => format!("date {seconds}"),
        BareItem::DisplayString(text) => format!("display {}", utf8(text.bytes().collect())),
    }
}

fn meant(text: QuotedText<'_>) -> Vec<u8> {
    text.bytes().collect()
}

fn utf8(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|_| "no text".to_owned())
}

/// The same of what the suite expects.
#[must_use]
pub fn published(kind: &str, expected: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    match kind {
        "item" => published_member(expected),
        "list" => joined(list(expected).iter().map(published_member)),
        _ => joined(list(expected).iter().map(|pair| {
            format!("{}={}", text(pair.get(0)), pair.get(1).map(published_member).unwrap_or_default())
        })),
    }
}

fn published_member(member: &Value) -> String {
    let parameters = member.get(1).and_then(Value::as_array).into_iter().flatten();
    let parameters: String = parameters
        .map(|pair| format!(";{}={}", text(pair.get(0)), pair.get(1).map(published_bare).unwrap_or_default()))
        .collect();
    match member.get(0) {
        Some(Value::Array(items)) => format!("({}){parameters}", joined(items.iter().map(published_member))),
        value => value.map(published_bare).unwrap_or_default() + &parameters,
    }
}

fn published_bare(value: &Value) -> String {
    let typed = |name: &str| value.get("__type").is_some_and(|found| found == name);
    match value {
        Value::Bool(value) => format!("boolean {value}"),
        Value::String(text) => format!("string {text}"),
        Value::Number(number) => match number.as_i64() {
            Some(number) => format!("integer {number}"),
            None => format!("decimal {:.0}", number.as_f64().unwrap_or_default() * 1000.0),
        },
        _ if typed("token") => format!("token {}", text(value.get("value"))),
        _ if typed("binary") => format!("bytes {:02x?}", base32(&text(value.get("value")))),
        _ if typed("date") => {
            format!("date {}", value.get("value").and_then(Value::as_i64).unwrap_or_default())
        }
        _ => format!("display {}", text(value.get("value"))),
    }
}

fn text(value: Option<&Value>) -> String {
    value.and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Bytes from base32 (RFC 4648, section 6), in which the suite writes them.
fn base32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for char in text.bytes().filter(|byte| *byte != b'=') {
        let value =
            if char.is_ascii_uppercase() { char - b'A' } else { char.wrapping_sub(b'2').wrapping_add(26) };
        bits = bits << 5 | u32::from(value & 31);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or_default());
        }
    }
    bytes
}
