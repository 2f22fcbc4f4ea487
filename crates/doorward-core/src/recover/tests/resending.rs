//! What is sent again, with what, how often, and which answer is delivered.

use super::*;
use std::vec::Vec;

/// openfga/js-sdk#332: a late 401 deleted the newer, good token.
#[test]
fn a_late_refusal_of_an_old_credential_leaves_the_newer_one_alone() {
    let mut governor = holding(fresh());
    let mut first = send(&mut governor, at(10));
    let mut late = send(&mut governor, at(11));
    governor.answered(&mut first, &refusal(Reason::TokenExpired), at(20), 0);
    let next = ticket(governor.before(&mut first, at(20), 0));
    governor.obtained(next, fresh(), at(30), 0);
    assert_eq!(
        governor.answered(&mut late, &refusal(Reason::TokenExpired), at(40), 0),
        Next::Again { after: None }
    );
    assert_eq!(sent(governor.before(&mut late, at(40), 0)), 2, "at once, with the newer one");
    assert!(!governor.status(at(40)).refused);
    assert_eq!(governor.status(at(40)).totals.tickets, 2);
}

#[test]
fn a_hundred_requests_with_one_expired_credential_bring_one_new_one() {
    let mut governor = holding(fresh());
    let mut attempts: Vec<Attempt> = (0..100).map(|_| send(&mut governor, at(10))).collect();
    let mut tickets = Vec::new();
    for attempt in &mut attempts {
        assert_eq!(
            governor.answered(attempt, &refusal(Reason::TokenExpired), at(20), 0),
            Next::Again { after: None }
        );
        match governor.before(attempt, at(20), 0) {
            Before::Obtain(ticket) => tickets.push(ticket),
            Before::Wait(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(tickets.len(), 1);
    governor.obtained(tickets[0], fresh(), at(30), 0);
    for attempt in &mut attempts {
        assert_eq!(sent(governor.before(attempt, at(30), 0)), 2);
        governor.answered(attempt, &success(), at(40), 0);
    }
    assert_eq!(governor.status(at(40)).totals.recovered, 100);
}

#[test]
fn a_request_is_sent_no_more_often_than_allowed() {
    for attempts in [0, 1, 2, 3, 8, 200] {
        let mut governor = Governor::new(Settings { attempts, ..Settings::default() }, true);
        let mut attempt = get();
        let mut now = 0;
        let mut sends = 0;
        loop {
            match governor.before(&mut attempt, at(now), 0) {
                Before::Obtain(ticket) => {
                    governor.obtained(ticket, fresh(), at(now), 0);
                    continue;
                }
                Before::Send(_) => sends += 1,
                other => panic!("{other:?}"),
            }
            match governor.answered(&mut attempt, &refusal(Reason::RateLimited), at(now), 0) {
                Next::Again { after: Some(wait) } => now += wait.0,
                Next::Deliver(_) => break,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(sends, attempts.clamp(1, 8));
        assert!(matches!(governor.before(&mut attempt, at(now), 0), Before::Deliver(_)), "and never after");
    }
}

/// H-RETRY-01, H-RETRY-03, H-401-02: only whoever checks credentials says that a request was not carried out.
#[test]
fn what_may_have_been_carried_out_is_sent_again_only_after_an_honest_refusal() {
    let gateway = |diagnosis| Diagnosis { origin: Origin::Gateway, ..diagnosis };
    let scheme = Some(QuotedText::unquoted(b"Bearer"));
    let challenged = |error: Option<&'static [u8]>, diagnosis| Diagnosis {
        demand: Demanded { scheme, error: error.map(QuotedText::unquoted), ..Demanded::default() },
        ..diagnosis
    };
    let with_status = |status, diagnosis| Diagnosis { status, ..diagnosis };
    for (diagnosis, again) in [
        (refusal(Reason::TokenExpired), true),
        (Diagnosis { retry: Retry::Same, ..refusal(Reason::TokenNotYetValid) }, true),
        (gateway(Diagnosis { confidence: Confidence::Likely, ..doubtful() }), true),
        (with_status(403, challenged(Some(b"invalid_token"), refusal(Reason::TokenExpired))), true),
        (with_status(403, challenged(Some(b"Invalid_Token"), refusal(Reason::TokenExpired))), false),
        (with_status(403, challenged(None, refusal(Reason::TokenExpired))), false),
        (with_status(403, gateway(refusal(Reason::TokenExpired))), false),
        (wants_scope("write"), false),
        (doubtful(), false),
        (Diagnosis { origin: Origin::Application, confidence: Confidence::Likely, ..doubtful() }, false),
        (refusal(Reason::ServiceUnavailable), false),
        (gateway(refusal(Reason::ServiceUnavailable)), false),
        (gateway(refusal(Reason::RateLimited)), false),
        (challenged(None, refusal(Reason::RateLimited)), false),
        (challenged(Some(b"invalid_token"), refusal(Reason::RateLimited)), false),
        (with_status(403, challenged(None, refusal(Reason::RateLimited))), false),
        (with_status(403, challenged(Some(b"invalid_token"), refusal(Reason::RateLimited))), false),
        (with_status(401, challenged(None, refusal(Reason::RateLimited))), false),
        (with_status(404, refusal(Reason::TokenExpired)), false),
        (with_status(400, gateway(refusal(Reason::TokenExpired))), false),
        (with_status(500, refusal(Reason::TokenExpired)), false),
        (with_status(502, gateway(refusal(Reason::TokenExpired))), false),
    ] {
        let mut governor = holding(fresh());
        let mut attempt = post();
        sent(governor.before(&mut attempt, at(10), 0));
        let next = governor.answered(&mut attempt, &diagnosis, at(20), 0);
        assert_eq!(matches!(next, Next::Again { .. }), again, "{diagnosis:?}");
    }
    let mut governor = holding(fresh());
    let mut attempt = post();
    sent(governor.before(&mut attempt, at(10), 0));
    let mut scope = wants_scope("write");
    scope.demand.error = Some(QuotedText::unquoted(b"insufficient_scope"));
    assert_eq!(governor.answered(&mut attempt, &scope, at(20), 0), Next::Again { after: None });
}

/// H-RETRY-01, H-RETRY-02: one repeat for each distinct reason, also where the very same may come again.
#[test]
fn what_may_have_been_carried_out_is_sent_again_once_for_each_reason() {
    let early = Diagnosis { retry: Retry::Same, ..refusal(Reason::TokenNotYetValid) };
    for (mut attempt, most) in [(post(), 2), (get(), 8)] {
        let mut governor = Governor::new(Settings { attempts: 8, ..Settings::default() }, true);
        let first = ticket(governor.before(&mut get(), START, 0));
        governor.obtained(first, fresh(), START, 0);
        let mut now = 10;
        let mut sends = 0;
        while let Before::Send(_) = governor.before(&mut attempt, at(now), 0) {
            sends += 1;
            now += match governor.answered(&mut attempt, &early, at(now), 0) {
                Next::Again { after } => after.unwrap_or_default().0,
                _ => break,
            };
        }
        assert_eq!(sends, most);
    }
    let mut governor = holding(fresh());
    let mut attempt = post();
    sent(governor.before(&mut attempt, at(10), 0));
    assert!(matches!(governor.answered(&mut attempt, &early, at(20), 0), Next::Again { .. }));
    sent(governor.before(&mut attempt, at(2_000), 0));
    let other = governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(2_010), 0);
    assert_eq!(other, Next::Again { after: None }, "another reason");
}

#[test]
fn content_that_is_gone_is_not_sent_again_but_the_next_request_gets_a_new_credential() {
    let mut governor = holding(fresh());
    let mut attempt = Attempt::new(Traits::of_method("PUT", false));
    sent(governor.before(&mut attempt, at(10), 0));
    let next = governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(20), 0);
    assert_eq!(next, Next::Deliver(Which::Latest));
    assert!(matches!(governor.before(&mut get(), at(30), 0), Before::Obtain(_)));
}

#[test]
fn a_wait_is_as_long_as_the_answer_says_or_longer_and_too_long_a_one_is_not_waited() {
    for (asked, random) in [(3, 0), (3, u64::MAX), (9, 2_249), (10, 7)] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        let busy = Diagnosis { retry_after: Some(Seconds(asked)), ..refusal(Reason::RateLimited) };
        let Next::Again { after: Some(wait) } = governor.answered(&mut attempt, &busy, at(20), random) else {
            panic!("it may be sent again")
        };
        let most = (asked * 1_250).min(10_000);
        assert!((asked * 1_000..=most).contains(&wait.0), "{wait:?}");
        assert_eq!(sent(governor.before(&mut attempt, at(20 + wait.0), 0)), 1, "the same credential");
    }
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    let busy = Diagnosis { retry_after: Some(Seconds(11)), ..refusal(Reason::RateLimited) };
    assert_eq!(governor.answered(&mut attempt, &busy, at(20), 0), Next::Deliver(Which::Latest));
}

/// H-RA-01: it is the same credential that is not to come again before.
#[test]
fn another_credential_need_not_wait_for_what_the_refused_one_has_to() {
    for asked in [1, 10, 3_600] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        let expired = Diagnosis { retry_after: Some(Seconds(asked)), ..refusal(Reason::TokenExpired) };
        assert_eq!(governor.answered(&mut attempt, &expired, at(20), 7), Next::Again { after: None });
        let next = ticket(governor.before(&mut attempt, at(20), 0));
        governor.obtained(next, fresh(), at(30), 0);
        assert_eq!(sent(governor.before(&mut attempt, at(30), 0)), 2);
    }
}

