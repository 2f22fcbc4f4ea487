//! The tables of a compiled policy. Nothing in them borrows, so that they can be built anywhere and owned together.

use crate::key::Algorithms;
use crate::outcome::Disclosure;
use crate::refusal::{Demand, Hop};
use crate::request::{Places, field_names};
use crate::store::Rate;
use crate::text::{Span, Texts};
use crate::time::Seconds;
use core::net::IpAddr;

/// Something that owns the tables of a policy.
pub trait AsTables {
    /// The tables. They must be the same at every call.
    fn as_tables(&self) -> Tables<'_>;
}

/// All tables of a policy.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'p> {
    /// What holds for the whole policy.
    pub settings: Settings,
    /// The characters of all texts.
    pub pool: &'p str,
    /// Lists of texts, as ranges of `pool`.
    pub texts: &'p [Span],
    /// The issuers, in the order of the policy.
    pub issuers: &'p [Issuer],
    /// Indices of issuers with an identifier, sorted by it.
    pub by_issuer: &'p [u32],
    /// Indices of issuers with a trust domain, sorted by it.
    pub by_trust_domain: &'p [u32],
    /// The tree of path segments; the first node is the root.
    pub nodes: &'p [Node],
    /// The literal segments below nodes, sorted by hash within a node.
    pub edges: &'p [Edge],
    /// The routes; those of one path stand together.
    pub routes: &'p [Route],
    /// Lists of issuers, as indices.
    pub accepts: &'p [u32],
    /// Claim rules.
    pub rules: &'p [Rule],
    /// Values that claims are compared with.
    pub scalars: &'p [Scalar],
    /// The networks whose members are believed when they say whom they speak for.
    pub trusted_proxies: &'p [Network],
}

impl AsTables for Tables<'_> {
    fn as_tables(&self) -> Tables<'_> {
        *self
    }
}

impl<'p> Tables<'p> {
    /// The text that a range of the pool names.
    #[must_use]
    pub fn text(&self, span: Span) -> &'p str {
        // INVARIANT: `Policy::new` has found every range inside the pool.
        span.text(self.pool).unwrap_or_default()
    }

    /// The list of texts that a range names.
    #[must_use]
    pub fn list(&self, span: Span) -> Texts<'p> {
        Texts::new(self.pool, span.of(self.texts))
    }

    /// What a route demands, for its challenges.
    #[must_use]
    pub fn demand(&self, route: &Route) -> Demand<'p> {
        Demand {
            realm: self.text(self.settings.realm),
            resource_metadata: self.settings.resource_metadata.map(|span| self.text(span)),
            disclosure: self.settings.disclosure,
            advertise_scope: self.settings.advertise_scope,
            scopes: self.list(route.scopes),
            any_scope: self.list(route.any_scope),
            acr: self.list(route.acr),
            max_auth_age: route.max_auth_age,
        }
    }

    /// As whom refusals say that they are ours.
    #[must_use]
    pub fn hop(&self) -> Option<Hop<'p>> {
        let Trace { proxy_status, details, .. } = self.settings.trace;
        proxy_status.map(|name| Hop { name: self.text(name), details })
    }
}

/// What holds for a whole policy.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The protection space.
    pub realm: Span,
    /// The URL of the protected resource's metadata.
    pub resource_metadata: Option<Span>,
    /// What refusals tell.
    pub disclosure: Disclosure,
    /// Whether the challenge to a caller without a credential lists the route's scopes.
    pub advertise_scope: bool,
    /// The answer to a path without a route.
    pub unmatched: Unmatched,
    /// The longest token that is looked at, in bytes.
    pub max_credential: u32,
    /// The field in which trusted proxies say whom they speak for.
    pub forwarded: ForwardedField,
    /// How many failures are borne with; no limit unless given.
    pub limit: Option<Limit>,
    /// What is left for others to see where a refusal came from.
    pub trace: Trace,
}

/// What refusals tell of where they come from, and what is believed of that.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Trace {
    /// Our name in `Proxy-Status`, as the field has it: a Token, or a String with its quotes.
    pub proxy_status: Option<Span>,
    /// Whether that field tells the reason where it is disclosed.
    pub details: bool,
    /// The allowance for clock skew between gateways and us.
    pub leeway: Seconds,
}

/// A limit on failed attempts, and whose attempts are counted together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    /// How many in how long.
    pub rate: Rate,
    /// Whether those of one peer are.
    pub by_peer: bool,
    /// Whether those with one credential are.
    pub by_credential: bool,
}

/// The field in which proxies say whom they speak for. Only one is believed: a proxy that sets one lets the other pass as
/// the caller sent it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum ForwardedField {
    /// `X-Forwarded-For`, which most proxies append to.
    #[default]
    XForwardedFor,
    /// `Forwarded` ([RFC 7239, section 4]).
    ///
    /// [RFC 7239, section 4]: https://www.rfc-editor.org/rfc/rfc7239#section-4
    Forwarded,
}

impl ForwardedField {
    /// Every field.
    pub const ALL: [Self; 2] = [Self::XForwardedFor, Self::Forwarded];

    /// Its name, in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => field_names::X_FORWARDED_FOR,
            Self::Forwarded => field_names::FORWARDED,
        }
    }
}

/// A range of addresses: those whose first bits are these.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Network {
    /// The first address; one of IPv4 for a network of IPv4.
    pub address: IpAddr,
    /// How many bits of it count.
    pub bits: u8,
}

