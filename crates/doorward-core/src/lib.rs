//! One decision on every caller: let in, **401** (we could not tell who you are) or **403** (we know who you are, and
//! you may not), with the reason, the challenge and the cure.
//!
//! This is the core: no `std`, no `alloc`, no I/O, no clock. Whoever uses it gives the time, the keys and the working
//! memory, and gets a [`Decision`] that borrows from what was given. Most services want the `doorward` crate instead,
//! which loads policy files and prepares keys.
//!
//! # The way of a request
//!
//! ```text
//! request -> credential   what was presented? none, one, several; well-formed? known from before?
//!         -> policy       which route governs it?
//!         -> jose, key    is the token genuine, current, and meant for us?   -> Principal | Reason
//!         -> policy       may this principal do this?                        -> ()        | Reason
//!         -> Decision     outcome, status, reason, recovery
//!         -> challenge    the fields that the answer must carry
//! ```
//!
//! It is one straight line, [`decide()`], and nothing flows back up.
//!
//! # The map
//!
//! * The vocabulary, which imports nothing: [`reason`] (the table that everything else is derived from), [`outcome`],
//!   [`recovery`], [`refusal`], [`principal`], [`request`], [`time`], [`text`], [`limits`].
//! * [`wire`]: parsers of bytes that know nothing of policy.
//! * [`credential`], [`jose`], [`key`], [`challenge`]: the protocols, one room each.
//! * [`policy`]: compiled policies, and what they say of a route, a token and a caller.
//! * [`diagnose`](mod@diagnose): the caller's side, which reads the answer that a service gave.
//! * [`recover`]: the caller's side again: what to send, when to obtain a new credential, when to stop.
//! * [`store`] and [`stores`]: what may be remembered between decisions, in memory that the host lends.
//! * [`decision`] and [`decide`](mod@decide): the line itself, and what comes out of it.
//!
//! # What holds everywhere
//!
//! * Reasons that speak of what a token says are given only after its signature held.
//! * No input makes anything here panic, loop without bound or recurse without bound; every bound is in [`limits`].
//! * Nothing allocates. Working memory is lent ([`wire::Scratch`]).
//! * No message, and no `Debug`, shows a credential, a key or a claim's value.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod authenticate;
pub mod challenge;
pub mod credential;
pub mod decide;
pub mod decision;
pub mod diagnose;
pub mod jose;
pub mod key;
pub mod limits;
pub mod outcome;
pub mod policy;
pub mod principal;
pub mod reason;
pub mod recover;
pub mod recovery;
pub mod refusal;
pub mod request;
#[expect(
    unexpected_cfgs,
    reason = "`--cfg loom` builds the models of the stores; no build that is used knows it"
)]
pub mod store;
pub mod stores;
pub mod text;
pub mod time;
pub mod wire;
mod wire_error;

pub use decide::decide;
pub use decision::Decision;
pub use reason::Reason;
