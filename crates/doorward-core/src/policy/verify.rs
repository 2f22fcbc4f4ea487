//! Is a genuine token current, and meant for us? Audience, times, claims and revocation, in this order.

use super::issuer::{self, Selected};
use super::prove::Genuine;
use super::revoke::{Revoked, Token as RevokedToken};
use super::tables::{Issuer, Profile, Tables};
use crate::jose::jws::SignatureChecked;
use crate::jose::{Claims, claims as json_claims};
use crate::principal::Principal;
use crate::reason::Reason;
use crate::refusal::{Context, Fault};
use crate::time::UnixTime;
use crate::wire::Bump;
use crate::wire::json::Value;
use crate::wire::spiffe_id::SpiffeId;

/// Proof that the token is for us: it names us, or its issuer's tokens are taken whoever they are for. Only this module
/// can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AudienceChecked(());

/// Proof that the token is current: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeChecked(());

/// Proof of the last two together, for a token whose claims were found good before.
pub(crate) type Current = (AudienceChecked, TimeChecked);

/// A token that was found genuine, current and meant for us.
pub(crate) struct Verified<'d> {
    pub(crate) issuer: Selected<'d>,
    pub(crate) claims: Claims<'d>,
    pub(crate) principal: Principal<'d>,
    pub(crate) signature: SignatureChecked,
    pub(crate) audience: AudienceChecked,
    pub(crate) time: TimeChecked,
}

/// Judges what a genuine token says of itself. Reasons that speak of that are given only here, after its signature held, or a
/// forger would write our telemetry and send honest callers to refresh.
pub(crate) fn judge<'d>(
    tables: &Tables<'d>,
    revoked: &impl Revoked,
    genuine: &Genuine<'d>,
    now: UnixTime,
    bump: &mut Bump<'d>,
) -> Result<Current, Fault<'d>> {
    let Genuine { issuer: Selected { issuer, .. }, claims, principal, .. } = genuine;
    let audience = check_audience(tables, issuer, claims)?;
    let time = check_times(issuer, claims, now)?;
    check_claims(tables, issuer, claims)?;
    if issuer.profile == Profile::JwtSvid && SpiffeId::parse(principal.subject).is_err() {
        return Err(Reason::ClaimMalformed.with(Context::Claim("sub")));
    }
    check_revocation(revoked, genuine, now, bump)?;
    Ok((audience, time))
}

/// Judges a genuine token whose claims were found good before: what changes is time, and what is revoked.
pub(crate) fn judge_again<'d>(
    genuine: &Genuine<'d>,
    window: Window,
    now: UnixTime,
    revoked_since: impl FnOnce() -> Result<(), Fault<'d>>,
) -> Result<Current, Fault<'d>> {
    let time = if window.holds(now) {
        TimeChecked(())
    } else {
        check_times(genuine.issuer.issuer, &genuine.claims, now)?
    };
    revoked_since()?;
    Ok((AudienceChecked(()), time))
}

/// The `jti` of a genuine token that must have one.
pub(crate) fn token_id<'d>(genuine: &Genuine<'d>, bump: &mut Bump<'d>) -> Result<&'d str, Fault<'d>> {
    let id = genuine.claims.jti().ok_or(Reason::ClaimMissing.with(Context::Claim("jti")))?;
    let id = json_claims::string(id).map_err(|reason| reason.with(Context::Claim("jti")))?;
    Ok(issuer::text(id, bump)?)
}

/// Whether a genuine token is revoked.
pub(crate) fn check_revocation<'d>(
    revoked: &impl Revoked,
    genuine: &Genuine<'d>,
    now: UnixTime,
    bump: &mut Bump<'d>,
) -> Result<(), Fault<'d>> {
    let Genuine { issuer, claims, principal, .. } = genuine;
    let id = claims.jti().and_then(|jti| jti.as_str()).map(|jti| issuer::text(jti, bump)).transpose()?;
    let issued = claims.iat().and_then(|iat| json_claims::time(iat).ok());
    let token = RevokedToken { id, subject: principal.subject, issued, now };
    if revoked.token(issuer.index, &token) { Err(Reason::TokenRevoked.into()) } else { Ok(()) }
}

/// From when until when a token is current, allowance included.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Window {
    /// The first moment.
    pub(crate) from: UnixTime,
    /// The moment after the last.
    pub(crate) until: UnixTime,
}

impl Window {
    /// The window in which [`check_times`] finds nothing, for a token in which it has found nothing once.
    pub(crate) fn of(genuine: &Genuine<'_>) -> Option<Self> {
        let issuer = genuine.issuer.issuer;
        let claims = &genuine.claims;
        let read = |value: Option<Value<'_>>| value.map(json_claims::time).transpose().ok();
        let (exp, nbf, iat) = (read(claims.exp())??, read(claims.nbf())?, read(claims.iat())?);
        let mut until = exp.plus(issuer.leeway);
        if let Some(max_age) = issuer.max_age {
            until = until.min(iat?.plus(max_age).plus(issuer.leeway));
        }
        let from = nbf.max(iat).map_or(UnixTime::EARLIEST, |from| from.minus(issuer.leeway));
        Some(Self { from, until })
    }

