//! Diagnoses as JSON, and what they are read from.

use super::*;
use serde_json::json;

const NOW: UnixTime = UnixTime::from_seconds(1_795_387_431);

#[test]
fn every_field_is_there_in_one_order() {
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for response in
        [json!({"status": 200}), json!({"status": 401, "headers": [["WWW-Authenticate", "Bearer scope=a"]]})]
    {
        let said = diagnose_json(&json!({}), &response, NOW).unwrap();
        assert_eq!(
            names(&said),
            [
                "status",
                "diagnosis",
                "cause",
                "confidence",
                "origin",
                "product",
                "clues",
                "misused_status",
                "proper_status",
                "skew",
                "recovery",
                "retry",
                "retry_after",
                "signal",
                "demand",
                "summary"
            ]
        );
        assert_eq!(
            names(&said["demand"]),
            [
                "scheme",
                "realm",
                "scope",
                "acr_values",
                "max_age",
                "resource_metadata",
                "claims",
                "nonce",
                "error",
                "error_description"
            ]
        );
    }
}

#[test]
fn the_summary_says_what_it_is_and_what_to_do() {
    let sent = json!({"scheme": "Bearer", "at": NOW.seconds(), "expires_at": NOW.seconds() + 60});
    let response = json!({"status": 401, "headers": [
        ["WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"token_expired\""],
        ["Date", "Sun, 22 Nov 2026 22:53:51 GMT"],
    ]});
    let said = diagnose_json(&sent, &response, NOW).unwrap();
    assert_eq!(
        said["summary"],
        "clock_skewed (401): a fresh credential was refused for its times: the clocks of caller and service differ; \
         behind it: the token has expired; the other clock is 600 s ahead, give or take 1 s; next: compare clocks, using the \
         Date of the answer, and wait out the difference"
    );
    let said = diagnose_json(&json!({}), &json!({"status": 204}), NOW).unwrap();
    assert_eq!(said["summary"], "the answer 204 refuses nobody");
}

#[test]
fn what_cannot_be_read_is_named() {
    let fault = |sent: Value, response: Value| diagnose_json(&sent, &response, NOW).unwrap_err();
    let ok = || json!({"status": 401});
    assert_eq!(fault(json!([]), ok()), "expected `sent` as an object");
    assert_eq!(
        fault(json!({"attemt": 1}), ok()),
        "unknown member `attemt` of `sent`: did you mean `attempt`?"
    );
    assert_eq!(fault(json!({"attempt": -1}), ok()), "expected `attempt` of `sent` as a whole number");
    assert_eq!(fault(json!({"proof": "yes"}), ok()), "expected `proof` of `sent` as `true` or `false`");
    assert!(fault(json!({"at": "noon"}), ok()).starts_with("expected `at` of `sent` as Unix seconds"));
    assert_eq!(fault(json!({}), json!({})), "missing member `status` of `response`");
    for status in [json!(99), json!(1000), json!("401"), json!(401.5)] {
        let said = fault(json!({}), json!({"status": status}));
        assert_eq!(said, "expected `status` of `response` as a number of three digits");
    }
    for headers in [json!({}), json!([["a"]]), json!([["a", 1]])] {
        assert!(
            fault(json!({}), json!({"status": 401, "headers": headers})).contains("`headers` of `response`")
        );
    }
    // `null` is what a language without optional members has for nothing.
    let null = json!({"scheme": null, "at": null, "url": null, "issued_at": null, "expires_at": null, "final_url": null});
    assert!(diagnose_json(&null, &json!({"status": 401, "body": null}), NOW).is_ok());
}

/// No secret that a server hands back shows where something is printed by accident.
#[test]
fn debug_shows_the_shape_only() {
    let headers =
        vec![(b"WWW-Authenticate".to_vec(), b"Bearer realm=\"hunter2\", error=\"invalid_token\"".to_vec())];
    let response = RawResponse::new(401, headers, "hunter2");
    let sent = RawSent {
        scheme: Some(b"Bearer".to_vec()),
        url: b"https://a.example/?t=hunter2".to_vec(),
        ..RawSent::default()
    };
    let report = response.diagnose(&sent, NOW);
    assert!(!format!("{response:?} {sent:?} {report:?}").contains("hunter2"));
    assert_eq!(report.demand.realm.as_deref(), Some("hunter2"));
}
