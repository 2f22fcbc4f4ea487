//! Who obtains, who waits, and when a credential is renewed ahead of its end.

use super::*;

#[test]
fn one_obtains_and_the_others_wait_for_it() {
    let mut governor = governor();
    let mut first = get();
    let mut second = get();
    let ticket = ticket(governor.before(&mut first, START, 0));
    assert_eq!(governor.before(&mut second, at(5), 0), Before::Wait(at(60_000)));
    assert_eq!(governor.before(&mut first, at(5), 0), Before::Wait(at(60_000)), "whoever has the ticket too");
    assert_eq!(governor.obtained(ticket, fresh(), at(9), 0).generation.number(), 1);
    assert_eq!(sent(governor.before(&mut first, at(9), 0)), 1);
    assert_eq!(sent(governor.before(&mut second, at(9), 0)), 1);
    assert_eq!(governor.status(at(9)).totals.tickets, 1);
}

#[test]
fn without_a_source_requests_go_out_as_they_are() {
    let mut governor = Governor::new(Settings::default(), false);
    let mut attempt = get();
    assert_eq!(governor.before(&mut attempt, START, 0), Before::Bare);
    let missing = refusal(Reason::CredentialMissing);
    assert_eq!(governor.answered(&mut attempt, &missing, START, 0), Next::Deliver(Which::Latest));
}

#[test]
fn a_ticket_that_is_never_brought_back_is_lost_after_a_minute() {
    let mut governor = governor();
    let mut attempt = get();
    let lost = ticket(governor.before(&mut get(), START, 0));
    assert_eq!(governor.before(&mut attempt, at(1), 0), Before::Wait(at(60_000)));
    let next = ticket(governor.before(&mut attempt, at(60_000), 0));
    assert_ne!(next, lost);
    governor.obtained(next, fresh(), at(60_100), 0);
    assert_eq!(sent(governor.before(&mut attempt, at(60_100), 0)), 1);
}

/// An old ticket's credential may be the older one: with refresh tokens that rotate, even one that was revoked since.
#[test]
fn what_a_lost_ticket_brings_is_taken_only_while_nothing_newer_came() {
    let mut governor = governor();
    let lost = ticket(governor.before(&mut get(), START, 0));
    let next = ticket(governor.before(&mut get(), at(60_000), 0));
    assert!(governor.obtained(lost, fresh(), at(60_001), 0).is_new, "it is better than nothing");
    assert!(governor.obtained(next, fresh(), at(60_002), 0).is_new);
    let taken = governor.obtained(lost, fresh(), at(60_003), 0);
    assert_eq!((taken.generation.number(), taken.is_new), (2, false));
    assert!(!governor.obtained(Ticket::from_number(99), fresh(), at(60_004), 0).is_new, "never given out");
    governor.not_obtained(lost, ObtainFault::Hard, at(60_005), 0);
    assert_eq!(governor.status(at(60_005)).paused, None, "a lost ticket says nothing of the source");
}

#[test]
fn a_request_whose_host_gave_up_leaves_the_ticket_to_others() {
    let mut governor = governor();
    let given_up = ticket(governor.before(&mut get(), START, 0));
    governor.not_obtained(given_up, ObtainFault::Abandoned, at(1), 0);
    ticket(governor.before(&mut get(), at(1), 0));
}

#[test]
fn the_next_credential_is_obtained_before_the_end_and_beside_a_request() {
    let mut governor = holding(lasting(600, START));
    assert_eq!(governor.before(&mut get(), at(539_000), 0), Before::Send(governor.generation()));
    let ahead = governor.before(&mut get(), at(540_000), 0);
    assert!(matches!(ahead, Before::SendAndObtain(..)));
    assert_eq!(sent(governor.before(&mut get(), at(541_000), 0)), 1, "the others go on with the old one");
    governor.obtained(ticket(ahead), lasting(600, at(541_500)), at(541_500), 0);
    assert_eq!(sent(governor.before(&mut get(), at(541_500), 0)), 2);
}

#[test]
fn a_short_life_is_not_renewed_all_the_time() {
    let mut governor = holding(lasting(40, START));
    assert_eq!(governor.before(&mut get(), at(20_000), 0), Before::Send(governor.generation()));
    assert!(matches!(governor.before(&mut get(), at(30_000), 0), Before::SendAndObtain(..)));
}

#[test]
fn a_source_that_keeps_its_credential_to_the_end_is_asked_less_and_less_ahead() {
    let mut governor = holding(lasting(600, START));
    let mut asked = 0;
    for second in 0..600 {
        let now = at(second * 1_000);
        if let Before::SendAndObtain(_, ticket) = governor.before(&mut get(), now, 0) {
            asked += 1;
            governor.obtained(ticket, Obtained { same: true, ..lasting(600, START) }, now, 0);
        }
    }
    assert!((2..=8).contains(&asked), "{asked}");
}

