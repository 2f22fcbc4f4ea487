//! May this principal do this? The route's issuer list first, then binding, step-up, scopes, roles, claims, delegation.

use super::tables::{ClaimTest, Delegation, Route, Scalar, Tables};
use super::verify::Verified;
use crate::jose::claims;
use crate::reason::Reason;
use crate::refusal::{Context, Fault};
use crate::time::UnixTime;
use crate::wire::json::{self, Value};

/// Proof that the route permits the caller: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Permitted(());

/// Judges a verified token by its route.
pub(crate) fn permit<'d>(
    tables: &Tables<'d>,
    route: &Route,
    verified: &Verified<'d>,
    now: UnixTime,
) -> Result<Permitted, Fault<'d>> {
    let accepted = route.accepts.of(tables.accepts);
    if !accepted.iter().any(|issuer| usize::try_from(*issuer) == Ok(verified.issuer.index)) {
        return Err(Reason::IssuerRefused.into());
    }
    if verified.claims.cnf().is_some() {
        // RFC 9449, section 7.2: a bound token that comes without its proof must not pass as a bearer token.
        return Err(Reason::ProofMissing.into());
    }
    step_up(tables, route, verified, now)?;
    scopes(tables, route, verified)?;
    roles(tables, route, verified)?;
    rules(tables, route, verified)?;
    delegation(tables, route, verified)?;
    Ok(Permitted(()))
}

/// The authentication behind the token must be strong and recent enough ([RFC 9470, section 5]). What the token does not
/// say counts as neither.
///
/// [RFC 9470, section 5]: https://www.rfc-editor.org/rfc/rfc9470#section-5
fn step_up<'d>(
    tables: &Tables<'d>,
    route: &Route,
    verified: &Verified<'d>,
    now: UnixTime,
) -> Result<(), Fault<'d>> {
    let classes = tables.list(route.acr);
    if !classes.is_empty() {
        let acr = verified.claims.acr().and_then(|acr| acr.as_str());
        if !acr.is_some_and(|acr| classes.iter().any(|class| acr == *class)) {
            return Err(Reason::StepUpRequired.with(Context::Claim("acr")));
        }
    }
    if let Some(max_age) = route.max_auth_age {
        let missing = Reason::StepUpRequired.with(Context::Claim("auth_time"));
        let auth_time = verified.claims.auth_time().map(claims::time).transpose()?.ok_or(missing)?;
        let leeway = verified.issuer.issuer.leeway;
        // A time in the future would be recent for ever.
        if now >= auth_time.plus(max_age).plus(leeway) || now < auth_time.minus(leeway) {
            let limit = (now >= auth_time).then_some(max_age);
            let context = Context::Time { claim: "auth_time", value: auth_time, limit, now, leeway };
            return Err(Reason::StepUpRequired.with(context));
        }
    }
    Ok(())
}

fn scopes<'d>(tables: &Tables<'d>, route: &Route, verified: &Verified<'d>) -> Result<(), Fault<'d>> {
    let granted = |scope: &str| {
        let by = |claim: Option<Value<'d>>| claim.map_or(Ok(false), |claim| claims::grants(claim, scope));
        Ok::<_, Reason>(by(verified.claims.scope())? || by(verified.claims.scp())?)
    };
    for scope in tables.list(route.scopes).iter() {
        if !granted(scope)? {
            return Err(Reason::ScopeInsufficient.with(Context::Scope(scope)));
        }
    }
    let mut any = tables.list(route.any_scope).iter().peekable();
    let Some(first) = any.peek().copied() else { return Ok(()) };
    for scope in any {
        if granted(scope)? {
            return Ok(());
        }
    }
    Err(Reason::ScopeInsufficient.with(Context::Scope(first)))
}

/// Roles are an array of strings, or one string.
fn roles<'d>(tables: &Tables<'d>, route: &Route, verified: &Verified<'d>) -> Result<(), Fault<'d>> {
    if route.roles.is_empty() && route.any_role.is_empty() {
        return Ok(());
    }
    let held = json::pointer(verified.claims.all(), tables.text(route.roles_claim));
    let holds = |role: &str| match held {
        Some(Value::String(one)) => one == *role,
        Some(list) => list.elements().any(|element| element.as_str().is_some_and(|held| held == *role)),
        None => false,
    };
    if let Some(role) = tables.list(route.roles).iter().find(|role| !holds(role)) {
        return Err(Reason::RoleMissing.with(Context::Role(role)));
    }
    let mut any = tables.list(route.any_role).iter().peekable();
    match any.peek().copied() {
        Some(first) if !any.any(holds) => Err(Reason::RoleMissing.with(Context::Role(first))),
        _ => Ok(()),
    }
}

fn rules<'d>(tables: &Tables<'d>, route: &Route, verified: &Verified<'d>) -> Result<(), Fault<'d>> {
    for rule in route.rules.of(tables.rules) {
        let pointer = tables.text(rule.claim);
        let claim = json::pointer(verified.claims.all(), pointer);
        let is = |value: Value<'_>, scalar: Scalar| match (value, scalar) {
            (Value::String(string), Scalar::String(span)) => string == *tables.text(span),
            (Value::Number(number), Scalar::Number(span)) => json::number_eq(number, tables.text(span)),
            (Value::Bool(bool), Scalar::Bool(wanted)) => bool == wanted,
            _ => false,
        };
        let holds = match (rule.test, claim) {
            (ClaimTest::Exists(wanted), claim) => claim.is_some() == wanted,
            (_, None) => false,
            (ClaimTest::Equals(wanted), Some(claim)) => is(claim, wanted),
            (ClaimTest::OneOf(span), Some(claim)) => {
                span.of(tables.scalars).iter().any(|wanted| is(claim, *wanted))
            }
            // Membership of an array only: a string that contains another is no proof of anything.
            (ClaimTest::Contains(wanted), Some(claim)) => claim.elements().any(|element| is(element, wanted)),
            (ClaimTest::Prefix(span), Some(claim)) => {
                claim.as_str().is_some_and(|string| string.starts_with(tables.text(span)))
            }
        };
        if !holds {
            return Err(Reason::ClaimRefused.with(Context::Claim(pointer)));
        }
    }
    Ok(())
}

/// Only the outermost actor counts; what is nested in it is history ([RFC 8693, section 4.1]).
///
/// [RFC 8693, section 4.1]: https://www.rfc-editor.org/rfc/rfc8693#section-4.1
fn delegation<'d>(tables: &Tables<'d>, route: &Route, verified: &Verified<'d>) -> Result<(), Fault<'d>> {
    let Some(act) = verified.claims.act() else { return Ok(()) };
    let allowed = match route.delegation {
        Delegation::Allow => true,
        Delegation::Refuse => false,
        Delegation::Actors(actors) => {
            let actor = act.member("sub").and_then(|sub| sub.as_str());
            actor.is_some_and(|actor| tables.list(actors).iter().any(|listed| actor == *listed))
        }
    };
    if allowed { Ok(()) } else { Err(Reason::DelegationRefused.into()) }
}
