//! A service of which one part refuses what the others accept: it stops nobody, and costs few credentials.

use super::*;
use std::format;

/// A service whose paths below `/admin` answer 401 where they mean 403, or a plain 401, and a source that always has a new
/// credential.
struct Service {
    governor: Governor,
    now: u64,
    obtained: u32,
}

impl Service {
    fn new() -> Self {
        Self { governor: governor(), now: 0, obtained: 0 }
    }

    /// Whether the request was let through, or nothing if it was held back.
    fn ask(&mut self, place: &str) -> Option<bool> {
        let mut attempt = get();
        attempt.set_place(place.as_bytes());
        loop {
            let now = at(self.now);
            match self.governor.before(&mut attempt, now, 0) {
                Before::Obtain(ticket) => {
                    self.obtained += 1;
                    self.governor.obtained(ticket, fresh(), now, 0);
                    continue;
                }
                Before::Blocked { .. } => return None,
                Before::Deliver(_) => return Some(false),
                before => sent(before),
            };
            let answer = match place {
                _ if place.starts_with("/admin") => refusal(Reason::CredentialRefused),
                _ if place.starts_with("/bare") => doubtful(),
                _ => success(),
            };
            match self.governor.answered(&mut attempt, &answer, now, 0) {
                Next::Deliver(_) => return Some(answer.reason.is_none()),
                Next::Again { after } => self.now += after.unwrap_or_default().0,
                Next::NewProof => panic!("nobody wants one"),
            }
        }
    }
}

/// zeebe-chaos#942, and what was seen with two misused 401s: the good path was held back for ever.
#[test]
fn two_bad_paths_starve_no_good_one() {
    for known in [true, false] {
        let mut service = Service::new();
        if known {
            assert_eq!(service.ask("/ok"), Some(true));
        }
        let mut held_back = 0;
        for _ in 0..360 {
            service.ask("/admin/a");
            service.ask("/admin/b");
            service.now += 5_000;
            held_back += u32::from(service.ask("/ok") != Some(true));
            service.now += 5_000;
        }
        assert!(held_back <= if known { 0 } else { 1 }, "{held_back} of 360");
        assert!(service.obtained <= 24, "{} in an hour", service.obtained);
    }
}

#[test]
fn many_bad_paths_burn_few_credentials() {
    let mut service = Service::new();
    service.ask("/ok");
    for id in 0..600 {
        service.ask(&format!("/admin/{id}"));
        assert_eq!(service.ask("/ok"), Some(true), "{id}");
        service.now += 1_000;
    }
    assert!(service.obtained <= 8, "{} in ten minutes", service.obtained);
}

#[test]
fn bare_refusals_burn_fewer_and_fewer_credentials() {
    let mut service = Service::new();
    service.ask("/ok");
    for _ in 0..3_600 {
        service.ask("/bare/a");
        service.ask("/bare/b");
        service.now += 1_000;
    }
    assert!(service.obtained <= 24, "{} in an hour", service.obtained);
    assert_eq!(service.ask("/ok"), Some(true));
}

#[test]
fn a_service_that_refuses_everything_is_left_alone() {
    let mut service = Service::new();
    let mut sent = 0;
    for id in 0..600 {
        sent += u32::from(service.ask(&format!("/admin/{}", id % 5)).is_some());
        service.now += 1_000;
    }
    assert!(
        sent <= 24 && service.obtained <= 12,
        "{sent} sent, {} obtained, in ten minutes",
        service.obtained
    );
}

/// Whoever walks over thousands of paths with a dead credential tries one in a second, and not each of them.
#[test]
fn a_walk_over_a_service_that_refuses_everything_is_slow() {
    let mut service = Service::new();
    let mut sent = 0;
    for id in 0..600 {
        sent += u32::from(service.ask(&format!("/admin/{id}")).is_some());
        service.now += 100;
    }
    assert!(sent <= 70, "{sent} in a minute");
}

