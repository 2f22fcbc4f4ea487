//! Attempts: one request of a caller, from before it is first sent until its answer is delivered.

use crate::diagnosis::{DiagnosisFacts, Kept, flag};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::result::{DOORWARD_RESULT_NO_SUCH_ITEM, DOORWARD_RESULT_NULL_ARGUMENT, ResultCode};
use crate::slice::{Out, OutVersioned};
use crate::text::Str;
use core::ffi::c_char;
use doorward::caller::{Traits, Want};
use zeroize::Zeroizing;

/// One request on its way. Made by #doorward_attempt_new and freed with #doorward_attempt_free.
pub struct Attempt {
    _private: [u8; 0],
}

/// What an attempt holds: itself, and what the last call about it has said in texts.
pub(crate) struct Held {
    pub(crate) attempt: doorward::caller::Attempt,
    pub(crate) field_value: Zeroizing<String>,
    pub(crate) want: Want,
    pub(crate) sentence: String,
    pub(crate) diagnosis: Option<Kept>,
}

impl Kind for Attempt {
    type Value = Held;
    const MARK: u64 = 0xd00a_ed0a_6174_7470;

    fn pool() -> &'static Pool<Self::Value> {
        static ATTEMPTS: Pool<Held> = Pool::new();
        &ATTEMPTS
    }
}

/// Makes what stands for one request of a caller. `method` is UTF-8 and need not end with a NUL; `replayable` is 1 if the content
/// can be sent again (there is none, or it is in memory), else 0; `proof` is 1 if a proof of possession goes with the credential.
///
/// On success the caller owns `*out_attempt` and frees it with #doorward_attempt_free.
///
/// Any thread may call it at any time; it allocates. `method` and `out_attempt` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_attempt_new(
    method: *const c_char,
    method_len: usize,
    replayable: u32,
    proof: u32,
    out_attempt: *mut *mut Attempt,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; nothing outlives the call.
        let (method, out) =
            unsafe { (Str { data: method, len: method_len }.utf8()?, Out::new(out_attempt)?) };
        let method = method.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?;
        let traits = Traits { proof: flag(proof)?, ..Traits::of_method(method, flag(replayable)?) };
        let held = Held {
            attempt: doorward::caller::Attempt::new(traits),
            field_value: Zeroizing::default(),
            want: Want::default(),
            sentence: String::new(),
            diagnosis: None,
        };
        out.put(|| handle::new(held, 0));
        Ok(())
    })
}

/// Writes what the last answer of an attempt meant. `out_facts->size` must be set before the call. The views in it live until the
/// next call about this attempt. #DOORWARD_RESULT_NO_SUCH_ITEM if no answer came yet.
///
/// Any thread may call it, one at a time with each attempt. No pointer may be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_attempt_diagnosis(
    attempt: *mut Attempt,
    out_facts: *mut DiagnosisFacts,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; attempts are only ever locked.
        let (locked, out) = unsafe { (handle::lock(attempt)?, OutVersioned::new(out_facts)?) };
        let kept = locked.value.diagnosis.as_ref().ok_or(DOORWARD_RESULT_NO_SUCH_ITEM)?;
        out.put(|facts: &mut DiagnosisFacts| facts.fill(kept));
        Ok(())
    })
}

/// Frees an attempt. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `attempt`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_attempt_free(attempt: *mut Attempt) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(attempt) };
    });
}
