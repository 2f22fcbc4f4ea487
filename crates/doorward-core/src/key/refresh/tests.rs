//! What the machine promises, claim by claim.

use super::*;

const LOADED: i64 = 1_000_000;
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const SEED: u64 = 7;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_seconds(seconds)
}

fn kid(name: &str) -> KeyHint {
    KeyHint::of(Some(name.as_bytes()))
}

fn rules(refresh: u64, stale_for: u64) -> RefreshRules {
    RefreshRules { refresh: Seconds(refresh), stale_for: Seconds(stale_for) }
}

fn keys(lifetime: Option<u64>) -> Answered {
    Answered::Keys { lifetime: lifetime.map(Seconds) }
}

fn failed(retry_after: Option<u64>) -> Answered {
    Answered::Failed { fault: FetchFault::Unreachable, retry_after: retry_after.map(Seconds) }
}

/// A set that came at `LOADED`, refreshed every ten minutes and kept for an hour more.
fn loaded() -> Refresh {
    let mut machine = Refresh::new(rules(10 * MINUTE, HOUR), SEED);
    fetch(&mut machine, LOADED, keys(None));
    machine
}

fn fetch(machine: &mut Refresh, when: i64, answer: Answered) {
    assert_eq!(machine.next(at(when)), Next::Fetch, "at {when}");
    let round = machine.begin(at(when));
    machine.finish(round, at(when), answer);
}

/// When the next fetch begins if nobody misses anything.
fn due(machine: &Refresh, now: i64) -> UnixTime {
    match machine.next(at(now)) {
        Next::Fetch => at(now),
        Next::WaitUntil(then) => {
            assert!(then > at(now));
            assert_eq!(machine.next(then), Next::Fetch);
            then
        }
    }
}

/// Lets so many fetches in a row fail, each when it is due, and tells when the next is due.
fn fail_in_a_row(machine: &mut Refresh, mut when: i64, times: u32) -> i64 {
    for _ in 0..times {
        fetch(machine, when, failed(None));
        when = due(machine, when).seconds().saturating_add(1);
    }
    when
}

#[test]
fn a_set_that_was_never_loaded_is_fetched_at_once_and_is_never_the_callers_fault() {
    let mut machine = Refresh::new(RefreshRules::default(), SEED);
    assert_eq!(machine.next(at(0)), Next::Fetch);
    assert_eq!(machine.trust(at(0)), Trust::Never);
    assert_eq!(machine.missed(at(0), kid("a")), Missed::Unavailable { wait: Seconds(1) });
    assert_eq!(machine.usable_until(), at(i64::MIN));
}

#[test]
fn the_schedule_is_the_shorter_of_policy_and_hint_but_never_below_a_minute() {
    for (refresh, hint, life) in [
        (600, None, 600),
        (600, Some(300), 300),
        (600, Some(u64::MAX), 600),
        (600, Some(0), 60),
        (5, None, 60),
        (5, Some(3600), 60),
        (7200, Some(3600), 3600),
    ] {
        let mut machine = Refresh::new(rules(refresh, 0), SEED);
        fetch(&mut machine, LOADED, keys(hint));
        let next = due(&machine, LOADED);
        let (earliest, latest) = (life - life / 10, life - life / 20);
        assert!(at(LOADED).plus(Seconds(earliest)) <= next, "{refresh} {hint:?}");
        assert!(next <= at(LOADED).plus(Seconds(latest)), "{refresh} {hint:?}");
        assert_eq!(machine.facts(at(LOADED)).fresh_until, Some(at(LOADED).plus(Seconds(life))));
    }
}

#[test]
fn a_lifetime_without_end_neither_overflows_nor_stops_the_machine() {
    let mut machine = Refresh::new(rules(u64::MAX, u64::MAX), SEED);
    fetch(&mut machine, LOADED, keys(Some(u64::MAX)));
    assert_eq!(machine.trust(at(i64::MAX - 1)), Trust::Fresh);
    assert!(matches!(machine.next(at(LOADED + 20)), Next::WaitUntil(_)));
    assert_eq!(machine.missed(at(LOADED + 20), kid("new")), Missed::Pending { wait: Seconds(1) });
    assert_eq!(machine.next(at(LOADED + 20)), Next::Fetch);
}