/// A credential that was good and is revoked, everywhere.
#[test]
fn paths_that_accepted_before_are_believed_when_they_refuse() {
    let mut governor = holding(fresh());
    let ask = |governor: &mut Governor, place: &[u8], now: u64| {
        let mut attempt = get();
        attempt.set_place(place);
        sent(governor.before(&mut attempt, at(now), 0));
        attempt
    };
    for place in [b"/a", b"/b"] {
        let mut attempt = ask(&mut governor, place, 1);
        governor.answered(&mut attempt, &success(), at(2), 0);
    }
    let mut first = ask(&mut governor, b"/a", 10);
    governor.answered(&mut first, &refusal(Reason::TokenRevoked), at(11), 0);
    let next = ticket(governor.before(&mut first, at(12), 0));
    governor.obtained(next, fresh(), at(13), 0);
    sent(governor.before(&mut first, at(14), 0));
    governor.answered(&mut first, &refusal(Reason::TokenRevoked), at(15), 0);
    let mut second = ask(&mut governor, b"/b", 16);
    let next = governor.answered(&mut second, &refusal(Reason::TokenRevoked), at(17), 0);
    assert_eq!(next, Next::Deliver(Which::Latest));
    assert_eq!(
        governor.status(at(18)).paused,
        Some((at(10_017), Reason::RetryBlocked)),
        "two places, two credentials"
    );
}

/// Permission is no reason for a pause, even where the issuer does not know what the service asks for.
#[test]
fn a_scope_that_the_issuer_does_not_give_stops_neither_the_others_nor_the_successor() {
    let mut governor = holding(lasting(600, START));
    let mut asked = 0;
    for (step, scope) in ["a", "b", "c", "d", "e", "f"].into_iter().enumerate() {
        let now = at(u64::try_from(step).unwrap() * 1_000);
        let mut attempt = send(&mut governor, now);
        if let Next::Again { .. } = governor.answered(&mut attempt, &wants_scope(scope), now, 0) {
            let futile = ticket(governor.before(&mut attempt, now, 0));
            governor.not_obtained(futile, ObtainFault::Hard, now, 0);
            assert_eq!(governor.before(&mut attempt, now, 0), Before::Deliver(Which::Latest));
            asked += 1;
        }
        assert_eq!(governor.status(now).paused, None);
    }
    assert_eq!(asked, 1, "a service may think of a new one each time");
    assert!(matches!(governor.before(&mut get(), at(545_000), 0), Before::SendAndObtain(..)));
    assert!(matches!(governor.before(&mut get(), at(610_000), 0), Before::Obtain(_)), "a plain one");
    governor.not_obtained(Ticket(governor.last_ticket), ObtainFault::Hard, at(610_000), 0);
    assert!(governor.status(at(610_000)).paused.is_some(), "the source itself");
}

/// An issuer that refuses the same once more has refused no more than that.
#[test]
fn a_demand_that_was_given_up_is_a_demand_when_it_comes_again() {
    let mut governor = holding(fresh());
    for round in 0..4 {
        let now = at(1_000 + round * 400_000);
        let mut attempt = send(&mut governor, now);
        let next = governor.answered(&mut attempt, &wants_scope("admin"), now, 0);
        assert_eq!(next, Next::Again { after: None }, "{round}");
        let futile = ticket(governor.before(&mut attempt, now, 0));
        governor.not_obtained(futile, ObtainFault::Hard, now, 0);
        assert_eq!(governor.before(&mut attempt, now, 0), Before::Deliver(Which::Latest));
        assert_eq!(governor.status(now).paused, None, "{round}");
    }
}