fn dated(seconds: i64) -> Diagnosis<'static> {
    Diagnosis { skew: Some(crate::diagnose::Skew { seconds, within: 1 }), ..success() }
}

/// boto/boto3#1252: an offset that is measured has to be used.
#[test]
fn an_end_on_the_other_clock_is_read_with_the_offset_that_was_measured() {
    let mut governor = holding(fresh());
    for now in [1_000, 2_000] {
        let mut attempt = send(&mut governor, at(now));
        governor.answered(&mut attempt, &dated(1_000), at(now), 0);
    }
    assert_eq!(governor.clock_offset(), 1_000);
    let mut attempt = send(&mut governor, at(3_000));
    governor.answered(&mut attempt, &refusal(Reason::TokenRevoked), at(3_000), 0);
    let next = ticket(governor.before(&mut attempt, at(3_000), 0));
    let expires = Some(Expiry::Server(START.plus(Seconds(1_600))));
    governor.obtained(next, Obtained { expires, ..fresh() }, at(3_000), 0);
    assert!(matches!(governor.before(&mut get(), at(530_000), 0), Before::Send(_)));
    let mut ahead = get();
    assert!(matches!(governor.before(&mut ahead, at(541_000), 0), Before::SendAndObtain(..)));
    assert!(matches!(governor.before(&mut get(), at(600_100), 0), Before::Wait(_)), "it has ended");
    governor.answered(&mut ahead, &success(), at(600_200), 0);
    assert_eq!(
        sent(governor.before(&mut get(), at(600_300), 0)),
        2,
        "it was accepted, whatever the clocks say"
    );
}

/// H-DATE-02: anyone on the way can write a date.
#[test]
fn a_clock_is_not_believed_by_one_date_and_never_by_one_that_no_clock_shows() {
    let mut governor = holding(fresh());
    let mut answer = |diagnosis: &Diagnosis<'static>, now: u64| {
        let mut attempt = send(&mut governor, at(now));
        governor.answered(&mut attempt, diagnosis, at(now), 0);
        governor.clock_offset()
    };
    assert_eq!(answer(&dated(5_000), 1), 0, "one alone");
    assert_eq!(answer(&dated(-5_000), 2), 0, "nor another");
    assert_eq!(answer(&dated(-5_001), 3), -5_001, "two that agree");
    assert_eq!(answer(&success(), 4), -5_001);
    for now in 5..9 {
        assert_eq!(answer(&dated(1_360_325_661), now), -5_001, "2070 is no time of day");
    }
    let expired = Diagnosis { retry: Retry::Never, ..refusal(Reason::TokenExpired) };
    assert_eq!(answer(&Diagnosis { skew: dated(700).skew, ..expired }, 10), 700, "it is about times");
}

/// With a broken clock on either side every credential looks as if it had ended.
#[test]
fn what_had_ended_when_it_came_is_not_asked_for_with_every_request() {
    let mut governor = governor();
    let mut obtained = 0;
    for second in 0..600 {
        let now = at(second * 1_000);
        let mut attempt = get();
        while let Before::Obtain(ticket) = governor.before(&mut attempt, now, 0) {
            obtained += 1;
            governor.obtained(ticket, lasting(0, START), now, 0);
        }
        assert_eq!(attempt.sends(), 1, "the service judges");
    }
    assert!(obtained <= 11, "{obtained} in ten minutes");
}

/// kubernetes#68164: the file was replaced, and the client kept the old token.
#[test]
fn a_source_is_looked_at_again_when_it_says_so() {
    let mut governor = holding(Obtained { look_again: Some(Seconds(60)), ..fresh() });
    assert!(matches!(governor.before(&mut get(), at(59_000), 0), Before::Send(_)));
    let look = ticket(governor.before(&mut get(), at(60_000), 0));
    governor.obtained(look, fresh(), at(60_010), 0);
    assert_eq!(sent(governor.before(&mut get(), at(60_010), 0)), 2);
}

#[test]
fn a_clock_that_is_set_back_wedges_nobody() {
    let mut governor = governor();
    ticket(governor.before(&mut get(), START, 0));
    let past = START.minus(Seconds(86_400));
    let mut attempt = get();
    assert!(matches!(governor.before(&mut attempt, past, 0), Before::Wait(_)));
    ticket(governor.before(&mut attempt, past.plus(Seconds(61)), 0));
}

#[test]
fn threads_that_tell_the_time_out_of_order_do_not_move_the_clock() {
    let mut governor = holding(lasting(600, START));
    assert!(matches!(governor.before(&mut get(), at(540_000), 0), Before::SendAndObtain(..)));
    assert!(matches!(governor.before(&mut get(), at(538_500), 0), Before::Send(_)));
    assert_eq!(governor.status(at(540_000)).obtaining_since, Some(at(540_000)));
}
