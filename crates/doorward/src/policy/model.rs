//! What a policy says, checked in itself but not compiled yet: paths are as written and keys are not loaded.

pub use super::key_source::KeySource;
pub use super::network::Network;
pub use super::settings::{LimitBy, LimitModel, StoreModel, TraceModel};
use crate::error::Position;
use doorward_core::key::Algorithms;
use doorward_core::outcome::Disclosure;
pub use doorward_core::policy::{ForwardedField, Profile, Unmatched};
use doorward_core::time::Seconds;

/// A value and where the policy gives it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it begins.
    pub at: Position,
}

/// A whole policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyModel {
    /// The realm of every challenge: printable ASCII, not empty; `doorward` unless given.
    pub realm: String,
    /// How far clocks may differ, for issuers that do not say otherwise.
    pub leeway: Seconds,
    /// What a refusal tells the caller about its reason.
    pub disclosure: Disclosure,
    /// The URL of the protected resource's metadata, for challenges.
    pub resource_metadata: Option<String>,
    /// Whether a challenge to a caller without a credential lists the scopes of the route.
    pub advertise_scope: bool,
    /// How a request that no route matches is refused.
    pub unmatched: Unmatched,
    /// The longest credential that is looked at, in bytes.
    pub max_credential: usize,
    /// The proxies whose word on the caller's address is believed; none unless given.
    pub trusted_proxies: Vec<Network>,
    /// Which field they give it in.
    pub forwarded: ForwardedField,
    /// How much is remembered of credentials.
    pub store: StoreModel,
    /// How many failed attempts a caller has; no limit unless given.
    pub limit: Option<LimitModel>,
    /// The path of the file of revocations, as the policy gives it.
    pub revoked: Option<Located<String>>,
    /// What a refusal tells of where it comes from; nothing unless given.
    pub trace: TraceModel,
    /// Who may vouch for a bearer token, in the order of the text.
    pub issuers: Vec<IssuerModel>,
    /// The routes, in the order of the text.
    pub routes: Vec<RouteModel>,
}

/// Who may vouch for a bearer token, and which tokens are good.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuerModel {
    /// The name of the section, which routes accept.
    pub name: String,
    /// Where the section begins.
    pub at: Position,
    /// The rules that its tokens follow.
    pub profile: Profile,
    /// The exact `iss` of its tokens: always there but for [`Profile::JwtSvid`].
    pub issuer: Option<String>,
    /// The SPIFFE trust domain: always there for [`Profile::JwtSvid`], never for others.
    pub trust_domain: Option<String>,
    /// The values of `aud` of which a token must have one. Empty only for [`Profile::Jwt`], and only where
    /// the policy says `audience = []`: then tokens for anyone are accepted.
    pub audience: Vec<String>,
    /// The accepted algorithms: at least one, and all symmetric or none.
    pub algorithms: Algorithms,
    /// Where its keys come from.
    pub keys: KeySource,
    /// How often its keys are fetched, where they are.
    pub refresh: Seconds,
    /// How long its keys are used beyond that while they cannot be fetched.
    pub stale_for: Seconds,
    /// Whether each of its tokens is taken once only, by its `jti`, which it must have then.
    pub single_use: bool,
    /// How far clocks may differ, where it is not [`PolicyModel::leeway`].
    pub leeway: Option<Seconds>,
    /// How long after `iat` a token is accepted at most.
    pub max_age: Option<Seconds>,
    /// The names of top-level claims that a token must have.
    pub required_claims: Vec<String>,
    /// Where in a request its tokens may stand.
    pub token_in: TokenIn,
}

/// Where in a request tokens may stand; at least one is true.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TokenIn {
    /// In the `Authorization` field.
    pub header: bool,
    /// In the query, as `access_token`.
    pub query: bool,
    /// In a form body, as `access_token`.
    pub form: bool,
}

impl Default for TokenIn {
    /// The header only.
    fn default() -> Self {
        Self { header: true, query: false, form: false }
    }
}

/// A rule for requests.
#[derive(Clone, Debug, PartialEq)]
pub struct RouteModel {
    /// Where the route begins.
    pub at: Position,
    /// The path pattern as written: `{name}` stands for one segment, a last `{*rest}` for the tail.
    pub path: Located<String>,
    /// The methods, exactly; empty for any.
    pub methods: Vec<String>,
    /// Who is let in.
    pub accept: Accept,
    /// All of these scopes are needed.
    pub scopes: Vec<String>,
    /// One of these scopes is needed, unless there are none.
    pub any_scope: Vec<String>,
    /// All of these roles are needed.
    pub roles: Vec<String>,
    /// One of these roles is needed, unless there are none.
    pub any_role: Vec<String>,
    /// The JSON Pointer to the roles in the claims, where it is not the default.
    pub roles_claim: Option<String>,
    /// What the claims must say.
    pub require: Vec<ClaimRule>,
    /// One of these authentication contexts is needed, unless there are none.
    pub acr: Vec<String>,
    /// How long ago the caller may have authenticated at most.
    pub max_auth_age: Option<Seconds>,
    /// Whether tokens that somebody else uses on the subject's behalf are let in.
    pub delegation: Delegation,
    /// Whether every refusal is answered as if no route matched.
    pub hidden: bool,
    /// Whether a CORS preflight passes unjudged.
    pub cors_preflight: bool,
}

/// Who is let in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Accept {
    /// Everyone; credentials are not looked at.
    Anyone,
    /// The callers of these issuers, given by their place in [`PolicyModel::issuers`]: at least one, none
    /// twice.
    Issuers(Vec<Located<usize>>),
}

/// What one claim must say.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimRule {
    /// Where the rule begins.
    pub at: Position,
    /// The JSON Pointer to the claim ([RFC 6901]); begins with `/`.
    ///
    /// [RFC 6901]: https://www.rfc-editor.org/rfc/rfc6901
    pub claim: String,
    /// What it must say.
    pub test: ClaimTest,
}

/// What a claim must say.
#[derive(Clone, Debug, PartialEq)]
pub enum ClaimTest {
    /// It is this.
    Equals(Scalar),
    /// It is one of these.
    OneOf(Vec<Scalar>),
    /// It is an array with this element.
    Contains(Scalar),
    /// It is a string that begins so.
    Prefix(String),
    /// It is there, or it is not.
    Exists(bool),
}

/// A value of a claim rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A string.
    String(String),
    /// A number as JSON text.
    Number(String),
    /// A truth value.
    Boolean(bool),
}

/// Whether tokens that somebody else uses on the subject's behalf are let in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Delegation {
    /// Whoever acts.
    #[default]
    Allow,
    /// Never.
    Refuse,
    /// Where one of these acts.
    Actors(Vec<String>),
}
