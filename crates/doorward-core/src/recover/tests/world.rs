//! A world in simulated time: a service, a source, clocks and many requests, all of them drawn from one seed.

use super::*;
use crate::diagnose::Skew;
use std::collections::BTreeMap;
use std::vec::Vec;

/// Numbers that look random and come again with their seed: SplitMix64.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.roll() % most
    }

    /// One of them.
    pub(super) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        let many = u64::try_from(all.len()).unwrap();
        all[usize::try_from(self.below(many)).unwrap()]
    }

    pub(super) fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// What happens at some point in true time, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// A request is to be sent, for the first time or again.
    Ready(usize),
    /// Its answer comes; it was judged with this secret when the service saw it.
    Answer(usize),
    /// A ticket is brought back.
    Back(Ticket),
}

/// A secret that the source gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Secret {
    /// When it ends, as the source says.
    pub(super) ends: u64,
    /// When the service refuses it: at its end, or earlier.
    pub(super) good_until: u64,
    pub(super) scope: bool,
}

/// How the service is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Service {
    /// Accepts secrets that have not ended.
    Honest,
    /// Refuses every secret.
    Never,
    /// Refuses every secret, in a way that proves nothing.
    Doubtful,
    /// Answers 429 and 503.
    Busy,
    /// Wants a scope.
    Scope,
    /// Accepts at most places and refuses at one.
    Partly,
    /// Refuses at random, sometimes as if attacked.
    Mad,
}

/// How the source is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Source {
    Works,
    /// Gives what it gave before.
    Same,
    /// Has no time.
    Busy,
    /// Says no for good.
    Hard,
    /// Is never heard of again.
    Hangs,
    /// Answers after others stopped waiting.
    Late,
    /// All of these.
    Mad,
}

