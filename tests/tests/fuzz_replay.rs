//! The committed seeds of every fuzz target, and thousands of changes to them that are the same on every run, without a
//! fuzzer.
#![expect(clippy::expect_used, reason = "a test's panic is its verdict")]

use doorward_tests::suites::corpus::{self, Mutator};
use doorward_tests::suites::fuzz_bodies::{self, Body};
use doorward_tests::suites::{requests, vectors};
use std::collections::BTreeSet;

/// How many changed inputs a target gets.
const CHANGED: usize = 4000;

fn replay((target, check): Body, changed: usize) -> usize {
    let seeds = corpus::seeds(target);
    let run = |name: &str, input: &[u8]| {
        let caught = std::panic::catch_unwind(|| check(input));
        assert!(caught.is_ok(), "{target}: {name} fails on: {}", input.escape_ascii());
    };
    for (name, seed) in &seeds {
        run(name, seed);
    }
    let mut mutator = Mutator::new(0xd00f);
    let mut input = Vec::new();
    for round in 0..changed {
        // Every fourth input goes on from the one before, so that changes add up.
        let mut any = || seeds.get(mutator.below(seeds.len())).expect("a place below the length");
        let ((name, seed), (_, other)) = (any(), any());
        input = mutator.mutate(if round % 4 == 0 { &input } else { seed }, other);
        run(name, &input);
    }
    seeds.len() + changed
}

#[test]
fn no_seed_and_no_change_to_one_breaks_a_promise() {
    let mut all = 0;
    for body in fuzz_bodies::ALL {
        let inputs = replay(body, CHANGED);
        vectors::say(&format!("fuzz {}: {inputs} inputs replayed", body.0));
        all += inputs;
    }
    vectors::say(&format!("fuzz: {all} inputs replayed"));
}

#[test]
fn every_target_has_a_fuzzer_and_seeds_and_nothing_else_does() {
    let names: BTreeSet<String> = fuzz_bodies::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let listed = |files: Vec<(String, std::path::PathBuf)>, separator: char| -> BTreeSet<String> {
        files.iter().filter_map(|(name, _)| Some(name.split_once(separator)?.0.to_owned())).collect()
    };
    assert_eq!(listed(vectors::files(&folder.join("corpus")), '/'), names);
    assert_eq!(listed(vectors::files(&folder.join("fuzz_targets")), '.'), names);
}

/// Seeds that all end at the first check would leave the rest to luck.
#[test]
fn the_seeds_of_decide_come_to_every_stage() {
    let mut reached = BTreeSet::new();
    for (_, seed) in corpus::seeds("decide") {
        requests::parse(&seed, |method, url, fields, body| {
            requests::with(method, url, fields, body, |decision| {
                reached.insert(decision.reason().map_or("allow", |reason| reason.code()));
            });
        });
    }
    for stage in [
        "allow",
        "path_ambiguous",
        "route_unmatched",
        "credential_missing",
        "credentials_ambiguous",
        "algorithm_refused",
        "signature_invalid",
        "audience_mismatch",
        "token_expired",
        "proof_missing",
    ] {
        assert!(reached.contains(stage), "no seed comes to {stage}: {reached:?}");
    }
}

/// A check that cannot fail checks nothing: the replay must find a target that breaks.
#[test]
#[should_panic(expected = "fails on")]
fn the_replay_finds_a_broken_promise() {
    replay(("path", |input| assert!(!input.contains(&b'%'))), 100);
}
