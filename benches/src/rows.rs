//! What is compared with what: groups of actions that are timed in turns, and the rows that come of each.

use crate::arguments::Arguments;
use crate::call::{CLASSES, Call, Class, decide};
use crate::format::{Goal, Row};
use crate::measure::{Action, in_turns};
use crate::suite::Suite;
use crate::token::Draft;
use crate::{known, peers, policy};
use core::hint::black_box;
use doorward::{Engine, Format, Request};
use doorward_core::key::Verify as _;

/// One beside whom we are timed.
struct Side<'a> {
    name: String,
    goal: Option<Goal>,
    action: Action<'a>,
}

/// Measures everything that the arguments ask for, and hands each row out as it is known.
pub fn all(arguments: &Arguments, mut print: impl FnMut(&Row)) {
    for suite in Suite::all() {
        for class in CLASSES.iter().filter(|class| class.signature) {
            class_rows(arguments, &suite, class, &mut print);
        }
    }
    // What needs no signature is the same for every algorithm.
    let suite = Suite::rs256();
    for class in CLASSES.iter().filter(|class| !class.signature) {
        class_rows(arguments, &suite, class, &mut print);
    }
    scale(arguments, &mut print);
    known::all(arguments, &mut print);
}

/// One class of requests under one algorithm, beside the bare verify and beside peers.
fn class_rows(arguments: &Arguments, suite: &Suite, class: &Class, print: &mut impl FnMut(&Row)) {
    let name = match (class.reason, class.signature) {
        (None, _) => format!("{}/{}", class.name, suite.name),
        (Some(_), true) => format!("refuse/{}/{}", class.name, suite.name),
        (Some(_), false) => format!("refuse/{}", class.name),
    };
    let engine = Engine::from_text(&policy::single(suite.alg, &suite.jwk()), Format::Json, None)
        .expect("the policy is sound");
    let call = class.call(suite.alg, |message| suite.signer.sign(message));
    class.check(&engine, &call);

    let (key, provider) = suite.prepared();
    let (message, signature) = call.signed();
    let mut sides = Vec::new();
    if class.signature {
        let goal =
            if suite.algorithm.is_symmetric() { Goal::AtMostMore(1000.0) } else { Goal::AtMostTimes(1.05) };
        sides.push(Side {
            name: format!("bare verify ({provider})"),
            goal: Some(goal),
            action: Box::new(|| {
                let _ = black_box(key.verify(black_box(message), black_box(&signature)));
            }),
        });
    }
    if class.peers {
        for peer in peers::all(suite) {
            assert_eq!((peer.accepts)(&call.token), class.reason.is_none(), "{} on {name}", peer.name);
            let goal = match (class.reason, suite.name) {
                (None, "RS256-2048" | "ES256" | "Ed25519") => Some(Goal::Faster(1.0)),
                (None, "HS256") => Some(Goal::Faster(3.0)),
                _ => None,
            };
            let accepts = peer.accepts;
            let token = &call.token;
            sides.push(Side {
                name: peer.name.to_owned(),
                goal,
                action: Box::new(move || {
                    black_box(accepts(black_box(token)));
                }),
            });
        }
    }
    let fields = call.fields();
    let request = Request::new("GET", &call.url, &fields);
    let mut scratch = engine.scratch();
    let ours: Action<'_> = Box::new(|| decide(&engine, &request, &mut scratch));
    let alone = (!class.signature).then_some(Goal::AtMost(1000.0));
    compare(arguments, &name, alone, ours, sides, print);
}

/// Times our action beside the sides that are wanted. With `alone` there is a row that compares with nobody.
fn compare(
    arguments: &Arguments,
    name: &str,
    alone: Option<Goal>,
    ours: Action<'_>,
    mut sides: Vec<Side<'_>>,
    print: &mut impl FnMut(&Row),
) {
    sides.retain(|side| arguments.want(name, &side.name));
    let alone = alone.filter(|_| arguments.want(name, ""));
    if sides.is_empty() && alone.is_none() {
        return;
    }
    let (labels, theirs): (Vec<_>, Vec<_>) =
        sides.into_iter().map(|side| ((side.name, side.goal), side.action)).unzip();
    let mut actions: Vec<Action<'_>> = core::iter::once(ours).chain(theirs).collect();
    let samples = in_turns(&mut actions, arguments.each);
    let Some((ours, theirs)) = samples.split_first() else { return };
    if let Some(goal) = alone {
        print(&Row { name: name.to_owned(), ours: *ours, peer: None, goal: Some(goal) });
    }
    for ((peer, goal), theirs) in labels.into_iter().zip(theirs) {
        print(&Row { name: name.to_owned(), ours: *ours, peer: Some((peer, *theirs)), goal });
    }
}

