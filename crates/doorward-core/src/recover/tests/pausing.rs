//! When nothing is sent, and when it is again.

use super::*;

/// zeebe-chaos#942: a pause that was begun by what passes by itself stopped a client for minutes.
#[test]
fn what_passes_by_itself_makes_nobody_fail_and_no_pause() {
    let mut governor = governor();
    let mut attempt = get();
    let first = ticket(governor.before(&mut attempt, START, 0));
    governor.not_obtained(first, ObtainFault::Transient { retry_after: None }, START, 0);
    assert_eq!(governor.status(START).paused, None);
    assert_eq!(governor.before(&mut attempt, at(1), 0), Before::Wait(at(1_000)));
    let second = ticket(governor.before(&mut attempt, at(1_000), 0));
    governor.not_obtained(second, ObtainFault::Transient { retry_after: Some(Seconds(4)) }, at(1_000), 0);
    assert_eq!(governor.before(&mut attempt, at(1_001), 0), Before::Wait(at(5_000)));
    let third = ticket(governor.before(&mut attempt, at(5_000), 0));
    governor.obtained(third, fresh(), at(5_000), 0);
    assert_eq!(sent(governor.before(&mut attempt, at(5_000), 0)), 1);
}

#[test]
fn a_request_does_not_wait_for_a_source_longer_than_it_may() {
    let mut governor = governor();
    let mut attempt = get();
    let first = ticket(governor.before(&mut attempt, START, 0));
    governor.not_obtained(first, ObtainFault::Transient { retry_after: Some(Seconds(11)) }, START, 0);
    let blocked = Before::Blocked { until: Some(at(11_000)), reason: Reason::CredentialUnobtainable };
    assert_eq!(governor.before(&mut attempt, at(1), 0), blocked);
    assert!(matches!(governor.before(&mut get(), at(2_000), 0), Before::Wait(_)), "a later one may");
}

/// An issuer that was down for a minute: whoever comes when it is back gets a credential, and nobody is refused unasked.
#[test]
fn a_source_whose_faults_pass_is_asked_again_while_a_request_still_waits() {
    for (longest, most) in [(10, 8_000), (300, 37_500), (60, 37_500), (2, 1_600), (1, 37_500), (0, 37_500)] {
        for random in [0, 1_599, u64::MAX] {
            let settings = Settings { longest_wait: Seconds(longest), ..Settings::default() };
            let mut governor = Governor::new(settings, true);
            let (mut now, mut last) = (0, 0);
            for _ in 0..20 {
                let next = ticket(governor.before(&mut get(), at(now), 0));
                let fault = ObtainFault::Transient { retry_after: None };
                governor.not_obtained(next, fault, at(now), random);
                let wait = clock::between(at(now), governor.not_before).0;
                assert!((1_000..=most).contains(&wait), "{wait} of {longest}");
                if longest >= 2 {
                    assert_eq!(governor.before(&mut get(), at(now), 0), Before::Wait(at(now + wait)));
                }
                now += wait;
                last = wait;
            }
            assert!(
                last * 2 > most,
                "{last} of {longest}: an issuer that is down is left alone longer and longer"
            );
        }
    }
}

#[test]
fn a_source_that_asks_to_be_left_alone_for_a_year_is_asked_within_an_hour_and_a_quarter() {
    let mut governor = governor();
    let first = ticket(governor.before(&mut get(), START, 0));
    let fault = ObtainFault::Transient { retry_after: Some(Seconds(31_536_000)) };
    governor.not_obtained(first, fault, START, u64::MAX);
    ticket(governor.before(&mut get(), at(4_500_001), 0));
}

