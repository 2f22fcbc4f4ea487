//! Answers as they stand on the wire, through `diagnose`: what a service may go on saying for ever costs little, and what it means
//! is what is done.

use super::*;
use crate::diagnose::{Response, Sent, diagnose};
use crate::request::Field;
use std::vec::Vec;

#[derive(Clone, Copy)]
struct Answer {
    status: u16,
    fields: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const fn answer(status: u16, fields: &'static [(&'static str, &'static str)]) -> Answer {
    Answer { status, fields, body: "" }
}

const OK: Answer = answer(200, &[]);
const NOT_FOUND: Answer = answer(404, &[]);
const NO_CHALLENGE: Answer = answer(401, &[]);
const BARE: Answer = answer(401, &[("WWW-Authenticate", "Bearer realm=\"orders\"")]);
const CODED: Answer = answer(401, &[("WWW-Authenticate", "Bearer error=\"invalid_token\"")]);
const FIREWALL: Answer = answer(403, &[("cf-mitigated", "challenge")]);

/// The words of Doorward for a path that its policy does not know.
const UNMATCHED: Answer = Answer {
    body: r#"{"status":403,"outcome":"forbidden","reason":"route_unmatched","recovery":"stop"}"#,
    ..answer(403, &[])
};

/// What a request came to: nothing if it was held back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Came {
    status: u16,
    which: Which,
}

/// A host with a governor before a service, and a source that always has a new credential.
struct Host {
    governor: Governor,
    now: u64,
    proof: bool,
    replayable: bool,
    issued: Vec<UnixTime>,
    sent: u32,
    blocked: u32,
}

impl Host {
    fn new() -> Self {
        Self::with(Settings::default(), true)
    }

    fn with(settings: Settings, has_source: bool) -> Self {
        let governor = Governor::new(settings, has_source);
        Self { governor, now: 0, proof: false, replayable: true, issued: Vec::new(), sent: 0, blocked: 0 }
    }

    fn obtained(&self) -> usize {
        self.issued.len()
    }

    fn obtain(&mut self, ticket: Ticket) {
        self.governor.obtained(ticket, lasting(3_600, at(self.now)), at(self.now), 0);
        self.issued.push(at(self.now));
    }

    /// A request to a service that answers by the number of the credential and the time.
    fn ask(&mut self, method: &str, place: &str, service: impl Fn(u64, u64) -> Answer) -> Option<Came> {
        let mut attempt =
            Attempt::new(Traits { proof: self.proof, ..Traits::of_method(method, self.replayable) });
        attempt.set_place(place.as_bytes());
        let mut status = 0;
        loop {
            match self.governor.before(&mut attempt, at(self.now), 0) {
                Before::Obtain(ticket) => {
                    self.obtain(ticket);
                    continue;
                }
                Before::SendAndObtain(_, ticket) => self.obtain(ticket),
                Before::Send(_) | Before::Bare => {}
                Before::Wait(until) => {
                    self.now += clock::between(at(self.now), until).0.max(1);
                    continue;
                }
                Before::Blocked { .. } => {
                    self.blocked += 1;
                    return None;
                }
                Before::Deliver(which) => return Some(Came { status, which }),
            }
            self.sent += 1;
            let generation = attempt.generation().number();
            let answer = service(generation, self.now);
            status = answer.status;
            match self.answered(&mut attempt, &answer) {
                Next::Deliver(which) => return Some(Came { status, which }),
                Next::Again { after } => self.now += after.unwrap_or_default().0,
                Next::NewProof => {}
            }
        }
    }

    fn answered(&mut self, attempt: &mut Attempt, answer: &Answer) -> Next {
        let now = at(self.now);
        let fields: Vec<_> = answer.fields.iter().map(|(name, value)| Field::new(*name, *value)).collect();
        let response = Response { status: answer.status, fields: &fields, body: answer.body.as_bytes() };
        let generation = usize::try_from(attempt.generation().number()).unwrap();
        let issued_at = generation.checked_sub(1).map(|index| self.issued[index]);
        let scheme: &[u8] = if self.proof { b"DPoP" } else { b"Bearer" };
        let sent = Sent {
            scheme: issued_at.map(|_| scheme),
            attempt: u32::from(attempt.sends()),
            at: Some(now),
            issued_at,
            expires_at: issued_at.map(|issued| issued.plus(Seconds(3_600))),
            refused_before: attempt.is_probe(),
            proof: self.proof,
            ..Sent::default()
        };
        self.governor.answered(attempt, &diagnose(&sent, &response, now), now, 0)
    }
}

