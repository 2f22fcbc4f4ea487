//! Thousands of schedules of requests, refreshes, answers and clocks, and what must hold in every one of them.

use super::world::{Dice, Event, Service, Source, World};
use super::*;
use crate::outcome::Signal;
use std::collections::BTreeMap;
use std::vec::Vec;

const SCHEDULES: u64 = 6_000;

/// A request as the host sees it.
struct Sending {
    attempt: Attempt,
    place: u8,
    began: u64,
    /// What it was sent with before, and whether the last word allowed the same again.
    last: Option<u64>,
    same_allowed: bool,
    sends: u8,
    done: bool,
    /// Whether its answer is awaited.
    out: bool,
}

struct Run {
    seed: u64,
    world: World,
    governor: Governor,
    requests: Vec<Sending>,
    /// When each ticket that is out was given.
    out: BTreeMap<u64, u64>,
    attacks: u32,
    reported: u32,
    /// Whether something happened that a pause may be made for.
    hard: bool,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        let attempts = world.dice.pick(&[1, 2, 3, 4, 5]);
        let interactive = world.dice.one_in(2);
        let longest_wait = Seconds(world.dice.pick(&[10, 10, 10, 0]));
        let settings = Settings { attempts, interactive, longest_wait, ..Settings::default() };
        let governor = Governor::new(settings, true);
        Self {
            seed,
            world,
            governor,
            requests: Vec::new(),
            out: BTreeMap::new(),
            attacks: 0,
            reported: 0,
            hard: false,
        }
    }

    fn begin(&mut self, after: u64) {
        let dice = &mut self.world.dice;
        let traits =
            Traits { replayable: !dice.one_in(8), idempotent: !dice.one_in(3), proof: dice.one_in(3) };
        let mut attempt = Attempt::new(traits);
        let place = dice.pick(&[0, 1, 2, 3]);
        if place > 0 {
            attempt.set_place(&[place]);
        }
        let index = self.requests.len();
        self.requests.push(Sending {
            attempt,
            place,
            began: self.world.now + after,
            last: None,
            same_allowed: true,
            sends: 0,
            done: false,
            out: false,
        });
        self.world.at(after, Event::Ready(index));
    }

    fn step(&mut self) -> bool {
        let Some(((time, _), event)) = self.world.events.pop_first() else { return false };
        self.world.now = time;
        if self.world.dice.one_in(400) && !self.world.is_well {
            // Somebody sets the caller's clock.
            self.world.set_clock();
        }
        match event {
            Event::Ready(index) => self.ready(index),
            Event::Answer(index) => self.answer(index),
            Event::Back(ticket) => self.back(ticket),
        }
        for request in self.requests.iter().filter(|request| !request.done) {
            let age = self.world.now.saturating_sub(request.began);
            assert!(age < 1_200_000, "seed {}: a request of {age} ms", self.seed);
        }
        let paused = self.governor.status(self.world.caller_clock()).paused;
        assert!(paused.is_none() || self.hard, "seed {}: a pause for nothing hard", self.seed);
        true
    }

    fn ready(&mut self, index: usize) {
        let seed = self.seed;
        let now = self.world.caller_clock();
        let random = self.world.dice.roll();
        let request = &mut self.requests[index];
        if request.done || request.out {
            return;
        }
        match self.governor.before(&mut request.attempt, now, random) {
            Before::Send(generation) => self.send(index, generation),
            Before::SendAndObtain(generation, ticket) => {
                self.send(index, generation);
                self.set_out(ticket);
            }
            Before::Obtain(ticket) => {
                self.set_out(ticket);
                self.world.at(1 + self.world.now % 700, Event::Ready(index));
            }
            Before::Wait(until) => {
                let span = clock::between(now, until).0.clamp(1, 5_000);
                self.world.at(span, Event::Ready(index));
            }
            Before::Blocked { reason, .. } => {
                assert!(request.sends == 0, "seed {seed}: an answer was lost");
                assert!(matches!(reason, Reason::RetryBlocked | Reason::CredentialUnobtainable));
                request.done = true;
            }
            Before::Deliver(_) => {
                assert!(request.sends > 0, "seed {seed}: there is nothing to deliver");
                request.done = true;
            }
            Before::Bare => panic!("seed {seed}: there is a source"),
        }
    }

    fn send(&mut self, index: usize, generation: Generation) {
        let seed = self.seed;
        let most = self.governor.settings().attempts;
        let request = &mut self.requests[index];
        request.sends += 1;
        assert!(request.sends <= most, "seed {seed}: sent {} times", request.sends);
        let number = generation.number();
        assert_eq!(generation, self.governor.generation(), "seed {seed}: the host holds only the newest");
        if let Some(last) = request.last {
            assert!(number != last || request.same_allowed, "seed {seed}: the same credential again");
            assert!(number >= last, "seed {seed}: an older credential");
        }
        request.last = Some(number);
        request.out = true;
        let span = if self.world.dice.one_in(10) { 90_000 } else { self.world.dice.below(3_000) };
        self.world.at(span, Event::Answer(index));
    }

    fn set_out(&mut self, ticket: Ticket) {
        let now = self.world.now;
        // A clock that is set forward makes tickets look older than they are.
        let live = self.out.values().filter(|since| now - **since < 60_000).count();
        assert!(live == 0 || self.world.clock_was_set, "seed {}: two obtain at once", self.seed);
        self.out.insert(ticket.number(), now);
        self.world.sets_out(ticket);
    }

    fn back(&mut self, ticket: Ticket) {
        self.out.remove(&ticket.number());
        let now = self.world.caller_clock();
        let random = self.world.dice.roll();
        let held = self.governor.generation().number();
        match self.world.comes_back(held) {
            Ok((what, secret)) => {
                let refused = self.governor.status(now).refused;
                let taken = self.governor.obtained(ticket, what, now, random);
                assert_eq!(taken.generation, self.governor.generation());
                if taken.is_new {
                    assert_eq!(taken.generation.number(), held + 1, "seed {}", self.seed);
                    self.world.secrets.push(secret.unwrap());
                } else {
                    assert_eq!(taken.generation.number(), held, "seed {}", self.seed);
                    self.hard |= refused && what.same;
                }
            }
            Err(fault) => {
                self.hard |= fault == ObtainFault::Hard;
                self.governor.not_obtained(ticket, fault, now, random);
            }
        }
        // Hosts wake whoever waits; who is woken twice asks twice.
        for index in 0..self.requests.len() {
            let request = &self.requests[index];
            if !request.done && request.began <= self.world.now && !request.out {
                self.world.at(0, Event::Ready(index));
            }
        }
    }

    fn answer(&mut self, index: usize) {
        let seed = self.seed;
        let generation = self.requests[index].last.unwrap();
        let plain = self.world.answer(generation, self.requests[index].place);
        let same_allowed = plain.retry == Retry::Same;
        // P-19: the very same never comes again with a proof.
        let changed = same_allowed && self.requests[index].attempt.traits().proof;
        let diagnosis = Diagnosis { retry: if changed { Retry::Changed } else { plain.retry }, ..plain };
        let now = self.world.caller_clock();
        let random = self.world.dice.roll();
        if diagnosis.signal() == Some(Signal::Attack) {
            self.attacks += 1;
        }
        let before = self.governor.status(now);
        let request = &mut self.requests[index];
        request.out = false;
        let next = self.governor.answered(&mut request.attempt, &diagnosis, now, random);
        let after = self.governor.status(now);
        assert_eq!(
            before.generation, after.generation,
            "seed {seed}: an answer never takes a credential away"
        );
        if generation < before.generation.number() {
            assert_eq!(
                before.refused, after.refused,
                "seed {seed}: a late answer spoke against a newer credential"
            );
            assert_eq!(before.streak, after.streak, "seed {seed}");
        }
        self.hard |= after.streak >= 2 || (after.refused && request.attempt.is_probe());
        request.same_allowed = match next {
            Next::NewProof => true,
            Next::Again { .. } => same_allowed,
            Next::Deliver(_) => false,
        };
        let honest = diagnosis.demand.scheme.is_some() && diagnosis.status == 401;
        if !matches!(next, Next::Deliver(_)) {
            let traits = request.attempt.traits();
            assert!(traits.replayable, "seed {seed}: its content is gone");
            assert!(traits.idempotent || honest, "seed {seed}: it may have been carried out");
        }
        match next {
            Next::Deliver(_) => request.done = true,
            Next::Again { after } => {
                let span = after.unwrap_or_default().0;
                let asked = diagnosis.retry_after.filter(|_| same_allowed);
                let least = asked.unwrap_or_default().0 * 1_000;
                let most = self.governor.settings().longest_wait.0 * 1_000;
                assert!((least..=most).contains(&span), "seed {seed}: waits {span}");
                self.world.at(span, Event::Ready(index));
            }
            Next::NewProof => self.world.at(0, Event::Ready(index)),
        }
        if self.world.dice.one_in(20) {
            self.take_reports();
        }
    }

    fn take_reports(&mut self) {
        let reports = self.governor.take_reports();
        self.reported += reports.lost() + reports.iter().map(|report| report.count).sum::<u32>();
    }

    /// Lets all that is under way end. Every wait has an end, so this does.
    fn settle(&mut self) {
        let mut steps = 0;
        while self.step() {
            steps += 1;
            assert!(steps < 200_000, "seed {}: it goes on for ever", self.seed);
        }
        for (index, request) in self.requests.iter().enumerate() {
            assert!(request.done, "seed {}: request {index} is stuck", self.seed);
        }
    }
}

