//! Trace markers: what a gateway tells the application behind it of the credential that it took away.

use crate::engine::Engine;
use crate::guard::guard;
use crate::handle;
use crate::request::{Parts, Request};
use crate::result::{DOORWARD_RESULT_BAD_VALUE, ResultCode};
use crate::slice::{self, Out};
use crate::time::Time;
use core::ffi::c_char;
use core::mem::MaybeUninit;
use doorward::Reason;

/// How many characters a trace marker has at most, with the NUL behind them.
pub const DOORWARD_TRACE_BYTES: usize = 80;

/// The value of an `x-doorward-trace` field. It owns its text.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct TraceMarker {
    /// The number of characters in `text`; 0 if there is nothing to tell, and then the field is left out.
    pub len: usize,
    /// The characters, and a NUL behind them.
    pub text: [c_char; DOORWARD_TRACE_BYTES],
}

/// Makes the value of `x-doorward-trace` that a gateway sends on in place of the credential that it takes away from a request,
/// so that the engine in the application behind it can say why there is none. It is a fact for operators, and never a reason
/// to let anybody in; it is good for this method and path, and for a minute from `now` on.
///
/// `cause` is `root_cause` of the decision, one of `DOORWARD_REASON_*`. There is nothing to tell, and `out_marker->len` is 0,
/// where the policy has no `trace.key`, where no credential was there, for a path that is ambiguous or too long, and where the
/// system has no randomness. Of the request only the method and the URL matter. A gateway removes the lines of this field that
/// come in.
///
/// Any thread may call it, but not while another frees `engine`; it allocates. No pointer may be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_trace_marker(
    engine: *const Engine,
    request: *const Request,
    cause: u16,
    now: Time,
    out_marker: *mut TraceMarker,
) -> ResultCode {
    guard(|| {
        let mut copy = MaybeUninit::uninit();
        // SAFETY: the conventions of the header, for all pointers of the call; the request lives until its end.
        let (shared, out, parts) = unsafe {
            let out = Out::new(out_marker)?;
            let shared = handle::share(engine)?;
            (shared, out, Parts::read(slice::read_versioned(request, &mut copy)?)?)
        };
        let now = now.read()?;
        let cause = Reason::from_number(cause).ok_or(DOORWARD_RESULT_BAD_VALUE)?;
        let made = shared.engine.trace_marker(&parts.request(&[]), cause, now).unwrap_or_default();
        let mut marker = TraceMarker { len: made.len(), text: [0; DOORWARD_TRACE_BYTES] };
        for (to, from) in marker.text.iter_mut().zip(made.bytes()) {
            *to = c_char::from_ne_bytes([from]);
        }
        out.put(|| marker);
        Ok(())
    })
}