/// Requests that cannot be tried again, and tokens that end after some minutes without a word: each end costs one request.
#[test]
fn a_token_that_ends_now_and_then_costs_one_request_each_time() {
    for life in [120, 300] {
        let mut host = Host::new();
        let seen = core::cell::RefCell::new(Vec::<(u64, u64)>::new());
        let service = |generation, now| {
            let mut seen = seen.borrow_mut();
            let known = seen.iter().find(|(known, _)| *known == generation).map(|(_, since)| *since);
            let since = known.unwrap_or_else(|| {
                seen.push((generation, now));
                now
            });
            if now - since < life * 1_000 { OK } else { NO_CHALLENGE }
        };
        let mut refused = 0;
        for _ in 0..7_200 {
            let came = host.ask("POST", "/rpc", service);
            refused += u64::from(came.is_none_or(|came| came.status != 200));
            host.now += 1_000;
        }
        assert!(refused <= 7_200 / life, "{refused} of tokens that live for {life} s");
    }
}

/// H-401-05: ten minutes of requests, one in a second, each of them refused in a way that proves nothing.
#[test]
fn a_bare_refusal_costs_few_credentials_however_it_is_worded() {
    for (method, refusal) in
        [("GET", BARE), ("GET", NO_CHALLENGE), ("POST", BARE), ("POST", NO_CHALLENGE), ("PUT", BARE)]
    {
        for (open, replayable) in [(None, true), (None, false), (Some("/ok"), true), (Some("/ok"), false)] {
            // The same path may be open to one method and closed to another.
            for open in [open, open.map(|_| "/orders")] {
                let mut host = Host::new();
                host.replayable = replayable;
                for _ in 0..600 {
                    if let Some(open) = open {
                        let came = host.ask("GET", open, |_, _| OK);
                        assert_eq!(came, Some(Came { status: 200, which: Which::Latest }));
                    }
                    let came = host.ask(method, "/orders", |_, _| refusal);
                    assert_eq!(came.map(|came| came.status), Some(401), "{method}: who knows who refused it");
                    host.now += 1_000;
                }
                let (many, words) = (host.obtained(), refusal.fields);
                assert!((3..=12).contains(&many), "{many} for {method}, {words:?}, {open:?}, {replayable}");
            }
        }
    }
}

#[test]
fn of_two_bare_refusals_the_first_is_delivered() {
    let mut host = Host::new();
    for refusal in [BARE, NO_CHALLENGE] {
        let came = host.ask("GET", "/orders", |_, _| refusal);
        assert_eq!(came, Some(Came { status: 401, which: Which::First }));
        assert_eq!(host.obtained(), 2);
        host = Host::new();
    }
}

/// Many services never send a code: their word is good enough for one new credential at each end of one.
#[test]
fn a_bare_refusal_brings_a_new_credential_whenever_that_helps() {
    for method in ["GET", "POST"] {
        let mut host = Host::new();
        let mut refused = 0;
        while host.now < 86_400_000 {
            // Good for half an hour, whatever its issuer says.
            let issued = |host: &Host, number: u64| host.issued[usize::try_from(number).unwrap() - 1];
            let since: Vec<_> = (1..=60).map(|number| host.issued.get(number - 1).copied()).collect();
            let service = |number: u64, now: u64| {
                let since = since.get(usize::try_from(number).unwrap() - 1).copied().flatten();
                let ends = since.map(|since| since.plus(Seconds(1_800)));
                if ends.is_some_and(|ends| at(now) >= ends) { BARE } else { OK }
            };
            let came = host.ask(method, "/orders", service).unwrap();
            refused += u32::from(came.status != 200);
            assert!(issued(&host, 1) >= START);
            host.now += 60_000;
        }
        let most = if method == "GET" { 0 } else { 48 };
        assert!(refused <= most, "{method}: {refused} in a day");
        assert!((47..=49).contains(&host.obtained()), "{method}: {} in a day", host.obtained());
    }
}

/// One path that refuses what cannot be sent again, in words that leave no doubt, beside others that are good or are not there.
#[test]
fn a_refusal_that_cannot_be_tried_again_costs_few_credentials_either() {
    for other in [OK, NOT_FOUND] {
        let mut host = Host::new();
        host.replayable = false;
        for _ in 0..600 {
            host.ask("GET", "/ok", |_, _| other);
            host.ask("POST", "/orders", |_, _| CODED);
            host.now += 1_000;
        }
        assert!((3..=12).contains(&host.obtained()), "{} beside {}", host.obtained(), other.status);
    }
}

/// P-19: the token comes again, the proof is a new one.
#[test]
fn a_token_that_is_not_valid_yet_is_waited_for_with_a_proof_and_without() {
    const EARLY: Answer = answer(
        401,
        &[("WWW-Authenticate", "DPoP error=\"invalid_token\", error_description=\"token_not_yet_valid\"")],
    );
    const EARLY_BEARER: Answer = answer(
        401,
        &[("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"token_not_yet_valid\"")],
    );
    for (proof, refusal) in [(true, EARLY), (false, EARLY_BEARER)] {
        for method in ["GET", "POST"] {
            let mut host = Host::new();
            host.proof = proof;
            let service = |_, now| if now < 5_000 { refusal } else { OK };
            let came = host.ask(method, "/orders", service);
            assert_eq!(came, Some(Came { status: 200, which: Which::Latest }), "{method} {proof}");
            assert_eq!((host.obtained(), host.sent, host.now), (1, 2, 5_000), "{method} {proof}");
            assert!(!host.governor.status(at(host.now)).refused);
        }
    }
}

