//! Callers: which credential goes with a request, and what happens after the answer.

use crate::attempt::Attempt;
use crate::caller_options::CallerOptions;
use crate::diagnosis::{Kept, Response, flag, maybe};
use crate::error::Error;
use crate::guard::{guard, guard_or};
use crate::handle::{self, Kind, Pool};
use crate::prepared::{Prepared, which};
use crate::result::{DOORWARD_RESULT_BAD_VALUE, DOORWARD_RESULT_NULL_ARGUMENT, ResultCode};
use crate::slice::{self, Out, OutVersioned, Versioned};
use crate::status::Text;
use crate::text::Str;
use crate::time::Time;
use crate::upkeep;
use core::ffi::c_char;
use core::mem::MaybeUninit;
use core::time::Duration;
use doorward::Seconds;
use doorward::caller::{Expiry, Next as What, Sending, SourceFault, Ticket};

/// Deliver the answer, as `which` says.
pub const DOORWARD_NEXT_DELIVER: u32 = 1;
/// Wait for `after_ms` if `has_after` is 1, and prepare again.
pub const DOORWARD_NEXT_AGAIN: u32 = 2;
/// Prepare again, and make a new proof, with the nonce of the diagnosis if it has one.
pub const DOORWARD_NEXT_NEW_PROOF: u32 = 3;

/// The credential expires by the caller's clock, as counted from a lifetime (`expires_in`).
pub const DOORWARD_EXPIRY_LOCAL: u32 = 1;
/// The credential expires by the other side's clock, as an absolute time (`exp`).
pub const DOORWARD_EXPIRY_SERVER: u32 = 2;

/// What stands before one service and one source of credentials: it holds the credential, and says which step is next. Any number
/// of threads share it. Made by #doorward_caller_new and freed with #doorward_caller_free.
pub struct Caller {
    _private: [u8; 0],
}

impl Kind for Caller {
    type Value = doorward::caller::Caller;
    const MARK: u64 = 0xd00a_ed0c_6361_6c6c;

    fn pool() -> &'static Pool<Self::Value> {
        static CALLERS: Pool<doorward::caller::Caller> = Pool::new();
        &CALLERS
    }
}

/// A credential that was obtained. Make it with #doorward_credential_init; everything is borrowed during the call.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Credential {
    /// The size of this struct: `sizeof(doorward_credential)`.
    pub size: usize,
    /// The authentication scheme; nothing for `Bearer`.
    pub scheme: Str,
    /// The token.
    pub secret: Str,
    /// By which clock it expires, one of `DOORWARD_EXPIRY_*`; 0 if it is not known when.
    pub expiry: u32,
    /// Always 0.
    pub reserved: u32,
    /// When it expires.
    pub expires: Time,
    /// After how many seconds the source is looked at again, though it has not expired; 0 for never.
    pub look_again: u64,
}

/// What to do after an answer.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Next {
    /// The size of this struct: `sizeof(doorward_next)`, set before the call.
    pub size: usize,
    /// What to do, one of `DOORWARD_NEXT_*`.
    pub kind: u32,
    /// With #DOORWARD_NEXT_DELIVER one of `DOORWARD_WHICH_*`, else 0.
    pub which: u32,
    /// 1 if `after_ms` holds, else 0.
    pub has_after: u32,
    /// Always 0.
    pub reserved: u32,
    /// How many milliseconds to wait first.
    pub after_ms: u64,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Credential {
    const FIRST: usize = size_of::<Self>();
}

// SAFETY: as above.
unsafe impl Versioned for Next {
    const FIRST: usize = size_of::<Self>();
}

/// Makes a caller. With #DOORWARD_RESULT_REFUSED an option is out of its bounds, and `*out_error`, unless `out_error` is null, says
/// which; the host frees it with #doorward_error_free.
///
/// On success the host owns `*out_caller` and frees it with #doorward_caller_free.
///
/// Any thread may call it at any time; it allocates. `options` and `out_caller` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_new(
    options: *const CallerOptions,
    out_caller: *mut *mut Caller,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        let mut copy = MaybeUninit::uninit();
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        let (out, options) =
            unsafe { (Out::new(out_caller)?, slice::read_versioned(options, &mut copy)?.read()?) };
        match doorward::caller::Caller::new(options) {
            Ok(caller) => {
                out.put(|| handle::new(caller, 0));
                Ok(())
            }
            // SAFETY: as above.
            Err(why) => unsafe { upkeep::refuse(&why, out_error) },
        }
    })
}

