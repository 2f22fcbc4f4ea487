//! Is the token genuine? Form, issuer, type, algorithm, key and signature, in this order, and nothing of what it says is
//! believed before the last of them.

use super::issuer::{self, Selected};
use super::revoke::Revoked;
use super::tables::{Issuer, Profile, Tables};
use super::verify::{Current, Verified};
use crate::credential::Presented;
use crate::jose::jws::{self, SignatureChecked};
use crate::jose::{Claims, Compact, Header, claims as json_claims};
use crate::key::{KeyHint, Keys, Missed, PublishedKey as _, Trust};
use crate::principal::{CredentialKind, Principal};
use crate::reason::Reason;
use crate::refusal::Fault;
use crate::time::{Seconds, UnixTime};
use crate::wire::Bump;
use crate::wire::json::{Member, Str, Value};

/// A token whose signature held, so that what it says is its issuer's word. Nothing of it is judged yet.
pub(crate) struct Genuine<'d> {
    pub(crate) issuer: Selected<'d>,
    pub(crate) claims: Claims<'d>,
    pub(crate) principal: Principal<'d>,
    pub(crate) signature: SignatureChecked,
    /// The number of the key that it was verified with.
    pub(crate) serial: u32,
}

impl<'d> Genuine<'d> {
    /// The token once it is judged.
    pub(crate) fn verified(self, (audience, time): Current) -> Verified<'d> {
        let Self { issuer, claims, principal, signature, .. } = self;
        Verified { issuer, claims, principal, signature, audience, time }
    }

    /// Whom a refusal of the token speaks of: known since it is genuine, but no name where the profile asks for one is no
    /// one's.
    pub(crate) fn known(&self) -> Option<Principal<'d>> {
        let known = self.issuer.issuer.profile == Profile::Jwt || !self.principal.subject.is_empty();
        known.then_some(self.principal)
    }
}

/// A token that could not be found genuine, and the issuer that it names, as far as it came.
pub(crate) struct Unproven<'d> {
    pub(crate) fault: Fault<'d>,
    pub(crate) issuer: Option<usize>,
    /// Whether it would be refused again for the same reason as long as policy, keys and revocations stay: not where asking again
    /// may bring another key.
    pub(crate) lasts: bool,
}

impl From<Reason> for Unproven<'_> {
    fn from(reason: Reason) -> Self {
        Self { fault: reason.into(), issuer: None, lasts: true }
    }
}

/// Finds out whether a token is genuine: its form, its issuer, and a signature with one of the issuer's keys.
#[inline(always)]
pub(crate) fn prove<'d, K: Keys>(
    tables: &Tables<'d>,
    keys: &K,
    revoked: &impl Revoked,
    presented: &Presented<'d>,
    now: UnixTime,
    bump: &mut Bump<'d>,
    members: &mut [Member],
) -> Result<Genuine<'d>, Unproven<'d>> {
    let Token { message, header, claims, signature } = match parse(presented, bump, members) {
        Ok(token) => token,
        Err(reason) => {
            let reason = presented.fault().unwrap_or_else(|| Compact::fault(presented.token, reason));
            return Err(reason.into());
        }
    };

    let subject = match claims.sub().and_then(|sub| sub.as_str()) {
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

    let of_issuer = |fault: Fault<'d>| Unproven { fault, issuer: Some(index), lasts: true };
    let may_change = |fault: Fault<'d>| Unproven { lasts: false, ..of_issuer(fault) };
    let hint = |bump: &mut Bump<'d>| match header.kid.map(|kid| issuer::text(kid, bump)) {
        Some(Ok(kid)) => KeyHint::of(Some(kid.as_bytes())),
        Some(Err(_)) | None => KeyHint::of(None),
    };
    let trust = keys.trust(index, now);
    if matches!(trust, Trust::Never | Trust::Expired { .. }) {
        return Err(may_change(unavailable(keys, index, hint(bump), now, trust)));
    }
    let checked = jws::check(keys.of_issuer(index), header.kid, algorithm, message, signature);
    let (proof, key) = match checked {
        Ok(checked) => checked,
        // Of a token that names none of the keys it cannot be told whether its key is a new one.
        Err(reason @ Reason::KeyUnknown) => {
            return Err(may_change(missed(keys, index, hint(bump), now, reason)));
        }
        Err(reason @ Reason::SignatureInvalid) if !is_named(keys, index, header.kid) => {
            return Err(may_change(missed(keys, index, hint(bump), now, reason)));
        }
        Err(reason) => return Err(of_issuer(reason.into())),
    };
    if key.id().is_some_and(|kid| revoked.key(index, kid)) {
        // Whoever has the key may have written it, so that it speaks of nobody.
        return Err(of_issuer(Reason::TokenRevoked.into()));
    }
    let principal = principal(tables, issuer, &claims, subject);
    Ok(Genuine { issuer: selected, claims, principal, signature: proof, serial: key.serial() })
}

/// Whether one of the issuer's keys has the name that a token gives. Where none has, another key may be meant, though those
/// without a name were tried.
fn is_named<K: Keys>(keys: &K, issuer: usize, kid: Option<Str<'_>>) -> bool {
    let same = |key: &K::Key| key.id().is_some_and(|id| kid.is_some_and(|kid| kid == *id));
    keys.of_issuer(issuer).iter().any(same)
}

/// The reason where none of the issuer's keys may be used: our fault, whatever key the token names.
#[cold]
fn unavailable<'d, K: Keys>(
    keys: &K,
    issuer: usize,
    hint: KeyHint,
    now: UnixTime,
    trust: Trust,
) -> Fault<'d> {
    let wait = match keys.missed(issuer, hint, now) {
        Missed::Pending { wait } | Missed::Unavailable { wait } => wait,
        // They have come since.
        Missed::Unknown => Seconds(1),
    };
    let never = trust == Trust::Never;
    if never { Reason::TrustUnavailable.after(wait) } else { Reason::TrustStale.after(wait) }
}

/// The reason for a key that is not there: the caller's fault only where everything is known of the issuer's keys, which is
/// what `certain` is for.
#[cold]
fn missed<'d, K: Keys>(keys: &K, issuer: usize, hint: KeyHint, now: UnixTime, certain: Reason) -> Fault<'d> {
    match keys.missed(issuer, hint, now) {
        Missed::Unknown => certain.into(),
        Missed::Pending { wait } => Reason::KeyUnknown.after(wait),
        Missed::Unavailable { wait } => match keys.trust(issuer, now) {
            // Keys that are not old may still lack one that could not be asked for.
            Trust::Never | Trust::Fresh => Reason::TrustUnavailable.after(wait),
            Trust::Stale { .. } | Trust::Expired { .. } => Reason::TrustStale.after(wait),
        },
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
pub(super) fn principal<'d>(
    tables: &Tables<'d>,
    issuer: &Issuer,
    claims: &Claims<'d>,
    subject: &'d str,
) -> Principal<'d> {
    let actor = match claims.act() {
        Some(Value::Object(text)) => Some(text),
        _ => None,
    };
    Principal {
        issuer: tables.text(issuer.display),
        issuer_name: tables.text(issuer.name),
        subject,
        kind: CredentialKind::Bearer,
        expires: claims.exp().and_then(|exp| json_claims::time(exp).ok()),
        claims: claims.text,
        actor,
    }
}
