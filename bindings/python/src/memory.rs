//! Working memory for decisions: kept by each thread, so that threads never wait for one another.

use core::cell::RefCell;
use doorward::{Engine, Scratch};

/// For how many engines a thread keeps memory. A program has one, seldom more; a test run makes many and drops them.
const KEPT: usize = 8;

thread_local! {
    static MEMORY: RefCell<Vec<(u64, Scratch)>> = const { RefCell::new(Vec::new()) };
}

/// Runs `with` on memory of this thread that fits `engine`, whose number no other engine has.
///
/// The memory is taken out while it is used: whoever decides within a decision finds none, and gets memory of its own.
pub(crate) fn with_scratch<R>(number: u64, engine: &Engine, with: impl FnOnce(&mut Scratch) -> R) -> R {
    let mut scratch = take(number).unwrap_or_else(|| engine.scratch());
    let result = with(&mut scratch);
    put(number, scratch);
    result
}

fn take(number: u64) -> Option<Scratch> {
    // A thread that ends has no memory left; and nobody is ever in the middle of a look at it.
    let taken = MEMORY.try_with(|memory| {
        let mut memory = memory.try_borrow_mut().ok()?;
        let place = memory.iter().position(|(kept, _)| *kept == number)?;
        Some(memory.swap_remove(place).1)
    });
    taken.ok().flatten()
}

fn put(number: u64, scratch: Scratch) {
    let _ = MEMORY.try_with(|memory| {
        let Ok(mut memory) = memory.try_borrow_mut() else { return };
        if memory.len() >= KEPT {
            memory.remove(0);
        }
        memory.push((number, scratch));
    });
}
