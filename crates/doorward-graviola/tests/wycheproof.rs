//! Known answers through graviola.
#![cfg(test)] // or the lints would not know the helpers as tests

#[path = "../../doorward-ring/tests/shared/raw_suites.rs"]
mod raw_suites;
#[path = "../../doorward-ring/tests/shared/verdicts.rs"]
mod verdicts;

#[test]
fn graviola_gives_the_known_answers() {
    verdicts::hold(&doorward_graviola::Graviola::new().expect("a CPU that graviola supports"));
}
