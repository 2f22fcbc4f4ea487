//! What the fuzz targets check of what a caller reads: challenges, structured fields, and whole answers.
#![expect(clippy::panic, reason = "a panic is how a fuzz target says that a promise is broken")]

use super::{challenges, structured as fields};
use doorward_core::challenge::{ChallengeData, Scheme, Writer, read, read_parameters};
use doorward_core::diagnose::{Response, Retry, Sent, diagnose};
use doorward_core::limits;
use doorward_core::request::Field;
use doorward_core::time::{Seconds, UnixTime};
use doorward_core::wire::answer_body::AnswerBody;
use doorward_core::wire::json::{Found, Member, PathStep, Str, Value, find, scan_value};
use doorward_core::wire::quoted::is_field_byte;
use doorward_core::wire::retry_after::RetryAfter;
use doorward_core::wire::{field, http_date, proxy_status, via};

/// No value can leave its quotes, and every reader gets it back; and nothing that is read can be what no field may hold.
pub fn challenge(data: &[u8]) {
    written(&String::from_utf8_lossy(data));
    let found = challenges::each(data);
    assert!(found.len() <= limits::CHALLENGES_READ + 1, "{} challenges", found.len());
    let places: Vec<usize> = found.iter().filter_map(|one| Some(one.as_ref().err()?.at)).collect();
    assert!(places.is_sorted() && places.last().is_none_or(|at| *at <= data.len()), "{places:?}");
    for one in read(data).flatten() {
        assert!(field::is_token(one.scheme));
        match one.data {
            ChallengeData::None => {}
            ChallengeData::Token68(text) => assert!(field::is_token68(text)),
            ChallengeData::Parameters(parameters) => {
                let names: Vec<_> = parameters.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
                assert!((1..=limits::CHALLENGE_PARAMETERS).contains(&names.len()));
                assert!(names.iter().all(|name| field::is_token(name)));
                assert!(names.iter().enumerate().all(|(at, name)| !names.iter().take(at).any(|n| n == name)));
                assert!(parameters.iter().all(|(_, value)| value.bytes().all(is_field_byte)), "a bad byte");
            }
        }
    }
    leniency(data);
    if let Some(at) = data.iter().position(|byte| !is_field_byte(*byte)) {
        let cut = data.get(..=at).unwrap_or_default();
        assert_eq!(challenges::each(cut), found, "what stands behind a bad byte was read");
    }
    let commas = data.iter().filter(|byte| **byte == b',').count();
    if found.iter().all(Result::is_ok)
        && found.len() < limits::CHALLENGES_READ
        && commas < limits::EMPTY_ELEMENTS
    {
        let mut more = found.clone();
        more.push(Ok("bearer()".to_owned()));
        assert_eq!(
            challenges::each(&[data, b", Bearer"].concat()),
            more,
            "another challenge changed those before"
        );
    }
    if let Ok(parameters) = read_parameters(data) {
        let again = read_parameters(&[data, b", "].concat()).map(|all| all.iter().count());
        assert!(commas >= limits::EMPTY_ELEMENTS || again == Ok(parameters.iter().count()));
    }
}

/// Leniency adds challenges that strict reading finds a fault in, and changes nothing of the sound ones.
fn leniency(data: &[u8]) {
    let (lenient, strict) = (challenges::sorted(read(data)), challenges::sorted(read(data).strictly()));
    assert!(strict.loose.is_empty(), "strict reading is lenient");
    if lenient.is_cut() || strict.is_cut() {
        return;
    }
    assert_eq!(lenient.sound, strict.sound, "leniency changed what is sound");
    assert!(lenient.loose.iter().all(|fault| strict.faults.contains(fault)), "no fault of strict reading");
    assert!(lenient.loose.is_empty() || lenient.loose.len() + lenient.faults.len() >= strict.faults.len());
}

