//! Who the caller is: issuer and subject, always together, and what vouches for them.

use crate::time::UnixTime;
use core::fmt;

/// The kind of credential that a caller presented.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CredentialKind {
    /// A bearer token.
    Bearer,
}

impl CredentialKind {
    /// Every kind.
    pub const ALL: [Self; 1] = [Self::Bearer];

    /// The stable `snake_case` name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
        }
    }
}

/// A caller whose credential was found genuine, though not always current, meant for us or permitted.
///
/// A subject means nothing without its issuer ([RFC 7519, section 4.1.2]).
///
/// [RFC 7519, section 4.1.2]: https://www.rfc-editor.org/rfc/rfc7519#section-4.1.2
#[derive(Clone, Copy)]
pub struct Principal<'d> {
    /// The issuer: its identifier, or the name of a SPIFFE trust domain.
    pub issuer: &'d str,
    /// The name of the issuer in the policy.
    pub issuer_name: &'d str,
    /// The subject; empty where a plain JWT has none.
    pub subject: &'d str,
    /// The kind of credential.
    pub kind: CredentialKind,
    /// When the credential expires; every credential that is let in says so.
    pub expires: Option<UnixTime>,
    /// All claims, as the JSON text that was signed.
    pub claims: &'d str,
    /// The chain of delegation as JSON text: the outermost `act` claim ([RFC 8693, section 4.1]).
    ///
    /// [RFC 8693, section 4.1]: https://www.rfc-editor.org/rfc/rfc8693#section-4.1
    pub actor: Option<&'d str>,
}

impl fmt::Debug for Principal<'_> {
    /// Leaves subject and claims out: they may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal")
            .field("issuer", &self.issuer)
            .field("kind", &self.kind)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}
