//! Revocations: what is no longer let in although it is genuine.

use crate::engine::Engine;
use crate::error::Error;
use crate::guard::guard;
use crate::handle;
use crate::result::{DOORWARD_RESULT_BAD_VALUE, DOORWARD_RESULT_NULL_ARGUMENT, ResultCode};
use crate::slice::{self, Versioned};
use crate::text::Str;
use crate::time::Time;
use crate::upkeep;
use core::mem::MaybeUninit;

/// A single token is revoked: `name` is its `jti`, and there is no time.
pub const DOORWARD_REVOCATION_TOKEN: u32 = 1;
/// Every token of a subject is revoked: `name` is their `sub`, and the time, if there is one, is when it is let in again.
pub const DOORWARD_REVOCATION_SUBJECT: u32 = 2;
/// Every token that was issued before a time is revoked, and every one that does not say when it was: there is no `name`.
pub const DOORWARD_REVOCATION_ISSUED_BEFORE: u32 = 3;
/// Every token that was signed with a key is revoked: `name` is its `kid`, and there is no time.
pub const DOORWARD_REVOCATION_KEY: u32 = 4;

/// One thing that is revoked. Make it with #doorward_revocation_init and set what its kind has; what another kind has stays
/// unset.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Revocation {
    /// The size of this struct: `sizeof(doorward_revocation)`.
    pub size: usize,
    /// What is revoked, one of `DOORWARD_REVOCATION_*`.
    pub kind: u32,
    /// 1 if `time` holds, else 0.
    pub has_time: u32,
    /// Whose: the name of the issuer in the policy, or its `iss` or trust domain, in UTF-8.
    pub issuer: Str,
    /// The token, subject or key, in UTF-8.
    pub name: Str,
    /// The time that the kind has.
    pub time: Time,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for Revocation {
    const FIRST: usize = size_of::<Self>();
}

impl Revocation {
    /// # Safety
    ///
    /// Each view is null or points to as much as its length says.
    unsafe fn read(&self) -> Result<doorward::Revocation, ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        let (issuer, name) = unsafe { (self.issuer.utf8()?, self.name.utf8()?) };
        let issuer = issuer.ok_or(DOORWARD_RESULT_NULL_ARGUMENT)?.to_owned();
        let time = match self.has_time {
            0 => None,
            1 => Some(self.time.read()?),
            _ => return Err(DOORWARD_RESULT_BAD_VALUE),
        };
        let needed = |name: Option<&str>| name.map(str::to_owned).ok_or(DOORWARD_RESULT_NULL_ARGUMENT);
        match (self.kind, name, time) {
            (DOORWARD_REVOCATION_TOKEN, name, None) => {
                Ok(doorward::Revocation::Token { issuer, jti: needed(name)? })
            }
            (DOORWARD_REVOCATION_SUBJECT, name, until) => {
                Ok(doorward::Revocation::Subject { issuer, subject: needed(name)?, until })
            }
            (DOORWARD_REVOCATION_ISSUED_BEFORE, None, Some(time)) => {
                Ok(doorward::Revocation::IssuedBefore { issuer, time })
            }
            (DOORWARD_REVOCATION_KEY, name, None) => {
                Ok(doorward::Revocation::Key { issuer, kid: needed(name)? })
            }
            _ => Err(DOORWARD_RESULT_BAD_VALUE),
        }
    }
}

/// Revokes a token, a subject, everything before a time, or a key, from the next decision on, of credentials that were let in
/// before as well. It lasts as long as the engine, over #doorward_engine_reload too, and is for this process alone: what is to
/// last longer belongs into the policy's file of revocations, which is watched.
///
/// `revocation` is not needed after the call. #DOORWARD_RESULT_BAD_VALUE says that it has what its kind does not have, or
/// lacks its time. With #DOORWARD_RESULT_REFUSED the policy has no such issuer, or a hundred thousand were revoked before; if
/// `out_error` is not null, `*out_error` says which, and the caller frees it with #doorward_error_free.
///
/// Any thread may call it, but not while another frees `engine`; it allocates. `engine`, `revocation`, and in it `issuer` and a
/// `name` that its kind has, must not be null.
#[unsafe(no_mangle)]
#[must_use]
pub unsafe extern "C" fn doorward_engine_revoke(
    engine: *const Engine,
    revocation: *const Revocation,
    out_error: *mut *mut Error,
) -> ResultCode {
    guard(|| {
        let mut copy = MaybeUninit::uninit();
        // SAFETY: the conventions of the header, for all pointers of the call; nothing outlives it.
        let (shared, revocation) =
            unsafe { (handle::share(engine)?, slice::read_versioned(revocation, &mut copy)?.read()?) };
        match shared.engine.revoke(revocation) {
            Ok(()) => Ok(()),
            // SAFETY: as above.
            Err(refused) => unsafe { upkeep::refuse(&refused.to_string(), out_error) },
        }
    })
}