/// Frees a caller. Null is fine, and a handle that was freed before is left alone.
///
/// Any thread may call it, but not while another uses `caller`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn doorward_caller_free(caller: *mut Caller) {
    guard_or((), || {
        // SAFETY: the conventions of the header: nobody uses the handle during the call.
        unsafe { handle::free(caller) };
    });
}

/// Says what to do with the request `attempt`, which goes to `url` (an absolute URL, UTF-8): before it is first sent, and again
/// after everything that #doorward_prepared says but to send or to deliver. `out_prepared->size` must be set before the call.
///
/// With #DOORWARD_RESULT_REFUSED the credential is not for the origin of `url`: it must not be sent there. `*out_error`, unless
/// `out_error` is null, says so; the host frees it with #doorward_error_free.
///
/// Any thread may call it, one at a time with each attempt. It never blocks. `caller`, `attempt`, `url` and `out_prepared` must
/// not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_prepare(
    caller: *const Caller,
    attempt: *mut Attempt,
    url: *const c_char,
    url_len: usize,
    now: Time,
    out_prepared: *mut Prepared,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for all pointers of the call; attempts are only ever locked.
        let (caller, out, url, locked) = unsafe {
            let out = OutVersioned::new(out_prepared)?;
            let url = Str { data: url, len: url_len }.utf8()?.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?;
            (handle::share(caller)?, out, url, handle::lock(attempt)?)
        };
        let now = now.read()?;
        let held = locked.value;
        match caller.prepare(url, &mut held.attempt, now) {
            Ok(said) => {
                out.put(|prepared: &mut Prepared| prepared.fill(said, held));
                Ok(())
            }
            // SAFETY: as above.
            Err(why) => unsafe { upkeep::refuse(&why, out_error) },
        }
    })
}

/// Hands over the credential that was obtained for a ticket. The secret is copied; the host wipes its own.
///
/// With #DOORWARD_RESULT_REFUSED it cannot be sent: it is empty, or has characters that would end the header field. `*out_error`,
/// unless `out_error` is null, says so without showing it; the host frees it with #doorward_error_free, and tells
/// #doorward_caller_not_obtained.
///
/// Any thread may call it, but not while another frees `caller`. `caller` and `credential` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_obtained(
    caller: *const Caller,
    ticket: u64,
    credential: *const Credential,
    now: Time,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        let mut copy = MaybeUninit::uninit();
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        let (caller, credential, scheme, secret) = unsafe {
            let credential = slice::read_versioned(credential, &mut copy)?;
            let (scheme, secret) = (credential.scheme.utf8()?, credential.secret.utf8()?);
            (handle::share(caller)?, credential, scheme, secret.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?)
        };
        let now = now.read()?;
        let expires = match credential.expiry {
            0 => None,
            DOORWARD_EXPIRY_LOCAL => Some(Expiry::Local(credential.expires.read()?)),
            DOORWARD_EXPIRY_SERVER => Some(Expiry::Server(credential.expires.read()?)),
            _ => return Err(DOORWARD_RESULT_BAD_VALUE),
        };
        let made = match scheme {
            None => doorward::caller::Credential::bearer(secret),
            Some(scheme) => doorward::caller::Credential::with_scheme(scheme, secret),
        };
        match made {
            Ok(made) => {
                let again = Some(Seconds(credential.look_again)).filter(|span| span.0 > 0);
                caller.obtained(
                    Ticket::from_number(ticket),
                    made.with_expiry(expires).looked_at_again(again),
                    now,
                );
                Ok(())
            }
            // SAFETY: as above.
            Err(fault) => unsafe { upkeep::refuse(&fault.to_string(), out_error) },
        }
    })
}

/// Tells that no credential was obtained for a ticket: `transient` is 1 if trying again may help, `retry_after` is in how many
/// seconds (0: unknown), and `message` (UTF-8, without secrets) is for people.
///
/// Any thread may call it, but not while another frees `caller`. `caller` must not be null; `message` may.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_not_obtained(
    caller: *const Caller,
    ticket: u64,
    transient: u32,
    retry_after: u64,
    message: *const c_char,
    message_len: usize,
    now: Time,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        let (caller, message) =
            unsafe { (handle::share(caller)?, Str { data: message, len: message_len }.utf8()?) };
        let message = message.unwrap_or_default();
        let fault =
            if flag(transient)? { SourceFault::transient(message) } else { SourceFault::hard(message) };
        let wait = Some(Seconds(retry_after)).filter(|span| span.0 > 0);
        caller.not_obtained(Ticket::from_number(ticket), &fault.with_retry_after(wait), now.read()?);
        Ok(())
    })
}

