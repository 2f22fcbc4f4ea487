//! The options of a caller.

use crate::diagnosis::flag;
use crate::result::{DOORWARD_RESULT_BAD_VALUE, ResultCode};
use crate::slice::{self, Versioned};
use crate::text::Str;
use doorward::Seconds;
use doorward::caller::Settings;

/// The options of a caller. Make it with #doorward_caller_options_init; what is 0 is as usual. Everything is borrowed during the
/// call.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct CallerOptions {
    /// The size of this struct: `sizeof(doorward_caller_options)`.
    pub size: usize,
    /// The origins that the credential is for, such as `https://api.example`. Without any, it is for the first that is asked.
    pub origins: *const Str,
    /// The number of `origins`.
    pub origins_len: usize,
    /// What the source is called in messages, or nothing.
    pub name: Str,
    /// How often one request is sent at most; 3 as usual.
    pub attempts: u32,
    /// 1 if a person is there who can sign in again, else 0.
    pub interactive: u32,
    /// 1 if there is no source of credentials: requests go out as they are and are only diagnosed.
    pub no_source: u32,
    /// Always 0.
    pub reserved: u32,
    /// How many seconds before its end a credential is renewed; 60 as usual.
    pub ahead: u64,
    /// How many seconds a request waits at most before it is sent again; 10 as usual.
    pub longest_wait: u64,
    /// How many seconds nothing is sent after the first hard failure; 10 as usual.
    pub cooldown_first: u64,
    /// How many seconds nothing is sent at most; 300 as usual.
    pub cooldown_most: u64,
}

// SAFETY: `repr(C)`, the size comes first, pointers and numbers may be zero, and this is the first version.
unsafe impl Versioned for CallerOptions {
    const FIRST: usize = size_of::<Self>();
}

impl CallerOptions {
    /// # Safety
    ///
    /// Each pointer is null or points to as much as its length says, which does not change during the call.
    pub(crate) unsafe fn read(&self) -> Result<doorward::caller::CallerOptions, ResultCode> {
        // SAFETY: the caller's promise, which is the same.
        let (list, name) = unsafe { (slice::read(self.origins, self.origins_len)?, self.name.utf8()?) };
        let mut origins = Vec::with_capacity(list.len());
        for origin in list {
            // SAFETY: as above.
            origins.push(unsafe { origin.utf8() }?.unwrap_or_default().to_owned());
        }
        let usual = Settings::default();
        let span = |given: u64, usual: Seconds| if given == 0 { usual } else { Seconds(given) };
        let attempts = if self.attempts == 0 {
            usual.attempts
        } else {
            u8::try_from(self.attempts).map_err(|_| DOORWARD_RESULT_BAD_VALUE)?
        };
        let settings = Settings {
            attempts,
            ahead: span(self.ahead, usual.ahead),
            longest_wait: span(self.longest_wait, usual.longest_wait),
            cooldown_first: span(self.cooldown_first, usual.cooldown_first),
            cooldown_most: span(self.cooldown_most, usual.cooldown_most),
            interactive: flag(self.interactive)?,
        };
        let has_source = !flag(self.no_source)?;
        let name = name.unwrap_or_default().to_owned();
        // The program sees each demand, and obtains what it likes.
        Ok(doorward::caller::CallerOptions { origins, settings, has_source, name, scopes: None })
    }
}