/// The writer, read by the reader and by one that knows quoted strings only.
fn written(value: &str) {
    let mut out = vec![0; 4 * value.len() + 64];
    let mut writer = Writer::new(Scheme::Bearer, &mut out);
    writer.parameter("realm", value).list("scope", value.split(' ')).number("max_age", 7);
    let Ok((text, _)) = writer.finish() else { panic!("the buffer is long enough") };
    let visible = |byte: u8| if (b' '..=b'~').contains(&byte) { byte } else { b' ' };
    let expected: Vec<u8> = value.bytes().map(visible).collect();
    let rest = text.as_bytes().strip_prefix(b"Bearer realm=\"").unwrap_or_default();
    let (realm, rest) = quoted(rest);
    assert_eq!(realm, expected);
    let (scope, rest) = quoted(rest.strip_prefix(b", scope=\"").unwrap_or_default());
    assert_eq!(scope, expected);
    assert_eq!(rest, b", max_age=\"7\"");
    if text.len() > limits::RESPONSE_FIELD_BYTES {
        return;
    }
    let mut all = read(text.as_bytes());
    let Some(Ok(one)) = all.next() else { panic!("what was written is not read") };
    for (name, value) in [("Realm", expected.as_slice()), ("scope", &expected), ("max_age", b"7")] {
        assert!(one.parameter(name).is_some_and(|found| found.eq(value)), "{name} differs");
    }
    assert!(one.is_scheme("bearer") && all.next().is_none());
}

/// A quoted string without its escapes, up to its closing quote, and what follows.
fn quoted(mut text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    loop {
        text = match text {
            [b'"', rest @ ..] => return (value, rest),
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] => {
                value.push(*byte);
                rest
            }
            [] => panic!("the quotes are not closed"),
        };
    }
}

/// An item is a list of itself and a dictionary of itself; two lists are one list; and nothing is lost on the way.
pub fn structured(data: &[u8]) {
    let [item, list, dictionary] = ["item", "list", "dictionary"].map(|kind| fields::reading(kind, data));
    let refused = "refused";
    let room = 2 * data.len() + 8 < limits::RESPONSE_FIELD_BYTES;
    if item != refused {
        assert_eq!(list, item, "an item is no list");
        let named = [b"k=", data.trim_ascii_start()].concat();
        assert!(!room || fields::reading("dictionary", &named) == format!("k={item}"), "an item is no value");
    }
    for (kind, found) in [("list", &list), ("dictionary", &dictionary)] {
        if found == refused || found.is_empty() || !room {
            continue;
        }
        let twice = fields::reading(kind, &[data, b",\t", data].concat());
        let expected = if kind == "list" { format!("{found}, {found}") } else { found.clone() };
        assert_eq!(twice, expected, "two of one kind are not one");
        for bad in [&b",\x00"[..], b"\x7f", b",", b"\"", b"("] {
            assert_eq!(fields::reading(kind, &[data, bad].concat()), refused, "{}", bad.escape_ascii());
        }
    }
}

