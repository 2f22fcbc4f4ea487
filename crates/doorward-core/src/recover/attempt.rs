//! One request on its way: how often it was sent, with what, and what it still needs.

use super::clock::{Millis, after};
use crate::limits;
use crate::reason::Reason;
use crate::time::{Seconds, UnixTime};

/// How many reasons can open the way again: one for each time that a request is sent after the first.
const REOPENED: usize = 7;

/// Which credential: each new one gets the next number.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Generation(pub(super) u64);

impl Generation {
    /// No credential.
    pub const NONE: Self = Self(0);

    /// The number; 0 stands for none.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// The right, and the duty, to obtain a credential.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ticket(pub(super) u64);

impl Ticket {
    /// The number, for hosts that cannot keep a ticket itself.
    #[must_use]
    pub const fn number(self) -> u64 {
        self.0
    }

    /// The ticket with this number. One that was never given is of no use.
    #[must_use]
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

/// Which answer the host's own caller gets.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Which {
    /// The first that came: the later ones only repeat it.
    First,
    /// The latest.
    Latest,
}

/// What must be known of a request before it may be sent twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Traits {
    /// Whether its content can be sent again.
    pub replayable: bool,
    /// Whether its method is idempotent ([RFC 9110, section 9.2.2]), or the caller knows that the request is.
    ///
    /// [RFC 9110, section 9.2.2]: https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
    pub idempotent: bool,
    /// Whether a proof of possession goes with the credential, so that a new one can be made.
    pub proof: bool,
}

impl Traits {
    /// The traits of a request by its method, without a proof: idempotent are `GET`, `HEAD`, `OPTIONS`, `TRACE`, `PUT` and `DELETE`.
    #[must_use]
    pub fn of_method(method: &str, replayable: bool) -> Self {
        let idempotent = matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE");
        Self { replayable, idempotent, proof: false }
    }
}

/// One request, from before it is first sent until its answer is delivered.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub(super) traits: Traits,
    /// Which part of the service it goes to, hashed; 0 for unknown.
    pub(super) place: u64,
    /// How often it was sent.
    pub(super) sends: u8,
    /// How many answers came.
    pub(super) answers: u8,
    /// What it was last sent with.
    pub(super) generation: Generation,
    /// It needs a newer credential than this.
    pub(super) newer_than: Generation,
    /// It needs a credential that was obtained for these demands.
    pub(super) epoch: u32,
    /// What its last answer demanded, hashed; 0 for nothing.
    pub(super) demand: u64,
    /// The first ticket that can bring it what it needs, while it waits; 0 before.
    pub(super) since_ticket: u64,
    /// Since when it waits.
    pub(super) waiting_since: Option<UnixTime>,
    /// How often its place had wanted a credential when it was sent, where there is no source.
    pub(super) refusals: u32,
    /// Whether it tries a credential that was refused, after a pause.
    pub(super) probe: bool,
    /// What it was sent again for; each opens the way once.
    pub(super) reopened: [Option<Reason>; REOPENED],
    /// The first answer's reason.
    pub(super) first: Option<Reason>,
    /// Which of the answers tells more.
    pub(super) which: Which,
    /// Whether its answer is to be delivered.
    pub(super) over: bool,
}

impl Attempt {
    /// A request that was not sent yet.
    #[must_use]
    pub const fn new(traits: Traits) -> Self {
        Self {
            traits,
            place: 0,
            sends: 0,
            answers: 0,
            generation: Generation::NONE,
            newer_than: Generation::NONE,
            epoch: 0,
            demand: 0,
            since_ticket: 0,
            waiting_since: None,
            refusals: 0,
            probe: false,
            reopened: [None; REOPENED],
            first: None,
            which: Which::Latest,
            over: false,
        }
    }

    /// Says which part of the service it goes to, such as its path: what refuses every credential there need not do so elsewhere.
    pub fn set_place(&mut self, place: &[u8]) {
        self.place = hash(place.iter().copied());
    }

    /// It went on to another place by a redirect, so that it may have been carried out at the first: unless it may be carried out
    /// twice, it is not sent again, whatever the last place says.
    pub const fn went_on(&mut self) {
        self.traits.replayable &= self.traits.idempotent;
    }

    /// How often it was sent.
    #[must_use]
    pub const fn sends(&self) -> u8 {
        self.sends
    }

    /// What it was last sent with.
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.generation
    }

    /// What is known of it.
    #[must_use]
    pub const fn traits(&self) -> Traits {
        self.traits
    }

    /// Whether it is sent again only with another credential than it was last sent with.
    #[must_use]
    pub const fn needs_another(&self) -> bool {
        self.newer_than.0 != 0 && self.newer_than.0 == self.generation.0
    }

    /// Whether its credential was refused before it was sent with it.
    #[must_use]
    pub const fn is_probe(&self) -> bool {
        self.probe
    }

    /// Whether it has been given a newer credential than it was sent with before.
    pub(super) fn has_renewed(&self) -> bool {
        self.newer_than != Generation::NONE
    }

    /// It is sent now.
    pub(super) const fn send(&mut self, generation: Generation) {
        self.sends = self.sends.saturating_add(1);
        self.generation = generation;
        self.since_ticket = 0;
        self.waiting_since = None;
    }

    /// An answer came.
    pub(super) fn hear(&mut self, reason: Option<Reason>, repeats: bool) {
        self.which = if self.answers > 0 && repeats { Which::First } else { Which::Latest };
        if self.answers == 0 {
            self.first = reason;
        }
        self.answers = self.answers.saturating_add(1);
    }

    /// Whether the reason may open the way again, which each may once.
    pub(super) fn reopen(&mut self, reason: Option<Reason>) -> bool {
        if reason.is_none() || self.reopened.contains(&reason) {
            return false;
        }
        match self.reopened.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => {
                *slot = reason;
                true
            }
            None => false,
        }
    }

    /// Until when it may wait: for what is in flight, and for what will be tried again.
    ///
    /// Where the clock was set back, it has waited since now.
    pub(super) fn patience(&mut self, now: UnixTime, longest_wait: Millis) -> Patience {
        let since = self.waiting_since.filter(|since| *since <= now).unwrap_or(now);
        self.waiting_since = Some(since);
        let flight = Millis::of(Seconds(limits::OBTAIN_LIMIT)).0.saturating_add(longest_wait.0);
        Patience { pause: after(since, longest_wait), flight: after(since, Millis(flight)) }
    }
}

/// Until when a request may wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the next try to obtain a credential.
    pub(super) pause: UnixTime,
    /// For somebody who obtains one.
    pub(super) flight: UnixTime,
}

/// A number by which texts are told apart, and never 0: FNV-1a. It keeps nobody out; two texts with one number share a fate.
pub(super) fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    bytes.fold(0xcbf2_9ce4_8422_2325, step).max(1)
}
