//! What structured fields hold, and what makes them malformed as a whole.

use super::*;
use crate::wire::quoted::QuotedText;
use std::format;
use std::string::String;
use std::vec::Vec;

fn meant(text: QuotedText<'_>) -> String {
    String::from_utf8(text.bytes().collect()).unwrap()
}

fn bare(value: BareItem<'_>) -> String {
    match value {
        BareItem::Integer(number) => format!("{number}"),
        BareItem::Decimal(number) => format!("{}/1000", number.thousandths()),
        BareItem::String(text) => format!("'{}'", meant(text)),
        BareItem::Token(text) => String::from_utf8(text.to_vec()).unwrap(),
        BareItem::ByteSequence(bytes) => format!("{:?}", bytes.bytes().collect::<Vec<_>>()),
        BareItem::Boolean(value) => format!("{value}"),
        BareItem::Date(seconds) => format!("@{seconds}"),
        BareItem::DisplayString(text) => format!("%{}", String::from_utf8(text.bytes().collect()).unwrap()),
    }
}

fn item(item: Item<'_>) -> String {
    bare(item.value) + &parameters(item.parameters)
}

fn parameters(all: Parameters<'_>) -> String {
    all.iter().map(|(key, value)| format!(";{}={}", key.escape_ascii(), bare(value))).collect()
}

fn member(member: Member<'_>) -> String {
    match member {
        Member::Item(found) => item(found),
        Member::InnerList(list) => {
            let items: Vec<_> = list.items().map(item).collect();
            format!("({}){}", items.join(" "), parameters(list.parameters))
        }
    }
}

fn list(value: &str) -> Option<Vec<String>> {
    List::parse(value.as_bytes()).ok().map(|list| list.members().map(member).collect())
}

fn one(value: &str) -> Option<String> {
    Item::parse(value.as_bytes()).ok().map(item)
}

#[test]
fn every_type_of_value_is_read() {
    for (text, value) in [
        ("-999999999999999", "-999999999999999"),
        ("042", "42"),
        ("-0", "0"),
        ("999999999999.999", "999999999999999/1000"),
        ("-1.5", "-1500/1000"),
        ("-0.05", "-50/1000"),
        (r#""a \"b\" \\c""#, r#"'a "b" \c'"#),
        ("*a/b:c", "*a/b:c"),
        (":aGVsbG8=:", "[104, 101, 108, 108, 111]"),
        (":aGVsbG8:", "[104, 101, 108, 108, 111]"),
        (":+/8=:", "[251, 255]"),
        ("::", "[]"),
        ("?1", "true"),
        ("?0", "false"),
        ("@-1", "@-1"),
        ("%\"f%c3%bc%f0%9f%92%a9\"", "%f\u{fc}\u{1f4a9}"),
        ("  a  ", "a"),
        ("a; b ;c", "-"),
        ("a; b;c=?0", "a;b=true;c=false"),
    ] {
        assert_eq!(one(text).as_deref().unwrap_or("-"), value, "{text}");
    }
}

#[test]
fn a_fault_anywhere_makes_the_whole_malformed() {
    for text in [
        "",
        "1000000000000000",
        "1.",
        "1.2345",
        "1000000000000.0",
        "-",
        "--1",
        ".1",
        "+1",
        "\"",
        "\"a\\b\"",
        "\"\u{e9}\"",
        "\"a\tb\"",
        "?",
        "?2",
        "?10",
        "@1.5",
        "@",
        ":a:",
        ":ab=:",
        ":abc==:",
        ":abcd=:",
        ":ab-_:",
        ":abcd",
        "%a",
        "%\"",
        "%\"%C3%BC\"",
        "%\"%c3\"",
        "%\"%ff\"",
        "%\"%ed%a0%80\"",
        "%\"%c0%80\"",
        "%\"%c\"",
        "%\"\u{e9}\"",
        "a b",
        "a,b",
        "a;",
        "a;B",
        "a;b=",
        "(a)",
        "\ta",
        "a\t",
    ] {
        assert_eq!(one(text), None, "{text}");
    }
    for text in [
        "a,", ",a", "a,,b", "a b", "(a", "(a,b)", "(a\tb)", "(a\"b\")", "((a))", "a, (b", "a;b c", "a\n",
        "a,\u{b}b",
    ] {
        assert_eq!(list(text), None, "{text}");
    }
    for text in ["a=1,", "A=1", "a=", "a=1 b=2", "=1", "1=a", "a, b;", "a=(1"] {
        assert!(Dictionary::parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn lists_hold_items_and_lists_of_items() {
    assert_eq!(list("").unwrap(), [""; 0]);
    assert_eq!(list("  ").unwrap(), [""; 0]);
    assert_eq!(list("a \t,\t (b;c d  \"e)\" );f=1,()").unwrap(), ["a", "(b;c=true d 'e)');f=1", "()"]);
    assert_eq!(list("a\t").unwrap(), ["a"]);
}

#[test]
fn of_what_has_one_key_the_last_one_counts() {
    let all = Dictionary::parse(b"a=1, b;x;y=2, a=(3);z, *-_.9").unwrap();
    assert_eq!(all.members().count(), 4);
    assert_eq!(all.get("a").map(member).unwrap(), "(3);z=true");
    assert_eq!(all.get("b").map(member).unwrap(), "true;x=true;y=2");
    assert_eq!(all.get("*-_.9").map(member).unwrap(), "true");
    assert!(all.get("c").is_none());
    let parameters = Item::parse(b"a;b=1;b=2").unwrap().parameters;
    assert_eq!(parameters.get("b").map(bare).unwrap(), "2");
    assert!(all.get("a").unwrap().parameters().get("z").is_some());
}

#[test]
fn no_field_is_read_beyond_the_limit() {
    let long = |len: usize| "a".repeat(len);
    assert!(one(&long(limits::RESPONSE_FIELD_BYTES)).is_some());
    assert!(one(&long(limits::RESPONSE_FIELD_BYTES + 1)).is_none());
    let deep = "(".repeat(10_000);
    assert_eq!(list(&deep), None);
}

/// No `Debug` shows what was sent.
#[test]
fn what_is_shown_names_no_text() {
    let all = List::parse(br#""s3cret", s3cret, :czNjcmV0:, %"s3cret", (s3cret);s3cret"#).unwrap();
    let shown: Vec<_> = all.members().map(|member| format!("{member:?}")).collect();
    assert!(shown.iter().all(|shown| !shown.contains("s3cret") && !shown.contains("115")), "{shown:?}");
    assert_eq!(format!("{all:?}"), "List(5 members)");
    let words = Dictionary::parse(b"a, b").unwrap();
    assert_eq!(format!("{words:?}"), "Dictionary(2 members)");
}