#[test]
fn every_schedule_keeps_every_promise() {
    let mut recovered = 0;
    let mut blocked = 0;
    let mut attacks = 0;
    for seed in 0..SCHEDULES {
        let mut run = Run::new(seed);
        let many = 2 + run.world.dice.below(24);
        let spread = run.world.dice.pick(&[1, 2_000, 120_000, 900_000]);
        for _ in 0..many {
            let after = run.world.dice.below(spread);
            run.begin(after);
        }
        run.settle();
        run.take_reports();
        assert_eq!(run.attacks, run.reported, "seed {seed}: an attack went unreported");
        attacks += run.attacks;
        let totals = run.governor.status(run.world.caller_clock()).totals;
        recovered += totals.recovered;
        blocked += totals.blocked;
        comes_round(&mut run);
    }
    // The schedules reach what they are meant to.
    assert!(recovered > 1_000 && blocked > 2_000 && attacks > 500, "{recovered} {blocked} {attacks}");
}

/// No schedule wedges for ever: once service and source are well again and the longest pause is over, requests go through.
fn comes_round(run: &mut Run) {
    run.world.mend();
    run.world.lifetime = 600_000;
    for _ in 0..4 {
        run.world.now += 4_600_000;
        run.begin(0);
        run.requests.last_mut().unwrap().attempt =
            Attempt::new(Traits { replayable: true, idempotent: true, proof: false });
        run.settle();
    }
    let now = run.world.caller_clock();
    let status = run.governor.status(now);
    assert!(!status.refused && status.paused.is_none(), "seed {}: {status:?}", run.seed);
    let last = &run.requests.last().unwrap();
    assert!(last.sends > 0, "seed {}: it was not sent: {status:?}", run.seed);
}

#[test]
fn the_dice_come_again_with_their_seed() {
    let (mut one, mut other) = (Dice(7), Dice(7));
    assert!((0..9).all(|_| one.roll() == other.roll()));
    assert!(World::new(3).service == World::new(3).service);
    assert!((0..100).any(|seed| World::new(seed).source == Source::Late));
    assert!((0..100).any(|seed| World::new(seed).service == Service::Mad));
}
