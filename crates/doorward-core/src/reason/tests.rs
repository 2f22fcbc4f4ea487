//! The table of reasons keeps its own rules.

use super::*;

#[test]
fn numbers_rise_and_codes_are_unique() {
    for pair in Reason::ALL.windows(2) {
        assert!(pair[0].number() < pair[1].number(), "{} before {}", pair[0].code(), pair[1].code());
    }
    for (i, reason) in Reason::ALL.iter().enumerate() {
        assert!(Reason::ALL.iter().skip(i + 1).all(|other| other.code() != reason.code()));
        assert_eq!(Reason::from_code(reason.code()), Some(*reason));
        assert_eq!(Reason::from_number(reason.number()), Some(*reason));
    }
}

/// H-401-01: a 401 always carries a challenge; B-ERR-02: none of the others invents one.
#[test]
fn every_401_has_a_challenge_and_every_503_has_none() {
    for reason in Reason::ALL {
        match reason.status() {
            401 => assert_ne!(reason.challenge(), Challenge::None, "{}", reason.code()),
            // Neither is ever ours to answer.
            407 | 511 => assert!(reason.is_of_caller_side()),
            503 | 429 => assert_eq!(reason.challenge(), Challenge::None, "{}", reason.code()),
            _ => {}
        }
        let unauthenticated = matches!(reason.status(), 401 | 407 | 511);
        assert_eq!(reason.outcome() == Outcome::Unauthenticated, unauthenticated);
        assert_eq!(reason.outcome() == Outcome::Forbidden, reason.status() == 403);
    }
}

#[test]
fn the_name_is_the_code_in_another_spelling() {
    for reason in Reason::ALL {
        let letters = reason.name().bytes().map(|b| b.to_ascii_lowercase());
        assert!(letters.eq(reason.code().bytes().filter(|b| *b != b'_')), "{}", reason.code());
    }
}

#[test]
fn sentences_are_lower_case_without_a_full_stop() {
    for reason in Reason::ALL {
        for text in [reason.sentence(), reason.operator(), reason.recovery().advice()] {
            assert!(!text.ends_with('.') && text.starts_with(|c: char| c.is_ascii_lowercase()), "{text}");
        }
    }
}

#[test]
fn an_optional_reason_costs_no_space() {
    assert_eq!(size_of::<Option<Reason>>(), 2);
}