/// A caller whose clock is ahead makes tokens of the future: waiting seconds does not help, the offset does.
#[test]
fn clocks_that_are_far_apart_need_another_credential_and_near_ones_a_wait() {
    let skewed = |seconds: i64, wait: u64| Diagnosis {
        skew: Some(crate::diagnose::Skew { seconds, within: 1 }),
        retry: Retry::Same,
        retry_after: Some(Seconds(wait)),
        ..refusal(Reason::TokenIssuedInFuture)
    };
    for seconds in [-600, -7_200, 600] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        let next = governor.answered(&mut attempt, &skewed(seconds, 601), at(20), 0);
        assert_eq!(next, Next::Again { after: None }, "{seconds}");
        assert_eq!(governor.clock_offset(), seconds, "what the source is told");
        let other = ticket(governor.before(&mut attempt, at(20), 0));
        governor.obtained(other, fresh(), at(30), 0);
        assert_eq!(sent(governor.before(&mut attempt, at(30), 0)), 2);
    }
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    let next = governor.answered(&mut attempt, &skewed(-5, 6), at(20), 0);
    assert_eq!(next, Next::Again { after: Some(Millis(6_000)) });
    assert_eq!(sent(governor.before(&mut attempt, at(6_020), 0)), 1, "the same, which is good by now");
    let unknown = Diagnosis { skew: None, retry_after: Some(Seconds(2)), ..skewed(0, 2) };
    assert!(matches!(
        governor.answered(&mut attempt, &unknown, at(6_030), 0),
        Next::Again { after: Some(_) }
    ));
}

