//! Engines: policies with their keys, ready to decide.

use crate::error::{self, Error};
use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::lists::Lists;
use crate::result::{
    DOORWARD_RESULT_BAD_VALUE, DOORWARD_RESULT_NULL_ARGUMENT, DOORWARD_RESULT_POLICY, ResultCode,
};
use crate::slice::{Out, OutVersioned, Versioned};
use crate::text::Str;
use core::ffi::c_char;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU64, Ordering};
use doorward::Format;
use doorward::error::LoadErrors;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A policy with the keys of its issuers, ready to decide. All threads may share one; what changes in it (keys that are
/// fetched, revocations, the policy itself by #doorward_engine_reload) changes between two decisions, never within one.
///
/// Where a policy names a URL of keys, or files that may change, one thread for each engine and process fetches and watches
/// them. #doorward_engine_from_file and #doorward_engine_from_text start it. A process that is going to fork loads with
/// #doorward_engine_load_file or #doorward_engine_load_text, which start no thread, and has it started in each child, by
/// #doorward_engine_start or by the first decision there (#doorward_engine_start_when_deciding). The thread takes signals as
/// the thread did that started it: block those that are meant for others before that call. It ends soon after the last
/// handle was freed, and until then the library must stay loaded.
///
/// Made by the functions just named and by #doorward_engine_share, and freed with #doorward_engine_free.
pub struct Engine {
    _private: [u8; 0],
}

/// A policy text is TOML.
pub const DOORWARD_FORMAT_TOML: u32 = 1;
/// A policy text is JSON.
pub const DOORWARD_FORMAT_JSON: u32 = 2;

/// What a host may want to know of an engine. All views live until the engine handle that they were asked of is freed, also
/// when the policy is loaded anew: then ask again, and get others.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct EngineFacts {
    /// The size of this struct: `sizeof(doorward_engine_facts)`, set before the call.
    pub size: usize,
    /// The names, in lower case, of the header fields that a decision of this engine can look at. All lines of these must
    /// be handed over with each request, in their order; lines of others may be left out.
    pub fields: *const Str,
    /// The number of `fields`.
    pub fields_len: usize,
    /// What the author of the policy should know, though it is no fault: each a sentence without a full stop.
    pub warnings: *const Str,
    /// The number of `warnings`.
    pub warnings_len: usize,
    /// The number of issuers of the policy.
    pub issuers: u64,
    /// The number of routes of the policy.
    pub routes: u64,
    /// How long a form may be that a host waits for, in bytes: enough for the longest token that the policy takes,
    /// percent-encoded, and for other fields beside it.
    pub form_limit: u64,
    /// 1 if some route takes tokens from a form body, else 0. Only if it is 1 a host needs to read bodies before it
    /// decides, and then only those whose Content-Type is `application/x-www-form-urlencoded`.
    pub reads_body: u32,
    /// Always 0.
    pub reserved: u32,
    /// A number that is another one after the policy was loaded anew, when everything above may differ.
    pub policy_epoch: u64,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and the first version ended before the epoch.
unsafe impl Versioned for EngineFacts {
    const FIRST: usize = offset_of!(Self, policy_epoch);
}

/// Loads a policy file, TOML or JSON by the end of its name, and the key files that it names, relative to its folder; and
/// begins to fetch and to watch what the policy has fetched or watched, on a thread of its own. Decisions do not wait for the
/// first keys: #doorward_engine_ready does.
///
/// `path` is UTF-8 and need not end with a NUL. On success `*out_engine` is an engine that the caller owns and frees with
/// #doorward_engine_free. With #DOORWARD_RESULT_POLICY, and `out_error` not null, `*out_error` says what is wrong, and the
/// caller frees it with #doorward_error_free; it is not written otherwise.
///
/// Any thread may call it at any time; it reads files and allocates. `path` and `out_engine` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_from_file(
    path: *const c_char,
    path_len: usize,
    out_engine: *mut *mut Engine,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        unsafe { from_file(path, path_len, Start::Now, out_engine, out_error) }
    })
}

