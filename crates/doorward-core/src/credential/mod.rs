//! What was presented: none, one or several credentials, well-formed or not. Knows nothing of issuers and keys.

mod authorization;
mod bearer;

use crate::reason::Reason;
use crate::request::{Place, Places, Request, field_names};
use crate::wire::{Bump, field, form};

pub use authorization::{has_second_credential, split_scheme};

/// The one credential that a request presents.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'r> {
    /// The token.
    pub(crate) token: &'r [u8],
    /// Where it was.
    pub(crate) place: Place,
    /// The whole line of `Authorization`, if it was there.
    line: Option<&'r [u8]>,
}

impl Presented<'_> {
    /// Why what was presented is no well-formed credential after all, if it is none.
    ///
    /// A token that can be taken apart has no character that a credential must not have, so this is asked only of one that
    /// cannot, and then comes before what is wrong with it as a token.
    #[cold]
    pub(crate) fn fault(&self) -> Option<Reason> {
        if self.line.is_some_and(has_second_credential) {
            Some(Reason::CredentialsAmbiguous)
        } else if field::is_token68(self.token) {
            None
        } else {
            Some(Reason::CredentialMalformed)
        }
    }
}

/// Finds the one bearer token of a request, or the reason why there is not exactly one.
///
/// A credential counts only where `places` takes it. But a line of `Authorization` beside an `access_token` in the query
/// is two credentials wherever either counts: whoever is behind us may read the other one
/// ([RFC 6750, section 2]).
///
/// [RFC 6750, section 2]: https://www.rfc-editor.org/rfc/rfc6750#section-2
pub(crate) fn find<'r>(
    request: &Request<'r>,
    query: Option<&'r [u8]>,
    places: Places,
    max_len: usize,
    bump: &mut Bump<'r>,
) -> Result<Presented<'r>, Reason> {
    let line = authorization::only_line(request)?;
    let in_query = match query {
        Some(query) if places.query || line.is_some() => parameter(query)?,
        _ => None,
    };
    let in_form = if places.form { form_body(request).map(parameter).transpose()?.flatten() } else { None };
    let (token, place) = match (line, in_query, in_form) {
        (Some(value), None, None) if places.header => (in_line(value)?, Place::Header),
        (Some(value), None, None) if has_second_credential(value) => {
            return Err(Reason::CredentialsAmbiguous);
        }
        (_, None, None) => return Err(Reason::CredentialMissing),
        (None, Some(value), None) => (decoded(value, bump)?, Place::Query),
        (None, None, Some(value)) => (decoded(value, bump)?, Place::Form),
        _ => return Err(Reason::CredentialsAmbiguous),
    };
    let presented = Presented { token, place, line };
    if token.len() > max_len {
        return Err(presented.fault().unwrap_or(Reason::CredentialTooLarge));
    }
    Ok(presented)
}

/// The token of an `Authorization` value. A second credential is looked for where something is wrong, and then explains
/// it best.
fn in_line(value: &[u8]) -> Result<&[u8], Reason> {
    bearer::token(value)
        .map_err(|reason| if has_second_credential(value) { Reason::CredentialsAmbiguous } else { reason })
}

/// The value of `access_token`, which must not be there twice ([RFC 6750, section 3.1]).
///
/// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
fn parameter(text: &[u8]) -> Result<Option<&[u8]>, Reason> {
    match form::find(text, "access_token") {
        form::Found::Absent => Ok(None),
        form::Found::Once(value) => Ok(Some(value)),
        form::Found::Repeated => Err(Reason::CredentialsAmbiguous),
    }
}

/// The body, where it is a form whose tokens count ([RFC 6750, section 2.2]): the media type says so, and the method is
/// one whose content has a meaning.
///
/// [RFC 6750, section 2.2]: https://www.rfc-editor.org/rfc/rfc6750#section-2.2
fn form_body<'r>(request: &Request<'r>) -> Option<&'r [u8]> {
    if matches!(request.method, b"GET" | b"HEAD" | b"DELETE" | b"OPTIONS" | b"TRACE" | b"CONNECT") {
        return None;
    }
    let mut types = request.values(field_names::CONTENT_TYPE);
    let (Some(media_type), None) = (types.next(), types.next()) else { return None };
    let essence = media_type.split(|byte| *byte == b';').next().unwrap_or_default();
    if !field::trim(essence).eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        return None;
    }
    // RFC 6750, section 2.2: ASCII only.
    request.body.filter(|body| body.is_ascii())
}

fn decoded<'r>(value: &'r [u8], bump: &mut Bump<'r>) -> Result<&'r [u8], Reason> {
    if value.contains(&b'+') {
        // A space, which no token has; a `+` of a token comes as `%2B`.
        return Err(Reason::CredentialMalformed);
    }
    let out = bump.take(form::decoded_len(value)).ok_or(Reason::CredentialTooLarge)?;
    match form::decode(value, out) {
        Ok(token) if field::is_token68(token) => Ok(token),
        _ => Err(Reason::CredentialMalformed),
    }
}