pub(super) struct World {
    pub(super) dice: Dice,
    pub(super) now: u64,
    order: u64,
    pub(super) events: BTreeMap<(u64, u64), Event>,
    /// Milliseconds that the caller's clock is ahead of the true time.
    pub(super) clock: i64,
    pub(super) clock_was_set: bool,
    pub(super) is_well: bool,
    pub(super) service: Service,
    pub(super) source: Source,
    /// By generation, from 1.
    pub(super) secrets: Vec<Secret>,
    pub(super) lifetime: u64,
    pub(super) by_server_clock: bool,
}

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let services = [
            Service::Honest,
            Service::Honest,
            Service::Partly,
            Service::Mad,
            Service::Mad,
            Service::Never,
            Service::Doubtful,
            Service::Busy,
            Service::Scope,
            Service::Mad,
        ];
        let sources = [
            Source::Works,
            Source::Works,
            Source::Works,
            Source::Mad,
            Source::Same,
            Source::Busy,
            Source::Hard,
            Source::Hangs,
            Source::Late,
            Source::Mad,
        ];
        let service = dice.pick(&services);
        let source = dice.pick(&sources);
        Self {
            clock: if dice.one_in(2) { 0 } else { hours(&mut dice) },
            lifetime: dice.pick(&[100, 5_000, 60_000, 600_000]),
            by_server_clock: dice.one_in(2),
            clock_was_set: false,
            is_well: false,
            dice,
            now: 0,
            order: 0,
            events: BTreeMap::new(),
            service,
            source,
            secrets: Vec::new(),
        }
    }

    pub(super) fn at(&mut self, span: u64, event: Event) {
        self.order += 1;
        self.events.insert((self.now + span, self.order), event);
    }

    fn secret(&self, generation: u64) -> Secret {
        self.secrets[usize::try_from(generation).unwrap() - 1]
    }

    /// What the caller's clock shows.
    pub(super) fn caller_clock(&self) -> UnixTime {
        let millis = i64::try_from(self.now).unwrap() + self.clock + 10_000_000_000;
        at(u64::try_from(millis).unwrap())
    }

    fn server_clock(&self, point: u64) -> UnixTime {
        at(point + 10_000_000_000)
    }

    pub(super) fn set_clock(&mut self) {
        self.clock = hours(&mut self.dice);
        self.clock_was_set = true;
    }

    pub(super) fn mend(&mut self) {
        self.is_well = true;
        self.service = Service::Honest;
        self.source = Source::Works;
    }

    /// What becomes of a ticket: after how long, or never.
    pub(super) fn sets_out(&mut self, ticket: Ticket) {
        let span = match self.source {
            Source::Hangs => return,
            Source::Late => 55_000 + self.dice.below(80_000),
            Source::Mad if self.dice.one_in(5) => return,
            Source::Mad => self.dice.below(70_000),
            _ => self.dice.below(2_000),
        };
        self.at(span, Event::Back(ticket));
    }

    /// What comes back: a credential, or why there is none.
    pub(super) fn comes_back(&mut self, held: u64) -> Result<(Obtained, Option<Secret>), ObtainFault> {
        let retry_after = self.dice.one_in(3).then(|| Seconds(self.dice.below(30)));
        let choice = match self.source {
            Source::Mad => self.dice.below(5),
            Source::Same => 1,
            Source::Busy => 2,
            Source::Hard => 3,
            _ => 0,
        };
        match choice {
            1 if held > 0 => Ok((self.obtained(self.secret(held), true), None)),
            2 => Err(ObtainFault::Transient { retry_after }),
            3 => Err(ObtainFault::Hard),
            4 => Err(ObtainFault::Abandoned),
            _ => {
                let scope = self.source == Source::Works && self.dice.one_in(2);
                let lasts =
                    if self.is_well { self.lifetime } else { self.lifetime / (1 + self.dice.below(3)) };
                let (ends, good_until) = (self.now + self.lifetime, self.now + lasts);
                let secret = Secret { ends, good_until, scope };
                Ok((self.obtained(secret, false), Some(secret)))
            }
        }
    }

    fn obtained(&self, secret: Secret, same: bool) -> Obtained {
        let left = secret.ends.saturating_sub(self.now) / 1_000;
        let expires = if self.by_server_clock {
            Expiry::Server(self.server_clock(secret.ends))
        } else {
            Expiry::Local(self.caller_clock().plus(Seconds(left)))
        };
        Obtained { same, expires: Some(expires), look_again: None }
    }

    /// What the service says to a request with this generation.
    pub(super) fn answer(&mut self, generation: u64, place: u8) -> Diagnosis<'static> {
        let skew = Skew { seconds: -self.clock.div_euclid(1_000), within: 2 };
        let secret = (generation > 0).then(|| self.secret(generation));
        let plain = match self.service {
            Service::Partly if place == 1 => refusal(Reason::CredentialRefused),
            Service::Never => refusal(Reason::CredentialRefused),
            Service::Doubtful if self.dice.one_in(2) => stripped(),
            Service::Doubtful => doubtful(),
            Service::Busy => {
                let retry_after = self.dice.one_in(2).then(|| Seconds(self.dice.below(15)));
                Diagnosis { retry_after, ..refusal(Reason::RateLimited) }
            }
            Service::Scope if secret.is_some_and(|secret| !secret.scope) => wants_scope("write"),
            Service::Mad if self.dice.one_in(2) => refusal(self.dice.pick(Reason::ALL)),
            _ if secret.is_none_or(|secret| self.now >= secret.good_until) => refusal(Reason::TokenExpired),
            _ if !self.is_well && self.dice.one_in(8) => Diagnosis { status: 404, ..success() },
            _ => success(),
        };
        Diagnosis { skew: self.dice.one_in(2).then_some(skew), ..plain }
    }
}

/// Up to an hour forth or back, in milliseconds.
fn hours(dice: &mut Dice) -> i64 {
    i64::try_from(dice.below(7_200_000)).unwrap() - 3_600_000
}