#[test]
fn an_unknown_kid_asks_at_once_when_the_window_is_over() {
    let mut machine = loaded();
    assert_eq!(machine.missed(at(LOADED + 10), kid("new")), Missed::Pending { wait: Seconds(1) });
    assert_eq!(machine.next(at(LOADED + 10)), Next::Fetch);
}

#[test]
fn an_unknown_kid_within_the_window_asks_at_its_end() {
    let mut machine = loaded();
    assert_eq!(machine.missed(at(LOADED + 3), kid("new")), Missed::Pending { wait: Seconds(8) });
    assert_eq!(machine.next(at(LOADED + 3)), Next::WaitUntil(at(LOADED + 10)));
    assert_eq!(machine.next(at(LOADED + 10)), Next::Fetch);
}

#[test]
fn a_flood_of_distinct_kids_begins_one_fetch_in_each_window() {
    let mut machine = loaded();
    let mut begun = 0;
    for tenth in 0..1000 {
        let now = UnixTime::new(LOADED + tenth / 10, u32::try_from(tenth % 10).unwrap() * 100_000_000);
        assert!(matches!(
            machine.missed(now, KeyHint::of(Some(&tenth.to_be_bytes()))),
            Missed::Pending { .. }
        ));
        if machine.next(now) == Next::Fetch {
            let round = machine.begin(now);
            machine.finish(round, now, keys(None));
            begun += 1;
        }
    }
    assert_eq!(begun, 9, "in 100 s that begin with a fetch");
}

#[test]
fn a_flood_does_not_delay_a_new_key_beyond_the_window() {
    let mut machine = loaded();
    for other in 0..500_u32 {
        machine.missed(at(LOADED + 3), KeyHint::of(Some(&other.to_be_bytes())));
    }
    assert_eq!(machine.missed(at(LOADED + 3), kid("new")), Missed::Pending { wait: Seconds(8) });
    assert_eq!(machine.next(at(LOADED + 3)), Next::WaitUntil(at(LOADED + 10)));
}

#[test]
fn a_kid_that_the_provider_answered_without_is_unknown_for_one_window_and_asks_for_nothing() {
    let mut machine = loaded();
    let schedule = due(&machine, LOADED + 20);
    machine.missed(at(LOADED + 20), kid("bad"));
    fetch(&mut machine, LOADED + 20, keys(None));
    for later in 20..30 {
        assert_eq!(machine.missed(at(LOADED + later), kid("bad")), Missed::Unknown, "{later}");
        assert!(matches!(machine.next(at(LOADED + later)), Next::WaitUntil(then) if then > schedule));
    }
    assert_eq!(machine.missed(at(LOADED + 30), kid("bad")), Missed::Pending { wait: Seconds(1) });
    assert_eq!(machine.next(at(LOADED + 30)), Next::Fetch);
}

#[test]
fn a_kid_first_missed_after_the_fetch_began_is_pending_when_it_ends_and_asked_for_again() {
    let mut machine = loaded();
    machine.missed(at(LOADED + 20), kid("early"));
    let round = machine.begin(at(LOADED + 20));
    assert!(matches!(machine.missed(at(LOADED + 21), kid("late")), Missed::Pending { .. }));
    machine.finish(round, at(LOADED + 22), keys(None));
    assert_eq!(machine.missed(at(LOADED + 22), kid("early")), Missed::Unknown);
    assert!(matches!(machine.missed(at(LOADED + 22), kid("late")), Missed::Pending { .. }));
    assert_eq!(machine.next(at(LOADED + 22)), Next::WaitUntil(at(LOADED + 30)));
}

#[test]
fn no_key_is_unknown_while_a_fetch_runs() {
    let mut machine = loaded();
    machine.missed(at(LOADED + 20), kid("bad"));
    let round = machine.begin(at(LOADED + 20));
    machine.finish(round, at(LOADED + 25), keys(None));
    assert_eq!(machine.missed(at(LOADED + 29), kid("bad")), Missed::Unknown);
    machine.missed(at(LOADED + 29), kid("other"));
    assert_eq!(machine.next(at(LOADED + 30)), Next::Fetch);
    machine.begin(at(LOADED + 30));
    assert_eq!(machine.missed(at(LOADED + 31), kid("bad")), Missed::Pending { wait: Seconds(5) });
}

