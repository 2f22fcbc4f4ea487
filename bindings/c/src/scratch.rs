//! Scratches: the memory that decisions are made in.

use crate::engine::{Engine, Shared};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::request::Field;
use crate::result::ResultCode;
use crate::slice::Out;
use crate::text::Str;
use doorward::{Answer, Body};
use std::sync::Arc;

/// How many fields an answer can have: a challenge for each scheme, the wait, one for caches, and who refused.
pub(crate) const ANSWER_FIELDS: usize = Answer::FIELDS;

/// The memory that decisions are made in: what a decision says lives there until the next one. Keep one per thread or per
/// connection. Made by #doorward_scratch_new and freed with #doorward_scratch_free.
pub struct Scratch {
    _private: [u8; 0],
}

/// What a scratch holds: the engine that it was made for, the core's memory, and the answer of the last decision.
pub(crate) struct Memory {
    pub(crate) shared: Arc<Shared>,
    pub(crate) scratch: doorward::Scratch,
    pub(crate) answer: Box<[u8]>,
    /// In its place, once a policy that was loaded anew has answers that are too long for it.
    pub(crate) longer: Vec<u8>,
    pub(crate) headers: [Field; ANSWER_FIELDS],
    pub(crate) challenges: [Str; ANSWER_FIELDS],
    pub(crate) body: Option<Body>,
}

// SAFETY: the views point into the same memory, or to constants.
unsafe impl Send for Memory {}
// SAFETY: as above; nothing in it changes through a shared reference.
unsafe impl Sync for Memory {}

impl Kind for Scratch {
    type Value = Memory;
    const MARK: u64 = 0xd00a_ed03_7363_7274;

    fn pool() -> &'static Pool<Self::Value> {
        static SCRATCHES: Pool<Memory> = Pool::new();
        &SCRATCHES
    }
}

/// Makes the memory for decisions of one engine: the only allocation that deciding needs, but where a policy that was loaded
/// anew takes longer credentials or gives longer answers than the one before.
///
/// On success the caller owns `*out_scratch` and frees it with #doorward_scratch_free. It works with `engine` and every handle
/// shared from it, also after #doorward_engine_reload, and with no other engine.
///
/// Any thread may call it, but not while another frees `engine`. A scratch may move between threads, and serves one call at a
/// time. `engine` and `out_scratch` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_scratch_new(
    engine: *const Engine,
    out_scratch: *mut *mut Scratch,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the engine is not freed during the call.
        let (shared, out) = unsafe { (handle::share(engine)?, Out::new(out_scratch)?) };
        let memory = Memory {
            shared: Arc::clone(shared),
            scratch: shared.engine.scratch(),
            answer: vec![0; shared.engine.answer_bytes()].into_boxed_slice(),
            longer: Vec::new(),
            headers: [Field::NONE; ANSWER_FIELDS],
            challenges: [Str::NOTHING; ANSWER_FIELDS],
            body: None,
        };
        out.put(|| handle::new(memory, shared.number));
        Ok(())
    })
}

/// Frees a scratch, and with it all that the last decision made with it says. Null is fine, and a handle that was freed
/// before is left alone; so is one that another thread decides with at this moment, which then stays allocated.
///
/// Any thread may call it, but not while another uses `scratch`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_scratch_free(scratch: *mut Scratch) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(scratch) };
    });
}