/// Tells that whoever was to obtain a credential was stopped: another may.
///
/// Any thread may call it, but not while another frees `caller`. `caller` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_abandoned(
    caller: *const Caller,
    ticket: u64,
    now: Time,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the caller is not freed during the call.
        let caller = unsafe { handle::share(caller) }?;
        caller.abandoned(Ticket::from_number(ticket), now.read()?);
        Ok(())
    })
}

/// Says what to do after the answer to a request that was sent to `url`. `final_url` is where the answer came from if redirects were
/// followed, and nothing else; `sent_at` counts if `has_sent_at` is 1. `out_next->size` must be set before the call. What the answer
/// means is told by #doorward_attempt_diagnosis.
///
/// Any thread may call it, one at a time with each attempt. It never blocks; it allocates. `caller`, `attempt`, `url`, `response`
/// and `out_next` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_answered(
    caller: *const Caller,
    attempt: *mut Attempt,
    url: *const c_char,
    url_len: usize,
    final_url: *const c_char,
    final_url_len: usize,
    has_sent_at: u32,
    sent_at: Time,
    response: *const Response,
    now: Time,
    out_next: *mut Next,
) -> ResultCode {
    guard(|| {
        let mut copy = MaybeUninit::uninit();
        // SAFETY: the conventions of the header, for all pointers of the call; attempts are only ever locked.
        let (caller, out, url, final_url, response, locked) = unsafe {
            let out = OutVersioned::new(out_next)?;
            let url = Str { data: url, len: url_len }.utf8()?.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?;
            let final_url = Str { data: final_url, len: final_url_len }.utf8()?.unwrap_or_default();
            let response = slice::read_versioned(response, &mut copy)?;
            (handle::share(caller)?, out, url, final_url, response, handle::lock(attempt)?)
        };
        let (now, at) = (now.read()?, maybe(has_sent_at, sent_at)?);
        let held = locked.value;
        let sending = Sending { url, final_url, at };
        // SAFETY: as above.
        let answered =
            unsafe { response.lend(|response| caller.answered(&mut held.attempt, &sending, response, now)) }?;
        held.diagnosis = Some(Kept::new((*answered.report).clone()));
        out.put(|next: &mut Next| match answered.next {
            What::Deliver(one) => (next.kind, next.which) = (DOORWARD_NEXT_DELIVER, which(one)),
            What::Again { after } => {
                next.kind = DOORWARD_NEXT_AGAIN;
                if let Some(after) = after {
                    (next.has_after, next.after_ms) = (1, after.0);
                }
            }
            What::NewProof => next.kind = DOORWARD_NEXT_NEW_PROOF,
        });
        Ok(())
    })
}

/// How many tickets were brought back; 0 if `caller` is null or no caller handle. Ask before #doorward_caller_prepare, and hand it
/// to #doorward_caller_wait.
///
/// Any thread may call it, but not while another frees `caller`.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_ended(caller: *const Caller) -> u64 {
    guard_or(0, || {
        // SAFETY: the conventions of the header: the caller is not freed during the call.
        unsafe { handle::share(caller) }.map_or(0, doorward::caller::Caller::ended)
    })
}

/// Waits until more than `seen` tickets were brought back, or for `timeout_ms` milliseconds. It blocks.
///
/// Any thread may call it, but not while another frees `caller`. `caller` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_wait(
    caller: *const Caller,
    seen: u64,
    timeout_ms: u64,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header: the caller is not freed during the call.
        unsafe { handle::share(caller) }?.wait(seen, Duration::from_millis(timeout_ms));
        Ok(())
    })
}

/// What a caller holds and how it fares, as a JSON object without secrets: for logs.
///
/// On success the host owns `*out_text` and frees it with #doorward_text_free.
///
/// Any thread may call it, but not while another frees `caller`; it allocates. `caller` and `out_text` must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_caller_status(
    caller: *const Caller,
    now: Time,
    out_text: *mut *mut Text,
) -> ResultCode {
    guard(|| {
        // SAFETY: the conventions of the header, for both pointers; the caller is not freed during the call.
        let (caller, out) = unsafe { (handle::share(caller)?, Out::new(out_text)?) };
        let text = caller.status(now.read()?).to_string();
        out.put(|| handle::new(text, 0));
        Ok(())
    })
}
