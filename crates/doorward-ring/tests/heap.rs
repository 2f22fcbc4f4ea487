//! What verification through ring asks of the heap.
#![cfg(test)] // or the lints would not know the helpers as tests

#[path = "shared/counted_heap.rs"]
mod counted_heap;
#[path = "shared/raw_suites.rs"]
mod raw_suites;

use doorward_core::key::{Algorithm, Family, Provider};
use doorward_ring::Ring;

/// The number in `Ring`'s documentation.
const RSA_CALLS: usize = 5;

#[test]
fn only_rsa_allocates_and_as_often_as_documented() {
    let costs = counted_heap::costs(&Ring);
    assert!(costs.keys().copied().eq(Algorithm::ALL.into_iter().filter(|one| Ring.supports(*one))));
    for (algorithm, cost) in costs {
        let calls = if algorithm.family() == Family::Rsa { RSA_CALLS } else { 0 };
        assert_eq!(cost.held, calls..=calls, "{}", algorithm.name());
        assert!(*cost.refused.end() <= calls, "{}: {:?}", algorithm.name(), cost.refused);
    }
}
