//! Keys that ring takes, and those that it does not.
#![cfg(test)] // or the lints would not know the helpers as tests

#[path = "shared/keys.rs"]
mod keys;
#[path = "shared/raw_suites.rs"]
mod raw_suites;

#[test]
fn bad_keys_are_refused_with_the_reason() {
    keys::hold(&doorward_ring::Ring);
}

#[test]
fn debug_shows_nothing_of_a_key() {
    keys::hide(&doorward_ring::Ring);
}
