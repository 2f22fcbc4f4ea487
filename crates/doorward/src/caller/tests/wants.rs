//! What is asked for next time, after what was granted, refused or never asked for.

use super::*;

const EXPIRED_LATER: u64 = 60;

/// A request that is refused for want of these scopes.
fn wants(caller: &Caller, attempt: &mut Attempt, scope: &str) -> Next {
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    answered(caller, attempt, 403, &[("www-authenticate", &challenge)]).next
}

/// A request for which a credential with these scopes is asked for, and which is sent with it.
fn asks(caller: &Caller, scope: &str, secret_of_it: &str) -> (Attempt, Option<String>) {
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert_eq!(wants(caller, &mut attempt, scope), Next::Again { after: None });
    let (ticket, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    caller.obtained(ticket, bearer(secret_of_it), NOW);
    assert_eq!(secret(caller.prepare(URL, &mut attempt, NOW).unwrap()), secret_of_it);
    (attempt, want.scope)
}

/// A caller whose credential was asked for with `a b` and accepted.
fn granted() -> Arc<Caller> {
    let caller = holding("old");
    let (mut attempt, asked) = asks(&caller, "a b", "rich");
    assert_eq!(asked.as_deref(), Some("a b"));
    answered(&caller, &mut attempt, 200, &[]);
    caller
}

/// What the next ordinary credential is asked for with.
fn refreshes(caller: &Caller) -> (Ticket, Want) {
    let later = NOW.plus(Seconds(EXPIRED_LATER));
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, later).unwrap());
    answered_at(later, caller, &mut attempt, 401, EXPIRED);
    ticket(caller.prepare(URL, &mut attempt, later).unwrap())
}

/// M-08: what one route asked for in vain is not taken from another, where it works.
#[test]
fn scopes_that_work_are_asked_for_again_and_those_that_were_asked_for_in_vain_are_not() {
    let caller = granted();
    let (mut attempt, asked) = asks(&caller, "b c", "richer");
    assert_eq!(asked.as_deref(), Some("a b c"));
    assert!(matches!(wants(&caller, &mut attempt, "b c"), Next::Deliver(_)));
    assert_eq!(refreshes(&caller).1.scope.as_deref(), Some("a b"));
}

#[test]
fn what_nobody_asked_for_was_not_asked_for_in_vain() {
    let caller = granted();
    let mut streams = Attempt::new(Traits::of_method("PUT", false));
    secret(caller.prepare(URL, &mut streams, NOW).unwrap());
    assert!(matches!(wants(&caller, &mut streams, "b c"), Next::Deliver(_)));
    assert_eq!(refreshes(&caller).1.scope.as_deref(), Some("a b"));
    // Nor is what another request is about to get.
    let caller = holding("old");
    let mut asks = get();
    secret(caller.prepare(URL, &mut asks, NOW).unwrap());
    assert_eq!(wants(&caller, &mut asks, "a b"), Next::Again { after: None });
    let mut streams = Attempt::new(Traits::of_method("PUT", false));
    secret(caller.prepare(URL, &mut streams, NOW).unwrap());
    assert!(matches!(wants(&caller, &mut streams, "a b"), Next::Deliver(_)));
    assert_eq!(ticket(caller.prepare(URL, &mut asks, NOW).unwrap()).1.scope.as_deref(), Some("a b"));
}

#[test]
fn what_another_request_asks_for_was_not_asked_for_in_vain_by_this_one() {
    let caller = holding("old");
    let (mut first, asked) = asks(&caller, "a", "rich");
    assert_eq!(asked.as_deref(), Some("a"));
    let mut other = get();
    secret(caller.prepare(URL, &mut other, NOW).unwrap());
    assert_eq!(wants(&caller, &mut other, "d"), Next::Again { after: None });
    assert!(matches!(wants(&caller, &mut first, "a d"), Next::Deliver(_)));
    assert_eq!(ticket(caller.prepare(URL, &mut other, NOW).unwrap()).1.scope.as_deref(), Some("d"));
}

/// An issuer that knows no such scope gives none of the others either.
#[test]
fn an_issuer_that_refuses_a_scope_is_asked_for_those_that_work() {
    let caller = granted();
    let mut attempt = get();
    secret(caller.prepare(URL, &mut attempt, NOW).unwrap());
    wants(&caller, &mut attempt, "c");
    let (refused, want) = ticket(caller.prepare(URL, &mut attempt, NOW).unwrap());
    assert_eq!(want.scope.as_deref(), Some("a b c"));
    caller.not_obtained(refused, &SourceFault::hard("invalid_scope"), NOW);
    assert!(matches!(caller.prepare(URL, &mut attempt, NOW).unwrap(), Prepared::Deliver(_)));
    let (refused, want) = refreshes(&caller);
    assert_eq!(want.scope.as_deref(), Some("a b"));
    // Unless it takes those back as well.
    caller.not_obtained(refused, &SourceFault::hard("invalid_scope"), NOW.plus(Seconds(EXPIRED_LATER)));
    let later = NOW.plus(Seconds(1_000));
    let (_, want) = ticket(caller.prepare(URL, &mut get(), later).unwrap());
    assert_eq!((want.scope, want.refresh), (None, true));
}

#[test]
fn a_credential_that_was_not_refused_need_not_be_a_new_one() {
    let caller = caller();
    let before = NOW.minus(Seconds(90));
    let (first, want) = ticket(caller.prepare(URL, &mut get(), before).unwrap());
    assert!(!want.refresh);
    caller.obtained(first, bearer("old").with_expires_in(Seconds(100), before), before);
    for status in [429, 503] {
        let mut attempt = get();
        secret(caller.prepare(URL, &mut attempt, before).unwrap());
        let answer = answered_at(before, &caller, &mut attempt, status, &[]);
        assert!(matches!(answer.next, Next::Again { after: Some(_) }), "{status}");
    }
    let (ahead, want) = ticket(caller.prepare(URL, &mut get(), NOW).unwrap());
    assert!(!want.refresh, "it only ends soon");
    caller.obtained(ahead, bearer("new"), NOW);
    assert!(refreshes(&caller).1.refresh, "it was refused");
}

#[test]
fn for_which_request_the_audience_was_wrong_is_said_without_its_secrets() {
    let caller = holding("t0p");
    let mut attempt = get();
    let url = "https://user:s3cr3t@API.example:443/tenants/a/orders?page=2#top";
    secret(caller.prepare(url, &mut attempt, NOW).unwrap());
    let challenge = "Bearer error=\"invalid_token\", error_description=\"audience_mismatch\"";
    let fields = [Field::new("www-authenticate", challenge)];
    let sending = Sending { url, final_url: "", at: Some(NOW) };
    caller.answered(&mut attempt, &sending, &Response { status: 401, fields: &fields, body: b"" }, NOW);
    let (_, want) = ticket(caller.prepare(url, &mut attempt, NOW).unwrap());
    assert_eq!(want.resource.as_deref(), Some("https://api.example"));
    assert_eq!(want.request_url.as_deref(), Some("https://api.example/tenants/a/orders"));
}