/// Loads a policy file as #doorward_engine_from_file does, but starts no thread: nothing is fetched or watched before
/// #doorward_engine_start. For processes that fork after they have loaded, and for those that supply keys themselves.
///
/// All else is as there.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_load_file(
    path: *const c_char,
    path_len: usize,
    out_engine: *mut *mut Engine,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        unsafe { from_file(path, path_len, Start::Later, out_engine, out_error) }
    })
}

/// Loads a policy from text that is already in memory. `format` is #DOORWARD_FORMAT_TOML or #DOORWARD_FORMAT_JSON. Key files
/// are looked for relative to `folder`; if `folder` is null, a policy that names key files by a relative path is refused.
/// What is fetched or watched begins to be, as with #doorward_engine_from_file.
///
/// `text` and `folder` are UTF-8 and need not end with a NUL; they are not needed after the call. Ownership of `*out_engine`
/// and `*out_error` is as for #doorward_engine_from_file.
///
/// Any thread may call it at any time; it may read files and allocates. `text` and `out_engine` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_from_text(
    text: *const c_char,
    text_len: usize,
    format: u32,
    folder: *const c_char,
    folder_len: usize,
    out_engine: *mut *mut Engine,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        let (text, folder) = (Str { data: text, len: text_len }, Str { data: folder, len: folder_len });
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        unsafe { from_text(text, format, folder, Start::Now, out_engine, out_error) }
    })
}

/// Loads a policy from text as #doorward_engine_from_text does, but starts no thread, as #doorward_engine_load_file.
///
/// All else is as for #doorward_engine_from_text.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_load_text(
    text: *const c_char,
    text_len: usize,
    format: u32,
    folder: *const c_char,
    folder_len: usize,
    out_engine: *mut *mut Engine,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        let (text, folder) = (Str { data: text, len: text_len }, Str { data: folder, len: folder_len });
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        unsafe { from_text(text, format, folder, Start::Later, out_engine, out_error) }
    })
}

/// When an engine begins to fetch and to watch.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Start {
    Now,
    Later,
}

/// # Safety
///
/// Each pointer is null, or points to as much as its length says or to a place for a pointer.
unsafe fn from_file(
    path: *const c_char,
    path_len: usize,
    start: Start,
    out_engine: *mut *mut Engine,
    out_error: *mut *mut Error,
) -> Result<(), ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    let (path, out) = unsafe { (Str { data: path, len: path_len }.utf8()?, Out::new(out_engine)?) };
    let path = Path::new(path.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?);
    // SAFETY: as above.
    unsafe { finish(doorward::Engine::load_file(path), start, out, out_error) }
}

/// # Safety
///
/// As for [`from_file`].
unsafe fn from_text(
    text: Str,
    format: u32,
    folder: Str,
    start: Start,
    out_engine: *mut *mut Engine,
    out_error: *mut *mut Error,
) -> Result<(), ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    let (text, folder, out) = unsafe { (text.utf8()?, folder.utf8()?, Out::new(out_engine)?) };
    let text = text.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?;
    let format = match format {
        DOORWARD_FORMAT_TOML => Format::Toml,
        DOORWARD_FORMAT_JSON => Format::Json,
        _ => return Err(DOORWARD_RESULT_BAD_VALUE),
    };
    // SAFETY: as above.
    unsafe { finish(doorward::Engine::load_text(text, format, folder.map(Path::new)), start, out, out_error) }
}

/// Hands out what loading came to.
///
/// # Safety
///
/// `out_error` is null or points to a place for a pointer.
unsafe fn finish(
    loaded: Result<doorward::Engine, LoadErrors>,
    start: Start,
    out_engine: Out<'_, *mut Engine>,
    out_error: *mut *mut Error,
) -> Result<(), ResultCode> {
    match loaded {
        Ok(engine) => {
            let shared = Arc::new(Shared::new(engine));
            out_engine.put(|| {
                if start == Start::Now {
                    shared.engine.start();
                }
                new_handle(shared)
            });
            Ok(())
        }
        // SAFETY: the caller's promise, which is the same.
        Err(errors) => unsafe { error::hand_out(&errors, DOORWARD_RESULT_POLICY, out_error) },
    }
}

