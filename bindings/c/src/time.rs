//! Points in time.

use crate::guard::guard_or;
use crate::result::{DOORWARD_RESULT_BAD_VALUE, ResultCode};
use doorward::UnixTime;

/// A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds after that second.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Time {
    /// Whole seconds, rounded towards the past.
    pub seconds: i64,
    /// Nanoseconds after `seconds`, below 1000000000.
    pub nanos: u32,
}

/// The time of the system's clock, for hosts that keep none of their own. A clock that stands before 1970 is broken: it reads
/// as the year 9999, when every token has expired.
///
/// Any thread may call it at any time.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn doorward_now() -> Time {
    guard_or(UnixTime::LATEST.into(), || doorward::now().into())
}

impl From<UnixTime> for Time {
    fn from(time: UnixTime) -> Self {
        Self { seconds: time.seconds(), nanos: time.nanos() }
    }
}

impl Time {
    /// The time, if its nanoseconds are below a second.
    pub(crate) fn read(self) -> Result<UnixTime, ResultCode> {
        let time = UnixTime::new(self.seconds, self.nanos);
        // Nanoseconds past one second are clamped, and so differ.
        if time.nanos() == self.nanos { Ok(time) } else { Err(DOORWARD_RESULT_BAD_VALUE) }
    }
}
