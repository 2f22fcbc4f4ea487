//! What was presented: none, one or several credentials, well-formed or not. Knows nothing of issuers and keys.

mod authorization;
mod bearer;

use crate::reason::Reason;
use crate::request::{Place, Places, Request};
use crate::wire::{Bump, field, form};

pub use authorization::{has_second_credential, split_scheme};

/// The one credential that a request presents: a token with the form of a token68.
#[derive(Clone, Copy)]
pub(crate) struct Presented<'r> {
    /// The token.
    pub(crate) token: &'r [u8],
    /// Where it was.
    pub(crate) place: Place,
}

/// Finds the one bearer token of a request, or the reason why there is not exactly one.
///
/// Looked for are the `Authorization` field, the query and the form body, each only where `places` allows it: a query
/// parameter that happens to be called `access_token` means nothing where the policy does not take tokens there.
pub(crate) fn find<'r>(
    request: &Request<'r>,
    query: Option<&'r str>,
    places: Places,
    max_len: usize,
    bump: &mut Bump<'r>,
) -> Result<Presented<'r>, Reason> {
    let header = if places.header { authorization::only_line(request)? } else { None };
    let in_query = if places.query { parameter(query.unwrap_or_default().as_bytes())? } else { None };
    let in_form = if places.form { form_body(request).map(parameter).transpose()?.flatten() } else { None };
    let (token, place) = match (header, in_query, in_form) {
        (None, None, None) => return Err(Reason::CredentialMissing),
        (Some(value), None, None) => (bearer::token(value)?, Place::Header),
        (None, Some(value), None) => (decoded(value, bump)?, Place::Query),
        (None, None, Some(value)) => (decoded(value, bump)?, Place::Form),
        _ => return Err(Reason::CredentialsAmbiguous),
    };
    if token.len() > max_len { Err(Reason::CredentialTooLarge) } else { Ok(Presented { token, place }) }
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
    let mut types = request.values("content-type");
    let (Some(media_type), None) = (types.next(), types.next()) else { return None };
    let essence = media_type.split(|byte| *byte == b';').next().unwrap_or_default();
    if !field::trim(essence).eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        return None;
    }
    request.body
}

fn decoded<'r>(value: &'r [u8], bump: &mut Bump<'r>) -> Result<&'r [u8], Reason> {
    let out = if value.contains(&b'%') { bump.take(value.len()) } else { Some(&mut [][..]) };
    let token = form::decode(value, out.ok_or(Reason::CredentialTooLarge)?);
    // A `+` becomes a space here: not decoded above, and no part of a token either way.
    match token {
        Ok(token) if field::is_token68(token) => Ok(token),
        _ => Err(Reason::CredentialMalformed),
    }
}
