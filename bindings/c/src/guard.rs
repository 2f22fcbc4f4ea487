//! The guard around every call: no panic leaves the library.

use crate::result::{DOORWARD_RESULT_OK, DOORWARD_RESULT_PANIC, ResultCode};
use crate::test_panic;
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

/// Makes a call and gives its result; a panic is a result of its own.
///
/// Unwind safety: outputs are written last, scratches hold nothing between decisions that a later one trusts, and engines
/// change by putting something whole in the place of something whole.
pub(crate) fn guard(call: impl FnOnce() -> Result<(), ResultCode>) -> ResultCode {
    guard_or(DOORWARD_RESULT_PANIC, || call().err().unwrap_or(DOORWARD_RESULT_OK))
}

/// Makes a call and gives what it returns; `otherwise` after a panic.
pub(crate) fn guard_or<T>(otherwise: T, call: impl FnOnce() -> T) -> T {
    let call = || {
        test_panic::at_entry();
        call()
    };
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(value) => value,
        Err(payload) => {
            // A payload may panic once more when it is dropped; that one is not dropped at all.
            if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
                core::mem::forget(another);
            }
            otherwise
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::DOORWARD_RESULT_BAD_SIZE;

    struct PanicsWhenDropped;

    impl Drop for PanicsWhenDropped {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }

    #[test]
    fn a_panic_becomes_a_code() {
        assert_eq!(guard(|| Ok(())), DOORWARD_RESULT_OK);
        assert_eq!(guard(|| Err(DOORWARD_RESULT_BAD_SIZE)), DOORWARD_RESULT_BAD_SIZE);
        assert_eq!(guard(|| panic!("inside")), DOORWARD_RESULT_PANIC);
        assert_eq!(guard(|| std::panic::panic_any(PanicsWhenDropped)), DOORWARD_RESULT_PANIC);
    }
}
