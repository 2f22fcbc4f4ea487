//! Challenges that are made up, written in every way that RFC 9110 allows and with faults put between: the reader finds what
//! was meant, and of what is broken nothing but the broken part is lost.

use doorward_core::challenge::{Fault, Scheme, Writer, read};
use doorward_core::limits;
use doorward_tests::suites::challenges::{each, meant, sorted};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same cases on every run.
fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 3000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(9110),
        ..ProptestConfig::default()
    }
}

/// A challenge as it is meant, and as it is written.
#[derive(Clone, Debug)]
struct Written {
    meant: String,
    text: Vec<u8>,
}

/// A parameter: its name without a number, its value one character for each byte, and how it is written.
type Piece = (String, String, bool, &'static str, &'static str);

fn bytes(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.chars().filter_map(|char| u8::try_from(u32::from(char)).ok())
}

fn space() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", "", "", " ", "\t", " \t "])
}

fn piece() -> impl Strategy<Value = Piece> {
    let value = prop_oneof!["[!#$%&'*+.^_`|~A-Za-z0-9-]{1,6}", "[\t !-~\u{80}-\u{ff}]{0,12}"];
    ("[a-zA-Z!*]{1,4}", value, any::<bool>(), space(), space())
}

/// A challenge with parameters whose names differ by a number.
fn parameters() -> impl Strategy<Value = Written> {
    let pieces = prop::collection::vec((piece(), separator()), 1..5);
    ("[A-Za-z0-9!]{1,8}", "[ ]{1,3}", pieces).prop_map(|(scheme, gap, pieces)| {
        let mut text = (scheme.clone() + &gap).into_bytes();
        let mut all = Vec::new();
        for (at, ((name, value, quote, before, after), comma)) in pieces.into_iter().enumerate() {
            if at > 0 {
                text.extend(comma.bytes());
            }
            text.extend(format!("{name}{at}{before}={after}").bytes());
            all.push((format!("{name}{at}").to_ascii_lowercase(), value.clone()));
            let is_token = doorward_core::wire::field::is_token(value.as_bytes());
            write_value(&mut text, &value, quote || !is_token);
        }
        all.sort();
        let all: Vec<_> = all.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        Written { meant: format!("{}({})", scheme.to_ascii_lowercase(), all.join(" ")), text }
    })
}

/// In quotes every second character is escaped that need not be.
fn write_value(text: &mut Vec<u8>, value: &str, quote: bool) {
    if !quote {
        return text.extend(value.bytes());
    }
    text.push(b'"');
    for (at, byte) in bytes(value).enumerate() {
        if matches!(byte, b'"' | b'\\') || at % 2 == 1 {
            text.push(b'\\');
        }
        text.push(byte);
    }
    text.push(b'"');
}

/// A challenge without parameters.
fn other() -> impl Strategy<Value = Written> {
    let token68 =
        ("[A-Za-z]{1,5}", "[ ]{1,2}[A-Za-z0-9._~+/-]{1,9}={0,3}").prop_map(|(scheme, data)| Written {
            meant: format!("{}(token68:{})", scheme.to_ascii_lowercase(), data.trim_start()),
            text: (scheme + &data).into_bytes(),
        });
    let bare = "[A-Za-z]{1,5}".prop_map(|scheme: String| Written {
        meant: format!("{}()", scheme.to_ascii_lowercase()),
        text: scheme.into_bytes(),
    });
    prop_oneof![token68, bare]
}

/// A comma with what may stand around it.
fn separator() -> impl Strategy<Value = String> {
    (space(), prop::sample::select(vec!["", "", ",", " ,\t,"]), space())
        .prop_map(|(before, empty, after)| format!("{before},{empty}{after}"))
}

fn line() -> impl Strategy<Value = Vec<(Written, String)>> {
    prop::collection::vec((prop_oneof![3 => parameters(), 2 => other()], separator()), 0..6)
}

/// The challenges in one line. Behind white space alone a parameter would belong to the challenge before, which none is.
fn joined<'w>(all: impl Iterator<Item = (&'w [u8], &'w str)>) -> Vec<u8> {
    let mut text = Vec::new();
    for (at, (challenge, separator)) in all.enumerate() {
        if at > 0 {
            text.extend(separator.bytes());
        }
        text.extend(challenge);
    }
    text
}

