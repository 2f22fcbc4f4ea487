//! The Bearer scheme (RFC 6750, section 2.1).

use super::authorization::split_scheme;
use crate::reason::Reason;

/// The token of an `Authorization` value: what follows the scheme, in any case. Its characters are left to
/// [`super::Presented::fault`].
pub(super) fn token(value: &[u8]) -> Result<&[u8], Reason> {
    let (scheme, token) = split_scheme(value).ok_or(Reason::CredentialMalformed)?;
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Reason::SchemeUnsupported);
    }
    // A doubled scheme would pass as a token: it is the usual slip of a client that adds the scheme to a value that has
    // it already, and must not be told to mend its token.
    if token.is_empty() || token.eq_ignore_ascii_case(b"Bearer") {
        return Err(Reason::CredentialMalformed);
    }
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::super::{Place, Presented};
    use super::*;

    /// B-SEND-01, H-GRAM-01.
    #[test]
    fn the_scheme_is_case_insensitive_and_the_rest_strict() {
        for good in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c"] {
            assert_eq!(token(good.as_bytes()), Ok(&b"a.b.c"[..]), "{good}");
        }
        for bad in [
            "Bearer",
            "Bearer a b",
            "Bearer Bearer a",
            "Bearer Bearer",
            "Bearer a,b",
            "Bearer \"a\"",
            "Bearer\ta",
            "Bearer: a",
            "",
            "=a",
            "Bearer a\u{e9}",
            "Bearer a=b",
        ] {
            let judged = token(bad.as_bytes()).and_then(|token| {
                let presented = Presented { token, place: Place::Header, line: Some(bad.as_bytes()) };
                presented.fault().map_or(Ok(token), Err)
            });
            assert_eq!(judged, Err(Reason::CredentialMalformed), "{bad}");
        }
        for other in ["Basic dTpw", "Basic", "DPoP x", "Digest a=\"b\"", "Bearerx a", "token a"] {
            assert_eq!(token(other.as_bytes()), Err(Reason::SchemeUnsupported), "{other}");
        }
    }
}