/// What the handles and the scratches of an engine share.
pub(crate) struct Shared {
    pub(crate) engine: doorward::Engine,
    /// Never the number of another engine, so that a scratch knows its own.
    pub(crate) number: u64,
    /// What views were given into: nothing of it is changed or dropped before the engine's end.
    lists: Mutex<Lists>,
}

impl Shared {
    fn new(engine: doorward::Engine) -> Self {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        Self { engine, number, lists: Mutex::default() }
    }
}

impl Kind for Engine {
    type Value = Arc<Shared>;
    const MARK: u64 = 0xd00a_ed01_656e_6770;

    fn pool() -> &'static Pool<Self::Value> {
        static ENGINES: Pool<Arc<Shared>> = Pool::new();
        &ENGINES
    }
}

fn new_handle(shared: Arc<Shared>) -> *mut Engine {
    let number = shared.number;
    handle::new(shared, number)
}

/// Makes one more handle to the same engine, at the cost of a counter: the engine lives until all its handles and all the
/// scratches made for it are freed. So a thread can keep an engine while another thread replaces it by a newer one.
///
/// On success the caller owns `*out_engine` and frees it with #doorward_engine_free. Scratches made with one handle can be
/// used with the other.
///
/// Any thread may call it, but not while another frees `engine`. `engine` and `out_engine` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_share(
    engine: *const Engine,
    out_engine: *mut *mut Engine,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the engine is not freed during the call.
        let (shared, out) = unsafe { (handle::share(engine)?, Out::new(out_engine)?) };
        out.put(|| new_handle(Arc::clone(shared)));
        Ok(())
    })
}

/// Frees an engine handle. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `engine`. Scratches made for the engine may be freed before or after.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_engine_free(engine: *mut Engine) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(engine) };
    });
}

/// Makes the calling thread ready: what the cryptography sets up on a thread's first use is set up now, so that no later
/// decision on this thread allocates. Optional; call it once for each engine on each thread that decides.
///
/// Any thread may call it, but not while another frees `engine`. `engine` must not be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_engine_warm_thread(engine: *const Engine) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the engine is not freed during the call.
        let shared = unsafe { handle::share(engine) }?;
        shared.engine.warm_thread();
        Ok(())
    })
}

/// Writes what a host may want to know of an engine. `out_facts->size` must be set before the call.
///
/// The views in `*out_facts` live until `engine` is freed.
///
/// Any thread may call it, but not while another frees `engine`. `engine` and `out_facts` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_describe(
    engine: *const Engine,
    out_facts: *mut EngineFacts,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the engine is not freed during the call.
        let (shared, out) = unsafe { (handle::share(engine)?, OutVersioned::new(out_facts)?) };
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let engine = &shared.engine;
        // The epoch first: if the policy is loaded anew meanwhile, the host will find that it has to ask once more.
        let epoch = engine.policy_epoch();
        let mut lists = shared.lists.lock().unwrap_or_else(PoisonError::into_inner);
        let (fields, fields_len) = lists.fields(engine.fields());
        let (warnings, warnings_len) = lists.warnings(engine.warnings());
        drop(lists);
        out.put(|facts| {
            (facts.fields, facts.fields_len) = (fields, fields_len);
            (facts.warnings, facts.warnings_len) = (warnings, warnings_len);
            facts.issuers = count(engine.issuers());
            facts.routes = count(engine.routes());
            facts.form_limit = count(engine.form_limit());
            facts.reads_body = engine.reads_body().into();
            facts.policy_epoch = epoch.into();
        });
        Ok(())
    })
}
