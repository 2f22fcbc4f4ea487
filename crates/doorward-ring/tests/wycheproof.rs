//! Known answers through ring.
#![cfg(test)] // or the lints would not know the helpers as tests

#[path = "shared/raw_suites.rs"]
mod raw_suites;
#[path = "shared/verdicts.rs"]
mod verdicts;

#[test]
fn ring_gives_the_known_answers() {
    verdicts::hold(&doorward_ring::Ring);
}