#[test]
fn a_rotation_under_load_costs_one_fetch() {
    let mut machine = loaded();
    let schedule = due(&machine, LOADED + 20);
    machine.missed(at(LOADED + 20), kid("new"));
    let round = machine.begin(at(LOADED + 20));
    for _ in 0..100 {
        machine.missed(at(LOADED + 20), kid("new"));
    }
    machine.finish(round, at(LOADED + 21), keys(None));
    assert!(due(&machine, LOADED + 21) > schedule);
}

#[test]
fn other_rules_keep_the_keys_and_the_window() {
    let mut machine = Refresh::new(rules(10 * MINUTE, HOUR), SEED);
    fetch(&mut machine, LOADED, keys(None));
    machine.set_rules(rules(10 * MINUTE, 24 * HOUR));
    assert_eq!(machine.trust(at(LOADED + 72_000)), Trust::Stale { since: at(LOADED + 600) });
    machine.set_rules(rules(2 * MINUTE, 0));
    assert_eq!(machine.usable_until(), at(LOADED + 120));
    assert!(due(&machine, LOADED + 5) < at(LOADED + 120));
    machine.missed(at(LOADED + 5), kid("new"));
    assert_eq!(machine.next(at(LOADED + 5)), Next::WaitUntil(at(LOADED + 10)));
}

#[test]
fn a_token_without_kid_is_answered_like_any_other() {
    let mut machine = loaded();
    assert_eq!(machine.missed(at(LOADED + 20), KeyHint::NONE), Missed::Pending { wait: Seconds(1) });
    fetch(&mut machine, LOADED + 20, keys(None));
    assert_eq!(machine.missed(at(LOADED + 21), KeyHint::NONE), Missed::Unknown);
}

#[test]
fn a_wait_counts_how_long_the_last_answer_took() {
    let mut machine = Refresh::new(rules(10 * MINUTE, HOUR), SEED);
    let round = machine.begin(at(LOADED));
    machine.finish(round, UnixTime::new(LOADED + 4, 200_000_000), keys(None));
    assert_eq!(machine.missed(at(LOADED + 5), kid("new")), Missed::Pending { wait: Seconds(10) });
    machine.begin(at(LOADED + 10));
    assert_eq!(machine.wait(at(LOADED + 10)), Seconds(5));
    assert_eq!(machine.wait(at(LOADED + 14)), Seconds(5), "slower than the last one: half-way through");
}

#[test]
fn after_a_failure_a_missed_key_is_our_fault_although_the_set_is_fresh() {
    let mut machine = loaded();
    machine.missed(at(LOADED + 20), kid("new"));
    fetch(&mut machine, LOADED + 20, failed(None));
    assert_eq!(machine.trust(at(LOADED + 21)), Trust::Fresh);
    assert!(matches!(machine.missed(at(LOADED + 21), kid("new")), Missed::Unavailable { .. }));
    assert!(matches!(machine.missed(at(LOADED + 21), kid("other")), Missed::Unavailable { .. }));
}

#[test]
fn missed_keys_do_not_shorten_the_failure_budget() {
    let mut machine = loaded();
    let next = fail_in_a_row(&mut machine, LOADED + 600, 4);
    let before = due(&machine, next - 30);
    for other in 0..500_u32 {
        machine.missed(at(next - 30), KeyHint::of(Some(&other.to_be_bytes())));
    }
    assert_eq!(due(&machine, next - 30), before);
}

#[test]
fn a_key_missed_during_a_fetch_that_fails_waits_for_the_failure_budget() {
    let mut machine = loaded();
    let round = machine.begin(at(LOADED + 600 - 1));
    machine.missed(at(LOADED + 600 - 1), kid("new"));
    machine.finish(round, at(LOADED + 600 + 20), failed(Some(100)));
    assert_eq!(due(&machine, LOADED + 620), at(LOADED + 720));
}

