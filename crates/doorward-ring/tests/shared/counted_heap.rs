//! An allocator that counts each thread's calls, and what verification costs by it.

use crate::raw_suites::suites;
use core::alloc::{GlobalAlloc, Layout};
use core::cell::Cell;
use core::hint::black_box;
use core::ops::RangeInclusive;
use doorward_core::key::{Algorithm, Provider, Verify};
use std::alloc::System;
use std::collections::BTreeMap;

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    CALLS.set(CALLS.get() + 1);
}

#[expect(unsafe_code, reason = "a global allocator cannot be written without")]
// SAFETY: every method hands its arguments to the system's allocator unchanged and returns its answer; the
// counter is a thread-local cell without initializer or destructor, so counting never allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on; `pointer` came from the system's allocator.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on; `pointer` came from the system's allocator.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// How often `work` asks for memory, new or more.
pub(crate) fn calls<T>(work: impl FnOnce() -> T) -> usize {
    let before = CALLS.get();
    black_box(work());
    CALLS.get() - before
}

/// The least and most calls per verification of a signature that holds, and of one that does not.
pub(crate) struct Cost {
    pub(crate) held: RangeInclusive<usize>,
    pub(crate) refused: RangeInclusive<usize>,
}

/// The cost by algorithm over every known answer.
pub(crate) fn costs(provider: &impl Provider) -> BTreeMap<Algorithm, Cost> {
    assert_eq!(calls(|| Box::new(1)), 1, "the counter does not count");
    assert!(calls(|| [[1]].concat().repeat(9)) >= 2, "the counter does not count");
    let mut seen = BTreeMap::<_, Vec<_>>::new();
    for suite in suites() {
        for case in &suite.cases {
            let key = provider
                .prepare(case.algorithm, &case.key.material())
                .map_err(|_| case.name(&suite))
                .unwrap();
            let mut held = false;
            let calls = calls(|| held = key.verify(&case.message, &case.signature).is_ok());
            seen.entry(case.algorithm).or_default().push((held, calls));
        }
    }
    let range = |seen: &[(bool, usize)], held| {
        let calls = || seen.iter().filter(|one| one.0 == held).map(|one| one.1);
        calls().min().unwrap()..=calls().max().unwrap()
    };
    seen.into_iter()
        .map(|(algorithm, seen)| (algorithm, Cost { held: range(&seen, true), refused: range(&seen, false) }))
        .inspect(|(algorithm, cost)| {
            println!("{}: {:?} held, {:?} refused", algorithm.name(), cost.held, cost.refused);
        })
        .collect()
}
