//! No decision and no diagnosis touches the heap: an allocator that counts watches every case of the table being decided and
//! answered, and every seed of an answer being read.
#![expect(unsafe_code, reason = "an allocator is unsafe to implement; this one only counts and passes on")]

use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use doorward::provider::DefaultProvider;
use doorward_core::key::Provider as _;
use doorward_tests::suites::decisions::{self, Counted};
use doorward_tests::suites::vectors::say;
use doorward_tests::suites::{corpus, walks};
use std::alloc::System;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator, with every call that gives or moves memory counted for the thread that made it.
struct Counting;

/// Counts one call; while a thread ends there is nothing to count in, and nobody who asks.
fn count() {
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
}

// SAFETY: every call goes to `System` unchanged, which keeps the contract; counting touches a thread's own `Cell` that
// needs neither memory nor a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise about `layout` is passed on as it is.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: `pointer` came from `System`, since every allocation does.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn calls() -> u64 {
    CALLS.with(Cell::get)
}

#[test]
fn the_counter_counts() {
    let before = calls();
    let boxed = core::hint::black_box(Box::new(7));
    assert_eq!(calls() - before, 1, "a box is one call");
    let mut list = core::hint::black_box(vec![*boxed]);
    list.reserve(100);
    assert_eq!(calls() - before, 3, "a list that grows is two");
}

#[test]
fn no_decision_of_the_table_allocates() {
    let provider = DefaultProvider::new();
    let counted = decisions::count(&provider, calls);
    report(provider.name(), &counted);
    if provider.name() == DefaultProvider::portable().name() {
        only_rsa_allocates(&counted);
    } else {
        let allocating = counted.iter().filter(|one| one.calls > 0);
        assert_eq!(allocating.map(|one| &*one.id).collect::<Vec<_>>(), [""; 0]);
    }
}

/// ring's own figure, which `doorward_ring::Ring` documents.
const RING_RSA: u64 = 5;

#[test]
fn with_the_portable_provider_only_rsa_allocates_and_five_times() {
    let counted = decisions::count(&DefaultProvider::portable(), calls);
    report("portable", &counted);
    only_rsa_allocates(&counted);
    assert!(counted.iter().any(|one| one.rsa_held > 0), "no case came to an RSA key whose signature held");
}

/// A decision calls the allocator five times for each RSA signature that holds, at most as often for each that does not
/// (one of a wrong length is not even computed), and else never.
fn only_rsa_allocates(counted: &[Counted]) {
    for one in counted {
        let range = RING_RSA * one.rsa_held..=RING_RSA * one.rsa_checks;
        assert!(range.contains(&one.calls), "{}: {} calls, expected {range:?}", one.id, one.calls);
    }
}

fn report(provider: &str, counted: &[Counted]) {
    let allowed = counted.iter().filter(|one| one.reason.is_none()).count();
    let reasons: std::collections::BTreeSet<_> = counted.iter().filter_map(|one| one.reason).collect();
    say(&format!(
        "alloc: {provider} provider: {} decisions counted, {allowed} let in, {} different refusals, {} calls",
        counted.len(),
        reasons.len(),
        counted.iter().map(|one| one.calls).sum::<u64>(),
    ));
    assert!(allowed > 0 && reasons.len() > 10, "too little was decided to mean anything");
}

#[test]
fn nothing_that_reads_an_answer_allocates() {
    let mut found = 0;
    let mut texts = 0;
    for target in ["challenge", "structured", "response"] {
        for (name, seed) in corpus::seeds(target) {
            for line in seed.split(|byte| *byte == b'\n').chain([seed.as_slice()]) {
                let value = line.iter().position(|byte| *byte == b' ').and_then(|at| line.get(at..));
                for text in [line, value.unwrap_or_default()] {
                    let before = calls();
                    found += walks::all(text);
                    assert_eq!(calls() - before, 0, "{target}/{name}: {}", text.escape_ascii());
                    texts += 1;
                }
            }
        }
    }
    say(&format!("alloc: {texts} texts read as answers, {found} pieces found, 0 calls"));
    assert!(found > 1000, "too little was found to mean anything");
}
