//! What verification through graviola asks of the heap: nothing.
#![cfg(test)] // or the lints would not know the helpers as tests

#[path = "../../doorward-ring/tests/shared/counted_heap.rs"]
mod counted_heap;
#[path = "../../doorward-ring/tests/shared/raw_suites.rs"]
mod raw_suites;

use doorward_core::key::{Algorithm, Provider};
use doorward_graviola::Graviola;

#[test]
fn no_verification_allocates() {
    let provider = Graviola::new().expect("a CPU that graviola supports");
    // With debug assertions graviola looks for switches in the environment at each call, which allocates; no release
    // build may come through here.
    if counted_heap::calls(graviola::util::is_cpu_supported) > 0 {
        if !cfg!(debug_assertions) {
            panic!("asking for the CPU allocates in a release build");
        }
        println!("NOT MEASURED: graviola was built with debug assertions");
        return;
    }
    let costs = counted_heap::costs(&provider);
    assert!(costs.keys().copied().eq(Algorithm::ALL.into_iter().filter(|one| provider.supports(*one))));
    for (algorithm, cost) in costs {
        assert_eq!((cost.held, cost.refused), (0..=0, 0..=0), "{}", algorithm.name());
    }
}
