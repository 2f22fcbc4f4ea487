//! The one entry: a request comes in, one decision goes out, along one straight line.

use crate::authenticate::{Authenticated, Desk, Rejected};
use crate::credential;
use crate::decision::{Decision, Facts, Grounds};
use crate::key::Keys;
use crate::policy::{self, AsTables, Matched, Policy, Route, Tables, Verified};
use crate::reason::Reason;
use crate::refusal::{Demand, Fault, Refusal};
use crate::request::{Place, Request};
use crate::stores::{NoStores, Stores};
use crate::time::UnixTime;
use crate::wire::path::{self, Target};
use crate::wire::{Bump, Scratch};

/// Decides on a request: form of the path, route, credential, token, permission, in this order, so that one fault has
/// one name everywhere.
///
/// `keys` are those of the policy's issuers by index, `now` is the host's time, and `scratch` is working memory for as
/// long as the decision is looked at. Nothing is remembered, nothing is allocated, and no input makes it panic.
#[must_use]
pub fn decide<'d, T: AsTables, K: Keys>(
    policy: &'d Policy<T>,
    keys: &K,
    request: &Request<'d>,
    now: UnixTime,
    scratch: Scratch<'d>,
) -> Decision<'d> {
    decide_with(policy, keys, &NoStores, request, now, scratch)
}

/// The same with memory: what is known of a credential is not found out again, and what is limited is counted.
#[must_use]
pub fn decide_with<'d, T: AsTables, K: Keys, S: Stores>(
    policy: &'d Policy<T>,
    keys: &K,
    stores: &S,
    request: &Request<'d>,
    now: UnixTime,
    scratch: Scratch<'d>,
) -> Decision<'d> {
    let tables = policy.tables();
    let (mut bump, members) = scratch.parts();
    let mut facts = Facts { principal: None, path: "", route: None, place: Place::Header };

    let Some(Normal { target, path, other }) = normal_target(request, &mut bump) else {
        return refuse(facts, &tables, None, Reason::PathAmbiguous.into());
    };
    let matched = tables.route(request, path);
    if let Some(other) = other.map(|other| tables.route(request, other))
        && !matched.agrees_with(&other)
    {
        let hidden = matched.is_hidden() || other.is_hidden();
        let fault = Reason::PathAmbiguous.into();
        return if hidden {
            conceal(Facts { path, ..facts }, &tables, fault)
        } else {
            refuse(facts, &tables, None, fault)
        };
    }
    facts.path = path;
    let route = match matched {
        Matched::Route(route) => route,
        Matched::Anyone(route, proof) => {
            facts.route = Some(route.number);
            return Decision::allow(facts, Grounds::Open(proof));
        }
        Matched::Preflight(route, proof) => {
            facts.route = Some(route.number);
            return Decision::allow(facts, Grounds::Preflight(proof));
        }
        Matched::MethodRefused { hidden: false } => {
            return refuse(facts, &tables, None, Reason::MethodRefused.into());
        }
        Matched::MethodRefused { hidden: true } => {
            return conceal(facts, &tables, Reason::MethodRefused.into());
        }
        Matched::None => return refuse(facts, &tables, None, Reason::RouteUnmatched.into()),
    };
    facts.route = Some(route.number);

    let max_len = usize::try_from(tables.settings.max_credential).unwrap_or(usize::MAX);
    let presented = match credential::find(request, target.query, route.places, max_len, &mut bump) {
        Ok(presented) => presented,
        Err(reason) => {
            let upstream = match reason {
                Reason::CredentialMissing => policy::upstream(&tables, keys, request, path, now, &mut bump),
                _ => None,
            };
            return refuse(facts, &tables, Some(route), upstream.unwrap_or(reason.into()));
        }
    };
    facts.place = presented.place;
    let desk = Desk { tables: &tables, keys, stores, request, now, hidden: route.hidden };
    let Authenticated { verified, once } = match desk.authenticate(presented, &mut bump, members) {
        Ok(authenticated) => authenticated,
        Err(Rejected { fault, principal }) => {
            facts.principal = principal;
            return refuse(facts, &tables, Some(route), fault);
        }
    };
    facts.principal = Some(verified.principal);
    let permitted = policy::permit(&tables, route, &verified, now);
    match permitted.and_then(|permitted| Ok((permitted, desk.use_up(once.as_ref())?))) {
        Ok((permitted, unused)) => {
            let Verified { signature, audience, time, .. } = verified;
            Decision::allow(facts, Grounds::Credential(signature, audience, time, unused, permitted))
        }
        Err(fault) => refuse(facts, &tables, Some(route), fault),
    }
}

/// A target and its path as it is judged.
struct Normal<'d> {
    target: Target<'d>,
    /// The path, borrowed from the request where it is normal already.
    path: &'d str,
    /// How others may read it, where that is not the same: the routes must be.
    other: Option<&'d str>,
}

fn normal_target<'d>(request: &Request<'d>, bump: &mut Bump<'d>) -> Option<Normal<'d>> {
    let target = Target::parse(request.url).ok()?;
    if !path::needs_work(target.path) {
        return Some(Normal { target, path: target.path, other: None });
    }
    // A normalised path is never longer, and its other reading shorter.
    let path = path::normalise(target.path, bump.take(target.path.len())?).ok()?;
    let other = path::decode_reserved(path, bump.take(path.len())?);
    Some(Normal { target, path, other })
}

/// A refusal, with the challenge of the route; a hidden route's is concealed.
fn refuse<'d>(
    facts: Facts<'d>,
    tables: &Tables<'d>,
    route: Option<&Route>,
    fault: Fault<'d>,
) -> Decision<'d> {
    if route.is_some_and(|route| route.hidden) {
        return conceal(facts, tables, fault);
    }
    let Fault { reason, context, wait } = fault;
    let status =
        if reason == Reason::RouteUnmatched { tables.settings.unmatched.status() } else { reason.status() };
    let demand = route.map_or_else(Demand::default, |route| tables.demand(route));
    let hop = tables.hop();
    let refusal = Refusal { reason, context, concealed: None, status, retry_after: wait, demand, hop };
    Decision::refuse(facts, refusal)
}

/// The refusal of a path without a route, whatever the true reason is.
fn conceal<'d>(facts: Facts<'d>, tables: &Tables<'d>, fault: Fault<'d>) -> Decision<'d> {
    let refusal = Refusal {
        reason: Reason::RouteUnmatched,
        context: fault.context,
        concealed: Some(fault.reason),
        status: tables.settings.unmatched.status(),
        // An unmatched path has nothing to wait for.
        retry_after: None,
        demand: Demand::default(),
        hop: tables.hop(),
    };
    // Nobody is known on a path without a route.
    Decision::refuse(Facts { principal: None, ..facts }, refusal)
}