#[test]
fn failures_back_off_to_five_minutes_and_a_success_resets_them() {
    let mut machine = loaded();
    let mut when = LOADED + 600;
    for (least, most) in [(10, 20), (20, 40), (40, 80), (80, 160), (150, 300), (150, 300)] {
        fetch(&mut machine, when, failed(None));
        let next = due(&machine, when);
        assert!(next >= at(when + least) && next <= at(when + most), "{least}: {next}");
        when = next.seconds() + 1;
    }
    assert_eq!(machine.facts(at(when)).failures, 6);
    fetch(&mut machine, when, keys(None));
    assert_eq!(machine.facts(at(when)).failures, 0);
    assert_eq!(machine.facts(at(when)).last_fault, Some(FetchFault::Unreachable));
    assert_eq!(machine.trust(at(when)), Trust::Fresh);
    let next = due(&machine, when).seconds() + 1;
    fetch(&mut machine, next, failed(None));
    assert_eq!(machine.facts(at(next)).failures, 1);
}

#[test]
fn the_providers_retry_after_is_a_lower_bound_up_to_an_hour() {
    for (asked, least) in [(1, 10), (120, 120), (3600, 3600), (u64::MAX, 3600)] {
        let mut machine = Refresh::new(rules(10 * MINUTE, 24 * HOUR), SEED);
        fetch(&mut machine, LOADED, keys(None));
        fetch(&mut machine, LOADED + 600, failed(Some(asked)));
        let next = due(&machine, LOADED + 600);
        assert!(next >= at(LOADED + 600 + least), "{asked}");
        assert!(next <= at(LOADED + 600 + least.max(20)), "{asked}");
    }
}

#[test]
fn a_retry_after_leaves_time_for_some_tries_before_the_keys_end() {
    let mut machine = loaded();
    fetch(&mut machine, LOADED + 600, failed(Some(3600)));
    let mut when = due(&machine, LOADED + 600).seconds();
    assert_eq!(when, LOADED + 4200 - 600, "ten minutes before the end");
    let mut tries = 0;
    while when < LOADED + 4200 {
        fetch(&mut machine, when, failed(Some(3600)));
        when = due(&machine, when).seconds() + 1;
        tries += 1;
    }
    assert!(tries >= 3, "{tries}");
}

#[test]
fn where_nothing_is_usable_a_retry_after_counts_for_five_minutes_at_most() {
    for asked in [300, 3600, u64::MAX] {
        let mut never = Refresh::new(rules(10 * MINUTE, HOUR), SEED);
        fetch(&mut never, LOADED, failed(Some(asked)));
        assert_eq!(due(&never, LOADED), at(LOADED + 300));
        let mut expired = loaded();
        fetch(&mut expired, LOADED + 9000, failed(Some(asked)));
        assert_eq!(due(&expired, LOADED + 9000), at(LOADED + 9300));
        // Keys that last for a minute are asked for as often as if nothing had been said.
        let mut short = Refresh::new(rules(60, 30), SEED);
        fetch(&mut short, LOADED, keys(None));
        fetch(&mut short, LOADED + 58, failed(Some(asked)));
        assert!(due(&short, LOADED + 58) <= at(LOADED + 78));
    }
}

#[test]
fn keys_that_end_sooner_by_other_rules_end_what_a_retry_after_asked_for() {
    let mut machine = Refresh::new(rules(10 * MINUTE, 24 * HOUR), SEED);
    fetch(&mut machine, LOADED, keys(None));
    fetch(&mut machine, LOADED + 600, failed(Some(3600)));
    machine.set_rules(rules(10 * MINUTE, HOUR));
    assert_eq!(due(&machine, LOADED + 700), at(LOADED + 3600));
    machine.set_rules(rules(10 * MINUTE, 0));
    assert_eq!(due(&machine, LOADED + 700), at(LOADED + 900));
}

#[test]
fn last_known_good_keys_stay_in_use_up_to_the_cap_and_not_beyond() {
    let mut machine = loaded();
    fetch(&mut machine, LOADED + 590, failed(None));
    assert_eq!(machine.trust(at(LOADED + 599)), Trust::Fresh);
    fail_in_a_row(&mut machine, LOADED + 610, 3);
    assert_eq!(machine.trust(at(LOADED + 600)), Trust::Stale { since: at(LOADED + 600) });
    assert_eq!(machine.trust(at(LOADED + 4199)), Trust::Stale { since: at(LOADED + 600) });
    assert_eq!(machine.trust(at(LOADED + 4200)), Trust::Expired { since: at(LOADED + 4200) });
    assert_eq!(machine.usable_until(), at(LOADED + 4200));
    assert_eq!(machine.facts(at(LOADED + 5000)).stale_since, Some(at(LOADED + 600)));
}

