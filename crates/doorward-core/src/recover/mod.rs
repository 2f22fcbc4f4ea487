//! The caller's side: what to do after an answer, and what to send at all. No I/O, no clock, no allocation.
//!
//! One [`Governor`] stands before one service and one source of credentials, and every request to that service goes through it
//! with an [`Attempt`] of its own. The host sends, obtains and waits; the governor only says which of them is next:
//!
//! ```text
//! before(attempt)   -> send it | obtain a credential first | wait for whoever obtains one | nothing is sent | deliver the answer
//! answered(attempt) -> deliver the answer | again, through `before` | again with a new proof
//! ```
//!
//! # What it promises
//!
//! * A request is sent at most [`Settings::attempts`] times, and again after a refusal only with another credential or a new proof,
//!   unless the answer says that the very same may come again.
//! * One obtains at a time: whoever gets a [`Ticket`] obtains, the others wait. A ticket that is never brought back is lost after a
//!   while, so that nobody waits for ever.
//! * An answer about an old credential says nothing against a newer one.
//! * A pause is made only after what more requests cannot mend: a source that says no for good, two credentials refused in a row,
//!   a refused credential that the source has no other for. What passes by itself is waited for, and one part of the service
//!   that refuses what others accept stops nobody.
//! * What refuses in a way that proves nothing is given a new credential, and fewer and fewer of them where none helps.
//! * Without a source, a place that wants a credential twice in a row is left alone for a while: a loop that nobody is going to
//!   let in ends on this side too.
//! * What smells of an attack is kept for [`Governor::take_reports`], also where the retry succeeds.

mod answered;
mod attempt;
mod bare;
mod before;
mod clock;
mod governor;
mod held;
mod judged;
mod obtained;
mod pause;
mod places;
mod reading;
mod report;
mod settings;
mod status;
#[cfg(test)]
mod tests;

pub use answered::Next;
pub use attempt::{Attempt, Generation, Ticket, Traits, Which};
pub use before::Before;
pub use clock::Millis;
pub use governor::Governor;
pub use held::Expiry;
pub use obtained::{ObtainFault, Obtained, Taken};
pub use report::{Report, Reports};
pub use settings::Settings;
pub use status::{Status, Totals};
