//! The reason table: the one place where a refusal gets its number, name, outcome, cure and references.
//!
//! Everything that speaks of reasons is derived from the table at the end of this file: the enum, the status, the
//! challenge's error code, the command's output, the reference page and, in other languages, types and constants.

use crate::outcome::{Outcome, Signal};
use crate::recovery::Recovery;

pub use crate::wire_error::{Challenge, WireError};

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

    /// Whether only the caller's side gives this reason: no service answers with it.
    #[must_use]
    pub const fn is_of_caller_side(self) -> bool {
        self.number() >= 1000
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
// 900 throttling, 1000 the caller's side. Reserved: 400 certificates, 500 signed requests, 700 API keys and passwords.
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

    106 CredentialStrippedUpstream "credential_stripped_upstream" 401 Unauthenticated Plain,
    FixRequest, resend: false, Fault,
    "a gateway took the credential away before it came here, and left an authenticated note why",
    operator: "look at the root cause that the note names; the caller did send a credential",
    ["RFC 9110, section 11.6.2", "RFC 6750, section 3.1"],
    csf: ["PR.AA-03", "DE.CM-09"], zero_trust: ["T6", "T7"], nhi: ["NHI4"], ztmm: ["Authentication", "Visibility & Analytics"];

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

    601 ProofInvalid "proof_invalid" 401 Unauthenticated Error(InvalidToken),
    NewProof, resend: true, Fault,
    "the proof of possession of the token's key was refused",
    operator: "look for a wrong clock or a wrong external URL; a replayed proof is an incident",
    ["RFC 9449, section 4.3", "RFC 9449, section 7.1"],
    csf: ["PR.AA-02", "PR.AA-04"], zero_trust: ["T6"], nhi: ["NHI2", "NHI9"], ztmm: ["Authentication", "Risk Assessments"];

    602 ProofNonceRequired "proof_nonce_required" 401 Unauthenticated Error(InvalidToken),
    UseNonce, resend: true, Noise,
    "the proof of possession must hold the nonce of the answer",
    operator: "nothing",
    ["RFC 9449, section 8", "RFC 9449, section 9", "RFC 7616, section 3.3"],
    csf: ["PR.AA-03"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    800 TrustUnavailable "trust_unavailable" 503 Unavailable NoChallenge,
    Wait, resend: true, Fault,
    "the issuer's keys cannot be loaded at the moment",
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

    1000 CredentialRefused "credential_refused" 401 Unauthenticated Error(InvalidToken),
    RefreshCredential, resend: false, Noise,
    "the credential was refused, and the answer does not say why",
    operator: "have the service disclose its reasons, or look into its log",
    ["RFC 9110, section 15.5.2", "RFC 6750, section 3.1"],
    csf: ["PR.AA-03", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    1001 CredentialRefusedAgain "credential_refused_again" 401 Unauthenticated Error(InvalidToken),
    Stop, resend: false, Fault,
    "the same credential was refused before, and nothing has changed since",
    operator: "find out why the client has no other credential; retries cannot help",
    ["RFC 9110, section 15.5.2"],
    csf: ["DE.CM-09", "RS.MI-01"], zero_trust: ["T7"], nhi: ["NHI9"], ztmm: ["Visibility & Analytics", "Automation & Orchestration"];

    1002 CredentialStripped "credential_stripped" 401 Unauthenticated Plain,
    FixRequest, resend: false, Fault,
    "the request carried a credential, and the answer says that none came",
    operator: "find the proxy between the caller and the service that removes or rewrites the Authorization field",
    ["RFC 9110, section 11.6.2", "RFC 9110, section 15.5.2"],
    csf: ["PR.AA-03", "DE.CM-09"], zero_trust: ["T6", "T7"], nhi: ["NHI4"], ztmm: ["Authentication", "Visibility & Analytics"];

    1003 CredentialWithheld "credential_withheld" 401 Unauthenticated Plain,
    FixRequest, resend: false, Fault,
    "the request was redirected to another origin, where the client does not send its credential",
    operator: "give the client the final address; a credential is good for one origin",
    ["RFC 9110, section 11.5", "RFC 9110, section 15.4"],
    csf: ["PR.AA-03"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    1004 ClockSkewed "clock_skewed" 401 Unauthenticated Error(InvalidToken),
    SyncClock, resend: false, Fault,
    "a fresh credential was refused for its times: the clocks of caller and service differ",
    operator: "synchronise the clock that is wrong; the diagnosis says by how much they differ",
    ["RFC 7519, section 4.1.4", "RFC 9110, section 6.6.1"],
    csf: ["PR.AA-04", "DE.CM-09"], zero_trust: ["T5", "T7"], nhi: [], ztmm: ["Visibility & Analytics"];

    1005 ClaimsDemanded "claims_demanded" 401 Unauthenticated Error(InvalidToken),
    ReplaceCredential, resend: false, Noise,
    "the service wants a new token that answers the claims of its challenge",
    operator: "see that the client passes the claims on to the issuer",
    ["RFC 9110, section 11.6.1"],
    csf: ["PR.AA-03", "PR.AA-05"], zero_trust: ["T4", "T6"], nhi: ["NHI4"], ztmm: ["Authentication", "Risk Assessments"];

    1006 SignInOffered "sign_in_offered" 401 Unauthenticated Plain,
    SendCredential, resend: false, Fault,
    "the answer sends the caller to a sign-in page for people",
    operator: "have the gateway answer 401 to programs instead of a page or a redirect",
    ["RFC 9110, section 15.4", "RFC 9110, section 15.5.2"],
    csf: ["PR.AA-03"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    1007 ProxyCredentialMissing "proxy_credential_missing" 407 Unauthenticated NoChallenge,
    AskOperator, resend: false, Fault,
    "a proxy on the way wants a credential of its own",
    operator: "set up the client's proxy credential; the credential for the service is not at fault",
    ["RFC 9110, section 15.5.8", "RFC 9110, section 11.7.1"],
    csf: ["PR.AA-03"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    1008 NetworkSignInRequired "network_sign_in_required" 511 Unauthenticated NoChallenge,
    AskOperator, resend: false, Fault,
    "the network wants a sign-in before it lets anything through",
    operator: "sign the machine in to its network; the service was not reached",
    ["RFC 6585, section 6"],
    csf: ["PR.AA-03"], zero_trust: ["T2"], nhi: [], ztmm: ["Authentication"];

    1009 RequestRefused "request_refused" 400 BadRequest Error(InvalidRequest),
    FixRequest, resend: false, Fault,
    "the request uses its credential wrongly",
    operator: "mend the client, or the proxy that adds a second credential",
    ["RFC 6750, section 3.1", "RFC 9110, section 15.5.1"],
    csf: ["PR.AA-03", "DE.CM-09"], zero_trust: ["T6"], nhi: ["NHI4"], ztmm: ["Authentication"];

    1010 PermissionDenied "permission_denied" 403 Forbidden NoChallenge,
    AskOperator, resend: false, Noise,
    "the service knows the caller, and does not allow this",
    operator: "grant the permission, or take the call out of the client",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05"], zero_trust: ["T4"], nhi: ["NHI5"], ztmm: ["Access Management"];

    1011 RefusalUnrelated "refusal_unrelated" 403 Forbidden NoChallenge,
    AskOperator, resend: false, Fault,
    "the refusal has nothing to do with the credential",
    operator: "look at the firewall, address rule or content rule that the answer comes from",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05", "DE.CM-09"], zero_trust: ["T4", "3.1.2"], nhi: [], ztmm: ["Access Management", "Visibility & Analytics"];

    1012 RefusalUnexplained "refusal_unexplained" 403 Forbidden NoChallenge,
    AskOperator, resend: false, Noise,
    "the request was refused, and nothing tells whether for the credential, a permission or neither",
    operator: "have the service disclose its reasons, or look into its log",
    ["RFC 9110, section 15.5.4"],
    csf: ["PR.AA-05", "DE.CM-09"], zero_trust: ["T4", "T7"], nhi: [], ztmm: ["Access Management"];

    1013 RateLimited "rate_limited" 429 Throttled NoChallenge,
    Wait, resend: true, Noise,
    "the caller sends more requests than it may",
    operator: "raise the limit, or slow the client down; the credential is not at fault",
    ["RFC 6585, section 4"],
    csf: ["DE.CM-09"], zero_trust: ["T7"], nhi: [], ztmm: ["Visibility & Analytics"];

    1014 ServiceUnavailable "service_unavailable" 503 Unavailable NoChallenge,
    Wait, resend: true, Fault,
    "the service, or a gateway before it, cannot answer now",
    operator: "look at the service; the credential is not at fault",
    ["RFC 9110, section 15.6.4"],
    csf: ["DE.CM-09"], zero_trust: ["T5"], nhi: [], ztmm: ["Visibility & Analytics"];

    1015 CredentialUnobtainable "credential_unobtainable" 401 Unauthenticated Plain,
    AskOperator, resend: false, Fault,
    "the client could not get a credential; nothing was sent",
    operator: "look at the source of the client's credential: its file, command, secret store or issuer",
    ["RFC 6749, section 5.2"],
    csf: ["PR.AA-01"], zero_trust: ["T6"], nhi: ["NHI1", "NHI7"], ztmm: ["Automation & Orchestration"];

    1016 RetryBlocked "retry_blocked" 429 Throttled NoChallenge,
    Stop, resend: false, Fault,
    "the client was refused too often with all that it has; nothing was sent",
    operator: "look at what the client was refused for first; it tries again by itself later",
    ["RFC 9110, section 15.5.2"],
    csf: ["DE.CM-09", "RS.MI-01", "RS.MA-02"], zero_trust: ["T7"], nhi: ["NHI2", "NHI9"], ztmm: ["Visibility & Analytics", "Automation & Orchestration"];
}

#[cfg(test)]
mod tests;