/// camunda#44815: one client with a wrong secret brought the token endpoint down.
#[test]
fn a_source_that_says_no_for_good_is_left_alone_longer_and_longer() {
    let mut governor = governor();
    let mut now = 0;
    for pause in [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000] {
        let next = ticket(governor.before(&mut get(), at(now), 0));
        governor.not_obtained(next, ObtainFault::Hard, at(now), 0);
        let blocked =
            Before::Blocked { until: Some(at(now + pause)), reason: Reason::CredentialUnobtainable };
        assert_eq!(governor.before(&mut get(), at(now + 1), 0), blocked);
        now += pause;
    }
    let next = ticket(governor.before(&mut get(), at(now), 0));
    governor.obtained(next, fresh(), at(now), 0);
    assert_eq!(governor.status(at(now)).paused, None);
}

#[test]
fn a_hard_fault_ahead_of_the_end_stops_nobody_before_the_end() {
    let mut governor = holding(lasting(600, START));
    let ahead = ticket(governor.before(&mut get(), at(550_000), 0));
    governor.not_obtained(ahead, ObtainFault::Hard, at(550_000), 0);
    assert_eq!(governor.before(&mut get(), at(551_000), 0), Before::Send(governor.generation()));
    assert!(matches!(governor.before(&mut get(), at(560_001), 0), Before::SendAndObtain(..)));
}

/// okhttp#960, undici#4756: a loop on 401.
#[test]
fn two_credentials_that_are_refused_in_a_row_stop_the_loop() {
    let mut governor = holding(fresh());
    let expired = refusal(Reason::TokenExpired);
    let mut attempt = send(&mut governor, at(10));
    assert_eq!(governor.answered(&mut attempt, &expired, at(20), 0), Next::Again { after: None });
    let second = ticket(governor.before(&mut attempt, at(20), 0));
    governor.obtained(second, fresh(), at(30), 0);
    assert_eq!(sent(governor.before(&mut attempt, at(30), 0)), 2);
    assert_eq!(governor.answered(&mut attempt, &expired, at(40), 0), Next::Deliver(Which::First));
    let blocked = Before::Blocked { until: Some(at(10_040)), reason: Reason::RetryBlocked };
    assert_eq!(governor.before(&mut get(), at(50), 0), blocked);
    // After the pause one obtains, and all go on; another refusal doubles it.
    let mut attempt = get();
    let third = ticket(governor.before(&mut attempt, at(10_040), 0));
    governor.obtained(third, fresh(), at(10_050), 0);
    assert_eq!(sent(governor.before(&mut attempt, at(10_050), 0)), 3);
    governor.answered(&mut attempt, &expired, at(10_060), 0);
    let blocked = Before::Blocked { until: Some(at(30_060)), reason: Reason::RetryBlocked };
    assert_eq!(governor.before(&mut get(), at(10_070), 0), blocked);
}

/// A token that its source makes wrongly is sent by every new request, unless somebody counts.
#[test]
fn a_refusal_that_no_retry_can_mend_counts_too() {
    let hopeless = Diagnosis { retry: Retry::Never, ..refusal(Reason::TokenMalformed) };
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    assert_eq!(governor.answered(&mut attempt, &hopeless, at(20), 0), Next::Deliver(Which::Latest));
    let mut next = get();
    let second = ticket(governor.before(&mut next, at(30), 0));
    governor.obtained(second, fresh(), at(40), 0);
    sent(governor.before(&mut next, at(40), 0));
    governor.answered(&mut next, &hopeless, at(50), 0);
    let blocked = Before::Blocked { until: Some(at(10_050)), reason: Reason::RetryBlocked };
    assert_eq!(governor.before(&mut get(), at(60), 0), blocked);
    // A proof is another matter, and so is a field that was lost on the way.
    for reason in [Reason::ProofNonceRequired, Reason::CredentialStripped, Reason::SchemeUnsupported] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        let (retry, recovery) = (Retry::Never, Recovery::AskOperator);
        governor.answered(&mut attempt, &Diagnosis { retry, recovery, ..refusal(reason) }, at(20), 0);
        assert!(!governor.status(at(20)).refused, "{reason:?}");
    }
}

