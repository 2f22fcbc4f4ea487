//! Which issuer a token claims to come from, before anything of it is believed.

use super::tables::{Issuer, Profile, Tables};
use crate::jose::{Claims, Header};
use crate::reason::Reason;
use crate::wire::spiffe_id::SpiffeId;
use crate::wire::{Bump, json::Str};

/// An issuer and its index.
#[derive(Clone, Copy)]
pub(crate) struct Selected<'p> {
    pub(crate) index: usize,
    pub(crate) issuer: &'p Issuer,
}

/// Selects the issuer by `iss` and, where one issuer sends several kinds of token, by `typ`; tokens without an `iss` by
/// the trust domain of their `subject`.
///
/// Identifiers are compared character by character ([RFC 8725, section 3.8]). When the issuer is known but none of its
/// profiles takes the `typ`, that is a fault of the type and not of the issuer.
///
/// [RFC 8725, section 3.8]: https://www.rfc-editor.org/rfc/rfc8725#section-3.8
#[inline(always)]
pub(super) fn select<'p, 't>(
    tables: &Tables<'p>,
    header: &Header<'_>,
    claims: &Claims<'t>,
    subject: &str,
    bump: &mut Bump<'t>,
) -> Result<Selected<'p>, Reason> {
    let trust_domain = SpiffeId::trust_domain_of(subject);
    let Some(iss) = claims.iss() else {
        let trust_domain = trust_domain.ok_or(Reason::IssuerUntrusted)?;
        let mut found = equal(tables, tables.by_trust_domain, |issuer| issuer.trust_domain, trust_domain);
        return found.next().ok_or(Reason::IssuerUntrusted);
    };
    let iss = text(iss.as_str().ok_or(Reason::IssuerUntrusted)?, bump)?;
    let belongs = |selected: &Selected<'_>| {
        let domain = selected.issuer.trust_domain.map(|span| tables.text(span));
        domain.is_none() || domain == trust_domain
    };
    let mut found = equal(tables, tables.by_issuer, |issuer| issuer.issuer, iss).filter(belongs).peekable();
    let first = *found.peek().ok_or(Reason::IssuerUntrusted)?;
    Ok(found.find(|selected| selected.issuer.takes_type(header)).unwrap_or(first))
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
pub(super) fn text<'t>(string: Str<'t>, bump: &mut Bump<'t>) -> Result<&'t str, Reason> {
    match string.plain() {
        Some(plain) => Ok(plain),
        None => {
            let out = bump.take(string.raw_len()).ok_or(Reason::CredentialTooLarge)?;
            string.decode(out).map_err(|_| Reason::TokenMalformed)
        }
    }
}