/// Answers that are given before anybody looks at the credential, and errors of a request whose caller was refused meanwhile.
#[test]
fn what_does_not_depend_on_the_credential_says_nothing_for_it() {
    let ahead_of_it =
        [Reason::RouteUnmatched, Reason::MethodRefused, Reason::RefusalUnrelated, Reason::RefusalUnexplained];
    let plain = Diagnosis { status: 404, ..success() };
    for other in ahead_of_it.map(refusal).into_iter().chain([plain]) {
        let mut governor = holding(fresh());
        let mut late = send(&mut governor, at(5));
        let mut attempt = send(&mut governor, at(10));
        governor.answered(&mut attempt, &refusal(Reason::TokenRevoked), at(20), 0);
        governor.answered(&mut late, &other, at(21), 0);
        assert_eq!((governor.status(at(21)).streak, governor.status(at(21)).refused), (1, true), "{other:?}");
    }
    // The new one is known, or at least not refused.
    for (other, streak) in [(refusal(Reason::RouteUnmatched), 1), (plain, 0)] {
        let mut governor = holding(fresh());
        let mut attempt = send(&mut governor, at(10));
        governor.answered(&mut attempt, &refusal(Reason::TokenRevoked), at(20), 0);
        let next = ticket(governor.before(&mut attempt, at(20), 0));
        governor.obtained(next, fresh(), at(30), 0);
        sent(governor.before(&mut attempt, at(30), 0));
        governor.answered(&mut attempt, &other, at(40), 0);
        assert_eq!(governor.status(at(40)).streak, streak, "{other:?}");
    }
}

/// What the new credential came to counts from when it was tried, however long it took to come.
#[test]
fn a_new_credential_that_came_late_and_did_not_help_is_not_followed_by_another_at_once() {
    for second in [doubtful(), stripped()] {
        let mut governor = holding(fresh());
        let mut attempt = get();
        attempt.set_place(b"/bare");
        sent(governor.before(&mut attempt, START, 0));
        governor.answered(&mut attempt, &doubtful(), START, 0);
        let slow = ticket(governor.before(&mut attempt, START, 0));
        governor.obtained(slow, fresh(), at(12_000), 0);
        sent(governor.before(&mut attempt, at(12_000), 0));
        assert_eq!(governor.answered(&mut attempt, &second, at(12_010), 0), Next::Deliver(Which::First));
        let mut next = get();
        next.set_place(b"/bare");
        sent(governor.before(&mut next, at(13_000), 0));
        let next = governor.answered(&mut next, &doubtful(), at(13_010), 0);
        assert_eq!(next, Next::Deliver(Which::Latest), "{:?}", second.reason);
    }
}

/// A path that is open to some methods and closed to others is heard no more than one that is closed; one whose credential had ended
/// is.
#[test]
fn a_place_where_a_new_credential_helped_is_believed_again() {
    let mut governor = holding(fresh());
    let ask = |governor: &mut Governor, place: &[u8], diagnosis: &Diagnosis<'_>, now: u64| {
        let mut attempt = get();
        attempt.set_place(place);
        let (mut now, mut obtained) = (now, 0);
        loop {
            match governor.before(&mut attempt, at(now), 0) {
                Before::Obtain(ticket) => {
                    obtained += 1;
                    governor.obtained(ticket, fresh(), at(now), 0);
                    continue;
                }
                before => sent(before),
            };
            now += 1;
            let answer = if obtained > 0 { &success() } else { diagnosis };
            if let Next::Deliver(_) = governor.answered(&mut attempt, answer, at(now), 0) {
                return obtained;
            }
        }
    };
    let in_vain = |governor: &mut Governor, now: u64| {
        let mut attempt = post();
        attempt.set_place(b"/orders");
        while let Before::Obtain(ticket) = governor.before(&mut attempt, at(now), 0) {
            governor.obtained(ticket, fresh(), at(now), 0);
        }
        governor.answered(&mut attempt, &doubtful(), at(now), 0);
    };
    for now in [1_000, 50_000] {
        in_vain(&mut governor, now);
        assert_eq!(ask(&mut governor, b"/orders", &success(), now + 1), 1);
    }
    in_vain(&mut governor, 100_000);
    assert_eq!(ask(&mut governor, b"/orders", &success(), 100_010), 1, "the third time it takes a pause");
    in_vain(&mut governor, 100_020);
    assert_eq!(ask(&mut governor, b"/orders", &success(), 100_030), 0);
    // After the pause a new one helps, and then again at once.
    assert_eq!(ask(&mut governor, b"/orders", &doubtful(), 300_000), 1);
    in_vain(&mut governor, 300_010);
    assert_eq!(ask(&mut governor, b"/orders", &success(), 300_020), 1);
    assert_eq!(ask(&mut governor, b"/orders", &doubtful(), 300_030), 1);
}