#[test]
fn a_success_between_two_refusals_makes_them_unrelated() {
    let mut governor = holding(fresh());
    for round in 0..5 {
        let mut attempt = send(&mut governor, at(round * 100));
        governor.answered(&mut attempt, &success(), at(round * 100), 0);
        let mut attempt = send(&mut governor, at(round * 100 + 1));
        governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(round * 100 + 2), 0);
        let next = ticket(governor.before(&mut attempt, at(round * 100 + 3), 0));
        governor.obtained(next, fresh(), at(round * 100 + 4), 0);
        assert_eq!(sent(governor.before(&mut attempt, at(round * 100 + 5), 0)), round + 2);
    }
    assert_eq!(governor.status(at(600)).paused, None);
}

/// One path that is broken would otherwise stop every call to the service, or burn one refresh token after the other.
#[test]
fn a_place_that_refuses_what_others_accept_stops_nobody_and_is_given_few_credentials() {
    let mut governor = holding(fresh());
    let (mut obtained, mut delivered) = (0, 0);
    for step in 0..600 {
        let now = at(step * 100);
        let mut well = get();
        well.set_place(b"/well");
        sent(governor.before(&mut well, now, 0));
        governor.answered(&mut well, &success(), now, 0);
        let mut broken = get();
        broken.set_place(b"/broken");
        sent(governor.before(&mut broken, now, 0));
        while let Next::Again { .. } =
            governor.answered(&mut broken, &refusal(Reason::CredentialRefused), now, 0)
        {
            let other = ticket(governor.before(&mut broken, now, 0));
            obtained += 1;
            governor.obtained(other, fresh(), now, 0);
            sent(governor.before(&mut broken, now, 0));
        }
        delivered += 1;
    }
    assert_eq!(delivered, 600);
    assert!((2..=4).contains(&obtained), "{obtained} in a minute");
    assert_eq!(governor.status(at(60_000)).paused, None);
    // A place that accepts is believed when it does not any more.
    let mut other = get();
    other.set_place(b"/well");
    sent(governor.before(&mut other, at(60_000), 0));
    governor.answered(&mut other, &refusal(Reason::CredentialRefused), at(60_000), 0);
    assert!(governor.status(at(60_000)).refused);
}

#[test]
fn a_place_that_accepts_again_is_like_the_others() {
    let mut governor = holding(fresh());
    let mut well = send(&mut governor, at(1));
    governor.answered(&mut well, &success(), at(2), 0);
    let mut broken = get();
    broken.set_place(b"/broken");
    sent(governor.before(&mut broken, at(3), 0));
    governor.answered(&mut broken, &refusal(Reason::TokenExpired), at(4), 0);
    let other = ticket(governor.before(&mut broken, at(5), 0));
    governor.obtained(other, fresh(), at(6), 0);
    sent(governor.before(&mut broken, at(7), 0));
    let next = governor.answered(&mut broken, &refusal(Reason::TokenExpired), at(8), 0);
    assert_eq!(next, Next::Deliver(Which::First));
    for (now, diagnosis, again) in [
        (9, refusal(Reason::TokenExpired), false),
        (10, success(), false),
        (11, refusal(Reason::TokenExpired), true),
    ] {
        let mut attempt = get();
        attempt.set_place(b"/broken");
        sent(governor.before(&mut attempt, at(now), 0));
        let next = governor.answered(&mut attempt, &diagnosis, at(now), 0);
        assert_eq!(matches!(next, Next::Again { .. }), again, "{now}");
    }
}