    fn holds(self, now: UnixTime) -> bool {
        self.from <= now && now < self.until
    }
}

/// One of our names must be in `aud` ([RFC 7519, section 4.1.3]).
///
/// [RFC 7519, section 4.1.3]: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.3
fn check_audience<'d>(
    tables: &Tables<'d>,
    issuer: &Issuer,
    claims: &Claims<'d>,
) -> Result<AudienceChecked, Fault<'d>> {
    let names = tables.list(issuer.audience);
    let named = claims
        .aud()
        .map(|aud| json_claims::any_string(aud, |aud| names.iter().any(|name| aud == *name)))
        .transpose()
        .map_err(|reason| reason.with(Context::Claim("aud")))?;
    let waived = names.is_empty() && issuer.profile == Profile::Jwt;
    if named == Some(true) || waived { Ok(AudienceChecked(())) } else { Err(Reason::AudienceMismatch.into()) }
}

/// Valid while `now < exp + leeway`, `now >= nbf - leeway`, `now >= iat - leeway` and, where an age is limited,
/// `now < iat + max_age + leeway`.
fn check_times<'d>(issuer: &Issuer, claims: &Claims<'d>, now: UnixTime) -> Result<TimeChecked, Fault<'d>> {
    let leeway = issuer.leeway;
    let read = |claim: &'static str, value: Option<Value<'d>>| {
        value.map(json_claims::time).transpose().map_err(|reason| reason.with(Context::Claim(claim)))
    };
    let missing = |claim: &'static str| Reason::ClaimMissing.with(Context::Claim(claim));
    let context = |claim, value, limit| Context::Time { claim, value, limit, now, leeway };

    let exp = read("exp", claims.exp())?.ok_or(missing("exp"))?;
    if now >= exp.plus(leeway) {
        return Err(Reason::TokenExpired.with(context("exp", exp, None)));
    }
    if let Some(nbf) = read("nbf", claims.nbf())?
        && now < nbf.minus(leeway)
    {
        return Err(Reason::TokenNotYetValid.with(context("nbf", nbf, None)));
    }
    let iat = read("iat", claims.iat())?;
    if let Some(iat) = iat
        && now < iat.minus(leeway)
    {
        return Err(Reason::TokenIssuedInFuture.with(context("iat", iat, None)));
    }
    if let Some(max_age) = issuer.max_age {
        let iat = iat.ok_or(missing("iat"))?;
        if now >= iat.plus(max_age).plus(leeway) {
            return Err(Reason::TokenTooOld.with(context("iat", iat, Some(max_age))));
        }
    }
    Ok(TimeChecked(()))
}

/// The claims that profile and policy require are there, and registered ones have their type whether required or not.
fn check_claims<'d>(tables: &Tables<'d>, issuer: &Issuer, claims: &Claims<'d>) -> Result<(), Fault<'d>> {
    let rfc9068 = issuer.profile == Profile::Rfc9068;
    let check = |name: &'static str, value: Option<Value<'d>>, required: bool, wanted: Type| match value {
        Some(value) => wanted.check(value).map_err(|reason| reason.with(Context::Claim(name))),
        None if required => Err(Reason::ClaimMissing.with(Context::Claim(name))),
        None => Ok(()),
    };
    // RFC 9068, section 2.2; of a JWT-SVID the subject is all there is (JWT-SVID, section 3). An empty subject would make
    // one caller of many.
    check("sub", claims.sub(), issuer.profile != Profile::Jwt, Type::Name)?;
    check("client_id", claims.client_id(), rfc9068, Type::String)?;
    check("iat", claims.iat(), rfc9068, Type::Time)?;
    check("jti", claims.jti(), rfc9068, Type::String)?;
    check("scope", claims.scope(), false, Type::Strings)?;
    check("scp", claims.scp(), false, Type::Strings)?;
    check("acr", claims.acr(), false, Type::String)?;
    check("auth_time", claims.auth_time(), false, Type::Time)?;
    check("act", claims.act(), false, Type::Object)?;
    check("cnf", claims.cnf(), false, Type::Object)?;
    for name in tables.list(issuer.required_claims).iter() {
        // A `null` says that there is nothing.
        if matches!(claims.all().member(name), None | Some(Value::Null)) {
            return Err(Reason::ClaimMissing.with(Context::Claim(name)));
        }
    }
    Ok(())
}

/// The type that a registered claim must have.
#[derive(Clone, Copy)]
enum Type {
    String,
    /// A string that is not empty.
    Name,
    /// A string or an array of strings.
    Strings,
    Time,
    Object,
}

impl Type {
    fn check(self, value: Value<'_>) -> Result<(), Reason> {
        match self {
            Self::String => json_claims::string(value).map(|_| ()),
            Self::Name if json_claims::string(value)?.is_empty() => Err(Reason::ClaimMalformed),
            Self::Name => Ok(()),
            Self::Strings => json_claims::any_string(value, |_| false).map(|_| ()),
            Self::Time => json_claims::time(value).map(|_| ()),
            Self::Object if matches!(value, Value::Object(_)) => Ok(()),
            Self::Object => Err(Reason::ClaimMalformed),
        }
    }
}
