//! What an answer demands of the next request.

use super::heard::Heard;
use super::sent::{Response, Sent};
use super::url::UrlOrigin;
use crate::challenge::read_parameters;
use crate::wire::field;
use crate::wire::quoted::QuotedText;

/// The parameters of the challenge that matters to the caller, and what other fields ask for.
///
/// All of it was written by the other side: it says what to ask an issuer for, and never whom to trust.
#[derive(Clone, Copy, Debug, Default)]
pub struct Demanded<'a> {
    /// The scheme of the challenge.
    pub scheme: Option<QuotedText<'a>>,
    /// The protection space.
    pub realm: Option<QuotedText<'a>>,
    /// The scopes that are wanted, separated by spaces.
    pub scope: Option<QuotedText<'a>>,
    /// The authentication context classes of which one is wanted, separated by spaces.
    pub acr_values: Option<QuotedText<'a>>,
    /// How many seconds ago the user may have authenticated: digits.
    pub max_age: Option<QuotedText<'a>>,
    /// Where the protected resource describes itself: only an address of the same origin as the request's, and not one that
    /// is open to eavesdroppers.
    pub resource_metadata: Option<QuotedText<'a>>,
    /// The claims that a new token must answer, as they stand in the challenge: Microsoft Entra writes the JSON of an OpenID claims
    /// request in base64, which an issuer wants decoded.
    pub claims: Option<QuotedText<'a>>,
    /// The nonce that the next proof must hold.
    pub nonce: Option<QuotedText<'a>>,
    /// The error code.
    pub error: Option<QuotedText<'a>>,
    /// The text beside the error code. For people only.
    pub error_description: Option<QuotedText<'a>>,
}

impl<'a> Demanded<'a> {
    pub(super) fn new(sent: &Sent<'_>, response: &Response<'a>, heard: &Heard<'a>) -> Self {
        let number = |text: &QuotedText<'_>| {
            !text.raw().is_empty() && text.raw().len() <= 19 && text.raw().iter().all(u8::is_ascii_digit)
        };
        Self {
            scheme: heard.chosen.map(|challenge| QuotedText::unquoted(challenge.scheme)),
            realm: heard.parameter("realm"),
            scope: heard.parameter("scope"),
            acr_values: heard.parameter("acr_values"),
            max_age: heard.parameter("max_age").filter(number),
            resource_metadata: heard.resource_metadata.filter(|address| may_ask(sent, *address)),
            claims: heard.parameter("claims"),
            nonce: nonce(response)
                .or_else(|| heard.parameter("nonce"))
                .or_else(|| next_nonce(sent, response)),
            error: heard.error(),
            error_description: heard.parameter("error_description"),
        }
    }

    /// What may be shown, without anything that is acted upon.
    pub(super) const fn for_people(self) -> Self {
        Self {
            scope: None,
            acr_values: None,
            max_age: None,
            resource_metadata: None,
            claims: None,
            nonce: None,
            ..self
        }
    }
}

/// Whether an address of metadata may be asked: a stranger's would name its own issuer, and get the client's credentials.
fn may_ask(sent: &Sent<'_>, address: QuotedText<'_>) -> bool {
    let origin = address.plain().and_then(UrlOrigin::of).filter(UrlOrigin::is_safe);
    match (origin, sent.url) {
        (Some(_), b"") => true,
        (Some(origin), url) => UrlOrigin::of(url).is_some_and(|asked| asked == origin),
        (None, _) => false,
    }
}

/// The nonce that Digest is to go on with, in `Authentication-Info` ([RFC 7616, section 3.5]).
///
/// Nothing else in that field is used: its parameters are the scheme's own, no other scheme in use has one that tells the caller what to
/// do, and the server's proof in it (`rspauth`) can be checked by whoever knows the password only.
///
/// [RFC 7616, section 3.5]: https://www.rfc-editor.org/rfc/rfc7616#section-3.5
fn next_nonce<'a>(sent: &Sent<'_>, response: &Response<'a>) -> Option<QuotedText<'a>> {
    sent.scheme.filter(|scheme| scheme.eq_ignore_ascii_case(b"Digest"))?;
    let parameters = read_parameters(response.only("authentication-info")?).ok()?;
    parameters.get("nextnonce")
}

/// The nonce of `DPoP-Nonce`, which must be there once ([RFC 9449, section 8.1]); any status may bring one.
///
/// [RFC 9449, section 8.1]: https://www.rfc-editor.org/rfc/rfc9449#section-8.1
fn nonce<'a>(response: &Response<'a>) -> Option<QuotedText<'a>> {
    let nonce = field::trim(response.only("dpop-nonce")?);
    let legal = |byte: &u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    (!nonce.is_empty() && nonce.iter().all(legal)).then(|| QuotedText::unquoted(nonce))
}