impl Network {
    /// Whether an address is in it. An address of IPv4 in the clothes of IPv6 is one of IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other, width) = match (self.address.to_canonical(), address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (own.to_bits().into(), other.to_bits().into(), 32_u32),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let differ: u128 = own ^ other;
        let beyond = width.saturating_sub(u32::from(self.bits));
        // All bits are beyond a network of no bits, and a shift by all of them would be none.
        differ.checked_shr(beyond).unwrap_or(0) == 0
    }
}

/// The answer to a path without a route.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Unmatched {
    /// 403.
    #[default]
    Forbid,
    /// 404, not to be stored.
    Hide,
}

impl Unmatched {
    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Forbid => 403,
            Self::Hide => 404,
        }
    }
}

/// Which kind of JWT an issuer sends; the kinds exclude each other ([RFC 8725, section 3.12]).
///
/// [RFC 8725, section 3.12]: https://www.rfc-editor.org/rfc/rfc8725#section-3.12
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Profile {
    /// OAuth access tokens ([RFC 9068, section 2]).
    ///
    /// [RFC 9068, section 2]: https://www.rfc-editor.org/rfc/rfc9068#section-2
    Rfc9068,
    /// Plain JWTs without a type of their own ([RFC 7519, section 5.1]).
    ///
    /// [RFC 7519, section 5.1]: https://www.rfc-editor.org/rfc/rfc7519#section-5.1
    Jwt,
    /// SPIFFE JWT-SVIDs.
    JwtSvid,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Rfc9068, Self::Jwt, Self::JwtSvid];

    /// Its name in a policy.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rfc9068 => "rfc9068",
            Self::Jwt => "jwt",
            Self::JwtSvid => "jwt-svid",
        }
    }
}

/// An issuer that may vouch for bearer tokens.
#[derive(Clone, Copy, Debug)]
pub struct Issuer {
    /// Its name in the policy.
    pub name: Span,
    /// Its identifier, compared exactly with `iss`.
    pub issuer: Option<Span>,
    /// Its SPIFFE trust domain.
    pub trust_domain: Option<Span>,
    /// What a principal's issuer is called: the identifier, or the trust domain's name.
    pub display: Span,
    /// The kind of its tokens.
    pub profile: Profile,
    /// Names for us, one of which must be in `aud`; empty where the policy gives up the check.
    pub audience: Span,
    /// What its tokens may be signed with.
    pub algorithms: Algorithms,
    /// The allowance for clock skew.
    pub leeway: Seconds,
    /// How long after `iat` its tokens are taken.
    pub max_age: Option<Seconds>,
    /// Claims that its tokens must have, beyond those of the profile.
    pub required_claims: Span,
    /// Where its tokens may be sent.
    pub places: Places,
    /// Whether its tokens are taken once.
    pub single_use: bool,
}

/// A node of the path tree.
#[derive(Clone, Copy, Debug, Default)]
pub struct Node {
    /// Literal segments below it.
    pub edges: Span,
    /// The node below it for any one segment.
    pub any: Option<u32>,
    /// The routes for any tail from here.
    pub tail: Span,
    /// The routes for the path that ends here.
    pub here: Span,
}

/// A literal segment below a node.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// The segment's hash.
    pub hash: u32,
    /// The segment.
    pub segment: Span,
    /// The node that it leads to.
    pub node: u32,
}

/// A route: what it takes to be let through to a path.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// Its place in the policy file, from zero.
    pub number: u32,
    /// Methods; empty for all.
    pub methods: Span,
    /// Whether everyone is let through unseen.
    pub anyone: bool,
    /// The issuers that it accepts.
    pub accepts: Span,
    /// Where their tokens may be sent.
    pub places: Places,
    /// Scopes of which all are demanded.
    pub scopes: Span,
    /// Scopes of which one is demanded, if any are listed.
    pub any_scope: Span,
    /// Roles of which all are demanded.
    pub roles: Span,
    /// Roles of which one is demanded, if any are listed.
    pub any_role: Span,
    /// The JSON Pointer to the roles.
    pub roles_claim: Span,
    /// Rules on claims, all of which must hold.
    pub rules: Span,
    /// Authentication context classes of which one is demanded, if any are listed.
    pub acr: Span,
    /// How long ago the user may have authenticated.
    pub max_auth_age: Option<Seconds>,
    /// What is thought of tokens with an actor.
    pub delegation: Delegation,
    /// Whether refusals look as if there were no route.
    pub hidden: bool,
    /// Whether CORS preflight requests pass unjudged.
    pub cors_preflight: bool,
}

/// What a route thinks of tokens with an `act` claim.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Delegation {
    /// Any actor may act for the subject.
    #[default]
    Allow,
    /// None may.
    Refuse,
    /// These may, by the `sub` of the outermost `act`.
    Actors(Span),
}

/// A rule on one claim.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The JSON Pointer to the claim.
    pub claim: Span,
    /// What must hold.
    pub test: ClaimTest,
}

/// What must hold of a claim.
#[derive(Clone, Copy, Debug)]
pub enum ClaimTest {
    /// It is this value.
    Equals(Scalar),
    /// It is one of these values.
    OneOf(Span),
    /// It is an array with this value in it.
    Contains(Scalar),
    /// It is a string that begins like this.
    Prefix(Span),
    /// It is there, or it is not.
    Exists(bool),
}

/// A value to compare a claim with.
#[derive(Clone, Copy, Debug)]
pub enum Scalar {
    /// A string.
    String(Span),
    /// A number, as JSON text; compared by value.
    Number(Span),
    /// A boolean.
    Bool(bool),
}
