//! The one entry: a request comes in, one decision goes out, along one straight line.

use crate::credential;
use crate::decision::{Decision, Grounds, Verdict};
use crate::key::Keys;
use crate::policy::{self, AsTables, Matched, Policy, Route, Tables, Verified};
use crate::reason::Reason;
use crate::refusal::{Demand, Fault, Refusal};
use crate::request::{Place, Request};
use crate::time::UnixTime;
use crate::wire::path::{self, Target};
use crate::wire::{Bump, Scratch};

/// Decides on a request: form of the path, route, credential, token, permission, in this order, so that one fault has
/// one name everywhere.
///
/// `keys` are those of the policy's issuers by index, `now` is the host's time, and `scratch` is working memory for as
/// long as the decision is looked at. Nothing is allocated, and no input makes it panic.
#[must_use]
pub fn decide<'d, T: AsTables, K: Keys>(
    policy: &'d Policy<T>,
    keys: &K,
    request: &Request<'d>,
    now: UnixTime,
    scratch: Scratch<'d>,
) -> Decision<'d> {
    let tables = policy.tables();
    let (mut bump, members) = scratch.parts();
    let base = Decision {
        verdict: Verdict::Allow(Grounds::Open),
        principal: None,
        path: "",
        route: None,
        place: Place::Header,
    };

    let Some((target, path)) = normal_target(request, &mut bump) else {
        return refuse(base, &tables, None, Reason::PathAmbiguous.into());
    };
    let base = Decision { path, ..base };
    let route = match tables.route(request, path) {
        Matched::Route(route) => route,
        Matched::Preflight(route) => {
            return Decision {
                verdict: Verdict::Allow(Grounds::Preflight),
                route: Some(route.number),
                ..base
            };
        }
        Matched::MethodRefused { hidden: false } => {
            return refuse(base, &tables, None, Reason::MethodRefused.into());
        }
        Matched::MethodRefused { hidden: true } => {
            return conceal(base, &tables, Reason::MethodRefused.into());
        }
        Matched::None => return refuse(base, &tables, None, Reason::RouteUnmatched.into()),
    };
    let base = Decision { route: Some(route.number), ..base };
    if route.anyone {
        return base;
    }

    let max_len = usize::try_from(tables.settings.max_credential).unwrap_or(usize::MAX);
    let presented = match credential::find(request, target.query, route.places, max_len, &mut bump) {
        Ok(presented) => presented,
        Err(reason) => return refuse(base, &tables, Some(route), reason.into()),
    };
    let base = Decision { place: presented.place, ..base };
    let verified = match policy::verify(&tables, keys, presented.token, now, &mut bump, members) {
        Ok(verified) => verified,
        Err(fault) => return refuse(base, &tables, Some(route), fault),
    };
    if !verified.places().allow(presented.place) {
        // Its issuer does not take tokens there, so nothing was sent where something counts.
        return refuse(base, &tables, Some(route), Reason::CredentialMissing.into());
    }
    let base = Decision { principal: Some(verified.principal), ..base };
    match policy::permit(&tables, route, &verified, now) {
        Ok(permitted) => {
            let Verified { signature, audience, time, .. } = verified;
            Decision {
                verdict: Verdict::Allow(Grounds::Credential(signature, audience, time, permitted)),
                ..base
            }
        }
        Err(fault) => refuse(base, &tables, Some(route), fault),
    }
}

/// The target and its normalised path, which is borrowed from the request where it is normal already.
fn normal_target<'d>(request: &Request<'d>, bump: &mut Bump<'d>) -> Option<(Target<'d>, &'d str)> {
    let target = Target::parse(core::str::from_utf8(request.url).ok()?).ok()?;
    if !path::needs_work(target.path) {
        return Some((target, target.path));
    }
    // A normalised path is never longer, and a leading slash may come back where dot segments end a path.
    let out = bump.take(target.path.len() + 1)?;
    Some((target, path::normalise(target.path, out).ok()?))
}

/// A refusal, with the challenge of the route; a hidden route's is concealed.
fn refuse<'d>(
    base: Decision<'d>,
    tables: &Tables<'d>,
    route: Option<&Route>,
    fault: Fault<'d>,
) -> Decision<'d> {
    if route.is_some_and(|route| route.hidden) {
        return conceal(base, tables, fault);
    }
    let Fault { reason, context } = fault;
    let status =
        if reason == Reason::RouteUnmatched { tables.settings.unmatched.status() } else { reason.status() };
    let demand = route.map_or_else(Demand::default, |route| tables.demand(route));
    Decision {
        verdict: Verdict::Refuse(Refusal { reason, context, concealed: None, status, demand }),
        ..base
    }
}

/// The refusal of a path without a route, whatever the true reason is.
fn conceal<'d>(base: Decision<'d>, tables: &Tables<'d>, fault: Fault<'d>) -> Decision<'d> {
    let refusal = Refusal {
        reason: Reason::RouteUnmatched,
        context: fault.context,
        concealed: Some(fault.reason),
        status: tables.settings.unmatched.status(),
        demand: Demand::default(),
    };
    Decision { verdict: Verdict::Refuse(refusal), ..base }
}
