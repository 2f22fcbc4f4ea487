//! Without a source: a loop of requests that nobody is going to let in is stopped on the caller's side too.

use super::*;
use std::format;

/// A governor without a source, and a clock.
struct Bare {
    governor: Governor,
    now: u64,
}

impl Bare {
    fn new() -> Self {
        Self { governor: Governor::new(Settings::default(), false), now: 0 }
    }

    /// A request that is sent, or until when it is held back.
    fn begin(&mut self, method: &str, place: &str) -> Result<Attempt, Option<UnixTime>> {
        let mut attempt = Attempt::new(Traits::of_method(method, true));
        attempt.set_place(place.as_bytes());
        match self.governor.before(&mut attempt, at(self.now), 0) {
            Before::Bare => Ok(attempt),
            Before::Blocked { until, reason: Reason::RetryBlocked } => Err(until),
            other => panic!("{other:?}"),
        }
    }

    fn end(&mut self, attempt: &mut Attempt, answer: &Diagnosis<'_>) {
        let next = self.governor.answered(attempt, answer, at(self.now), 0);
        assert_eq!(next, Next::Deliver(Which::Latest));
    }

    /// Whether a request went out; it gets this answer.
    fn ask(&mut self, place: &str, answer: &Diagnosis<'_>) -> bool {
        self.begin("GET", place).map(|mut attempt| self.end(&mut attempt, answer)).is_ok()
    }
}

fn missing() -> Diagnosis<'static> {
    refusal(Reason::CredentialMissing)
}

/// H-401-05: two hundred requests in two hundred seconds.
#[test]
fn a_loop_without_a_credential_is_stopped() {
    let mut bare = Bare::new();
    let mut sends = 0_u32;
    for _ in 0..200 {
        sends += u32::from(bare.ask("/orders", &missing()));
        bare.now += 1_000;
    }
    assert!((3..=7).contains(&sends), "{sends}");
    assert_eq!(bare.governor.status(at(bare.now)).totals.blocked, 200 - u64::from(sends));
}

#[test]
fn the_pause_begins_with_the_second_refusal_and_doubles() {
    let mut bare = Bare::new();
    assert!(bare.ask("/orders", &missing()) && bare.ask("/orders", &missing()));
    assert_eq!(bare.begin("GET", "/orders").unwrap_err(), Some(at(10_000)));
    bare.now = 10_000;
    let mut one = bare.begin("GET", "/orders").unwrap();
    assert_eq!(bare.begin("GET", "/orders").unwrap_err(), Some(at(20_000)), "one looks, the others wait");
    bare.end(&mut one, &missing());
    assert_eq!(bare.begin("GET", "/orders").unwrap_err(), Some(at(30_000)));
    for _ in 0..40 {
        bare.now += 300_000;
        assert!(bare.ask("/orders", &missing()), "never longer than that");
    }
}

#[test]
fn a_success_ends_it_and_other_places_go_on() {
    let mut bare = Bare::new();
    bare.ask("/orders", &missing());
    bare.ask("/orders", &missing());
    assert!(bare.ask("/health", &success()) && bare.ask("/health", &success()));
    assert!(bare.begin("POST", "/orders").is_ok(), "whoever may not write may still read, and the reverse");
    assert!(!bare.ask("/orders", &missing()), "what is open elsewhere says nothing of it");
    bare.now = 10_000;
    assert!(bare.ask("/orders", &success()));
    assert!(bare.ask("/orders", &missing()), "all is forgotten");
    assert!(bare.ask("/orders", &success()) && bare.ask("/orders", &missing()), "not two in a row");
    assert!(bare.ask("/orders", &missing()));
    assert_eq!(bare.begin("GET", "/orders").unwrap_err(), Some(at(20_000)), "the first pause again");
}

/// Whoever signs in with a cookie need not wait, but gets no more than one try for it.
#[test]
fn what_was_sent_and_done_elsewhere_opens_the_way_once() {
    let mut bare = Bare::new();
    let sign_in = |bare: &mut Bare| {
        let mut attempt = bare.begin("POST", "/sign-in").unwrap();
        bare.end(&mut attempt, &success());
    };
    bare.ask("/orders", &missing());
    bare.ask("/orders", &missing());
    sign_in(&mut bare);
    assert!(bare.ask("/orders", &missing()));
    sign_in(&mut bare);
    assert!(!bare.ask("/orders", &missing()));
}

/// Requests that were all on their way are no loop.
#[test]
fn refusals_of_requests_that_were_sent_together_count_as_one() {
    let mut bare = Bare::new();
    for round in 0..2 {
        let mut all: std::vec::Vec<_> = (0..9).map(|_| bare.begin("GET", "/orders").unwrap()).collect();
        for attempt in &mut all {
            bare.end(attempt, &missing());
        }
        assert_eq!(bare.begin("GET", "/orders").is_err(), round > 0);
    }
    assert_eq!(bare.begin("GET", "/orders").unwrap_err(), Some(at(10_000)));
}

#[test]
fn only_a_refusal_for_want_of_a_credential_counts_and_only_the_same_one() {
    let realm = |realm: &'static [u8]| {
        let mut diagnosis = missing();
        diagnosis.demand.realm = Some(QuotedText::unquoted(realm));
        diagnosis
    };
    for answer in [
        Diagnosis { confidence: Confidence::Guess, ..missing() },
        Diagnosis { status: 403, ..missing() },
        Diagnosis { status: 407, ..missing() },
        Diagnosis { status: 500, ..success() },
        refusal(Reason::PermissionDenied),
    ] {
        let mut bare = Bare::new();
        assert!((0..9).all(|_| bare.ask("/orders", &answer)), "{answer:?}");
    }
    let mut bare = Bare::new();
    assert!((0..9).all(|_| bare.ask("/orders", &realm(b"a")) && bare.ask("/orders", &realm(b"b"))));
    // Without a challenge nobody knows who it is that wants one; that it is wanted is as plain.
    let likely = Diagnosis { confidence: Confidence::Likely, demand: Demanded::default(), ..missing() };
    for (place, origin) in [("/one", Origin::Gateway), ("/other", Origin::Unknown)] {
        let plain = Diagnosis { origin, ..likely };
        bare.ask(place, &plain);
        bare.ask(place, &plain);
        assert!(!bare.ask(place, &plain), "{origin:?}");
    }
}

#[test]
fn a_walk_over_many_places_takes_no_more_memory_and_stops_none_of_them() {
    let mut bare = Bare::new();
    for id in 0..1_000 {
        assert!(bare.ask(&format!("/orders/{id}"), &missing()));
    }
    assert!(size_of::<Governor>() < 8_192, "{}", size_of::<Governor>());
}

#[test]
fn a_clock_that_was_set_back_makes_no_pause_longer() {
    let mut bare = Bare::new();
    bare.now = 7_200_000;
    bare.ask("/orders", &missing());
    bare.ask("/orders", &missing());
    bare.now = 1_000;
    let until = bare.begin("GET", "/orders").unwrap_err();
    assert!(until.is_some_and(|until| until <= at(11_000)), "{until:?}");
}
