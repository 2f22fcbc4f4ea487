//! Credentials that were seen before: what a repeat costs, of one that was let in and of one that was refused, and what a
//! million of them add.

use crate::arguments::Arguments;
use crate::call::{CLASSES, Call, decide};
use crate::format::{Goal, Row};
use crate::measure::{Action, in_turns};
use crate::policy;
use crate::suite::Suite;
use crate::token::Draft;
use doorward::{Engine, Format, Request};

/// How many credentials the large store holds.
const MANY: u64 = 1_000_000;

/// How many of them are asked for in turns: far more than any cache near a core holds the entries of.
const ROUND: u64 = 20_000;

/// The most that a repeat may cost, in nanoseconds.
const REPEAT: f64 = 500.0;

/// Measures everything that the arguments ask for, and hands each row out as it is known.
pub fn all(arguments: &Arguments, print: &mut impl FnMut(&Row)) {
    for suite in [Suite::rs256(), Suite::hs256()] {
        let text = policy::remembering(&policy::single(suite.alg, &suite.jwk()), 10_000);
        let engine = Engine::from_text(&text, Format::Json, None).expect("the policy is sound");
        for class in CLASSES {
            let name = match class.reason {
                None => format!("known/{}", suite.name),
                // What is refused before a token is looked at, or never remembered, has rows of its own.
                Some(_) if suite.alg == "HS256" || !class.signature && !class.is_remembered() => continue,
                Some(_) => format!("known/refused/{}", class.name),
            };
            if !arguments.want(&name, "") {
                continue;
            }
            let call = class.call(suite.alg, |message| suite.signer.sign(message));
            class.check(&engine, &call);
            let fields = call.fields();
            let request = Request::new("GET", &call.url, &fields);
            let mut scratch = engine.scratch();
            let ours: Action<'_> = Box::new(|| decide(&engine, &request, &mut scratch));
            let samples = in_turns(&mut [ours], arguments.each);
            let goal = Some(Goal::AtMost(REPEAT));
            if let Some(ours) = samples.first() {
                print(&Row { name, ours: *ours, peer: None, goal });
            }
        }
    }
    scale(arguments, print);
}

/// A store of a million entries beside one that holds only those that are asked for.
fn scale(arguments: &Arguments, print: &mut impl FnMut(&Row)) {
    let (name, peer) = ("scale/1000000-known", "20000 known");
    if !arguments.want(name, peer) {
        return;
    }
    let suite = Suite::hs256();
    let load = |known: u64| {
        let text = policy::remembering(&policy::single(suite.alg, &suite.jwk()), known);
        Engine::from_text(&text, Format::Json, None).expect("the policy is sound")
    };
    let call = |id: u64| {
        let draft = Draft { id, ..Draft::good(suite.alg) };
        Call::with_token("/v1/orders/7".to_owned(), draft.sign(|message| suite.signer.sign(message)))
    };
    let (many, few) = (load(MANY), load(ROUND));
    let asked: Vec<_> = (0..ROUND).map(|number| call(number * (MANY / ROUND))).collect();
    let mut scratch = many.scratch();
    for number in 0..MANY {
        let call = call(number);
        decide(&many, &Request::new("GET", &call.url, &call.fields()), &mut scratch);
    }
    let fields: Vec<_> = asked.iter().map(Call::fields).collect();
    let requests: Vec<_> =
        asked.iter().zip(&fields).map(|(call, fields)| Request::new("GET", &call.url, fields)).collect();
    let mut small = few.scratch();
    for _ in 0..2 {
        requests.iter().for_each(|request| decide(&few, request, &mut small));
        requests.iter().for_each(|request| decide(&many, request, &mut scratch));
    }
    let stores = many.status(crate::NOW).stores;
    let bytes = stores.iter().find(|store| store.name == "known").map_or(0, |store| store.bytes);
    let used = stores.iter().find(|store| store.name == "known").and_then(|store| store.used);
    let walk = |engine: &Engine, mut scratch| {
        let mut at = 0;
        let order = &requests;
        let engine = engine.clone();
        move || {
            if let Some(request) = order.get(at) {
                decide(&engine, request, &mut scratch);
            }
            at = if at + 1 < order.len() { at + 1 } else { 0 };
        }
    };
    let mut actions: Vec<Action<'_>> = vec![Box::new(walk(&many, scratch)), Box::new(walk(&few, small))];
    if let [ours, theirs] = in_turns(&mut actions, arguments.each).as_slice() {
        let peer = format!("{peer}; the large store holds {} in {} MiB", used.unwrap_or(0), bytes >> 20);
        let goal = Some(Goal::AtMostMore(200.0));
        print(&Row { name: name.to_owned(), ours: *ours, peer: Some((peer, *theirs)), goal });
    }
}
