//! The compact serialisation: three parts and two periods, decoded.

use crate::reason::Reason;
use crate::wire::{Bump, base64url, field};

/// A compact JWS ([RFC 7515, section 7.1]), its parts decoded; nothing about it is trusted yet.
///
/// [RFC 7515, section 7.1]: https://www.rfc-editor.org/rfc/rfc7515#section-7.1
pub(crate) struct Compact<'t> {
    /// What was signed: header and payload as they were sent.
    pub(crate) signing_input: &'t [u8],
    /// The decoded header.
    pub(crate) header: &'t [u8],
    /// The payload, still encoded.
    pub(crate) payload: &'t [u8],
    /// The signature, still encoded.
    pub(crate) signature: &'t [u8],
}

impl<'t> Compact<'t> {
    /// Splits a token and decodes its header. More periods than two are found when the signature is decoded.
    #[inline(always)]
    pub(crate) fn parse(token: &'t [u8], bump: &mut Bump<'t>) -> Result<Self, Reason> {
        let (header, rest) = split_at_period(token).ok_or(Reason::TokenMalformed)?;
        let (payload, signature) = split_at_period(rest).ok_or(Reason::TokenMalformed)?;
        let signed = token.len() - signature.len() - 1;
        Ok(Self {
            signing_input: token.get(..signed).ok_or(Reason::TokenMalformed)?,
            header: decode(header, bump)?,
            payload,
            signature,
        })
    }

    /// The lengths of header and payload of a token that was taken apart before.
    pub(crate) fn lengths(token: &[u8]) -> Option<(usize, usize)> {
        let (header, rest) = split_at_period(token)?;
        let (payload, _) = split_at_period(rest)?;
        Some((header.len(), payload.len()))
    }

    /// The decoded payload of a token whose header and payload have these lengths.
    pub(crate) fn payload_at(
        token: &[u8],
        header: usize,
        payload: usize,
        bump: &mut Bump<'t>,
    ) -> Option<&'t [u8]> {
        let start = header.checked_add(1)?;
        let text = token.get(start..start.checked_add(payload)?)?;
        decode(text, bump).ok()
    }

    /// The reason for a token that turned out to be no JWS for `reason`: `TokenEncrypted` for the five parts of a JWE
    /// ([RFC 7516, section 3.1]).
    ///
    /// [RFC 7516, section 3.1]: https://www.rfc-editor.org/rfc/rfc7516#section-3.1
    #[cold]
    pub(crate) fn fault(token: &[u8], reason: Reason) -> Reason {
        let mut parts = 1;
        let mut rest = token;
        while let Some((_, after)) = split_at_period(rest)
            && parts < 6
        {
            parts += 1;
            rest = after;
        }
        if reason == Reason::TokenMalformed && parts == 5 { Reason::TokenEncrypted } else { reason }
    }

    /// Decodes the payload.
    pub(crate) fn payload(&self, bump: &mut Bump<'t>) -> Result<&'t [u8], Reason> {
        decode(self.payload, bump)
    }

    /// Decodes the signature.
    pub(crate) fn signature(&self, bump: &mut Bump<'t>) -> Result<&'t [u8], Reason> {
        decode(self.signature, bump)
    }
}

fn split_at_period(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, after) = text.split_at_checked(field::find_byte(text, b'.')?)?;
    Some((before, after.get(1..)?))
}

#[inline(always)]
fn decode<'t>(text: &[u8], bump: &mut Bump<'t>) -> Result<&'t [u8], Reason> {
    let len = base64url::decoded_len(text.len()).ok_or(Reason::TokenMalformed)?;
    let out = bump.take(len).ok_or(Reason::CredentialTooLarge)?;
    base64url::decode(text, out).map_err(|_| Reason::TokenMalformed)
}
