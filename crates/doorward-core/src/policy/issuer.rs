//! Which issuer a token claims to come from, before anything of it is believed.

use super::tables::{Issuer, Profile, Tables};
use crate::jose::{Claims, Header};
use crate::reason::Reason;
use crate::wire::spiffe_id::SpiffeId;
use crate::wire::{Bump, json::Str};

/// An issuer and its index.
#[derive(Clone, Copy)]
pub(crate) struct Selected<'p> {
    pub(super) index: usize,
    pub(super) issuer: &'p Issuer,
}

/// Selects the issuer by `iss` and, where one issuer sends several kinds of token, by `typ`; tokens without an `iss` by
/// the trust domain of their `sub`.
///
/// Identifiers are compared character by character ([RFC 8725, section 3.8]). When the issuer is known but none of its
/// profiles takes the `typ`, that is a fault of the type and not of the issuer.
///
/// [RFC 8725, section 3.8]: https://www.rfc-editor.org/rfc/rfc8725#section-3.8
pub(super) fn select<'p, 't>(
    tables: &Tables<'p>,
    header: &Header<'_>,
    claims: &Claims<'t>,
    bump: &mut Bump<'t>,
) -> Result<Selected<'p>, Reason> {
    let subject = claims.sub.and_then(|sub| sub.as_str());
    let trust_domain = match subject {
        Some(subject) => text(subject, bump).and_then(SpiffeId::trust_domain_of),
        None => None,
    };
    if let Some(iss) = claims.iss {
        let iss = iss.as_str().and_then(|iss| text(iss, bump)).ok_or(Reason::IssuerUntrusted)?;
        let mut found = equal(tables, tables.by_issuer, |issuer| issuer.issuer, iss).peekable();
        if found.peek().is_some() {
            let belongs = |selected: &Selected<'_>| {
                let domain = selected.issuer.trust_domain.map(|span| tables.text(span));
                domain.is_none() || domain == trust_domain
            };
            let mut found = found.filter(belongs).peekable();
            let first = *found.peek().ok_or(Reason::IssuerUntrusted)?;
            return Ok(found.find(|selected| selected.issuer.takes_type(header)).unwrap_or(first));
        }
    }
    // An `iss` that no policy entry names may still come with a SPIFFE id: the keys of that trust domain decide.
    let trust_domain = trust_domain.ok_or(Reason::IssuerUntrusted)?;
    let found = equal(tables, tables.by_trust_domain, |issuer| issuer.trust_domain, trust_domain).next();
    found.ok_or(Reason::IssuerUntrusted)
}

/// The entries of a sorted index whose text is `wanted`.
fn equal<'p>(
    tables: &Tables<'p>,
    order: &'p [u32],
    key: impl Fn(&Issuer) -> Option<crate::text::Span> + Copy,
    wanted: &str,
) -> impl Iterator<Item = Selected<'p>> {
    let tables = *tables;
    let at = move |index: u32| {
        let index = usize::try_from(index).ok()?;
        tables.issuers.get(index).map(|issuer| Selected { index, issuer })
    };
    let text = move |selected: &Selected<'_>| key(selected.issuer).map(|span| tables.text(span));
    let first = order.partition_point(|index| at(*index).as_ref().and_then(text) < Some(wanted));
    let rest = order.get(first..).unwrap_or_default();
    let equal = rest.iter().take_while(|index| at(**index).as_ref().and_then(text) == Some(wanted)).count();
    rest.get(..equal).unwrap_or_default().iter().filter_map(move |index| at(*index))
}

impl Issuer {
    /// Whether the profile takes the token's `typ`.
    pub(super) fn takes_type(&self, header: &Header<'_>) -> bool {
        match self.profile {
            // RFC 9068, section 4: any other value is rejected, and so is none.
            Profile::Rfc9068 => header.typ_is("at+jwt"),
            // `JWT` is the type of tokens without a type; another one belongs to another kind of token.
            Profile::Jwt => header.typ.is_none() || header.typ_is("jwt"),
            // JWT-SVID, section 2.3: if set, exactly one of these.
            Profile::JwtSvid => header.typ.is_none_or(|typ| typ == *"JWT" || typ == *"JOSE"),
        }
    }
}

/// The value of a string, copied where it has escapes.
pub(super) fn text<'t>(string: Str<'t>, bump: &mut Bump<'t>) -> Option<&'t str> {
    match string.plain() {
        Some(plain) => Some(plain),
        None => string.decode(bump.take(string.raw_len())?).ok(),
    }
}