/// A cart that is empty, an order that is gone: the caller is known nonetheless.
#[test]
fn a_service_whose_good_answers_are_errors_is_no_service_that_refuses() {
    const EXPIRED: Answer = answer(
        401,
        &[("WWW-Authenticate", "Bearer error=\"invalid_token\", error_description=\"token expired\"")],
    );
    for good in [404, 409, 422] {
        let mut host = Host::new();
        while host.now < 6 * 3_600_000 {
            let service = |number: u64, now: u64| {
                if now >= number * 3_000_000 { EXPIRED } else { answer(good, &[]) }
            };
            host.ask("GET", "/jobs/7", service);
            host.now += 10_000;
        }
        assert_eq!(host.blocked, 0, "{good}");
        assert!(host.obtained() <= 9, "{good}: {}", host.obtained());
    }
}

/// What is answered before anybody looks at the credential is no word on it.
#[test]
fn neither_firewalls_nor_unknown_routes_prove_a_credential_good() {
    const METHOD: Answer = Answer {
        body: r#"{"status":403,"outcome":"forbidden","reason":"method_refused","recovery":"stop"}"#,
        ..answer(403, &[])
    };
    for other in [FIREWALL, UNMATCHED, METHOD, answer(403, &[])] {
        let mut host = Host::new();
        for _ in 0..600 {
            host.ask("GET", "/x", |_, _| other);
            host.ask("GET", "/orders", |_, _| CODED);
            host.now += 1_000;
        }
        let (many, sent, blocked) = (host.obtained(), host.sent, host.blocked);
        assert!(
            many <= 10 && sent <= 620 && blocked >= 590,
            "{many} obtained, {sent} sent, {blocked} blocked"
        );
        // Nor does such an answer to the one that tries the refused credential after a pause.
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        governor.answered(&mut attempt, &refusal(Reason::CredentialRefused), at(20), 0);
        let again = ticket(governor.before(&mut attempt, at(20), 0));
        governor.obtained(again, same(), at(30), 0);
        let mut probe = get();
        let looks = ticket(governor.before(&mut probe, at(10_030), 0));
        governor.obtained(looks, same(), at(10_031), 0);
        assert!(probe.is_probe());
        let mut host = Host { governor, now: 10_040, issued: std::vec![START], ..Host::new() };
        host.answered(&mut probe, &other);
        assert!(host.governor.status(at(10_041)).refused);
        assert_eq!(host.ask("GET", "/orders", |_, _| OK), None);
    }
}

/// A permission that the credential lacks was looked up for it: whoever says so knows the caller.
#[test]
fn a_missing_permission_proves_a_credential_good() {
    const SCOPE: Answer = answer(403, &[("WWW-Authenticate", "Bearer error=\"insufficient_scope\"")]);
    let mut host = Host::new();
    host.ask("POST", "/orders", |_, _| SCOPE);
    host.ask("GET", "/orders", |number, _| if number == 1 { CODED } else { SCOPE });
    assert_eq!(host.governor.status(at(host.now)).streak, 0);
}

#[test]
fn who_may_not_wait_at_all_gets_the_answer_that_asks_to() {
    const BUSY: Answer = answer(429, &[]);
    let mut host = Host::with(Settings { longest_wait: Seconds(0), ..Settings::default() }, true);
    assert_eq!(host.ask("GET", "/orders", |_, _| BUSY), Some(Came { status: 429, which: Which::Latest }));
    assert_eq!(host.sent, 1);
    // A new credential needs no wait.
    let came = host.ask("GET", "/orders", |number, _| if number == 1 { CODED } else { OK });
    assert_eq!(came, Some(Came { status: 200, which: Which::Latest }));
}

/// H-401-05, and what Kubernetes answers.
#[test]
fn a_loop_without_a_source_is_stopped_with_a_challenge_and_without() {
    const KUBERNETES: Answer = Answer {
        body: r#"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}"#,
        ..answer(401, &[])
    };
    for refusal in [BARE, NO_CHALLENGE, KUBERNETES] {
        let mut host = Host::with(Settings::default(), false);
        for _ in 0..600 {
            host.ask("GET", "/orders", |_, _| refusal);
            host.now += 1_000;
        }
        assert!((3..=10).contains(&host.sent), "{} sent after {:?}", host.sent, refusal.body);
    }
}
