//! The atomics of the stores: the language's own, or loom's where a model runs (`--cfg loom`).

#[cfg(not(all(loom, test)))]
pub(super) use core::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, Ordering, fence};
#[cfg(all(loom, test))]
pub(super) use loom::sync::atomic::{AtomicU16, AtomicU32, AtomicU64, Ordering, fence};
