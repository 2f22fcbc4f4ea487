//! Keys that graviola takes, and those that it does not.
#![cfg(test)] // or the lints would not know the helpers as tests

#[path = "../../doorward-ring/tests/shared/keys.rs"]
mod keys;
#[path = "../../doorward-ring/tests/shared/raw_suites.rs"]
mod raw_suites;

use doorward_core::key::{Algorithm, Material, PrepareError, Provider};

#[test]
fn bad_keys_are_refused_with_the_reason() {
    keys::hold(&doorward_graviola::Graviola::new().expect("a CPU that graviola supports"));
}

#[test]
fn debug_shows_nothing_of_a_key() {
    keys::hide(&doorward_graviola::Graviola::new().expect("a CPU that graviola supports"));
}

#[test]
fn what_is_no_point_is_no_ed25519_key() {
    let provider = doorward_graviola::Graviola::new().expect("a CPU that graviola supports");
    let prepared = provider.prepare(Algorithm::Ed25519, &Material::Ed25519 { x: &[0xff; 32] });
    assert_eq!(prepared.map(|_| ()), Err(PrepareError::KeyInvalid));
}

#[test]
fn good_rsa_keys_beyond_graviola_are_unsupported() {
    let provider = doorward_graviola::Graviola::new().expect("a CPU that graviola supports");
    let prepare =
        |n: &[u8], e: &[u8]| provider.prepare(Algorithm::RS256, &Material::Rsa { n, e }).map(|_| ());
    assert_eq!(prepare(&[0xff; 256], &[1, 0, 1]), Ok(()));
    for n in [&[0xff; 257][..], &[0x7f; 264]] {
        assert_eq!(prepare(n, &[1, 0, 1]), Err(PrepareError::AlgorithmUnsupported));
    }
    assert_eq!(prepare(&[0xff; 256], &[1, 0, 0, 0, 1]), Err(PrepareError::AlgorithmUnsupported));
}
