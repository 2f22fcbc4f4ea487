//! What is sent where, what is asked for, and what is told.

use super::*;
use doorward_core::reason::Reason;
use doorward_core::time::Seconds;
use serde_json::json;

/// H-REALM-01: never across origins.
#[test]
fn a_credential_goes_to_its_own_origins_only() {
    let caller = holding("t0p");
    let refused = caller.prepare("https://other.example/", &mut get(), NOW).unwrap_err();
    let message =
        "the credential is for https://api.example, not for https://other.example: name both in `origins`";
    assert_eq!(refused, message);
    for url in
        ["http://api.example/", "https://api.example:8443/", "https://api.example@other.example/", "nonsense"]
    {
        assert!(caller.prepare(url, &mut get(), NOW).is_err(), "{url}");
    }
    assert_eq!(secret(caller.prepare("HTTPS://API.example:443/x", &mut get(), NOW).unwrap()), "t0p");
    let origins = vec!["https://a.example".to_owned(), "http://b.internal:8080".to_owned()];
    let caller =
        Caller::new(CallerOptions { origins, has_source: true, ..CallerOptions::default() }).unwrap();
    assert!(caller.prepare("http://b.internal:8080/x", &mut get(), NOW).is_ok(), "named by the operator");
    assert!(caller.prepare("https://c.example/", &mut get(), NOW).is_err());
}

#[test]
fn a_credential_is_not_sent_where_others_can_read_it_unless_that_is_named() {
    let error = caller().prepare("http://api.example/?s3cr3t", &mut get(), NOW).unwrap_err();
    assert!(error.contains("where others can read it") && !error.contains("s3cr3t"), "{error}");
    assert!(caller().prepare("http://127.0.0.1:8080/", &mut get(), NOW).is_ok());
}

