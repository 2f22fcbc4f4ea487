//! The reason table: the one place where a refusal gets its number, name, outcome, cure and references.
//!
//! Everything that speaks of reasons is derived from the table at the end of this file: the enum, the status, the
//! challenge's error code, the command's output, the reference page and, in other languages, types and constants.

use crate::outcome::{Outcome, Signal};
use crate::recovery::Recovery;

/// The error code of a challenge, as registered by the protocols.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum WireError {
    /// The request uses the credential wrongly ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    InvalidRequest,
    /// The token is expired, revoked, malformed or otherwise not valid ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    InvalidToken,
    /// The request needs more than the token grants ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    InsufficientScope,
    /// The authentication behind the token is too weak or too old ([RFC 9470, section 3]).
    ///
    /// [RFC 9470, section 3]: https://www.rfc-editor.org/rfc/rfc9470#section-3
    InsufficientUserAuthentication,
}

impl WireError {
    /// Every code.
    pub const ALL: [Self; 4] = [
        Self::InvalidRequest,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::InsufficientUserAuthentication,
    ];

    /// The code as it stands in the `error` parameter.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
        }
    }
}

/// What kind of challenge a refusal for a reason carries.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Challenge {
    /// None: another credential would not change the answer.
    None,
    /// A challenge without error information, since no usable credential was sent
    /// ([RFC 6750, section 3.1]).
    ///
    /// [RFC 6750, section 3.1]: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    Plain,
    /// A challenge with this error code.
    Error(WireError),
}

/// Where a reason comes from and what it maps to in the frameworks of governance.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct References {
    /// Standards, as `RFC 6750, section 3.1`.
    pub standards: &'static [&'static str],
    /// NIST Cybersecurity Framework 2.0 subcategories.
    pub csf: &'static [&'static str],
    /// Tenets (`T1` to `T7`) and variations of NIST SP 800-207.
    pub zero_trust: &'static [&'static str],
    /// OWASP Non-Human Identities Top 10, 2025.
    pub nhi: &'static [&'static str],
    /// Functions of the identity pillar of CISA's Zero Trust Maturity Model 2.0.
    pub ztmm: &'static [&'static str],
}

macro_rules! reasons {
    ($(
        $number:literal $variant:ident $code:literal $status:literal $outcome:ident $challenge:expr,
        $recovery:ident, resend: $resend:literal, $signal:ident,
        $sentence:literal,
        operator: $operator:literal,
        $standards:expr, csf: $csf:expr, zero_trust: $tenets:expr, nhi: $nhi:expr, ztmm: $ztmm:expr;
    )+) => {
        /// Why a caller was refused.
        ///
        /// Numbers come in blocks of 100 by family and are never used again for something else.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Reason {
            $(#[doc = $sentence] $variant = $number,)+
        }

        impl Reason {
            /// Every reason, by number.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable number.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$variant => $number,)+ }
            }

            /// The reason with this number.
            #[must_use]
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// The stable `snake_case` name: the fault in what was presented.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The name of the variant, from which other languages derive theirs.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant),)+ }
            }

            /// What was decided.
            #[must_use]
            pub const fn outcome(self) -> Outcome {
                match self { $(Self::$variant => Outcome::$outcome,)+ }
            }

            /// The HTTP status for a bearer credential.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The kind of challenge that goes with it.
            #[must_use]
            pub const fn challenge(self) -> Challenge {
                match self { $(Self::$variant => $challenge,)+ }
            }

            /// What the caller should do next.
            #[must_use]
            pub const fn recovery(self) -> Recovery {
                match self { $(Self::$variant => Recovery::$recovery,)+ }
            }

            /// Whether the very same credential may be sent again after the recovery.
            #[must_use]
            pub const fn may_resend(self) -> bool {
                match self { $(Self::$variant => $resend,)+ }
            }

            /// How loud it should be.
            #[must_use]
            pub const fn signal(self) -> Signal {
                match self { $(Self::$variant => Signal::$signal,)+ }
            }

            /// One sentence for people: lower case, no full stop, never any input.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }

            /// What whoever runs the service should do about it.
            #[must_use]
            pub const fn operator(self) -> &'static str {
                match self { $(Self::$variant => $operator,)+ }
            }

            /// Standards and frameworks that speak of it.
            #[must_use]
            pub const fn references(self) -> References {
                match self { $(Self::$variant => References {
                    standards: &$standards, csf: &$csf, zero_trust: &$tenets, nhi: &$nhi, ztmm: &$ztmm,
                },)+ }
            }
        }
    };
}

