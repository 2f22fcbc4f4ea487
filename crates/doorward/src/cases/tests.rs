//! The reading of case files, with and without faults.

use super::*;
use crate::raw_request::RawRequest;
use crate::report::Report;
use crate::{Outcome, Reason};
use serde_json::json;

const OPEN: &str = r#"{ "routes": [{ "path": "/healthz", "accept": "anyone" }] }"#;

/// A file with an open policy and these cases.
fn with(cases: &str) -> Result<CaseFile, CaseError> {
    CaseFile::parse(&format!(r#"{{ "policy": {OPEN}, "cases": [{cases}] }}"#), Path::new("folder/table.json"))
}

/// A case with this request and expectation.
fn case(request: &str, expect: &str) -> Result<CaseFile, CaseError> {
    with(&format!(r#"{{ "id": "a/b", "at": 7, "request": {request}, "expect": {expect} }}"#))
}

fn fault(file: Result<CaseFile, CaseError>) -> String {
    file.err().unwrap().to_string()
}

const GET: &str = r#"{ "method": "GET", "url": "/healthz" }"#;
const ALLOW: &str = r#"{ "outcome": "allow" }"#;

#[test]
fn a_case_is_decided_and_compared() {
    let file =
        case(GET, r#"{ "outcome": "allow", "grounds": "anyone", "route": 0, "reason": null }"#).unwrap();
    let engine = file.engine().unwrap();
    let report = file.cases()[0].decide(&engine, &mut engine.scratch());
    assert_eq!(file.cases()[0].check(&report), []);

    let wrong =
        case(GET, r#"{ "outcome": "forbidden", "status": 200.0, "principal": { "subject": "x" } }"#).err();
    assert!(wrong.is_some(), "a status is a whole number");
    let wrong =
        case(GET, r#"{ "outcome": "forbidden", "status": 200, "principal": { "subject": "x" } }"#).unwrap();
    let found = wrong.cases()[0].check(&report);
    let fields: Vec<_> = found.iter().map(|mismatch| mismatch.field.as_str()).collect();
    assert_eq!(fields, ["outcome", "principal"]);
    assert_eq!((&found[0].expected, &found[0].actual), (&json!("forbidden"), &json!("allow")));
    assert_eq!(found[1].actual, Value::Null);
}

/// Repeats and order are what some faults consist of.
#[test]
fn a_request_keeps_every_field_line_and_its_body() {
    let request = r#"{ "method": "POST", "url": "/x", "body": "a=b", "peer": "192.0.2.1", "client_chain": ["AA"],
        "headers": [["A", "1"], ["a", "2"], ["A", "1"]] }"#;
    let file = case(request, ALLOW).unwrap();
    let expected =
        RawRequest::new("POST", "/x").with_header("A", "1").with_header("a", "2").with_header("A", "1");
    let found = file.cases()[0].request();
    assert_eq!((&found.headers, found.body.as_deref()), (&expected.headers, Some(&b"a=b"[..])));
    let values = file.cases()[0].with_request(|request| request.values("a").count());
    assert_eq!(values, 3);
}

#[test]
fn times_are_numbers_or_texts() {
    let at = |at: &str| {
        with(&format!(r#"{{ "id": "x", "at": {at}, "request": {GET}, "expect": {ALLOW} }}"#))
            .map(|file| file.cases()[0].at())
    };
    let half = Ok(crate::UnixTime::new(1, 500_000_000));
    for text in ["1.5", r#""1.5""#, r#""1970-01-01T00:00:01.5Z""#] {
        assert_eq!(at(text), half, "{text}");
    }
    assert_eq!(at(r#""1.000000001""#), Ok(crate::UnixTime::new(1, 1)));
    assert!(fault_of(at("null")).contains("expected `at`") && fault_of(at("\"noon\"")).contains("\"noon\""));
}

fn fault_of<T>(result: Result<T, CaseError>) -> String {
    result.err().unwrap().to_string()
}

#[test]
fn faults_name_file_case_and_the_nearest() {
    let head = "folder/table.json: case `a/b`: ";
    for (request, expect, said) in [
        (
            r#"{ "method": "GET", "ulr": "/" }"#,
            ALLOW,
            "unknown member `ulr` of `request`: did you mean `url`?",
        ),
        (r#"{ "method": "GET" }"#, ALLOW, "missing member `url` of `request`"),
        (r#"{ "method": 1, "url": "/" }"#, ALLOW, "expected `method` of `request` as a string"),
        (r#"{ "method": "GET", "url": "/", "headers": [["a"]] }"#, ALLOW, "array of pairs of strings"),
        (r#"{ "method": "GET", "url": "/", "client_chain": [1] }"#, ALLOW, "`client_chain`"),
        ("[]", ALLOW, "expected `request` as an object"),
        (GET, "{}", "missing member `outcome` of `expect`"),
        (GET, r#"{ "outcome": "alow" }"#, "`alow` is no outcome: did you mean `allow`?"),
        (
            GET,
            r#"{ "outcome": "allow", "raeson": null }"#,
            "unknown member `raeson` of `expect`: did you mean `reason`?",
        ),
        (GET, r#"{ "outcome": "allow", "reason": "token_expird" }"#, "did you mean `token_expired`?"),
        (GET, r#"{ "outcome": "allow", "recovery": null }"#, "expected `recovery` of `expect` as a string"),
        (
            GET,
            r#"{ "outcome": "allow", "signal": "loud" }"#,
            "`loud` is no signal: expected one of noise, fault, attack",
        ),
        (GET, r#"{ "outcome": "allow", "status": "200" }"#, "expected `status` of `expect` as a number"),
        (GET, r#"{ "outcome": "allow", "challenges": "x" }"#, "array of strings"),
        (GET, r#"{ "outcome": "allow", "principal": { "sub": 1 } }"#, "unknown member `sub` of `principal`"),
        (
            GET,
            r#"{ "outcome": "allow", "context": { "missed": 1 } }"#,
            "unknown member `missed` of `context`",
        ),
        (GET, r#"{ "outcome": "allow", "grounds": "any" }"#, "`any` is no grounds"),
    ] {
        let found = fault(case(request, expect));
        assert!(found.starts_with(head) && found.contains(said), "{found}");
    }
    let nameless = with(&format!(r#"{{ "at": 7, "request": {GET}, "expect": {ALLOW} }}"#));
    assert_eq!(fault(nameless), "folder/table.json: cases[0]: missing member `id` of the case");
}

#[test]
fn a_file_is_strict_but_has_room_for_notes() {
    let one = format!(r#"{{ "id": "a", "at": 7, "note": "why", "request": {GET}, "expect": {ALLOW} }}"#);
    assert_eq!(with(&one).unwrap().cases().len(), 1);
    assert!(fault(with(&format!("{one}, {one}"))).contains("case `a`: expected an id of its own"));
    assert!(fault(with(&one.replace("\"note\"", "\"expct\""))).contains("did you mean `expect`?"));
    let parse = |text: &str| fault(CaseFile::parse(text, Path::new("t.json")));
    assert!(parse(r#"{ "policy": {}, "cases": [], "cases": [] }"#).contains("no member twice"));
    assert!(parse(r#"{ "policy": {}, "cases": [] }"#).contains("found none"));
    assert!(parse(&format!(r#"{{ "cases": [{one}] }}"#)).contains("missing member `policy`"));
    assert!(parse(r#"{ "policy": 1 }"#).contains("`policy` as a path or an object"));
    assert!(parse("{").contains("line 1 column 1"), "{}", parse("{"));
    assert!(fault_of(CaseFile::load("absent/table.json")).starts_with("absent/table.json: "));
}

const RESPONSE: &str = r#"{ "id": "r", "at": 7, "sent": { "scheme": "Bearer" },
    "response": { "status": 401, "headers": [["WWW-Authenticate", "Bearer error=invalid_token"]] },
    "expect": { "diagnosis": "credential_refused", "demand": { "error": "invalid_token" } } }"#;

#[test]
fn a_case_of_the_callers_side_needs_no_policy() {
    let parse = |text: &str| CaseFile::parse(text, Path::new("t.json"));
    let file = parse(&format!(r#"{{ "cases": [{RESPONSE}] }}"#)).unwrap();
    let case = &file.responses()[0];
    assert!(file.cases().is_empty());
    assert_eq!((case.id(), case.at().seconds(), case.response().status), ("r", 7, 401));
    assert_eq!(case.check(&case.diagnose()), []);
    let other = RESPONSE.replace("credential_refused", "none").replace("invalid_token\" }", "x\" }");
    let file = parse(&format!(r#"{{ "cases": [{other}] }}"#)).unwrap();
    let found = file.responses()[0].check(&file.responses()[0].diagnose());
    let fields: Vec<_> = found.iter().map(|mismatch| mismatch.field.as_str()).collect();
    assert_eq!(fields, ["diagnosis", "demand.error"]);
    for (from, to, message) in [
        ("credential_refused", "credential_refusd", "did you mean `credential_refused`?"),
        ("\"demand\"", "\"demnd\"", "did you mean `demand`?"),
        ("\"sent\"", "\"snt\"", "unknown member"),
        ("401", "4010", "three digits"),
        ("\"scheme\"", "\"shceme\"", "did you mean `scheme`?"),
    ] {
        let wrong = RESPONSE.replacen(from, to, 1);
        let error = fault(parse(&format!(r#"{{ "cases": [{wrong}] }}"#)));
        assert!(error.contains(message) || from == "\"sent\"", "{error}");
    }
}

#[test]
fn a_case_is_of_one_side() {
    for wrong in [
        format!(r#"{{ "id": "r", "at": 7, "response": {{}}, "expect": {ALLOW} }}"#),
        format!(r#"{{ "id": "r", "at": 7, "response": {{}}, "request": {GET}, "expect": {ALLOW} }}"#),
        format!(r#"{{ "id": "r", "at": 7, "sent": {{}}, "request": {GET}, "expect": {ALLOW} }}"#),
        format!(r#"{{ "id": "r", "at": 7, "expect": {ALLOW} }}"#),
    ] {
        assert!(with(&wrong).is_err(), "{wrong}");
    }
}

fn policies(entries: &str) -> Result<CaseFile, CaseError> {
    CaseFile::parse(&format!(r#"{{ "policies": [{entries}] }}"#), Path::new("t.json"))
}

#[test]
fn a_policy_that_must_not_load_is_met_by_its_errors_only() {
    for (entry, met) in [
        (r#"{ "id": "p", "toml": "reaml = 'x'", "error": { "contains": "`realm`" } }"#, true),
        (
            r#"{ "id": "p", "toml": "reaml = 'x'", "error": { "contains": "`realm`", "line": 1, "column": 1 } }"#,
            true,
        ),
        (r#"{ "id": "p", "toml": "reaml = 'x'", "error": { "contains": "`realm`", "line": 2 } }"#, false),
        (r#"{ "id": "p", "toml": "reaml = 'x'", "error": { "contains": "`leeway`" } }"#, false),
        (r#"{ "id": "p", "toml": "realm = 'x'", "error": { "contains": "" } }"#, false),
        (r#"{ "id": "p", "json": "{\n\"reaml\": 1}", "error": { "contains": "`realm`", "line": 2 } }"#, true),
        (r#"{ "id": "p", "policy": { "reaml": 1 }, "error": { "place": "" } }"#, true),
        (
            r#"{ "id": "p", "policy": { "reaml": 1, "leewya": 1 }, "error": { "contains": "`leeway`" } }"#,
            true,
        ),
        (
            r#"{ "id": "p", "policy": { "reaml": 1, "leewya": 1 }, "errors": [{ "contains": "`leeway`" }] }"#,
            false,
        ),
        (
            r#"{ "id": "p", "policy": { "reaml": 1, "leewya": 1 },
                 "errors": [{ "contains": "`realm`" }, { "contains": "`leeway`" }] }"#,
            true,
        ),
        (r#"{ "id": "p", "policy": "absent.toml", "error": { "contains": "no such file" } }"#, true),
    ] {
        let file = policies(entry).unwrap();
        assert_eq!(file.policies()[0].check().is_empty(), met, "{entry}");
    }
}

#[test]
fn a_faulty_expectation_of_an_error_is_a_fault() {
    for entry in [
        r#"{ "id": "p", "toml": "" }"#,
        r#"{ "id": "p", "error": { "contains": "x" } }"#,
        r#"{ "id": "p", "toml": "", "json": "", "error": { "contains": "x" } }"#,
        r#"{ "id": "p", "toml": "", "error": { "contains": "x" }, "errors": [{ "contains": "x" }] }"#,
        r#"{ "id": "p", "toml": "", "errors": [] }"#,
        r#"{ "id": "p", "toml": "", "error": {} }"#,
        r#"{ "id": "p", "toml": "", "error": { "contians": "x" } }"#,
        r#"{ "id": "p", "toml": "", "error": { "contains": "x", "line": "1" } }"#,
        r#"{ "id": "p", "policy": {}, "error": { "contains": "x", "line": 1 } }"#,
    ] {
        assert!(policies(entry).is_err(), "{entry}");
    }
    let short = r#"{ "policy": { "reaml": 1 }, "policy_error": { "contains": "`realm`" } }"#;
    let file = CaseFile::parse(short, Path::new("t.json")).unwrap();
    assert_eq!(file.policies()[0].check(), []);
    let errors = file.engine().err().unwrap().to_string();
    assert!(errors.starts_with("t.json: policy: unknown key `reaml`"), "{errors}");
}

#[test]
fn a_report_says_all_and_hides_what_is_hidden_from_nobody_but_the_caller() {
    let policy = r#"{ "routes": [{ "path": "/hidden", "accept": "b", "hidden": true }],
        "issuers": { "b": { "profile": "jwt", "issuer": "b", "audience": "a", "algorithms": ["HS256"],
            "keys": { "inline": { "kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA" } } } } }"#;
    let engine = Engine::from_text(policy, crate::Format::Json, None).unwrap();
    let mut scratch = engine.scratch();
    let request = RawRequest::new("GET", "/hidden");
    let report = request
        .lend(|request| Report::new(&engine.decide(request, crate::UnixTime::default(), &mut scratch)));
    assert_eq!((report.outcome, report.reason), (Outcome::Forbidden, Some(Reason::RouteUnmatched)));
    assert_eq!(report.true_reason(), Some(Reason::CredentialMissing));
    let object = report.to_json();
    assert_eq!(
        (&object["concealed"], &object["reason"]),
        (&json!("credential_missing"), &json!("route_unmatched"))
    );
    assert_eq!((&object["challenges"], &object["headers"]), (&json!([]), &json!([])));
    assert_eq!(object["operator"], Reason::CredentialMissing.operator());
}

/// One failed attempt an hour for each address, and one issuer whose keys are fetched.
const KEPT: &str = r#"{ "limit": { "failures": 1, "per": "1h", "by": "peer" },
    "routes": [{ "path": "/", "accept": "b" }],
    "issuers": { "b": { "profile": "jwt", "issuer": "b", "audience": "a", "algorithms": ["ES256"],
        "keys": { "url": "https://keys.example/jwks" } } } }"#;

/// A request from one address with this credential.
fn sent(credential: &str) -> String {
    format!(
        r#"{{ "method": "GET", "url": "/", "peer": "192.0.2.1", "headers": [["Authorization", "Bearer {credential}"]] }}"#
    )
}

/// A file with that policy and one case with these steps before it.
fn with_before(steps: &str, credential: &str) -> Result<CaseFile, CaseError> {
    let text = format!(
        r#"{{ "policy": {KEPT}, "cases": [
            {{ "id": "a/b", "at": 7, "before": {steps}, "request": {}, "expect": {ALLOW} }}] }}"#,
        sent(credential)
    );
    CaseFile::parse(&text, Path::new("folder/table.json"))
}

fn reason_after(steps: &str, credential: &str) -> Option<Reason> {
    let file = with_before(steps, credential).unwrap();
    let engine = file.engine_for(&file.cases()[0], &DefaultProvider::new()).unwrap().unwrap();
    file.cases()[0].decide(&engine, &mut engine.scratch()).reason
}

#[test]
fn what_came_before_has_happened_to_an_engine_of_the_cases_own() {
    let malformed = Some(Reason::TokenMalformed);
    assert_eq!(reason_after("[]", "x"), malformed);
    let failed = |at: u32, times: &str| format!(r#"{{ "at": {at}, "request": {}{times} }}"#, sent("y"));
    assert_eq!(reason_after(&format!("[{}]", failed(7, "")), "x"), Some(Reason::TooManyFailures));
    assert_eq!(
        reason_after(&format!("[{}]", failed(7, r#", "times": 3"#)), "x"),
        Some(Reason::TooManyFailures)
    );
    let long_ago = r#"{ "at": "1960-01-01T00:00:00Z", "request": { "method": "GET", "url": "/" } }"#;
    assert_eq!(reason_after(&format!("[{long_ago}]"), "x"), malformed);

    // The engine that other cases share has seen nothing of it, and a case without steps has no other.
    let file = with_before(&format!("[{}]", failed(7, "")), "x").unwrap();
    let shared = file.engine().unwrap();
    let _ = file.engine_for(&file.cases()[0], &DefaultProvider::new()).unwrap().unwrap();
    let report = file.cases()[0].decide(&shared, &mut shared.scratch());
    assert_eq!(report.reason, malformed);
    let none = case(GET, ALLOW).unwrap();
    assert!(none.cases()[0].before().is_none());
    assert!(none.engine_for(&none.cases()[0], &DefaultProvider::new()).is_none());
    assert_eq!(with_before("[]", "x").unwrap().cases()[0].before().map(<[Step]>::len), Some(0));
}

/// `{"alg":"ES256","kid":"k"}` of the issuer `b`, with a signature that nothing has made.
fn unsigned() -> String {
    format!("eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJiIn0.{}", "A".repeat(86))
}

#[test]
fn keys_come_in_steps_and_in_no_other_way() {
    let keys =
        |at: i64| format!(r#"[{{ "at": {at}, "keys": {{ "issuer": "b", "jwks": {{ "keys": [] }} }} }}]"#);
    assert_eq!(reason_after("[]", &unsigned()), Some(Reason::TrustUnavailable));
    assert_eq!(reason_after(&keys(0), &unsigned()), Some(Reason::KeyUnknown));
    assert_eq!(reason_after(&keys(-1_000), &unsigned()), Some(Reason::TrustStale));
}

#[test]
fn a_step_is_one_thing_and_is_written_right() {
    let request = sent("x");
    let keys = r#""keys": { "issuer": "b", "jwks": { "keys": [] } }"#;
    for (steps, said) in [
        ("{}".to_owned(), "`before`"),
        ("[{}]".to_owned(), "expected one of `request`, `keys` and `revoke` in a step of `before`"),
        (format!(r#"[{{ "at": 1, "request": {request}, {keys} }}]"#), "expected one of `request`"),
        (format!(r#"[{{ "request": {request} }}]"#), "missing member `at` of a step of `before`"),
        (format!("[{{ {keys} }}]"), "missing member `at` of a step of `before`"),
        (format!(r#"[{{ "at": 1, "request": {request}, "tiems": 2 }}]"#), "did you mean `times`?"),
        (
            format!(r#"[{{ "at": 1, "request": {request}, "times": 0 }}]"#),
            "a number from 1 to 100000, found 0",
        ),
        (format!(r#"[{{ "at": 1, "request": {request}, "times": 100001 }}]"#), "found 100001"),
        (format!(r#"[{{ "at": 1, "request": {request}, "times": "2" }}]"#), "`times` as a number"),
        (r#"[{ "at": 1, "keys": { "issuer": "b" } }]"#.to_owned(), "missing member `jwks`"),
        (r#"[{ "at": 1, "keys": { "isuer": "b", "jwks": {} } }]"#.to_owned(), "did you mean `issuer`?"),
        (r#"[{ "revoke": { "jti": "x" } }]"#.to_owned(), "missing member `issuer` of `revoke` of `before`"),
        (r#"[{ "revoke": { "issuer": "b" } }]"#.to_owned(), "expected one of `jti`, `subject`"),
        (r#"[{ "revoke": { "issuer": "b", "jti": "x", "kid": "y" } }]"#.to_owned(), "expected one of `jti`"),
        (r#"[{ "revoke": { "issuer": "b", "jti": "x", "until": 5 } }]"#.to_owned(), "expected one of `jti`"),
        (r#"[{ "revoke": { "issuer": "b", "issued_before": "noon" } }]"#.to_owned(), "Unix seconds"),
        (r#"[{ "revoke": { "issuer": "b", "subjct": "x" } }]"#.to_owned(), "did you mean `subject`?"),
    ] {
        let found = fault(with_before(&steps, "x"));
        assert!(
            found.starts_with("folder/table.json: case `a/b`: ") && found.contains(said),
            "{steps}: {found}"
        );
    }
    let revoked =
        ["\"jti\": \"x\"", "\"subject\": \"x\", \"until\": 9", "\"issued_before\": 9", "\"kid\": \"k\""];
    for what in revoked {
        let steps = format!(r#"[{{ "revoke": {{ "issuer": "b", {what} }} }}]"#);
        assert_eq!(reason_after(&steps, "x"), Some(Reason::TokenMalformed), "{what}");
    }
}

/// A case whose past could not be made must not pass as if it had been.
#[test]
fn a_step_that_cannot_be_done_is_a_fault_of_the_case() {
    for (steps, said) in [
        (
            r#"[{ "revoke": { "issuer": "c", "jti": "x" } }]"#,
            "expected the name of an issuer or its `iss`, found `c`",
        ),
        (
            r#"[{ "at": 1, "keys": { "issuer": "c", "jwks": { "keys": [] } } }]"#,
            "expected the name of an issuer",
        ),
        (r#"[{ "at": 1, "keys": { "issuer": "b", "jwks": { "kyes": [] } } }]"#, "expected a JWK Set"),
    ] {
        let file = with_before(steps, "x").unwrap();
        let own = file.engine_for(&file.cases()[0], &DefaultProvider::new()).unwrap();
        let found = own.err().unwrap().to_string();
        let place = "folder/table.json: case `a/b`: before: ";
        assert!(found.starts_with(place) && found.contains(said), "{steps}: {found}");
    }
}
