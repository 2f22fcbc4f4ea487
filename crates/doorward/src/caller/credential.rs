//! A credential: a scheme, a secret, and until when it is good.

use super::fault::SourceFault;
use super::jwt_end;
use core::fmt;
use doorward_core::limits;
use doorward_core::recover::Expiry;
use doorward_core::time::{Seconds, UnixTime};
use zeroize::Zeroizing;

/// A credential to send. Its memory is wiped when it is dropped, and `Debug` does not show it.
#[derive(Clone)]
pub struct Credential {
    scheme: String,
    secret: Zeroizing<String>,
    expires: Option<Expiry>,
    look_again: Option<Seconds>,
}

impl Credential {
    /// A bearer token; white space around it, as files and commands leave it, is not part of it.
    ///
    /// # Errors
    ///
    /// A hard fault, for text that cannot be a token: empty, longer than any server takes, or with other characters than visible
    /// ASCII, which would end the header field early.
    pub fn bearer(secret: impl Into<String>) -> Result<Self, SourceFault> {
        Self::with_scheme("Bearer", secret)
    }

    /// A credential of any scheme. That of another scheme than `Bearer` and `DPoP` may have spaces inside.
    ///
    /// # Errors
    ///
    /// As for [`Self::bearer`], and for a scheme that is no token ([RFC 9110, section 11.1]).
    ///
    /// [RFC 9110, section 11.1]: https://www.rfc-editor.org/rfc/rfc9110#section-11.1
    pub fn with_scheme(scheme: &str, secret: impl Into<String>) -> Result<Self, SourceFault> {
        let whole = Zeroizing::new(secret.into());
        let secret = Zeroizing::new(whole.trim_ascii().to_owned());
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if scheme.is_empty() || !scheme.bytes().all(is_token) {
            return Err(SourceFault::hard("expected an authentication scheme, found other characters"));
        }
        if secret.is_empty() {
            return Err(SourceFault::hard("expected a credential, found nothing"));
        }
        let most = limits::CREDENTIAL_MAX;
        if secret.len() > most {
            return Err(SourceFault::hard(format!(
                "expected a credential of at most {most} bytes, found more"
            )));
        }
        let tokens = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("dpop");
        if !secret.bytes().all(|byte| byte.is_ascii_graphic() || (!tokens && byte == b' ')) {
            let message = "expected a credential in visible ASCII characters, found others";
            return Err(SourceFault::hard(message));
        }
        Ok(Self { scheme: scheme.to_owned(), secret, expires: None, look_again: None })
    }

    /// The same as a token that is bound to a key and sent with a proof ([RFC 9449, section 7.1]), if it is a bearer token.
    ///
    /// [RFC 9449, section 7.1]: https://www.rfc-editor.org/rfc/rfc9449#section-7.1
    #[must_use]
    pub fn bound(mut self) -> Self {
        if self.scheme.eq_ignore_ascii_case("bearer") {
            "DPoP".clone_into(&mut self.scheme);
        }
        self
    }

    /// The same, good for so long from now on (`expires_in`). No time at all says nothing: some issuers write that for one that
    /// does not end, and nobody gives out what has ended.
    #[must_use]
    pub fn with_expires_in(self, span: Seconds, now: UnixTime) -> Self {
        let end = Expiry::Local(now.plus(span).min(UnixTime::LATEST));
        self.with_expiry((span.0 > 0).then_some(end))
    }

    /// The same, good until then.
    #[must_use]
    pub const fn with_expiry(mut self, expires: Option<Expiry>) -> Self {
        self.expires = expires;
        self
    }

    /// The same, good until what it says itself if it is a JWT and nothing else is known. It is not verified: its reader does that.
    /// A client should not look into tokens unless their issuer and format are its own ([RFC 9068, section 6]).
    ///
    /// [RFC 9068, section 6]: https://www.rfc-editor.org/rfc/rfc9068#section-6
    #[must_use]
    pub fn with_expiry_of_jwt(mut self) -> Self {
        if self.expires.is_none() {
            self.expires = jwt_end::read(&self.secret).map(Expiry::Server);
        }
        self
    }

    /// The same, of a source that is to be looked at again after so long.
    #[must_use]
    pub const fn looked_at_again(mut self, span: Option<Seconds>) -> Self {
        self.look_again = span;
        self
    }

    /// The authentication scheme.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The secret.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// When it ends.
    #[must_use]
    pub const fn expires(&self) -> Option<Expiry> {
        self.expires
    }

    /// After how long its source is to be looked at again.
    #[must_use]
    pub const fn look_again(&self) -> Option<Seconds> {
        self.look_again
    }

    /// The value of the `Authorization` field.
    #[must_use]
    pub fn field_value(&self) -> Zeroizing<String> {
        let length = self.scheme.len().saturating_add(self.secret.len()).saturating_add(1);
        let mut value = Zeroizing::new(String::with_capacity(length));
        value.push_str(&self.scheme);
        value.push(' ');
        value.push_str(&self.secret);
        value
    }

    /// Whether it is the same secret for the same scheme.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.scheme.eq_ignore_ascii_case(&other.scheme) && *self.secret == *other.secret
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("scheme", &self.scheme)
            .field("expires", &self.expires)
            .field("look_again", &self.look_again)
            .finish_non_exhaustive()
    }
}
