//! Structured fields that are made up: what was written is read, and one byte too many or too few is refused or means
//! something that can be said.

use core::fmt::Write as _;
use doorward_core::wire::proxy_status;
use doorward_tests::suites::structured::reading;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same cases on every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 1000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(9651),
        ..ProptestConfig::default()
    }
}

/// Something as it is written, and as it must be read.
#[derive(Clone, Debug)]
struct Pair {
    text: String,
    meant: String,
}

fn pair(text: impl Into<String>, meant: impl Into<String>) -> Pair {
    Pair { text: text.into(), meant: meant.into() }
}

fn bare() -> impl Strategy<Value = Pair> {
    let integer = (-999_999_999_999_999_i64..=999_999_999_999_999)
        .prop_map(|n| pair(n.to_string(), format!("integer {n}")));
    let decimal =
        (any::<bool>(), 0..1_000_000_000_000_u64, "[0-9]{1,3}").prop_map(|(negative, whole, fraction)| {
            let sign = if negative { "-" } else { "" };
            let thousandths = format!("{whole}{fraction:0<3}").parse::<i64>().unwrap_or_default();
            let thousandths = if negative { -thousandths } else { thousandths };
            pair(format!("{sign}{whole}.{fraction}"), format!("decimal {thousandths}"))
        });
    let string = "[ -~]{0,12}".prop_map(|text| {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        pair(format!("\"{escaped}\""), format!("string {text}"))
    });
    let token = "[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]{0,8}"
        .prop_map(|text| pair(text.clone(), format!("token {text}")));
    let bytes = prop::collection::vec(any::<u8>(), 0..12).prop_map(|bytes| {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        pair(format!(":{text}:"), format!("bytes {bytes:02x?}"))
    });
    let boolean =
        any::<bool>().prop_map(|value| pair(if value { "?1" } else { "?0" }, format!("boolean {value}")));
    let date = any::<i32>().prop_map(|seconds| pair(format!("@{seconds}"), format!("date {seconds}")));
    let display = ".{0,8}".prop_map(|text: String| {
        let mut encoded = String::new();
        for byte in text.bytes() {
            match byte {
                b'%' | b'"' | 0..0x20 | 0x7f.. => drop(write!(encoded, "%{byte:02x}")),
                _ => encoded.push(char::from(byte)),
            }
        }
        pair(format!("%\"{encoded}\""), format!("display {text}"))
    });
    prop_oneof![integer, decimal, string, token, bytes, boolean, date, display]
}

/// Parameters whose keys differ by a number; true may be left out.
fn parameters() -> impl Strategy<Value = Pair> {
    let one = ("[a-z*][a-z_.*-]{0,3}", bare(), prop::sample::select(vec!["", " ", "  "]));
    prop::collection::vec(one, 0..3).prop_map(|all| {
        let mut joined = pair("", "");
        for (at, (key, value, space)) in all.into_iter().enumerate() {
            let value = if value.text == "?1" {
                pair("", value.meant)
            } else {
                pair(format!("={}", value.text), value.meant)
            };
            joined.text += &format!(";{space}{key}{at}{}", value.text);
            joined.meant += &format!(";{key}{at}={}", value.meant);
        }
        joined
    })
}

fn item() -> impl Strategy<Value = Pair> {
    (bare(), parameters()).prop_map(|(value, own)| pair(value.text + &own.text, value.meant + &own.meant))
}

fn member() -> impl Strategy<Value = Pair> {
    let inner = (prop::collection::vec(item(), 0..4), parameters(), prop::sample::select(vec![" ", "  "]))
        .prop_map(|(items, own, space)| {
            let texts: Vec<_> = items.iter().map(|item| item.text.as_str()).collect();
            let meant: Vec<_> = items.iter().map(|item| item.meant.as_str()).collect();
            pair(
                format!("({space}{}){}", texts.join(space), own.text),
                format!("({}){}", meant.join(", "), own.meant),
            )
        });
    prop_oneof![3 => item(), 1 => inner]
}

/// A value that something closes.
fn closed() -> impl Strategy<Value = String> {
    let quoted =
        bare().prop_map(|value| value.text).prop_filter("closed", |text| text.starts_with(['"', ':', '%']));
    let listed = prop::collection::vec(bare(), 0..3).prop_map(|values| {
        let texts: Vec<_> = values.into_iter().map(|value| value.text).collect();
        format!("({})", texts.join(" "))
    });
    prop_oneof![quoted, listed]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read(members in prop::collection::vec((member(), "[a-z]{1,3}"), 1..5), comma in "[ \t]{0,2},[ \t]{0,2}", edge in "[ ]{0,2}") {
        let texts: Vec<_> = members.iter().map(|(member, _)| member.text.as_str()).collect();
        let meant: Vec<_> = members.iter().map(|(member, _)| member.meant.as_str()).collect();
        let list = format!("{edge}{}{edge}", texts.join(&comma));
        prop_assert_eq!(reading("list", list.as_bytes()), meant.join(", "), "{}", list);
        prop_assert!(proxy_status::read(list.as_bytes()).is_ok());

        let named = |at: usize, key: &str| format!("{key}{at}");
        let texts: Vec<_> = members.iter().enumerate().map(|(at, (member, key))| format!("{}={}", named(at, key), member.text)).collect();
        let meant: Vec<_> = members.iter().enumerate().map(|(at, (member, key))| format!("{}={}", named(at, key), member.meant)).collect();
        let dictionary = texts.join(&comma);
        prop_assert_eq!(reading("dictionary", dictionary.as_bytes()), meant.join(", "), "{}", dictionary);
    }

    /// A field is whole or malformed: what lacks its closing quote, colon or bracket is never taken for something shorter.
    #[test]
    fn what_is_cut_off_is_refused(text in closed(), part in 1..40_usize) {
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let end = places.get(part).or(places.last()).copied().unwrap_or_default();
        let (cut, _) = text.split_at(end);
        for kind in ["item", "list"] {
            let expected = if kind == "list" && cut.is_empty() { "" } else { "refused" };
            prop_assert_eq!(reading(kind, cut.as_bytes()), expected, "{}", cut);
        }
    }
}
