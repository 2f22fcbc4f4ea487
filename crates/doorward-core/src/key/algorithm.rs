//! The signature algorithms of JOSE that this crate knows, and sets of them.

/// A signature or MAC algorithm ([RFC 7518, section 3.1]; [RFC 9864, section 2.2] for Ed25519).
///
/// [RFC 7518, section 3.1]: https://www.rfc-editor.org/rfc/rfc7518#section-3.1
/// [RFC 9864, section 2.2]: https://www.rfc-editor.org/rfc/rfc9864#section-2.2
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    HS256,
    /// HMAC with SHA-384.
    HS384,
    /// HMAC with SHA-512.
    HS512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    RS256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RS384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RS512,
    /// RSASSA-PSS with SHA-256.
    PS256,
    /// RSASSA-PSS with SHA-384.
    PS384,
    /// RSASSA-PSS with SHA-512.
    PS512,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// ECDSA on P-384 with SHA-384.
    ES384,
    /// ECDSA on P-521 with SHA-512.
    ES512,
    /// Ed25519, also under its older, ambiguous name `EdDSA`.
    Ed25519,
}

/// What kind of key an algorithm needs.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Family {
    /// A shared secret.
    Symmetric,
    /// An RSA public key.
    Rsa,
    /// A public key on a NIST curve.
    Ec,
    /// A public key on an Edwards curve.
    Edwards,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 13] = [
        Self::HS256,
        Self::HS384,
        Self::HS512,
        Self::RS256,
        Self::RS384,
        Self::RS512,
        Self::PS256,
        Self::PS384,
        Self::PS512,
        Self::ES256,
        Self::ES384,
        Self::ES512,
        Self::Ed25519,
    ];

    /// The registered name; for Ed25519 the specific one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HS256 => "HS256",
            Self::HS384 => "HS384",
            Self::HS512 => "HS512",
            Self::RS256 => "RS256",
            Self::RS384 => "RS384",
            Self::RS512 => "RS512",
            Self::PS256 => "PS256",
            Self::PS384 => "PS384",
            Self::PS512 => "PS512",
            Self::ES256 => "ES256",
            Self::ES384 => "ES384",
            Self::ES512 => "ES512",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The algorithm with this registered name, compared exactly: `EdDSA` is Ed25519, `none` is nothing.
    ///
    /// `EdDSA` never stands for Ed448, which is not supported.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "EdDSA" {
            return Some(Self::Ed25519);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The kind of key that it needs.
    #[must_use]
    pub const fn family(self) -> Family {
        match self {
            Self::HS256 | Self::HS384 | Self::HS512 => Family::Symmetric,
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => Family::Rsa,
            Self::ES256 | Self::ES384 | Self::ES512 => Family::Ec,
            Self::Ed25519 => Family::Edwards,
        }
    }

    /// Whether signer and verifier share one secret.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self.family(), Family::Symmetric)
    }

    /// The exact length of a signature in bytes, where the algorithm fixes it; RSA's is its modulus'.
    #[must_use]
    pub const fn signature_len(self) -> Option<usize> {
        match self {
            Self::HS256 => Some(32),
            Self::HS384 => Some(48),
            Self::HS512 | Self::ES256 | Self::Ed25519 => Some(64),
            Self::ES384 => Some(96),
            Self::ES512 => Some(132),
            Self::RS256 | Self::RS384 | Self::RS512 | Self::PS256 | Self::PS384 | Self::PS512 => None,
        }
    }

    /// The least length of a shared secret in bytes: the hash's output ([RFC 7518, section 3.2]).
    ///
    /// [RFC 7518, section 3.2]: https://www.rfc-editor.org/rfc/rfc7518#section-3.2
    #[must_use]
    pub const fn secret_min(self) -> usize {
        match self {
            Self::HS256 => 32,
            Self::HS384 => 48,
            Self::HS512 => 64,
            _ => 0,
        }
    }

    const fn bit(self) -> u16 {
        match self {
            Self::HS256 => 1,
            Self::HS384 => 1 << 1,
            Self::HS512 => 1 << 2,
            Self::RS256 => 1 << 3,
            Self::RS384 => 1 << 4,
            Self::RS512 => 1 << 5,
            Self::PS256 => 1 << 6,
            Self::PS384 => 1 << 7,
            Self::PS512 => 1 << 8,
            Self::ES256 => 1 << 9,
            Self::ES384 => 1 << 10,
            Self::ES512 => 1 << 11,
            Self::Ed25519 => 1 << 12,
        }
    }
}

/// A set of algorithms: what a policy accepts from an issuer.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Algorithms(u16);

impl Algorithms {
    /// No algorithm.
    pub const NONE: Self = Self(0);

    /// Every algorithm: what a key set alone, without a policy, may be used with.
    pub const ALL: Self = Self(0x1fff);

    /// This set and one more.
    #[must_use]
    pub const fn with(self, algorithm: Algorithm) -> Self {
        Self(self.0 | algorithm.bit())
    }

    /// Whether it is a member.
    #[must_use]
    pub const fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & algorithm.bit() != 0
    }

    /// The members.
    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |algorithm| self.contains(*algorithm))
    }

    /// Whether all members use shared secrets.
    #[must_use]
    pub fn is_symmetric(self) -> bool {
        self.0 != 0 && self.iter().all(Algorithm::is_symmetric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_exact_and_eddsa_is_an_alias() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()), Some(algorithm));
        }
        assert_eq!(Algorithm::from_name("EdDSA"), Some(Algorithm::Ed25519));
        for wrong in ["none", "None", "noNE", "hs256", "Ed448", "RS256 ", ""] {
            assert_eq!(Algorithm::from_name(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sets_hold_what_was_put_in() {
        let set = Algorithms::NONE.with(Algorithm::ES256).with(Algorithm::HS512);
        assert!(set.iter().eq([Algorithm::HS512, Algorithm::ES256]));
        assert!(!set.is_symmetric() && Algorithms::NONE.with(Algorithm::HS256).is_symmetric());
        assert!(Algorithm::ALL.into_iter().all(|a| Algorithms::ALL.contains(a)));
    }
}