/// Where the values of an answer's body are looked for.
const PATHS: [&[PathStep<'static>]; 7] = [
    &[],
    &[PathStep::Member("error")],
    &[PathStep::Member("error"), PathStep::Member("code")],
    &[PathStep::Member("errors"), PathStep::Element(0), PathStep::Member("code")],
    &[PathStep::Element(1)],
    &[PathStep::Member("errors"), PathStep::Any, PathStep::Member("code")],
    &[PathStep::Member("a"), PathStep::Element(1)],
];

/// The time at which answers are read.
const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

/// An answer as a status line, field lines, an empty line and a body, however odd: its readers never panic, and what is
/// found in the beginning of a body is what the whole body says.
pub fn response(data: &[u8]) {
    let (head, body) = match data.windows(2).position(|two| two == b"\n\n") {
        Some(at) => (data.get(..at).unwrap_or_default(), data.get(at + 2..).unwrap_or_default()),
        None => (data, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let fields: Vec<Field<'_>> = lines
        .map(|line| {
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let name = parts.next().unwrap_or_default();
            let value = parts.next().unwrap_or_default();
            one_field(value);
            Field::new(name, value)
        })
        .collect();
    body_of(body);
    diagnosis(first, &Response { status: 0, fields: &fields, body });
}

/// What the first line says of status and request leads to a diagnosis whose parts agree.
fn diagnosis(first: &[u8], response: &Response<'_>) {
    let mut words = first.split(|byte| *byte == b' ');
    let mut next = || words.next().unwrap_or_default();
    let number = |word: &[u8]| core::str::from_utf8(word).ok()?.parse::<u16>().ok();
    let response = Response { status: number(next()).unwrap_or(401), ..*response };
    let (scheme, url, final_url) = (next(), next(), next());
    let scheme = (!matches!(scheme, b"" | b"-")).then_some(scheme);
    let at = NOW.minus(Seconds(1));
    let sent = Sent { scheme, url, final_url, at: Some(at), issued_at: Some(at), ..Sent::default() };
    for sent in [sent, Sent { attempt: 2, refused_before: true, interactive: true, proof: true, ..sent }] {
        let found = diagnose(&sent, &response, NOW);
        assert_eq!(found.is_refusal(), found.signal().is_some());
        assert_eq!(found.misused_status, found.proper_status.is_some());
        assert_eq!(found.status, response.status);
        assert!(found.cause.is_none() || found.is_refusal(), "a cause without a refusal");
        assert!(found.retry != Retry::Same || !found.is_refusal() || !sent.proof, "one proof is sent twice");
        assert!(
            found.proper_status.is_none_or(|status| status != response.status),
            "a status is no misuse of itself"
        );
    }
}

fn one_field(value: &[u8]) {
    let (sound, faults) = challenges::count(read(value));
    assert!(sound + faults <= limits::CHALLENGES_READ + 1);
    let commas = value.iter().filter(|byte| **byte == b',').count();
    if let Ok(hops) = proxy_status::read(value) {
        assert!(hops.count() <= commas + 1);
    }
    for hop in via::read(value) {
        assert!(!hop.protocol.is_empty() && hop.by.iter().all(u8::is_ascii_graphic));
    }
    let date = http_date::parse(value, NOW);
    match RetryAfter::parse(value, NOW) {
        Some(RetryAfter::At(at)) => assert_eq!(Some(at), date),
        Some(RetryAfter::After(_)) => assert!(date.is_none()),
        None => assert!(date.is_none() || field::trim(value) != value.trim_ascii()),
    }
}

fn body_of(body: &[u8]) {
    let whole = AnswerBody::new(body);
    for found in
        [whole.code(), whole.message(), whole.oauth_error(), whole.problem_type()].into_iter().flatten()
    {
        assert!(found.bytes().count() <= found.raw_len());
    }
    assert!(whole.element("Code").is_none_or(|text| !text.contains(&b'<')));
    let mut slots = [Member::default(); 256];
    let strict = scan_value(body, &mut slots).ok();
    for path in PATHS {
        let found = find(body, path);
        for part in 1..=7 {
            let cut = body.get(..body.len() * part / 8).unwrap_or_default();
            let early = find(cut, path);
            assert!(early.is_none() || same(early, found), "a part says something else");
        }
        if let Some(strict) = strict {
            let there = walk(strict, path);
            assert!(agree(found, there), "the strict reader finds something else at {path:?}");
        }
    }
}

fn walk<'j>(root: Value<'j>, path: &[PathStep<'_>]) -> Option<Value<'j>> {
    match path {
        [] => Some(root),
        [PathStep::Member(name), path @ ..] => walk(root.member(name)?, path),
        [PathStep::Element(at), path @ ..] => walk(root.elements().nth(*at)?, path),
        [PathStep::Any, path @ ..] => root.elements().find_map(|element| walk(element, path)),
    }
}

fn agree(found: Option<Found<'_>>, strict: Option<Value<'_>>) -> bool {
    match (found, strict) {
        (Some(Found::Text(ours)), Some(Value::String(theirs))) => ours == theirs,
        (Some(Found::Number(ours)), Some(Value::Number(theirs))) => ours == theirs,
        (Some(Found::Other), Some(Value::Object(_) | Value::Array(_) | Value::Bool(_) | Value::Null)) => true,
        // At the end of the text more digits may have followed.
        (None, None | Some(Value::Number(_))) => true,
        _ => false,
    }
}

fn same(one: Option<Found<'_>>, other: Option<Found<'_>>) -> bool {
    let bytes = |text: Str<'_>| text.bytes().collect::<Vec<_>>();
    match (one, other) {
        (Some(Found::Text(one)), Some(Found::Text(other))) => bytes(one) == bytes(other),
        (Some(Found::Number(one)), Some(Found::Number(other))) => one == other,
        (Some(Found::Other), Some(Found::Other)) | (None, None) => true,
        _ => false,
    }
}