/// A service behind the service may be what answers 401: that must not stop the calls that go through.
#[test]
fn doubtful_refusals_bring_one_new_credential_now_and_then_and_stop_nobody() {
    let mut governor = holding(fresh());
    let mut obtained = 0;
    for step in 0..100 {
        let now = at(step * 100);
        let mut attempt = send(&mut governor, now);
        while let Next::Again { .. } = governor.answered(&mut attempt, &doubtful(), now, 0) {
            match governor.before(&mut attempt, now, 0) {
                Before::Obtain(ticket) => {
                    obtained += 1;
                    governor.obtained(ticket, fresh(), now, 0);
                    sent(governor.before(&mut attempt, now, 0));
                }
                other => panic!("{other:?}"),
            }
        }
        let mut other = send(&mut governor, now);
        governor.answered(&mut other, &success(), now, 0);
    }
    assert_eq!(obtained, 1, "within ten seconds");
    assert_eq!(governor.status(at(10_000)).paused, None);
}

/// anthropics/claude-code#28258: the refresh brought the same token, and the client sent it again.
#[test]
fn the_same_credential_again_is_not_sent_again() {
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(20), 0);
    let again = ticket(governor.before(&mut attempt, at(20), 0));
    assert!(!governor.obtained(again, same(), at(30), 0).is_new);
    assert_eq!(governor.before(&mut attempt, at(30), 0), Before::Deliver(Which::Latest), "the only answer");
    let blocked = Before::Blocked { until: Some(at(10_030)), reason: Reason::RetryBlocked };
    assert_eq!(governor.before(&mut get(), at(40), 0), blocked);
}

#[test]
fn a_new_credential_ends_the_pause_that_the_same_one_began() {
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(20), 0);
    let again = ticket(governor.before(&mut attempt, at(20), 0));
    governor.obtained(again, same(), at(30), 0);
    let mut next = get();
    let look = ticket(governor.before(&mut next, at(1_030), 0));
    governor.obtained(look, same(), at(1_031), 0);
    assert!(matches!(governor.before(&mut next, at(1_032), 0), Before::Blocked { .. }));
    assert!(
        matches!(governor.before(&mut get(), at(2_500), 0), Before::Blocked { .. }),
        "two seconds apart now"
    );
    let mut lucky = get();
    let look = ticket(governor.before(&mut lucky, at(3_100), 0));
    governor.obtained(look, fresh(), at(3_101), 0);
    assert_eq!(sent(governor.before(&mut lucky, at(3_102), 0)), 2);
}

/// H-401-05: what was refused is tried again by one, after a pause, in case the service changed its mind.
#[test]
fn after_the_pause_one_request_tries_the_refused_credential() {
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(20), 0);
    let again = ticket(governor.before(&mut attempt, at(20), 0));
    governor.obtained(again, same(), at(30), 0);
    let mut probe = get();
    let looks = governor.before(&mut probe, at(10_030), 0);
    assert!(matches!(looks, Before::SendAndObtain(..)) && probe.is_probe());
    governor.obtained(ticket(looks), same(), at(10_031), 0);
    assert!(matches!(governor.before(&mut get(), at(10_032), 0), Before::Blocked { .. }), "one alone");
    let mut refused = governor.clone();
    let again = refusal(Reason::CredentialRefusedAgain);
    assert_eq!(refused.answered(&mut probe.clone(), &again, at(10_040), 0), Next::Deliver(Which::Latest));
    assert_eq!(refused.status(at(10_041)).paused, Some((at(30_040), Reason::RetryBlocked)), "twice as long");
    governor.answered(&mut probe, &success(), at(10_040), 0);
    assert_eq!(governor.before(&mut get(), at(10_041), 0), Before::Send(governor.generation()));
}

#[test]
fn a_probe_that_is_never_answered_wedges_nobody() {
    let mut governor = holding(fresh());
    let mut attempt = send(&mut governor, at(10));
    governor.answered(&mut attempt, &refusal(Reason::TokenExpired), at(20), 0);
    let again = ticket(governor.before(&mut attempt, at(20), 0));
    governor.obtained(again, same(), at(30), 0);
    let mut now = 10_030;
    for _ in 0..5 {
        let mut probe = get();
        sent(governor.before(&mut probe, at(now), 0));
        assert!(probe.is_probe());
        now += 12_500;
    }
}