/// A large policy beside a small one; requests go round, so that neither is looked up in a warm place only.
fn scale(arguments: &Arguments, print: &mut impl FnMut(&Row)) {
    const ROUND: usize = 1000;
    let suite = Suite::hs256();
    let (alg, jwk) = (suite.alg, suite.jwk());
    let token = |draft: Draft| draft.sign(|message| suite.signer.sign(message));
    let draft = |number: u64| Draft { id: number, ..Draft::good(alg) };
    let numbered = || (0..).take(ROUND);

    let same = token(draft(0));
    let few_paths = || numbered().map(|n: usize| Call::with_token(format!("/v1/orders/{n}"), same.clone()));
    let spread = |n: usize| (n * 7919) % 10_000;
    let many_paths =
        || numbered().map(|n| Call::with_token(policy::many_route_path(spread(n), "7"), same.clone()));
    let (routes, single) = (policy::many_routes(10_000, alg, &jwk), policy::single(alg, &jwk));
    let calls = || [many_paths().collect(), few_paths().collect()];
    pair(arguments, ["scale/10000-routes", "1 route"], [&routes, &single], calls(), print);

    let url = || "/v1/orders/7".to_owned();
    let padded = |issuer: String, n| Draft { issuer, ..draft(n) };
    // As long as the identifiers of the many, and as many different tokens.
    let few_tokens = || (0..).take(ROUND).map(|n| Call::with_token(url(), token(draft(n))));
    let many_tokens = || {
        numbered()
            .zip(0..)
            .map(|(issuer, n)| Call::with_token(url(), token(padded(policy::many_issuers_id(issuer), n))))
    };
    let issuers = policy::many_issuers(1000, alg, &jwk);
    let tokens = || [many_tokens().collect(), few_tokens().collect()];
    pair(arguments, ["scale/1000-issuers", "1 issuer"], [&issuers, &single], tokens(), print);

    // The same with all tokens known: whoever turns stores on decides on most requests like this.
    let [routes, issuers, single] =
        [routes, issuers, single].map(|policy| policy::remembering(&policy, 10_000));
    pair(arguments, ["scale/10000-routes, known", "1 route, known"], [&routes, &single], calls(), print);
    pair(arguments, ["scale/1000-issuers, known", "1 issuer, known"], [&issuers, &single], tokens(), print);
}

fn pair(
    arguments: &Arguments,
    [name, peer]: [&str; 2],
    policies: [&str; 2],
    calls: [Vec<Call>; 2],
    print: &mut impl FnMut(&Row),
) {
    if !arguments.want(name, peer) {
        return;
    }
    let engines =
        policies.map(|policy| Engine::from_text(policy, Format::Json, None).expect("the policy is sound"));
    let allow = CLASSES.iter().find(|class| class.reason.is_none()).expect("one class is let in");
    for (engine, calls) in engines.iter().zip(&calls) {
        calls.iter().for_each(|call| allow.check(engine, call));
    }
    let fields = calls.each_ref().map(|calls| calls.iter().map(Call::fields).collect::<Vec<_>>());
    let [many, few] = [0, 1].map(|side| {
        let (engine, calls, fields) = (engines.get(side)?, calls.get(side)?, fields.get(side)?);
        let requests: Vec<_> =
            calls.iter().zip(fields).map(|(call, fields)| Request::new("GET", &call.url, fields)).collect();
        let mut scratch = engine.scratch();
        let mut at = 0;
        let action: Action<'_> = Box::new(move || {
            if let Some(request) = requests.get(at) {
                decide(engine, request, &mut scratch);
            }
            at = if at + 1 < requests.len() { at + 1 } else { 0 };
        });
        Some(action)
    });
    let (Some(many), Some(few)) = (many, few) else { return };
    let few = Side { name: peer.to_owned(), goal: Some(Goal::AtMostMore(200.0)), action: few };
    compare(arguments, name, None, many, vec![few], print);
}