#[test]
fn a_refused_credential_is_replaced_and_the_request_sent_again() {
    let caller = holding("old");
    let mut attempt = get();
    assert_eq!(secret(caller.prepare(URL, &mut attempt, NOW).unwrap()), "old");
    let answer = answered(&caller, &mut attempt, 401, EXPIRED);
    assert_eq!(answer.next, Next::Again { after: None }, "{:?}", answer.report);
    let (ticket, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert!(want.refresh);
    caller.obtained(ticket, bearer("new"), NOW);
    assert_eq!(secret(caller.prepare(URL, &mut attempt, NOW).unwrap()), "new");
    assert_eq!(answered(&caller, &mut attempt, 200, &[]).next, Next::Deliver(Which::Latest));
    let status = caller.status(NOW);
    assert_eq!((&status["generation"], &status["totals"]["recovered"]), (&json!(2), &json!(1)));
    assert_eq!(status["last_refusal"], "token_expired");
    assert!(!status.to_string().contains("new"));
}

#[test]
fn the_same_secret_is_no_new_credential() {
    let caller = holding("old");
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    answered(&caller, &mut attempt, 401, EXPIRED);
    let (ticket, _) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    caller.obtained(ticket, bearer(" old\n"), NOW);
    assert!(matches!(caller.prepare(URL, &mut attempt, NOW).unwrap(), Prepared::Deliver(_)));
    let Prepared::Blocked(blocked) = caller.prepare(URL, &mut get(), NOW).unwrap() else {
        panic!("it is refused")
    };
    assert_eq!(blocked.reason, Reason::RetryBlocked);
    assert!(blocked.sentence().ends_with(&format!(": last, {}", Reason::TokenExpired.sentence())));
}

/// X-SU-03, M-08: what the challenge asks for is asked of the source, and scopes add up.
#[test]
fn what_the_service_demands_is_wanted_of_the_next_credential() {
    let caller = holding("old");
    let mut wants = Vec::new();
    for (round, scope) in ["orders:read", "orders:write orders:read"].iter().enumerate() {
        let mut attempt = get();
        secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
        let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
        let answer = answered(&caller, &mut attempt, 403, &[("www-authenticate", &challenge)]);
        assert_eq!(answer.next, Next::Again { after: None }, "{:?}", answer.report);
        let (ticket, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
        wants.push(want);
        caller.obtained(ticket, bearer(&format!("new{round}")), NOW);
        secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
        answered(&caller, &mut attempt, 200, &[]);
    }
    assert_eq!(wants[0].scope.as_deref(), Some("orders:read"));
    assert_eq!(wants[1].scope.as_deref(), Some("orders:read orders:write"));
}

/// Azure/azure-sdk-for-python#37524: a claims challenge, and a refresh that was under way before it.
#[test]
fn claims_that_were_demanded_while_something_else_was_obtained_are_not_lost() {
    let caller = caller();
    let (first, _) = ticket(caller.prepare(URL, &mut get(), NOW.minus(Seconds(100))).unwrap());
    let short = bearer("old").with_expires_in(Seconds(110), NOW.minus(Seconds(100)));
    caller.obtained(first, short, NOW.minus(Seconds(100)));
    let mut attempt = get();
    let (ahead, _) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    let challenge = "Bearer error=\"insufficient_claims\", claims=\"eyJhIjoxfQ\"";
    let answer = answered(&caller, &mut attempt, 401, &[("www-authenticate", challenge)]);
    assert_eq!(answer.next, Next::Again { after: None }, "{:?}", answer.report);
    caller.obtained(ahead, bearer("ahead"), NOW);
    let (own, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert_eq!(want.claims.as_deref(), Some("eyJhIjoxfQ"));
    caller.obtained(own, bearer("own"), NOW);
    assert_eq!(secret(caller.prepare(URL, &mut attempt, NOW).unwrap()), "own");
}

#[test]
fn a_service_gets_no_scopes_that_its_caller_does_not_allow_it() {
    let scopes = Some(vec!["orders:write".to_owned()]);
    let caller = Caller::new(CallerOptions { has_source: true, scopes, ..CallerOptions::default() }).unwrap();
    let (first, _) = ticket(caller.prepare(URL, &mut get(), NOW).unwrap());
    caller.obtained(first, bearer("old"), NOW);
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"admin:org orders:write\"";
    answered(&caller, &mut attempt, 403, &[("www-authenticate", challenge)]);
    let (second, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert_eq!(want.scope.as_deref(), Some("orders:write"));
    caller.obtained(second, bearer("new"), NOW);
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    answered(&caller, &mut attempt, 403, &[("www-authenticate", challenge)]);
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    answered(&caller, &mut attempt, 401, EXPIRED);
    let (_, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert_eq!(want.scope, None, "it was asked for in vain");
}

/// H-REALM-01: after a redirect the credential was not sent, so the answer is not about it.
#[test]
fn another_origin_says_nothing_of_the_credential() {
    let scope = &[("www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"admin\"")];
    let busy = &[("retry-after", "1")];
    for (status, fields) in [(401, EXPIRED), (403, scope.as_slice()), (429, busy.as_slice()), (401, &[])] {
        let caller = holding("t0p");
        let mut attempt = get();
        secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
        let fields: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field::new(*name, *value)).collect();
        let sending = Sending { url: URL, final_url: "https://other.example/", at: Some(NOW) };
        let response = Response { status, fields: &fields, body: b"" };
        let answer = caller.answered(&mut attempt, &sending, &response, NOW);
        assert_eq!(answer.next, Next::Deliver(Which::Latest), "{status}");
        let status = caller.status(NOW);
        assert_eq!((&status["refused"], &status["streak"]), (&json!(false), &json!(0)));
        assert!(caller.take_reports().is_empty());
    }
}

/// H-401-02 speaks of the last place alone: what a redirect of a POST led to was asked for by GET, and the POST was carried out.
#[test]
fn what_went_on_to_another_place_is_not_begun_anew_unless_it_may_be_done_twice() {
    let next = |method, final_url| {
        let caller = holding("t0p");
        let mut attempt = Attempt::new(Traits::of_method(method, true));
        secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
        let fields: Vec<Field<'_>> = EXPIRED.iter().map(|(name, value)| Field::new(*name, *value)).collect();
        let sending = Sending { url: URL, final_url, at: Some(NOW) };
        let answer = caller.answered(
            &mut attempt,
            &sending,
            &Response { status: 401, fields: &fields, body: b"" },
            NOW,
        );
        assert_eq!(caller.status(NOW)["refused"], true, "others do not go on sending it");
        answer.next
    };
    let (again, elsewhere) = (Next::Again { after: None }, "https://api.example/orders/7");
    assert_eq!(next("POST", elsewhere), Next::Deliver(Which::Latest));
    assert_eq!(next("GET", elsewhere), again);
    assert_eq!(next("PUT", elsewhere), again);
    assert_eq!(next("POST", URL), again);
    assert_eq!(next("POST", &format!("{URL}#top")), again);
}

#[test]
fn a_source_that_says_no_is_asked_for_less_the_next_time() {
    let caller = holding("old");
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"too-much\"";
    answered(&caller, &mut attempt, 403, &[("www-authenticate", challenge)]);
    let (refused, _) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    caller.not_obtained(refused, &SourceFault::hard("the issuer does not give these scopes"), NOW);
    assert!(matches!(caller.prepare(URL, &mut attempt, NOW).unwrap(), Prepared::Deliver(Which::Latest)));
    assert_eq!(secret(caller.prepare(URL, &mut get(), NOW).unwrap()), "old", "others go on");
    assert_eq!(caller.status(NOW)["source_fault"], "the issuer does not give these scopes");
}

#[test]
fn who_is_held_back_is_told_why() {
    let caller = caller();
    let (refused, _) = ticket(caller.prepare(URL, &mut get(), NOW).unwrap());
    caller.not_obtained(refused, &SourceFault::hard("the file `/run/token` is not there"), NOW);
    let Prepared::Blocked(blocked) = caller.prepare(URL, &mut get(), NOW).unwrap() else {
        panic!("it is refused")
    };
    assert_eq!(blocked.reason, Reason::CredentialUnobtainable);
    assert!(blocked.until.is_some_and(|until| until >= NOW.plus(Seconds(10))));
    assert!(blocked.sentence().ends_with(": the file `/run/token` is not there"), "{}", blocked.sentence());
}

#[test]
fn an_attack_is_reported_once_whatever_became_of_the_request() {
    let caller = holding("old");
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    let body = br#"{"status":401,"outcome":"unauthenticated","reason":"signature_invalid","recovery":"replace_credential"}"#;
    let fields = [
        Field::new("www-authenticate", "Bearer error=\"invalid_token\""),
        Field::new("content-type", "application/json"),
    ];
    let sending = Sending { url: URL, ..Sending::default() };
    let response = Response { status: 401, fields: &fields, body };
    let answer = caller.answered(&mut attempt, &sending, &response, NOW);
    assert_eq!(answer.report.reason, Some(Reason::SignatureInvalid), "{:?}", answer.report);
    let reports = caller.take_reports();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].to_json()["reason"], "signature_invalid");
    assert!(caller.take_reports().is_empty());
}

/// H-DATE-02.
#[test]
fn the_clock_of_another_origin_is_not_the_services() {
    for (final_url, offset) in
        [("https://other.example/", 0), ("https://api.example/elsewhere", 3_600), ("", 3_600)]
    {
        let caller = holding("t0p");
        for _ in 0..2 {
            let mut attempt = get();
            secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
            let fields = [Field::new("date", "Sun, 22 Nov 2026 23:23:51 GMT")];
            let sending = Sending { url: URL, final_url, at: Some(NOW) };
            caller.answered(
                &mut attempt,
                &sending,
                &Response { status: 200, fields: &fields, body: b"" },
                NOW,
            );
        }
        assert_eq!(caller.status(NOW)["clock_offset"], offset, "{final_url}");
    }
}

/// An end that is known by the service's clock is read with the offset once, and not twice.
#[test]
fn a_clock_that_is_reckoned_with_explains_no_refusal() {
    const AHEAD: u64 = 600;
    const DATE: (&str, &str) = ("date", "Sun, 22 Nov 2026 22:33:51 GMT");
    let refused: &[(&str, &str)] = &[DATE, ("www-authenticate", "Bearer error=\"invalid_token\"")];
    let reason = |ends: Expiry, is_known: bool| {
        let caller = caller();
        let before = NOW.minus(Seconds(1_000));
        let (first, _) = ticket(caller.prepare(URL, &mut get(), before).unwrap());
        caller.obtained(first, bearer("t0p").with_expiry(Some(ends)), before);
        for _ in 0..2 {
            let mut attempt = get();
            secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
            answered(&caller, &mut attempt, 200, if is_known { &[DATE] } else { &[] });
        }
        assert_eq!(caller.status(NOW)["clock_offset"], if is_known { 600 } else { 0 });
        let mut attempt = get();
        secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
        let report = answered(&caller, &mut attempt, 401, refused).report;
        (report.reason.unwrap(), report.cause)
    };
    let there = |seconds| Expiry::Server(NOW.plus(Seconds(AHEAD + seconds)));
    let here = |seconds| Expiry::Local(NOW.plus(Seconds(seconds)));
    for seconds in [500, 900] {
        assert_eq!(reason(there(seconds), true), (Reason::CredentialRefused, None), "{seconds}");
        assert_eq!(reason(here(seconds), true), (Reason::CredentialRefused, None), "{seconds}");
    }
    let skewed = (Reason::ClockSkewed, Some(Reason::TokenExpired));
    assert_eq!(reason(Expiry::Server(NOW.plus(Seconds(500))), false), skewed, "nobody knew");
    assert_eq!(reason(here(500), false), skewed, "a token of the caller's own making");
}

#[test]
fn options_out_of_bounds_are_refused() {
    for (json, message) in [
        (json!({ "attempts": 0 }), "expected `attempts` from 1 to 8, found 0"),
        (json!({ "attempts": 9 }), "expected `attempts` from 1 to 8, found 9"),
        (json!({ "longest_wait": 3601 }), "expected `longest_wait` of at most 3600 seconds, found 3601"),
        (json!({ "ahead": -1 }), "expected `ahead` of the options as a whole number"),
        (json!({ "origins": ["api.example"] }), "`origins`: expected a URL that begins with https://"),
        (json!({ "origin": [] }), "unknown member `origin` of the options: did you mean `origins`?"),
    ] {
        assert_eq!(CallerOptions::from_json(&json).unwrap_err(), message);
    }
    let options = CallerOptions::from_json(&json!({ "attempts": 2, "interactive": true })).unwrap();
    assert_eq!(
        (options.settings.attempts, options.settings.interactive, options.has_source),
        (2, true, true)
    );
}

#[test]
fn a_want_survives_its_json() {
    let want = Want {
        refresh: true,
        scope: Some("a b".to_owned()),
        claims: Some("{}".to_owned()),
        max_age: Some(0),
        clock_offset: -7,
        ..Want::default()
    };
    assert_eq!(Want::from_json(&want.to_json()), Ok(want));
    let error = Want::from_json(&json!({ "scopes": "a" })).unwrap_err();
    assert_eq!(error, "unknown member `scopes` of a want: did you mean `scope`?");
}

#[test]
fn a_credential_that_could_break_the_field_is_none() {
    for text in ["", " \n", "a b", "a\r\nX: y", "a\0", "ä", "a\u{7f}"] {
        let fault = Credential::bearer(text).unwrap_err();
        assert!(!fault.is_transient());
    }
    assert_eq!(bearer("\t t0p\n").secret(), "t0p");
    assert!(Credential::with_scheme("Digest", "a=\"b\", c=d").is_ok());
    assert!(Credential::with_scheme("Bear er", "a").is_err());
}

/// H-401-05: an unauthenticated loop ends on this side too, with the answer that began it.
#[test]
fn a_loop_without_a_source_is_stopped_with_the_first_refusal() {
    const MISSING: &[(&str, &str)] = &[("www-authenticate", "Bearer realm=\"api\"")];
    const OTHER: &[(&str, &str)] = &[("www-authenticate", "Bearer error=\"insufficient_scope\"")];
    let caller = Caller::new(CallerOptions::default()).unwrap();
    let ask = |url: &str, status: u16, fields: &[(&str, &str)], now: UnixTime| {
        let mut attempt = get();
        let prepared = caller.prepare(url, &mut attempt, now).unwrap();
        if let Prepared::Blocked(blocked) = prepared {
            return Some(blocked);
        }
        assert!(matches!(prepared, Prepared::SendBare));
        let fields: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field::new(*name, *value)).collect();
        let sending = Sending { url, final_url: "", at: Some(now) };
        let answer =
            caller.answered(&mut attempt, &sending, &Response { status, fields: &fields, body: b"" }, now);
        assert_eq!(answer.next, Next::Deliver(Which::Latest));
        None
    };
    let (orders, other) = ("https://api.example/orders?page=", "https://api.example/other");
    let mut stopped = 0;
    for page in 0..200 {
        let blocked = ask(&format!("{orders}{page}"), 401, MISSING, NOW.plus(Seconds(page)));
        assert!(ask(other, if page % 2 == 0 { 403 } else { 200 }, OTHER, NOW.plus(Seconds(page))).is_none());
        if let Some(blocked) = blocked {
            stopped += 1;
            assert_eq!(blocked.reason, Reason::RetryBlocked);
            assert!(blocked.until.is_some_and(|until| until > NOW.plus(Seconds(page))));
            let first = blocked.last_refusal.as_ref().and_then(|report| report.reason);
            assert_eq!(first, Some(Reason::CredentialMissing));
            let words = format!(": last, {}", Reason::CredentialMissing.sentence());
            assert!(blocked.sentence().ends_with(&words), "{}", blocked.sentence());
        }
    }
    assert!((190..=197).contains(&stopped), "{stopped}");
    let later = NOW.plus(Seconds(1_000));
    assert!(ask(orders, 200, &[], later).is_none() && ask(orders, 401, MISSING, later).is_none());
    assert!(ask(orders, 200, &[], later).is_none(), "a success ends it");
}