#[test]
fn a_nonce_is_worth_one_new_proof_and_a_request_without_proofs_gets_none() {
    let wants_nonce = refusal(Reason::ProofNonceRequired);
    let mut governor = holding(fresh());
    let mut attempt = Attempt::new(Traits { proof: true, ..Traits::of_method("POST", true) });
    sent(governor.before(&mut attempt, at(10), 0));
    assert_eq!(governor.answered(&mut attempt, &wants_nonce, at(20), 0), Next::NewProof);
    assert_eq!(sent(governor.before(&mut attempt, at(20), 0)), 1, "the credential is the same");
    assert_eq!(governor.answered(&mut attempt, &wants_nonce, at(30), 0), Next::Deliver(Which::First));
    let mut attempt = send(&mut governor, at(40));
    assert_eq!(governor.answered(&mut attempt, &wants_nonce, at(50), 0), Next::Deliver(Which::Latest));
    assert!(!governor.status(at(50)).refused, "the credential is not at fault");
}

/// M-08, modelcontextprotocol#2349: step-up loops on 403.
#[test]
fn a_missing_scope_is_asked_for_once_and_then_not_for_a_while() {
    let mut governor = holding(fresh());
    let mut other = send(&mut governor, at(5));
    let mut attempt = send(&mut governor, at(10));
    assert_eq!(
        governor.answered(&mut attempt, &wants_scope("write"), at(20), 0),
        Next::Again { after: None }
    );
    assert_eq!(sent(governor.before(&mut get(), at(20), 0)), 1, "it is good enough for others");
    let next = ticket(governor.before(&mut attempt, at(20), 0));
    governor.obtained(next, fresh(), at(30), 0);
    assert_eq!(sent(governor.before(&mut attempt, at(30), 0)), 2);
    assert_eq!(
        governor.answered(&mut attempt, &wants_scope("write"), at(40), 0),
        Next::Deliver(Which::First)
    );
    let mut attempt = send(&mut governor, at(50));
    assert_eq!(
        governor.answered(&mut attempt, &wants_scope("write"), at(60), 0),
        Next::Deliver(Which::Latest)
    );
    // Another scope is worth another try, but not at once.
    let at_once = governor.answered(&mut other.clone(), &wants_scope("read"), at(70), 0);
    assert_eq!(at_once, Next::Deliver(Which::Latest));
    assert_eq!(
        governor.answered(&mut other, &wants_scope("read"), at(10_100), 0),
        Next::Again { after: None }
    );
    assert_eq!(governor.status(at(70)).paused, None, "permission is no reason for a pause");
    let mut attempt = send(&mut governor, at(310_000));
    assert_eq!(
        governor.answered(&mut attempt, &wants_scope("write"), at(310_001), 0),
        Next::Again { after: None }
    );
}