/// Whole challenges that are malformed, balanced in their quotes, what is found in them, and whether they are read nonetheless.
const BROKEN: [(&str, Fault, bool); 12] = [
    ("X a=b c=d", Fault::MissingComma, true),
    ("X a=\"b\" \tc=\"D e, F\", g=h", Fault::MissingComma, true),
    ("X a=b@c, d=e", Fault::BadValue, true),
    ("X a=https://b/?c d=e", Fault::BadValue, true),
    ("X a=\"b\"c", Fault::MissingComma, false),
    ("X a=\"b\" C d=e", Fault::MissingComma, false),
    ("X a=b, A=\"c, D e\"", Fault::DuplicateParameter, false),
    ("X a=b A=\"c, D e\"", Fault::DuplicateParameter, false),
    ("X abc, d=\"E f\"", Fault::MixedToken68, false),
    ("X {a}", Fault::BadParameter, false),
    ("X\ta=b", Fault::BadParameter, false),
    ("\"X, Y\"", Fault::NoScheme, false),
];

proptest! {
    #![proptest_config(config())]

    /// H-GRAM-01 to H-GRAM-08.
    #[test]
    fn what_is_written_is_read(line in line(), lead in "[ ,\t]{0,3}", tail in "[ ,\t]{0,3}") {
        let inner = joined(line.iter().map(|(one, separator)| (one.text.as_slice(), separator.as_str())));
        let text = [lead.as_bytes(), &inner, tail.as_bytes()].concat();
        let expected: Vec<_> = line.iter().map(|(one, _)| Ok(one.meant.clone())).collect();
        prop_assert_eq!(each(&text), expected, "{}", text.escape_ascii());
    }

    /// One malformed challenge takes nothing away but itself.
    #[test]
    fn what_is_sound_around_a_fault_is_read(line in line(), at in 0..6_usize, broken in prop::sample::select(&BROKEN[..])) {
        let at = at.min(line.len());
        let mut all: Vec<(&[u8], &str)> =
            line.iter().map(|(one, separator)| (one.text.as_slice(), separator.as_str())).collect();
        all.insert(at, (broken.0.as_bytes(), ", "));
        let text = joined(all.into_iter());
        let expected: Vec<_> = line.iter().map(|(one, _)| one.meant.clone()).collect();
        let lenient = sorted(read(&text));
        prop_assert_eq!(&lenient.sound, &expected, "{}", text.escape_ascii());
        let (found, other) =
            if broken.2 { (lenient.loose, lenient.faults) } else { (lenient.faults, lenient.loose) };
        prop_assert_eq!(found.iter().map(|fault| fault.kind).collect::<Vec<_>>(), vec![broken.1]);
        prop_assert!(other.is_empty(), "{}", text.escape_ascii());
        let strict = sorted(read(&text).strictly());
        prop_assert_eq!((strict.sound, strict.loose.len()), (expected, 0));
        if broken.2 {
            prop_assert_eq!(strict.faults, found, "{}", text.escape_ascii());
        }
    }

    /// H-GRAM-12: what the writer was given comes back, but for what no field may hold.
    #[test]
    fn what_our_writer_writes_our_reader_reads(realm in ".{0,20}", scope in prop::collection::vec("[ -~]{0,9}", 0..4), number in any::<u64>()) {
        let mut out = [0; 512];
        let mut writer = Writer::new(Scheme::Dpop, &mut out);
        writer.parameter("realm", &realm).list("scope", scope.iter().map(String::as_str)).number("max_age", number);
        let (text, _) = writer.finish().expect("the buffer is long enough");
        let mut all = read(text.as_bytes());
        let one = all.next().expect("one challenge").expect("a sound one");
        let visible = |byte: u8| char::from(if (b' '..=b'~').contains(&byte) { byte } else { b' ' });
        prop_assert_eq!(one.parameter("realm").map(meant), Some(realm.bytes().map(visible).collect::<String>()));
        prop_assert_eq!(one.parameter("scope").map(meant), Some(scope.join(" ")));
        prop_assert_eq!(one.parameter("max_age").map(meant), Some(number.to_string()));
        prop_assert!(one.is_scheme("dpop") && all.next().is_none());
    }
}

/// Lines as long as any that is read, of what is dearest to read, take no time that anybody would notice.
#[test]
fn the_longest_lines_are_read_in_a_moment() {
    let long = |piece: &str| piece.repeat(limits::RESPONSE_FIELD_BYTES / piece.len());
    let began = std::time::Instant::now();
    for piece in [
        "A b=\"",
        "A b=c d, ",
        "\\\"",
        "\"\",",
        "A, ",
        ",",
        " ,\t",
        "A b=\"c\" ",
        "=,A,",
        "A a=,",
        "((((",
        "A b",
        "A b=c d=e, ",
        "A b=: d=e f, ",
        " b=:",
    ] {
        let found = each(long(piece).as_bytes());
        assert!(found.len() <= limits::CHALLENGES_READ + 1);
    }
    let name = "n".repeat(2000);
    let wide: Vec<_> = (0..31).map(|at| format!("{name}{at}=x")).collect();
    assert_eq!(each(format!("A {}", wide.join(",")).as_bytes()).len(), 1);
    assert!(began.elapsed().as_secs() < 5, "{:?}", began.elapsed());
}
