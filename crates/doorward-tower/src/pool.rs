//! Working memory, lent to one decision at a time.

use doorward::{Engine, Scratch};
use std::sync::{Mutex, PoisonError};

/// Memory for one decision: a decision is made and turned into what is kept of it without an await in between, so there are
/// never more of these than threads.
pub(crate) struct Work {
    pub(crate) scratch: Scratch,
    pub(crate) answer: Vec<u8>,
    pub(crate) record: Vec<u8>,
}

/// The memory that is not in use. Not one per thread: that would outlive the layer, and have the wrong size for the next
/// one. The lock is held for a push or a pop.
#[derive(Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Work>>,
}

impl Pool {
    /// Lends memory to `with`.
    pub(crate) fn lend<R>(&self, engine: &Engine, with: impl FnOnce(&mut Work) -> R) -> R {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut work = idle.unwrap_or_else(|| Work::new(engine));
        let result = with(&mut work);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(work);
        result
    }
}

impl Clone for Pool {
    /// An empty one: memory is not shared by layers of different settings.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Work {
    fn new(engine: &Engine) -> Self {
        Self { scratch: engine.scratch(), answer: vec![0; engine.answer_bytes()], record: Vec::new() }
    }
}
