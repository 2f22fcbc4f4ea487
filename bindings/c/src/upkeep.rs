//! Engines that are kept up to date: fetching, waiting for the first keys, loading anew, keys from the host.

use crate::engine::Engine;
use crate::error::{self, Error};
use crate::guard::{guard, guard_or};
use crate::handle;
use crate::result::{
    DOORWARD_RESULT_NOT_READY, DOORWARD_RESULT_NULL_ARGUMENT, DOORWARD_RESULT_POLICY,
    DOORWARD_RESULT_REFUSED, ResultCode,
};
use crate::text::Str;
use crate::time::Time;
use core::ffi::c_char;
use core::time::Duration;
use doorward::NotReady;
use doorward::error::{LoadError, LoadErrors};

/// Begins to fetch and to watch, on a thread of its own, if the policy has anything to fetch or to watch and no such thread
/// runs in this process: for engines of #doorward_engine_load_file and #doorward_engine_load_text, in each process after a fork.
///
/// Any thread may call it, but not while another frees `engine`; it may start a thread, which takes signals as the calling
/// thread does. `engine` must not be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_engine_start(engine: *const Engine) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the engine is not freed during the call.
        let shared = unsafe { handle::share(engine) }?;
        shared.engine.start();
        Ok(())
    })
}

/// Has the first decision in each process do what #doorward_engine_start does: for programs that load before they fork, and
/// have no place in their children where they could call that. Nothing is started in a process that does not decide.
///
/// Any thread may call it, but not while another frees `engine`. `engine` must not be null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_engine_start_when_deciding(engine: *const Engine) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the engine is not freed during the call.
        let shared = unsafe { handle::share(engine) }?;
        shared.engine.start_when_deciding();
        Ok(())
    })
}

/// Waits until every issuer whose keys are fetched has some, for `timeout_ms` milliseconds at most: for hosts that would
/// rather wait than turn their first callers away. It does what #doorward_engine_start does first.
///
/// With #DOORWARD_RESULT_NOT_READY, and `out_error` not null, `*out_error` names the issuers that have none and what went
/// wrong, and the caller frees it with #doorward_error_free. The engine decides all the same, and goes on to fetch: requests
/// that need a missing key get 503.
///
/// Any thread may call it, but not while another frees `engine`; it blocks. `engine` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_ready(
    engine: *const Engine,
    timeout_ms: u64,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the engine is not freed during the call.
        let shared = unsafe { handle::share(engine) }?;
        match shared.engine.ready(Duration::from_millis(timeout_ms)) {
            Ok(()) => Ok(()),
            // SAFETY: as above, for the output.
            Err(missing) => unsafe {
                error::hand_out(&missing_keys(missing), DOORWARD_RESULT_NOT_READY, out_error)
            },
        }
    })
}

/// Each issuer without keys as a fault of its own.
fn missing_keys(missing: NotReady) -> LoadErrors {
    let text = missing.to_string();
    let faults = missing.issuers.into_iter().map(|(name, fault)| {
        let fault = fault.map(|fault| format!(": {fault}")).unwrap_or_default();
        LoadError::new(format!("issuers.{name}"), format!("no keys yet{fault}"))
    });
    LoadErrors::from_vec(faults.collect()).unwrap_or_else(|| LoadError::new("", text).into())
}

/// Loads the policy anew from where it came, with all files that it names, and puts it in force at once: decisions that have
/// begun end by the one before. Handles and scratches go on; keys that are fetched from where they were stay, and so does what
/// is stored and what was revoked with #doorward_engine_revoke. What #doorward_engine_describe says may change: ask it again.
///
/// With #DOORWARD_RESULT_POLICY nothing has changed, and if `out_error` is not null, `*out_error` says what is wrong, and the
/// caller frees it with #doorward_error_free.
///
/// Any thread may call it, but not while another frees `engine`; it reads files and allocates. `engine` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_reload(
    engine: *const Engine,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the engine is not freed during the call.
        let shared = unsafe { handle::share(engine) }?;
        match shared.engine.reload() {
            Ok(()) => Ok(()),
            // SAFETY: as above, for the output.
            Err(errors) => unsafe { error::hand_out(&errors, DOORWARD_RESULT_POLICY, out_error) },
        }
    })
}

/// Gives an issuer, by its name in the policy, keys that the host has fetched for itself at `now`: a JWK Set or a trust bundle
/// as JSON text. The policy says that they are fetched; for this engine the host does it.
///
/// `issuer` and `jwks` are UTF-8, need not end with a NUL, and are not needed after the call. With #DOORWARD_RESULT_REFUSED
/// nothing has changed: the policy has no such issuer or gives its keys itself, or the text is no key set. If `out_error` is
/// not null, `*out_error` says which then, and the caller frees it with #doorward_error_free.
///
/// Any thread may call it, but not while another frees `engine`; it allocates. `engine`, `issuer` and `jwks` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_supply_keys(
    engine: *const Engine,
    issuer: *const c_char,
    issuer_len: usize,
    jwks: *const c_char,
    jwks_len: usize,
    now: Time,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        let (shared, issuer, jwks) = unsafe {
            let issuer = Str { data: issuer, len: issuer_len }.utf8()?;
            (handle::share(engine)?, issuer, Str { data: jwks, len: jwks_len }.utf8()?)
        };
        let issuer = issuer.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?;
        let jwks = jwks.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?;
        match shared.engine.supply_keys(issuer, jwks, now.read()?) {
            Ok(()) => Ok(()),
            // SAFETY: as above.
            Err(fault) => unsafe { refuse(&fault.to_string(), out_error) },
        }
    })
}

/// Fails because something was not taken.
///
/// # Safety
///
/// `out_error` is null or points to a place for a pointer.
pub(crate) unsafe fn refuse(why: &str, out_error: *mut *mut Error) -> Result<(), ResultCode> {
    // SAFETY: the caller's promise, which is the same.
    unsafe { error::hand_out(&LoadError::new("", why).into(), DOORWARD_RESULT_REFUSED, out_error) }
}

/// The memory of all stores of an engine in bytes: of credentials that are known or were refused, of values that are taken
/// once, of failures. It is fixed when a policy is loaded. 0 if `engine` is null or no engine handle.
///
/// Any thread may call it, but not while another frees `engine`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_memory(engine: *const Engine) -> u64 {
    guard_or(0, || {
        // SAFETY: the conventions of the header: the engine is not freed during the call.
        let memory = unsafe { handle::share(engine) }.map_or(0, |shared| shared.engine.memory());
        u64::try_from(memory).unwrap_or(u64::MAX)
    })
}
