//! Is the token genuine, current, and meant for us? Form, issuer, type, algorithm, key and signature, in this order;
//! only then what the token says about itself.

use super::issuer::{self, Selected};
use super::tables::{Issuer, Profile, Tables};
use crate::credential::Presented;
use crate::jose::jws::{self, SignatureChecked};
use crate::jose::{Claims, Compact, Header, claims as json_claims};
use crate::key::Keys;
use crate::principal::{CredentialKind, Principal};
use crate::reason::Reason;
use crate::refusal::{Context, Fault};
use crate::time::UnixTime;
use crate::wire::Bump;
use crate::wire::json::{Member, Value};
use crate::wire::spiffe_id::SpiffeId;

/// Proof that the token is for us: it names us, or its issuer's tokens are taken whoever they are for. Only this module
/// can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AudienceChecked(());

/// Proof that the token is current: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeChecked(());

/// A token that was found genuine, current and meant for us.
pub(crate) struct Verified<'d> {
    pub(crate) issuer: Selected<'d>,
    pub(crate) claims: Claims<'d>,
    pub(crate) principal: Principal<'d>,
    pub(crate) signature: SignatureChecked,
    pub(crate) audience: AudienceChecked,
    pub(crate) time: TimeChecked,
}

/// A token that was refused, and whom it speaks of if it is genuine all the same.
pub(crate) struct Rejected<'d> {
    pub(crate) fault: Fault<'d>,
    pub(crate) principal: Option<Principal<'d>>,
}

impl From<Reason> for Rejected<'_> {
    fn from(reason: Reason) -> Self {
        Self { fault: reason.into(), principal: None }
    }
}

/// Verifies a token. Reasons that speak of its content are given only after its signature held, or a forger would write
/// our telemetry and send honest callers to refresh.
#[expect(clippy::result_large_err, reason = "boxing would allocate, and it is moved once")]
#[inline(always)]
pub(crate) fn verify<'d, K: Keys>(
    tables: &Tables<'d>,
    keys: &K,
    presented: Presented<'d>,
    now: UnixTime,
    bump: &mut Bump<'d>,
    members: &mut [Member],
) -> Result<Verified<'d>, Rejected<'d>> {
    let Token { message, header, claims, signature } = match parse(&presented, bump, members) {
        Ok(token) => token,
        Err(reason) => {
            let reason = presented.fault().unwrap_or_else(|| Compact::fault(presented.token, reason));
            return Err(reason.into());
        }
    };

    let subject = match claims.sub.and_then(|sub| sub.as_str()) {
        Some(subject) => issuer::text(subject, bump)?,
        None => "",
    };
    let selected = issuer::select(tables, &header, &claims, subject, bump)?;
    let Selected { index, issuer } = selected;
    if !issuer.places.allow(presented.place) {
        // Its issuer does not take tokens there, so nothing was sent where it would count.
        return Err(Reason::CredentialMissing.into());
    }
    if header.is_hmac() && !issuer.algorithms.is_symmetric() {
        // A public key must never serve as a secret; whatever else is wrong, this is what it is.
        return Err(Reason::AlgorithmRefused.into());
    }
    if !issuer.takes_type(&header) {
        return Err(Reason::TokenTypeRefused.into());
    }
    header.check_crit()?;
    let accepted = header.algorithm().filter(|algorithm| issuer.algorithms.contains(*algorithm));
    let algorithm = accepted.ok_or(Reason::AlgorithmRefused)?;
    let signature = jws::check(keys.of_issuer(index), header.kid, algorithm, message, signature)?;

    let principal = principal(tables, issuer, &claims, subject);
    let judge = || {
        let audience = check_audience(tables, issuer, &claims)?;
        let time = check_times(issuer, &claims, now)?;
        check_claims(tables, issuer, &claims)?;
        if issuer.profile == Profile::JwtSvid && SpiffeId::parse(subject).is_err() {
            return Err(Reason::ClaimMalformed.with(Context::Claim("sub")));
        }
        Ok((audience, time))
    };
    match judge() {
        Ok((audience, time)) => {
            Ok(Verified { issuer: selected, claims, principal, signature, audience, time })
        }
        Err(fault) => {
            // Genuine, so that it is known whose it is; but no name where the profile asks for one is no one's.
            let known = issuer.profile == Profile::Jwt || !subject.is_empty();
            Err(Rejected { fault, principal: known.then_some(principal) })
        }
    }
}

/// A token taken apart, of which nothing is believed yet.
struct Token<'d> {
    message: &'d [u8],
    header: Header<'d>,
    claims: Claims<'d>,
    signature: &'d [u8],
}

/// Takes a token apart: form only.
#[inline(always)]
fn parse<'d>(
    presented: &Presented<'d>,
    bump: &mut Bump<'d>,
    members: &mut [Member],
) -> Result<Token<'d>, Reason> {
    let compact = Compact::parse(presented.token, bump)?;
    let header = Header::parse(compact.header, members)?;
    let payload = compact.payload(bump)?;
    let signature = compact.signature(bump)?;
    let claims = Claims::parse(payload, members)?;
    Ok(Token { message: compact.signing_input, header, claims, signature })
}

/// Who a genuine token speaks of.
fn principal<'d>(
    tables: &Tables<'d>,
    issuer: &Issuer,
    claims: &Claims<'d>,
    subject: &'d str,
) -> Principal<'d> {
    let actor = match claims.act {
        Some(Value::Object(text)) => Some(text),
        _ => None,
    };
    Principal {
        issuer: tables.text(issuer.display),
        issuer_name: tables.text(issuer.name),
        subject,
        kind: CredentialKind::Bearer,
        expires: claims.exp.and_then(|exp| json_claims::time(exp).ok()),
        claims: claims.text,
        actor,
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
        .aud
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

    let exp = read("exp", claims.exp)?.ok_or(missing("exp"))?;
    if now >= exp.plus(leeway) {
        return Err(Reason::TokenExpired.with(context("exp", exp, None)));
    }
    if let Some(nbf) = read("nbf", claims.nbf)?
        && now < nbf.minus(leeway)
    {
        return Err(Reason::TokenNotYetValid.with(context("nbf", nbf, None)));
    }
    let iat = read("iat", claims.iat)?;
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
    check("sub", claims.sub, issuer.profile != Profile::Jwt, Type::Name)?;
    check("client_id", claims.client_id, rfc9068, Type::String)?;
    check("iat", claims.iat, rfc9068, Type::Time)?;
    check("jti", claims.jti, rfc9068, Type::String)?;
    check("scope", claims.scope, false, Type::Strings)?;
    check("scp", claims.scp, false, Type::Strings)?;
    check("acr", claims.acr, false, Type::String)?;
    check("auth_time", claims.auth_time, false, Type::Time)?;
    check("act", claims.act, false, Type::Object)?;
    check("cnf", claims.cnf, false, Type::Object)?;
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
