//! Our readers of JSON and base64url against others, on texts that are made up: what both take means the same
//! to both, and where only one takes it the cause is one that we chose.
#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_core::wire::base64url;
use doorward_core::wire::json::{Member, Value, pointer, scan_value};
use doorward_tests::suites::corpus::Mutator;
use doorward_tests::suites::fuzz_bodies;
use doorward_tests::suites::json_reference::Tree;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{RngSeed, TestRunner};

/// As many as fit into a second or two, the same on every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(8259),
        ..ProptestConfig::default()
    }
}

/// A name or a string with its quotes; of few pieces, so that names repeat now and then.
fn string() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b",
        "iss",
        "\\u0061",
        "\\u0069ss",
        "\\n",
        "\\\"",
        "\\\\",
        "\\/",
        "/",
        "~",
        "\u{e9}",
        "\\u00e9",
        "\\ud83d\\ude00",
        "\\ud800\\udc00",
        "\\udbff\\udfff",
        "\u{1f600}",
        "\\u0000",
        " ",
        "",
        "0",
        "1",
        "\u{7f}",
    ]);
    prop::collection::vec(piece, 0..5).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// A number, some of them beyond what a machine's numbers hold.
fn number() -> impl Strategy<Value = String> {
    let part = |parts: &'static [&'static str]| prop::sample::select(parts);
    let whole = part(&["0", "7", "10", "1795387431", "99999999999999999999", "253402300799"]);
    let fraction = part(&["", "", ".0", ".5", ".25000", ".999999999999"]);
    let exponent = part(&["", "", "e0", "E+2", "e-3", "e400", "e99999999999"]);
    (part(&["", "", "-"]), whole, fraction, exponent).prop_map(|(s, w, f, e)| format!("{s}{w}{f}{e}"))
}

/// A text that is JSON more often than not.
fn json() -> impl Strategy<Value = String> {
    let text = |texts: &'static [&'static str]| prop::sample::select(texts).prop_map(str::to_owned);
    let word = text(&["true", "false", "null", "{}", "[]", "[ ]"]);
    let fault = text(&[
        "nul",
        "01",
        "+1",
        "1.",
        ".5",
        "1e",
        "-",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\n\"",
        "[1,]",
        "{,}",
        "'a'",
    ]);
    let leaf = prop_oneof![40 => string(), 40 => number(), 20 => word, 1 => fault];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        let space = || text(&["", "", "", " ", "\n\t", "\r"]);
        let array = (prop::collection::vec(inner.clone(), 0..6), space())
            .prop_map(|(list, space)| format!("[{space}{}]", list.join(&format!("{space},"))));
        let member =
            (string(), space(), inner).prop_map(|(name, space, value)| format!("{name}{space}:{value}"));
        let object = (prop::collection::vec(member, 0..6), space())
            .prop_map(|(list, space)| format!("{{{space}{}{space}}}", list.join(",")));
        prop_oneof![array, object]
    })
}

/// What is never taken, or always, would compare nothing.
#[test]
fn some_texts_are_taken_and_some_are_not() {
    let mut runner = TestRunner::new(config());
    let mut taken = 0;
    for _ in 0..1000 {
        let text = json().new_tree(&mut runner).expect("a text").current();
        taken += usize::from(scan_value(text.as_bytes(), &mut [Member::default(); 64]).is_ok());
    }
    assert!((300..950).contains(&taken), "{taken} of 1000");
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn whole_texts_are_read_alike(text in json()) {
        fuzz_bodies::json_scan(text.as_bytes());
    }

    #[test]
    fn broken_texts_are_refused_alike(text in json(), seed in any::<u64>()) {
        let mutated = Mutator::new(seed).mutate(text.as_bytes(), b"{\"a\":[1,\"\\u00e9\",null]}");
        fuzz_bodies::json_scan(&mutated);
    }

    #[test]
    fn deep_texts_are_refused_at_one_depth(depth in 1..40_usize, object in any::<bool>()) {
        let (open, close) = if object { ("{\"a\":", "}") } else { ("[", "]") };
        let text = format!("{}0{}", open.repeat(depth), close.repeat(depth));
        let taken = scan_value(text.as_bytes(), &mut [Member::default(); 64]).is_ok();
        prop_assert_eq!(taken, depth <= doorward_core::limits::JSON_DEPTH);
        fuzz_bodies::json_scan(text.as_bytes());
    }

    #[test]
    fn any_bytes_are_refused_alike(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        fuzz_bodies::json_scan(&bytes);
        fuzz_bodies::base64url(&bytes);
    }

    #[test]
    fn slots_bound_what_is_open_and_nothing_else(text in json(), slots in 0..6_usize) {
        if let Some(tree) = Tree::read(text.as_bytes()) {
            let taken = scan_value(text.as_bytes(), &mut vec![Member::default(); slots]).is_ok();
            prop_assert_eq!(taken, !tree.is_beyond_the_core(slots), "{}", text);
        }
    }

    #[test]
    fn base64url_is_read_alike(bytes in prop::collection::vec(any::<u8>(), 0..100), seed in any::<u64>()) {
        let text = URL_SAFE_NO_PAD.encode(&bytes);
        let mut out = vec![0; text.len()];
        prop_assert_eq!(base64url::decode(text.as_bytes(), &mut out), Ok(bytes.as_slice()));
        fuzz_bodies::base64url(&Mutator::new(seed).mutate(text.as_bytes(), b"+/=_-AZ"));
    }

    #[test]
    fn pointers_reach_the_same(text in json(), path in path()) {
        let mut slots = [Member::default(); 64];
        let Ok(root) = scan_value(text.as_bytes(), &mut slots) else { return Ok(()) };
        // Numbers beyond its range keep `serde_json` from reading the whole; they are compared elsewhere.
        let Ok(theirs) = serde_json::from_str::<serde_json::Value>(&text) else { return Ok(()) };
        let ours = pointer(root, &path).map(read);
        prop_assert_eq!(ours.as_ref(), theirs.pointer(&path), "{} at {}", text, path);
    }
}

/// A pointer to something that may well be there.
fn path() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a", "b", "iss", "0", "1", "5", "01", "-", "", "~0", "~1", "~01", "/", "aa",
    ]);
    prop::collection::vec(token, 0..4)
        .prop_map(|tokens| tokens.iter().map(|token| format!("/{token}")).collect())
}

/// A value of ours as `serde_json` has it.
fn read(value: Value<'_>) -> serde_json::Value {
    match value {
        Value::Object(text) | Value::Array(text) | Value::Number(text) => {
            serde_json::from_str(text).expect("a piece of JSON is JSON")
        }
        Value::String(string) => {
            let mut out = vec![0; string.raw_len()];
            string.decode(&mut out).expect("as long as the text at most").into()
        }
        Value::Bool(bool) => bool.into(),
        Value::Null => serde_json::Value::Null,
    }
}