#[test]
fn an_answer_that_names_no_scope_asks_for_nothing() {
    for scope in ["", " "] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        let next = governor.answered(&mut attempt, &wants_scope(scope), at(20), 0);
        assert_eq!(next, Next::Deliver(Which::Latest));
    }
}

#[test]
fn requests_that_want_the_same_scope_share_one_new_credential() {
    let mut governor = holding(fresh());
    let mut attempts: Vec<Attempt> = (0..5).map(|_| send(&mut governor, at(10))).collect();
    let mut tickets = Vec::new();
    for attempt in &mut attempts {
        governor.answered(attempt, &wants_scope("write"), at(20), 0);
        if let Before::Obtain(ticket) = governor.before(attempt, at(20), 0) {
            tickets.push(ticket);
        }
    }
    assert_eq!(tickets.len(), 1);
    governor.obtained(tickets[0], fresh(), at(30), 0);
    assert!(attempts.iter_mut().all(|attempt| sent(governor.before(attempt, at(30), 0)) == 2));
}

#[test]
fn a_credential_that_is_under_way_for_nothing_special_does_not_answer_a_demand() {
    let mut governor = holding(lasting(600, START));
    let mut attempt = send(&mut governor, at(10));
    let ahead = ticket(governor.before(&mut get(), at(545_000), 0));
    governor.answered(&mut attempt, &wants_scope("write"), at(545_001), 0);
    assert!(matches!(governor.before(&mut attempt, at(545_002), 0), Before::Wait(_)));
    governor.obtained(ahead, lasting(600, at(545_003)), at(545_003), 0);
    let own = ticket(governor.before(&mut attempt, at(545_004), 0));
    governor.obtained(own, lasting(600, at(545_005)), at(545_005), 0);
    assert_eq!(sent(governor.before(&mut attempt, at(545_006), 0)), 3);
}

/// X-SU-04: a workload cannot step up.
#[test]
fn only_a_person_steps_up() {
    for interactive in [false, true] {
        let mut governor = Governor::new(Settings { interactive, ..Settings::default() }, true);
        let first = ticket(governor.before(&mut get(), START, 0));
        governor.obtained(first, fresh(), START, 0);
        let mut attempt = send(&mut governor, at(10));
        let next = governor.answered(&mut attempt, &refusal(Reason::StepUpRequired), at(20), 0);
        assert_eq!(next == Next::Again { after: None }, interactive);
    }
}

#[test]
fn proxies_and_networks_that_want_a_sign_in_never_touch_the_credential() {
    for status in [407, 511] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        let odd = Diagnosis { status, ..refusal(Reason::TokenExpired) };
        assert_eq!(governor.answered(&mut attempt, &odd, at(20), 0), Next::Deliver(Which::Latest));
        assert!(!governor.status(at(20)).refused);
    }
}

/// H-401-05: the answer that tells more is delivered.
#[test]
fn an_answer_that_repeats_the_first_gives_way_to_it() {
    for (second, which) in [
        (refusal(Reason::CredentialRefused), Which::First),
        (refusal(Reason::TokenExpired), Which::First),
        (refusal(Reason::PermissionDenied), Which::Latest),
        (Diagnosis { status: 500, ..success() }, Which::Latest),
        (success(), Which::Latest),
    ] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(20), 0);
        let next = ticket(governor.before(&mut attempt, at(20), 0));
        governor.obtained(next, fresh(), at(30), 0);
        sent(governor.before(&mut attempt, at(30), 0));
        assert_eq!(
            governor.answered(&mut attempt, &second, at(40), 0),
            Next::Deliver(which),
            "{:?}",
            second.reason
        );
    }
}

/// A retry that succeeds must not hide an attack.
#[test]
fn what_smells_of_an_attack_is_kept_although_the_retry_succeeds() {
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    governor.answered(&mut attempt, &refusal(Reason::SignatureInvalid), at(20), 0);
    let next = ticket(governor.before(&mut attempt, at(20), 0));
    governor.obtained(next, fresh(), at(30), 0);
    sent(governor.before(&mut attempt, at(30), 0));
    governor.answered(&mut attempt, &success(), at(40), 0);
    let reports = governor.take_reports();
    let report = reports.iter().next().unwrap();
    assert_eq!((report.reason, report.count, report.generation.number()), (Reason::SignatureInvalid, 1, 1));
    assert!(governor.take_reports().is_empty(), "they are taken once");
    let kinds = Reason::ALL.iter().filter(|reason| reason.signal() == crate::outcome::Signal::Attack).count();
    assert!(kinds + 4 <= crate::limits::REPORTS, "{kinds}");
}
