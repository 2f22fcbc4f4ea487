//! The configurations of single routes, by number.
//!
//! Envoy hands back what a route was given when it was configured, even if that was another module's. Numbers that are
//! looked up here can be anything; addresses that are followed cannot.

use crate::config::RouteSettings;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

static NEXT: AtomicUsize = AtomicUsize::new(1);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static ROUTES: RwLock<Option<HashMap<usize, Arc<RouteSettings>>>> = RwLock::new(None);

/// Keeps a configuration, and gives its number, which is never 0.
pub(crate) fn insert(route: RouteSettings) -> usize {
    // Odd numbers: no address of an object that another module could have returned.
    let number = NEXT.fetch_add(2, Ordering::Relaxed);
    let mut routes = ROUTES.write().unwrap_or_else(PoisonError::into_inner);
    let routes = routes.get_or_insert_default();
    routes.insert(number, Arc::new(route));
    COUNT.store(routes.len(), Ordering::Release);
    number
}

/// Forgets a configuration.
pub(crate) fn remove(number: usize) {
    let mut routes = ROUTES.write().unwrap_or_else(PoisonError::into_inner);
    let routes = routes.get_or_insert_default();
    routes.remove(&number);
    COUNT.store(routes.len(), Ordering::Release);
}

/// Whether there is none, so that streams need not ask for theirs.
pub(crate) fn is_empty() -> bool {
    COUNT.load(Ordering::Acquire) == 0
}

/// The configuration with this number.
pub(crate) fn get(number: usize) -> Option<Arc<RouteSettings>> {
    ROUTES.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.get(&number).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_that_was_given_leads_to_a_configuration() {
        let number = insert(RouteSettings::Disabled);
        assert!(number % 2 == 1 && !is_empty());
        assert!(matches!(get(number).as_deref(), Some(RouteSettings::Disabled)));
        for other in [0, 0x7f00_0000_1000, number + 1, usize::MAX] {
            assert!(get(other).is_none());
        }
        remove(number);
        assert!(get(number).is_none());
    }
}
