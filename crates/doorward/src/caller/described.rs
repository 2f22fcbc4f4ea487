//! For which request a service said where it describes itself.
//!
//! A source must know that to tell whether a description is of what was asked for. The [`Want`](super::Want) does not say it: in other
//! languages it goes through functions of the host's own and comes back as its members alone, so that this is kept beside it, for
//! all callers of the process.

use super::first::place;
use arc_swap::ArcSwapOption;
use doorward_core::limits;
use std::sync::Arc;

/// A request, and what it was answered.
#[derive(Clone)]
struct Described {
    metadata: String,
    asked: String,
}

/// The last for each address of metadata, the oldest first. Without a lock, which may stay shut in a child after a fork.
static LAST: ArcSwapOption<Vec<Described>> = ArcSwapOption::const_empty();

/// A request to `url` was answered with this address of metadata.
pub(super) fn note(metadata: &str, url: &str) {
    let newest = Described { metadata: metadata.to_owned(), asked: place(url).to_owned() };
    LAST.rcu(|last| {
        let others = last.iter().flat_map(|last| last.iter()).filter(|known| known.metadata != metadata);
        let mut next: Vec<Described> = others.cloned().collect();
        if next.len() >= limits::PLACES {
            next.remove(0);
        }
        next.push(newest.clone());
        Some(Arc::new(next))
    });
}

/// The address of the request that was last answered with this address of metadata, without its query.
pub(crate) fn request(metadata: &str) -> Option<String> {
    let last = LAST.load();
    last.iter()
        .flat_map(|last| last.iter())
        .find(|known| known.metadata == metadata)
        .map(|known| known.asked.clone())
}
