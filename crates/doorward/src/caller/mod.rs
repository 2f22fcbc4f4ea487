//! The caller's side: which credential goes with a request, and what happens after the answer.
//!
//! A [`Caller`] stands before one service and one source of credentials; any number of threads and tasks share it. It holds the
//! credential, and does no I/O: the host sends, obtains and waits, and the caller says which of them is next. The rules are the
//! core's ([`doorward_core::recover`]).
//!
//! ```
//! use doorward::caller::{Attempt, Caller, CallerOptions, Credential, Prepared, Traits};
//!
//! let now = doorward::now();
//! let caller = Caller::new(CallerOptions { has_source: true, ..CallerOptions::default() })?;
//! let mut attempt = Attempt::new(Traits::of_method("GET", true));
//! let Prepared::Obtain(ticket, _want) = caller.prepare("https://api.example/orders", &mut attempt, now)? else {
//!     unreachable!("nothing is held yet")
//! };
//! caller.obtained(ticket, Credential::bearer("t0p-s3cret").map_err(|fault| fault.to_string())?, now);
//! let Prepared::Send(credential) = caller.prepare("https://api.example/orders", &mut attempt, now)? else {
//!     unreachable!("it was obtained")
//! };
//! assert_eq!(credential.field_value().as_str(), "Bearer t0p-s3cret");
//! # Ok::<(), String>(())
//! ```

mod attempt;
mod blocking;
mod credential;
mod fault;
mod first;
mod jwt_end;
mod main;
mod options;
mod origin;
mod shared;
mod status;
#[cfg(test)]
mod tests;
mod want;

pub use attempt::{Answered, Attempt, Blocked, Prepared, Sending};
pub use blocking::{Ready, TokenSource};
pub use credential::Credential;
pub use doorward_core::recover::{
    Expiry, Generation, Millis, Next, ObtainFault, Settings, Ticket, Traits, Which,
};
pub use fault::SourceFault;
pub use main::Caller;
pub use options::CallerOptions;
#[cfg(feature = "fetch")]
pub(crate) use origin::Origin;
pub use status::CallerReport;
pub use want::Want;
