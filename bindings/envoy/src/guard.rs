//! The line that no panic crosses.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

/// Runs `hook`; a panic in it ends here and gives `otherwise`.
pub(crate) fn guard<T>(otherwise: T, hook: impl FnOnce() -> T) -> T {
    // What a panic may leave half done is this thread's working memory, which is dropped then, and one stream's state, whose
    // stream is answered.
    match catch_unwind(AssertUnwindSafe(hook)) {
        Ok(done) => done,
        Err(panic) => {
            // A payload may panic when it is dropped.
            core::mem::forget(panic);
            otherwise
        }
    }
}

#[cfg(test)]
mod tests {
    use super::guard;

    #[test]
    fn a_panic_ends_here() {
        assert_eq!(guard(500, || 200), 200);
        assert_eq!(guard(500, || panic!("inside")), 500);
    }

    #[test]
    fn a_payload_that_panics_ends_here_too() {
        struct Payload;
        impl Drop for Payload {
            fn drop(&mut self) {
                panic!("in drop");
            }
        }
        assert_eq!(guard(500, || std::panic::panic_any(Payload)), 500);
    }
}