#[test]
fn without_a_stale_cap_keys_end_with_their_lifetime() {
    let machine = Refresh::restored(rules(600, 0), SEED, at(LOADED), None);
    assert_eq!(machine.trust(at(LOADED + 599)), Trust::Fresh);
    assert_eq!(machine.trust(at(LOADED + 600)), Trust::Expired { since: at(LOADED + 600) });
}

#[test]
fn a_missed_key_of_a_stale_set_is_our_fault() {
    let mut machine = loaded();
    assert!(matches!(machine.missed(at(LOADED + 600), kid("new")), Missed::Unavailable { .. }));
    assert!(matches!(machine.missed(at(LOADED + 99_999), kid("new")), Missed::Unavailable { .. }));
}

#[test]
fn a_fetch_that_never_ends_counts_as_failed_at_its_deadline_and_is_begun_anew() {
    let mut machine = loaded();
    machine.missed(at(LOADED + 20), kid("new"));
    machine.begin(at(LOADED + 20));
    assert_eq!(machine.next(at(LOADED + 21)), Next::WaitUntil(at(LOADED + 80)));
    assert!(matches!(machine.missed(at(LOADED + 79), kid("x")), Missed::Pending { .. }));
    assert!(matches!(machine.missed(at(LOADED + 80), kid("x")), Missed::Unavailable { .. }));
    let Next::WaitUntil(next) = machine.next(at(LOADED + 80)) else { panic!("begun without a wait") };
    assert!(next >= at(LOADED + 90) && next <= at(LOADED + 100));
    assert_eq!(machine.next(next), Next::Fetch);
    let round = machine.begin(next);
    let facts = machine.facts(next);
    assert_eq!((facts.failures, facts.last_fault), (1, Some(FetchFault::TimedOut)));
    machine.finish(round, next, failed(None));
    assert_eq!(machine.facts(next).failures, 2);
}

#[test]
fn an_answer_past_the_deadline_is_still_an_answer() {
    let mut machine = loaded();
    machine.missed(at(LOADED + 20), kid("new"));
    let round = machine.begin(at(LOADED + 20));
    machine.finish(round, at(LOADED + 85), keys(None));
    assert_eq!(machine.facts(at(LOADED + 85)).failures, 0);
    assert_eq!(machine.missed(at(LOADED + 85), kid("new")), Missed::Unknown);
    assert_eq!(machine.missed(at(LOADED + 85), kid("x")), Missed::Pending { wait: Seconds(61) }, "not 66");
}

#[test]
fn keys_that_are_supplied_are_a_fetch_that_took_no_time() {
    let mut machine = Refresh::new(rules(600, 60), SEED);
    machine.supply(at(LOADED), Some(Seconds(120)));
    assert_eq!(machine.trust(at(LOADED + 119)), Trust::Fresh);
    assert!(matches!(machine.missed(at(LOADED), kid("new")), Missed::Pending { wait: Seconds(11) }));
    assert_eq!(machine.facts(at(LOADED)).fetching_since, None);
}

#[test]
fn the_end_of_a_fetch_counts_once_and_not_after_newer_keys_or_another_fetch() {
    let mut machine = loaded();
    let overtaken = machine.begin(at(LOADED + 600));
    assert!(machine.is_current(overtaken));
    machine.supply(at(LOADED + 601), None);
    let facts = machine.facts(at(LOADED + 602));
    assert_eq!(
        (facts.failures, facts.last_fault, facts.fetching_since),
        (0, None, None),
        "it has not failed"
    );
    for answer in [keys(Some(60)), failed(None)] {
        assert!(!machine.is_current(overtaken) && !machine.finish(overtaken, at(LOADED + 602), answer));
        assert_eq!(machine.facts(at(LOADED + 602)), facts);
    }
    let abandoned = machine.begin(at(LOADED + 700));
    let round = machine.begin(at(LOADED + 800));
    assert!(!machine.finish(abandoned, at(LOADED + 801), keys(None)));
    assert_eq!(machine.facts(at(LOADED + 801)).fetching_since, Some(at(LOADED + 800)));
    assert!(machine.finish(round, at(LOADED + 802), keys(None)));
    assert!(!machine.finish(round, at(LOADED + 803), failed(None)), "it has ended");
    assert_eq!(machine.facts(at(LOADED + 803)).failures, 0);
}