impl Reason {
    /// The reason with this `snake_case` name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.code() == code)
    }

    /// The error code of the challenge, where there is one.
    #[must_use]
    pub const fn wire_error(self) -> Option<WireError> {
        match self.challenge() {
            Challenge::Error(error) => Some(error),
            Challenge::None | Challenge::Plain => None,
        }
    }
}

use Challenge::{Error, None as NoChallenge, Plain};
use WireError::{InsufficientScope, InsufficientUserAuthentication, InvalidRequest, InvalidToken};

// 100 request and credential, 200 token, 300 route and permission, 600 proofs and bindings, 800 our own trust,
// 900 throttling. Reserved: 400 certificates, 500 signed requests, 700 API keys and passwords, 1000 the caller's
// side.
reasons! {
    100 PathAmbiguous "path_ambiguous" 400 BadRequest NoChallenge,
    FixRequest, resend: true, Attack,
    "the path can be read in more than one way",
    operator: "find out who sends encoded slashes, dot segments with parameters or empty segments; they often probe for a way around path rules",
    ["RFC 3986, section 6.2.2", "RFC 9110, section 4.2.3"],
    csf: ["PR.AA-05", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Access Management", "Visibility & Analytics"];

    101 CredentialMissing "credential_missing" 401 Unauthenticated Plain,
    SendCredential, resend: false, Noise,
    "no credential was sent",
    operator: "nothing, unless a proxy in front strips the Authorization field",
    ["RFC 9110, section 15.5.2", "RFC 6750, section 3.1", "RFC 9728, section 5.1"],
    csf: ["PR.AA-03", "DE.CM-09"], zero_trust: ["T6", "T2"], nhi: ["NHI4"], ztmm: ["Authentication"];

    102 SchemeUnsupported "scheme_unsupported" 401 Unauthenticated Plain,
    ChangeScheme, resend: false, Fault,
    "the credential uses an authentication scheme that is not accepted here",
    operator: "tell the caller which schemes the route accepts",
    ["RFC 9110, section 11.1", "RFC 6750, section 3.1"],
    csf: ["PR.AA-03"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    103 CredentialMalformed "credential_malformed" 401 Unauthenticated Error(InvalidToken),
    FixRequest, resend: false, Fault,
    "the credential does not have the form that its scheme asks for",
    operator: "look at how the client builds the field, and at proxies that rewrite it",
    ["RFC 9110, section 11.4", "RFC 6750, section 2.1"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication", "Visibility & Analytics"];

    104 CredentialsAmbiguous "credentials_ambiguous" 400 BadRequest Error(InvalidRequest),
    FixRequest, resend: false, Attack,
    "more than one credential was sent",
    operator: "look for a proxy that adds a second Authorization field, or a caller that tries to confuse two of them",
    ["RFC 6750, section 2", "RFC 6750, section 3.1", "RFC 9110, section 5.3"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication", "Visibility & Analytics"];

    105 CredentialTooLarge "credential_too_large" 431 BadRequest NoChallenge,
    FixRequest, resend: false, Fault,
    "the credential is longer than this service looks at",
    operator: "raise max_credential if the issuer's tokens are really that long",
    ["RFC 6585, section 5", "RFC 9110, section 5.4"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    200 TokenMalformed "token_malformed" 401 Unauthenticated Error(InvalidToken),
    FixRequest, resend: false, Fault,
    "the token is not a well-formed signed JWT",
    operator: "compare the token as issued with the token as received: truncation, re-encoding, duplicate members",
    ["RFC 7515, section 5.2", "RFC 7519, section 7.2", "RFC 7797, section 7"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication", "Visibility & Analytics"];

    201 TokenEncrypted "token_encrypted" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Fault,
    "the token is encrypted, and only signed tokens are accepted",
    operator: "turn off token encryption for this service at the issuer",
    ["RFC 7516, section 3", "RFC 7519, section 7.2"],
    csf: ["PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Governance"];

    202 TokenTypeRefused "token_type_refused" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Fault,
    "the token is of another type than this issuer's profile asks for",
    operator: "check that callers send access tokens, not id tokens, and that the issuer's profile fits",
    ["RFC 9068, section 4", "RFC 7515, section 4.1.9"],
    csf: ["PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI4", "NHI9"], ztmm: ["Authentication"];

    203 CriticalHeaderUnknown "critical_header_unknown" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Fault,
    "the token names a critical extension that is not understood",
    operator: "ask the issuer for tokens without critical extensions",
    ["RFC 7515, section 4.1.11"],
    csf: ["PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Governance"];

    204 AlgorithmRefused "algorithm_refused" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Attack,
    "the token is not signed with an algorithm that is accepted from its issuer",
    operator: "look for forgery attempts, or add the issuer's algorithm to the policy if it really changed",
    ["RFC 7518, section 3.6", "RFC 8725, section 3.1", "RFC 9068, section 4"],
    csf: ["PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Governance"];

    205 IssuerUntrusted "issuer_untrusted" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Fault,
    "the token does not come from an issuer that is trusted here",
    operator: "check where the caller gets its tokens; issuers are compared character by character",
    ["RFC 7519, section 4.1.1", "RFC 8725, section 3.8", "RFC 9068, section 4"],
    csf: ["PR.AA-02", "PR.AA-04"], zero_trust: ["T6", "3.1.1"], nhi: ["NHI3", "NHI6"], ztmm: ["Identity Stores"];

    206 KeyUnknown "key_unknown" 401 Unauthenticated Error(InvalidToken),
    RefreshCredential, resend: false, Fault,
    "the token is signed with a key that its issuer does not publish",
    operator: "check whether the issuer rotated its keys and whether the key set here is current",
    ["RFC 7515, section 4.1.4", "RFC 7517, section 4.5", "RFC 8725, section 3.1"],
    csf: ["PR.AA-01", "PR.AA-04"], zero_trust: ["T6", "T7"], nhi: ["NHI7", "NHI6"], ztmm: ["Automation & Orchestration"];

    207 SignatureInvalid "signature_invalid" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Attack,
    "the token's signature does not hold",
    operator: "treat it as a forgery until shown otherwise; then look for truncation and for keys that share an id",
    ["RFC 7515, section 5.2", "RFC 9068, section 4"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4", "NHI2"], ztmm: ["Authentication", "Risk Assessments"];

    208 AudienceMismatch "audience_mismatch" 401 Unauthenticated Error(InvalidToken),
    RequestAudience, resend: false, Fault,
    "the token is meant for another service",
    operator: "check the resource the caller asks its token for; many of these may be tokens passed on by another service",
    ["RFC 7519, section 4.1.3", "RFC 9068, section 4", "RFC 8707, section 2"],
    csf: ["PR.AA-04"], zero_trust: ["T3", "T6"], nhi: ["NHI8", "NHI9"], ztmm: ["Access Management"];

    209 TokenExpired "token_expired" 401 Unauthenticated Error(InvalidToken),
    RefreshCredential, resend: false, Noise,
    "the token has expired",
    operator: "nothing, unless one caller keeps sending expired tokens: its refresh is broken",
    ["RFC 7519, section 4.1.4", "RFC 6750, section 3.1"],
    csf: ["PR.AA-01"], zero_trust: ["T3"], nhi: ["NHI7", "NHI1"], ztmm: ["Automation & Orchestration"];

    210 TokenTooOld "token_too_old" 401 Unauthenticated Error(InvalidToken),
    RefreshCredential, resend: false, Noise,
    "the token was issued longer ago than this service accepts",
    operator: "compare the issuer's token lifetime with max_age",
    ["RFC 7519, section 4.1.6"],
    csf: ["PR.AA-01"], zero_trust: ["T3"], nhi: ["NHI7"], ztmm: ["Automation & Orchestration"];

    211 TokenNotYetValid "token_not_yet_valid" 401 Unauthenticated Error(InvalidToken),
    SyncClock, resend: true, Fault,
    "the token is not valid yet",
    operator: "compare the clocks of issuer, caller and this service",
    ["RFC 7519, section 4.1.5", "RFC 9110, section 6.6.1"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T5", "T7"], nhi: [], ztmm: ["Visibility & Analytics"];

    212 TokenIssuedInFuture "token_issued_in_future" 401 Unauthenticated Error(InvalidToken),
    SyncClock, resend: true, Fault,
    "the token says that it was issued in the future",
    operator: "compare the clocks of issuer and this service",
    ["RFC 7519, section 4.1.6", "RFC 9110, section 6.6.1"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T5", "T7"], nhi: [], ztmm: ["Visibility & Analytics"];

    213 ClaimMissing "claim_missing" 401 Unauthenticated Error(InvalidToken),
    AskOperator, resend: false, Fault,
    "the token lacks a claim that it must have",
    operator: "add the claim at the issuer, or choose the profile that fits its tokens",
    ["RFC 9068, section 2.2", "RFC 7519, section 4"],
    csf: ["PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Governance"];

    214 ClaimMalformed "claim_malformed" 401 Unauthenticated Error(InvalidToken),
    AskOperator, resend: false, Fault,
    "a claim of the token does not have the type or form that it must have",
    operator: "mend the claim at the issuer; times must be numbers of seconds",
    ["RFC 7519, section 2", "RFC 7519, section 4.1"],
    csf: ["PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Governance"];

    215 TokenRevoked "token_revoked" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Attack,
    "the token has been revoked",
    operator: "find out who still uses it: revoked tokens in use may be stolen ones",
    ["RFC 6750, section 3.1", "RFC 7009, section 2"],
    csf: ["PR.AA-01", "RS.MI-01"], zero_trust: ["T3", "T4"], nhi: ["NHI1", "NHI2"], ztmm: ["Identity Stores", "Governance"];

    216 TokenInactive "token_inactive" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Fault,
    "the issuer says that the token is not active",
    operator: "ask the issuer; it gives no reason",
    ["RFC 7662, section 2.2"],
    csf: ["PR.AA-01", "RS.MI-01"], zero_trust: ["T3", "T4"], nhi: ["NHI1", "NHI2"], ztmm: ["Identity Stores", "Governance"];

    217 StepUpRequired "step_up_required" 401 Unauthenticated Error(InsufficientUserAuthentication),
    StepUp, resend: false, Noise,
    "the authentication behind the token is not strong or not recent enough",
    operator: "nothing for people; a workload cannot step up, so give it another route or another credential",
    ["RFC 9470, section 3", "RFC 9470, section 5"],
    csf: ["PR.AA-03", "PR.AA-05"], zero_trust: ["T4", "T6"], nhi: ["NHI4", "NHI10"], ztmm: ["Authentication", "Risk Assessments"];

    218 TokenReplayed "token_replayed" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Attack,
    "the token may be used once, and has been used before",
    operator: "find out who else has it: a token that is used twice was stolen, or its caller retries without a new one",
    ["RFC 7519, section 4.1.7", "RFC 9449, section 11.1"],
    csf: ["DE.CM-09", "PR.AA-04", "RS.AN-03"], zero_trust: ["T6", "T7"], nhi: ["NHI2"], ztmm: ["Risk Assessments", "Visibility & Analytics"];

    300 RouteUnmatched "route_unmatched" 403 Forbidden NoChallenge,
    Stop, resend: false, Noise,
    "no route of the policy governs this path",
    operator: "add a route if the path should be served; what no route names is refused",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05"], zero_trust: ["T4", "T6", "3.1.2"], nhi: ["NHI5", "NHI8"], ztmm: ["Access Management", "Governance"];

    301 MethodRefused "method_refused" 403 Forbidden NoChallenge,
    Stop, resend: false, Noise,
    "the route of this path does not take this method",
    operator: "add the method to the route if it should be served",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05"], zero_trust: ["T4", "T6"], nhi: ["NHI5"], ztmm: ["Access Management", "Governance"];

    302 IssuerRefused "issuer_refused" 403 Forbidden NoChallenge,
    ReplaceCredential, resend: false, Fault,
    "the token's issuer is trusted, but not on this route",
    operator: "add the issuer to the route's accept list if its callers belong there",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05"], zero_trust: ["T4", "T6"], nhi: ["NHI5", "NHI8"], ztmm: ["Access Management", "Governance"];

    303 ScopeInsufficient "scope_insufficient" 403 Forbidden Error(InsufficientScope),
    RequestScope, resend: false, Noise,
    "the token does not have the scopes that the route asks for",
    operator: "grant the scope to the client if it should have it",
    ["RFC 6750, section 3.1", "RFC 9068, section 5"],
    csf: ["PR.AA-05"], zero_trust: ["T4"], nhi: ["NHI5"], ztmm: ["Access Management"];

    304 RoleMissing "role_missing" 403 Forbidden NoChallenge,
    AskOperator, resend: false, Noise,
    "the caller does not have the roles that the route asks for",
    operator: "grant the role if the caller should have it",
    ["RFC 9068, section 2.2.3.1", "RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05"], zero_trust: ["T4", "T6", "3.1.2"], nhi: ["NHI5", "NHI8"], ztmm: ["Access Management", "Governance"];

    305 ClaimRefused "claim_refused" 403 Forbidden NoChallenge,
    AskOperator, resend: false, Noise,
    "a claim of the token does not meet the route's rule",
    operator: "compare the rule with the claims that `doorward explain` shows",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05"], zero_trust: ["T4", "T6", "3.1.2"], nhi: ["NHI5", "NHI8", "NHI10"], ztmm: ["Access Management", "Governance"];

    306 DelegationRefused "delegation_refused" 403 Forbidden NoChallenge,
    AskOperator, resend: false, Fault,
    "the route does not let this actor act for the token's subject",
    operator: "add the actor to the route's delegation list, or have the caller use its own identity",
    ["RFC 8693, section 4.1"],
    csf: ["PR.AA-05"], zero_trust: ["T4"], nhi: ["NHI9", "NHI10"], ztmm: ["Access Management", "Governance"];

    600 ProofMissing "proof_missing" 401 Unauthenticated Error(InvalidToken),
    NewProof, resend: false, Attack,
    "the token is bound to a key, and no proof of that key was sent",
    operator: "a bound token sent as a plain bearer token may be a stolen one; otherwise the client has lost its proof",
    ["RFC 7800, section 3", "RFC 9449, section 7.1", "RFC 8705, section 3"],
    csf: ["PR.AA-02", "PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI2", "NHI9"], ztmm: ["Authentication", "Risk Assessments"];

    800 TrustUnavailable "trust_unavailable" 503 Unavailable NoChallenge,
    Wait, resend: true, Fault,
    "the issuer's keys could not be loaded yet",
    operator: "check that the issuer's key set can be reached from here; the caller is not at fault",
    ["RFC 9110, section 15.6.4"],
    csf: ["PR.AA-01", "PR.AA-04"], zero_trust: ["T5", "3.1.1"], nhi: ["NHI6", "NHI3"], ztmm: ["Identity Stores"];

    801 TrustStale "trust_stale" 503 Unavailable NoChallenge,
    Wait, resend: true, Fault,
    "the issuer's keys have not been renewed for too long",
    operator: "check that the issuer's key set can be reached from here; the caller is not at fault",
    ["RFC 9110, section 15.6.4"],
    csf: ["PR.AA-01", "PR.AA-04"], zero_trust: ["T5", "3.1.1"], nhi: ["NHI6", "NHI3"], ztmm: ["Identity Stores"];

    802 ReplayStoreFull "replay_store_full" 503 Unavailable NoChallenge,
    Wait, resend: true, Fault,
    "the memory for tokens that may be used once is full",
    operator: "raise replay in [store], or look for the issuer whose tokens fill it; the caller is not at fault",
    ["RFC 9110, section 15.6.4"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T5", "T7"], nhi: ["NHI2"], ztmm: ["Visibility & Analytics"];

    900 TooManyFailures "too_many_failures" 429 Throttled NoChallenge,
    Wait, resend: true, Attack,
    "too many credentials of this caller were refused",
    operator: "look at what this caller was refused for: a broken client, or someone guessing",
    ["RFC 6585, section 4"],
    csf: ["DE.CM-09", "RS.MI-01", "RS.MA-02"], zero_trust: ["T7"], nhi: ["NHI2", "NHI9"], ztmm: ["Visibility & Analytics", "Automation & Orchestration"];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_rise_and_codes_are_unique() {
        for pair in Reason::ALL.windows(2) {
            assert!(pair[0].number() < pair[1].number(), "{} before {}", pair[0].code(), pair[1].code());
        }
        for (i, reason) in Reason::ALL.iter().enumerate() {
            assert!(Reason::ALL.iter().skip(i + 1).all(|other| other.code() != reason.code()));
            assert_eq!(Reason::from_code(reason.code()), Some(*reason));
            assert_eq!(Reason::from_number(reason.number()), Some(*reason));
        }
    }

    /// H-401-01: a 401 always carries a challenge; B-ERR-02: none of the others invents one.
    #[test]
    fn every_401_has_a_challenge_and_every_503_has_none() {
        for reason in Reason::ALL {
            match reason.status() {
                401 => assert_ne!(reason.challenge(), Challenge::None, "{}", reason.code()),
                503 | 429 => assert_eq!(reason.challenge(), Challenge::None, "{}", reason.code()),
                _ => {}
            }
            assert_eq!(reason.outcome() == Outcome::Unauthenticated, reason.status() == 401);
            assert_eq!(reason.outcome() == Outcome::Forbidden, reason.status() == 403);
        }
    }

    #[test]
    fn the_name_is_the_code_in_another_spelling() {
        for reason in Reason::ALL {
            let letters = reason.name().bytes().map(|b| b.to_ascii_lowercase());
            assert!(letters.eq(reason.code().bytes().filter(|b| *b != b'_')), "{}", reason.code());
        }
    }

    #[test]
    fn sentences_are_lower_case_without_a_full_stop() {
        for reason in Reason::ALL {
            for text in [reason.sentence(), reason.operator(), reason.recovery().advice()] {
                assert!(!text.ends_with('.') && text.starts_with(|c: char| c.is_ascii_lowercase()), "{text}");
            }
        }
    }

    #[test]
    fn an_optional_reason_costs_no_space() {
        assert_eq!(size_of::<Option<Reason>>(), 2);
    }
}