#[test]
fn a_restored_set_keeps_its_age_and_its_window() {
    let mut machine = Refresh::restored(rules(600, 60), SEED, at(LOADED), Some(Seconds(120)));
    assert_eq!(machine.facts(at(LOADED)).fresh_until, Some(at(LOADED + 120)));
    machine.missed(at(LOADED + 1), kid("new"));
    assert_eq!(machine.next(at(LOADED + 1)), Next::WaitUntil(at(LOADED + 10)));
    assert_eq!(machine.next(at(LOADED + 119)), Next::Fetch);
}

#[test]
fn seeds_spread_processes_that_were_restored_together() {
    let due: std::collections::BTreeSet<UnixTime> = (0..100)
        .map(|seed| due(&Refresh::restored(rules(600, 60), seed, at(LOADED), None), LOADED))
        .collect();
    assert!(due.len() > 90, "{}", due.len());
}

#[test]
fn a_small_step_back_of_the_clock_is_waited_out() {
    let mut machine = loaded();
    machine.missed(at(LOADED - 10), kid("new"));
    assert_eq!(machine.trust(at(LOADED - 10)), Trust::Fresh);
    assert_eq!(machine.next(at(LOADED - 10)), Next::WaitUntil(at(LOADED + 10)));
}

#[test]
fn a_large_step_back_of_the_clock_costs_one_fetch_and_then_everything_is_as_before() {
    let mut machine = loaded();
    let back = LOADED - 400_000;
    assert_eq!(machine.trust(at(back)), Trust::Stale { since: at(back) }, "usable, but of unknown age");
    assert!(matches!(machine.missed(at(back), kid("new")), Missed::Unavailable { .. }));
    fetch(&mut machine, back, failed(None));
    assert!(matches!(machine.next(at(back)), Next::WaitUntil(then) if then <= at(back + 20)));
    assert_eq!(machine.trust(at(back)), Trust::Fresh);
    assert_eq!(machine.usable_until(), at(back + 4200));
    fetch(&mut machine, back + 21, keys(None));
    assert!(due(&machine, back + 21) <= at(back + 21 + 600));
}

#[test]
fn a_clock_that_is_wrong_during_a_fetch_only_neither_stops_the_machine_nor_opens_the_window() {
    let mut machine = loaded();
    let round = machine.begin(at(LOADED + 600));
    machine.finish(round, at(LOADED + 9_000_000), keys(None));
    assert_eq!(machine.next(at(LOADED + 601)), Next::WaitUntil(at(LOADED + 610)));
    assert_eq!(machine.next(at(LOADED + 610)), Next::Fetch);
    let round = machine.begin(at(LOADED + 610));
    assert_eq!(machine.usable_until(), at(LOADED + 610 + 4200));
    machine.finish(round, at(LOADED + 5), failed(None));
    assert!(matches!(machine.next(at(LOADED + 6)), Next::WaitUntil(then) if then <= at(LOADED + 25)));
}

#[test]
fn the_state_of_an_issuer_is_small() {
    assert!(size_of::<Refresh>() <= 1024, "{}", size_of::<Refresh>());
}

#[test]
fn faults_have_distinct_names_and_sentences_in_the_style_of_messages() {
    let codes: std::collections::BTreeSet<&str> = FetchFault::ALL.iter().map(|fault| fault.code()).collect();
    assert_eq!(codes.len(), FetchFault::ALL.len());
    for fault in FetchFault::ALL {
        assert!(fault.code().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        assert!(fault.sentence().starts_with(|first: char| first.is_ascii_lowercase()));
        assert!(!fault.sentence().ends_with('.'));
        let name: std::string::String = fault.code().split('_').flat_map(str::chars).collect();
        assert_eq!(std::format!("{fault:?}").to_ascii_lowercase(), name);
    }
}
