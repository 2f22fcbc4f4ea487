//! The one table of all policy keys: what is known, how it is read, and what editors are told of it.

use super::duration;
use super::form::Form;
use super::model::{ForwardedField, Profile, Unmatched};
use super::names::{LimitedBy, TokenPlace, names};
use super::revocation_keys;
use doorward_core::key::Algorithm;
use doorward_core::limits;
use doorward_core::outcome::Disclosure;

/// A kind of table in a policy.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Section {
    /// The policy itself.
    Top,
    /// `[issuers.name]`
    Issuer,
    /// `keys` of an issuer.
    Keys,
    /// `[[routes]]`
    Route,
    /// One element of `require`.
    ClaimRule,
    /// `[store]`
    Store,
    /// `[limit]`
    Limit,
    /// `[revoked]`
    Revoked,
    /// `[trace]`
    Trace,
    /// `key` of `[trace]`.
    TraceKey,
    /// A file of revocations itself.
    Revocations,
    /// `[[tokens]]` of such a file.
    RevokedToken,
    /// `[[subjects]]` of such a file.
    RevokedSubject,
    /// `[[issued_before]]` of such a file.
    IssuedBefore,
    /// `[[keys]]` of such a file.
    RevokedKey,
}

impl Section {
    /// The tables of a policy.
    pub(super) const ALL: [Self; 10] = [
        Self::Top,
        Self::Issuer,
        Self::Keys,
        Self::Route,
        Self::ClaimRule,
        Self::Store,
        Self::Limit,
        Self::Revoked,
        Self::Trace,
        Self::TraceKey,
    ];

    /// How a message names it.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Top => "the top of the policy",
            Self::Issuer => "an issuer",
            Self::Keys => "`keys` of an issuer",
            Self::Route => "a route",
            Self::ClaimRule => "a rule of `require`",
            Self::Store => "`[store]`",
            Self::Limit => "`[limit]`",
            Self::Revoked => "`[revoked]`",
            Self::Trace => "`[trace]`",
            Self::TraceKey => "`key` of `[trace]`",
            Self::Revocations => "the top of the file",
            Self::RevokedToken => "an entry of `tokens`",
            Self::RevokedSubject => "an entry of `subjects`",
            Self::IssuedBefore => "an entry of `issued_before`",
            Self::RevokedKey => "an entry of `keys`",
        }
    }

    /// The keys of the file that the section belongs to.
    pub(super) fn file(self) -> &'static [Key] {
        match self {
            Self::Top
            | Self::Issuer
            | Self::Keys
            | Self::Route
            | Self::ClaimRule
            | Self::Store
            | Self::Limit
            | Self::Revoked
            | Self::Trace
            | Self::TraceKey => KEYS,
            Self::Revocations
            | Self::RevokedToken
            | Self::RevokedSubject
            | Self::IssuedBefore
            | Self::RevokedKey => revocation_keys::KEYS,
        }
    }

    /// The keys of the section.
    pub(super) fn keys(self) -> impl Iterator<Item = &'static Key> {
        self.file().iter().filter(move |key| key.section == self)
    }
}

/// What a key takes.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// `true` or `false`.
    Boolean,
    /// `true`: the key is left out instead of `false`.
    True,
    /// An integer from the first to the second.
    Integer(usize, usize),
    /// A span from the first to the second number of seconds, as text or as the number.
    Duration(u64, u64),
    /// A point in time: RFC 3339, or seconds since 1970.
    Time,
    /// A string of a form.
    String(Form),
    /// At least so many different strings of a form.
    Strings(Form, usize),
    /// One string or any number of different ones.
    OneOrMore(Form),
    /// One of these names.
    Choice(fn() -> Vec<&'static str>),
    /// At least one of these names, each once.
    Choices(fn() -> Vec<&'static str>),
    /// One of these names, or at least one of them, each once.
    OneOrMoreChoices(fn() -> Vec<&'static str>),
    /// Names of issuers, or `anyone`.
    Accept,
    /// `allow`, `refuse`, or the actors.
    Delegation,
    /// A string, a number or a truth value.
    Scalar,
    /// At least one string, number or truth value.
    Scalars,
    /// A JWK or JWK Set.
    Jwks,
    /// One table.
    Table(Section),
    /// A table of named tables.
    Named(Section),
    /// An array of tables.
    Tables(Section),
    /// Nothing yet: the part that it belongs to is not in this build.
    Later,
}

/// One key of a policy.
pub(super) struct Key {
    /// The table that it stands in.
    pub(super) section: Section,
    /// Its name.
    pub(super) name: &'static str,
    /// What it takes.
    pub(super) kind: Kind,
    /// If it must be there, what to write.
    pub(super) needed: Option<&'static str>,
    /// What it means, in one sentence.
    pub(super) doc: &'static str,
}

impl Key {
    pub(super) const fn new(section: Section, name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { section, name, kind, needed: None, doc }
    }

    pub(super) const fn needed(mut self, help: &'static str) -> Self {
        self.needed = Some(help);
        self
    }

    /// Whether it belongs to a part that this build does not have.
    pub(super) fn is_later(&self) -> bool {
        matches!(self.kind, Kind::Later)
    }

    /// The key as messages name it.
    pub(super) fn full_name(&self) -> String {
        if self.section == Section::Keys { format!("keys.{}", self.name) } else { self.name.to_owned() }
    }
}

/// The key that stands for the policy as a whole.
pub(super) static ROOT: Key = Key::new(
    Section::Top,
    "policy",
    Kind::Table(Section::Top),
    "A policy of Doorward: who may vouch for callers, and who may do what.",
);

const LEEWAY: Kind = Kind::Duration(0, limits::LEEWAY_MAX);
const ANY: Form = Form::Any;
const SLOTS: Kind = Kind::Integer(0, limits::STORE_MAX);
const REFRESH: Kind = Kind::Duration(limits::KEYS_REFRESH_MIN, limits::KEYS_REFRESH_MAX);
const STALE_FOR: Kind = Kind::Duration(0, limits::KEYS_STALE_MAX);
const REFRESH_DOC: &str = "How often its keys are fetched: 10m unless given, 1m to 1d.";
const STALE_FOR_DOC: &str =
    "How long its keys are used when they cannot be fetched: 1d unless given, 30d at most.";

/// Every key, section by section.
pub(super) static KEYS: &[Key] = {
    use Kind::{
        Accept, Boolean, Choice, Choices, Delegation, Duration, Integer, Jwks, Later, Named, OneOrMore,
        OneOrMoreChoices, Scalar, Scalars, String, Strings, Table, Tables, True,
    };
    use Section::{ClaimRule, Issuer, Keys, Limit, Revoked, Route, Store, Top, Trace, TraceKey};
    &[
        Key::new(Top, "realm", String(Form::Realm), "The realm of every challenge; `doorward` unless given."),
        Key::new(Top, "leeway", LEEWAY, "How far clocks may differ; 30s unless given, 5m at most."),
        Key::new(
            Top,
            "disclosure",
            Choice(names::<Disclosure>),
            "What a refusal tells the caller: `none` (default) the protocol's code, `reason` also ours.",
        ),
        Key::new(
            Top,
            "resource_metadata",
            String(Form::MetadataUrl),
            "The URL of the protected resource's metadata, which challenges then carry.",
        ),
        Key::new(
            Top,
            "advertise_scope",
            Boolean,
            "Whether a challenge for a missing credential lists the route's scopes; `false` unless given.",
        ),
        Key::new(
            Top,
            "unmatched",
            Choice(names::<Unmatched>),
            "How requests without a route are refused: `forbid` (default) with 403, `hide` with 404.",
        ),
        Key::new(
            Top,
            "max_credential",
            Integer(limits::CREDENTIAL_MIN, limits::CREDENTIAL_MAX),
            "The longest credential that is looked at, in bytes; 8192 unless given.",
        ),
        Key::new(
            Top,
            "issuers",
            Named(Issuer),
            "Who may vouch for a bearer token, by the name that routes accept.",
        ),
        Key::new(Top, "routes", Tables(Route), "The rules for requests; the most specific path wins."),
        Key::new(Top, "external_url", Later, "The URL under which callers see this service."),
        Key::new(
            Top,
            "trusted_proxies",
            Strings(Form::Network, 1),
            "The proxies whose word on the caller's address is believed: addresses, or networks as `10.0.0.0/8`.",
        ),
        Key::new(
            Top,
            "forwarded",
            Choice(names::<ForwardedField>),
            "Where trusted proxies give the caller's address: `x-forwarded-for` (default) or `forwarded`.",
        ),
        Key::new(Top, "store", Table(Store), "How much is remembered of credentials."),
        Key::new(Top, "limit", Table(Limit), "How many failed attempts a caller has; no limit unless given."),
        Key::new(Top, "revoked", Table(Revoked), "Which credentials are revoked."),
        Key::new(Top, "trace", Table(Trace), "How others learn that a refusal is this gateway's."),
        Key::new(Top, "certificates", Later, "Who may vouch for a client certificate."),
        Key::new(Top, "signers", Later, "Who may sign requests."),
        Key::new(Top, "api_keys", Later, "Which API keys are known."),
        Key::new(
            Issuer,
            "profile",
            Choice(names::<Profile>),
            "What its tokens are: `rfc9068` (OAuth access tokens), `jwt` (plain), `jwt-svid` (SPIFFE).",
        )
        .needed("write `profile = \"rfc9068\"`, `\"jwt\"` or `\"jwt-svid\"`"),
        Key::new(
            Issuer,
            "issuer",
            String(ANY),
            "The exact `iss` of its tokens; needed but for profile `jwt-svid`.",
        ),
        Key::new(
            Issuer,
            "trust_domain",
            String(Form::TrustDomain),
            "The SPIFFE trust domain of its tokens; needed for profile `jwt-svid`, and only there.",
        ),
        Key::new(
            Issuer,
            "audience",
            OneOrMore(ANY),
            "Who its tokens must be for, any of these; `jwt` may give up the check with an empty list.",
        )
        .needed(
            "name who the tokens are for, as in `audience = [\"https://api.example\"]`; \
             only profile `jwt` may give up the check, with `audience = []`",
        ),
        Key::new(
            Issuer,
            "algorithms",
            Choices(names::<Algorithm>),
            "The algorithms that it signs with; either all with a shared secret (HS…) or none.",
        )
        .needed("list what the issuer signs with, as in `algorithms = [\"RS256\"]`"),
        Key::new(Issuer, "keys", Table(Keys), "Where its keys come from: exactly one source.").needed(
            "write `keys = { file = \"jwks.json\" }` or `keys = { url = \"https://idp.example/jwks\" }`",
        ),
        Key::new(Issuer, "refresh", REFRESH, REFRESH_DOC),
        Key::new(Issuer, "stale_for", STALE_FOR, STALE_FOR_DOC),
        Key::new(
            Issuer,
            "single_use",
            Boolean,
            "Whether each of its tokens is taken once only, by its `jti`; `false` unless given.",
        ),
        Key::new(
            Issuer,
            "leeway",
            LEEWAY,
            "How far its clock may differ; the policy's `leeway` unless given.",
        ),
        Key::new(
            Issuer,
            "max_age",
            Duration(1, duration::MAX),
            "How long after `iat` its tokens are accepted at most; no limit unless given.",
        ),
        Key::new(
            Issuer,
            "required_claims",
            Strings(Form::ClaimName, 0),
            "The names of top-level claims that its tokens must have.",
        ),
        Key::new(
            Issuer,
            "token_in",
            Choices(names::<TokenPlace>),
            "Where its tokens may stand: `header` (default), `query`, `form`.",
        ),
        Key::new(Keys, "file", String(ANY), "The path of a file with a JWK Set or JWK."),
        Key::new(Keys, "inline", Jwks, "A JWK Set or JWK."),
        Key::new(
            Keys,
            "url",
            String(Form::KeysUrl),
            "The URL of a JWK Set, or of a SPIFFE bundle: https, or http on a loopback host.",
        ),
        Key::new(Keys, "discovery", True, "The keys are those that the metadata at `issuer` names."),
        Key::new(
            Keys,
            "ca",
            String(ANY),
            "The path of the certificates (PEM) that the keys' server is known by.",
        ),
        Key::new(Keys, "refresh", REFRESH, REFRESH_DOC),
        Key::new(Keys, "stale_for", STALE_FOR, STALE_FOR_DOC),
        Key::new(
            Route,
            "path",
            String(Form::Path),
            "The path: `{name}` stands for one segment, a last `{*rest}` for the tail.",
        )
        .needed("write `path = \"/\"`"),
        Key::new(
            Route,
            "methods",
            Strings(Form::Method, 1),
            "The request methods, in exact case; any unless given.",
        ),
        Key::new(
            Route,
            "accept",
            Accept,
            "Who is let in: any one of these issuers, or `anyone` without a look at credentials.",
        )
        .needed("name the issuers, or write `accept = \"anyone\"` to let everyone in"),
        Key::new(Route, "scopes", Strings(Form::Scope, 0), "The scopes that are needed, all of them."),
        Key::new(Route, "any_scope", Strings(Form::Scope, 1), "The scopes of which one is needed."),
        Key::new(Route, "roles", Strings(ANY, 0), "The roles that are needed, all of them."),
        Key::new(Route, "any_role", Strings(ANY, 1), "The roles of which one is needed."),
        Key::new(Route, "roles_claim", String(Form::Pointer), "The JSON Pointer to the roles in the claims."),
        Key::new(Route, "require", Tables(ClaimRule), "What the claims must say, all of it."),
        Key::new(
            Route,
            "acr",
            Strings(Form::Acr, 1),
            "The authentication contexts of which one is needed; others are asked to step up.",
        ),
        Key::new(
            Route,
            "max_auth_age",
            Duration(0, duration::MAX),
            "How long ago callers may have authenticated; others are asked to step up.",
        ),
        Key::new(
            Route,
            "delegation",
            Delegation,
            "Whether an actor may use the subject's token: `allow` (default), `refuse`, or which actors.",
        ),
        Key::new(
            Route,
            "hidden",
            Boolean,
            "Whether every refusal is answered as if no route matched; `false` unless given.",
        ),
        Key::new(
            Route,
            "cors_preflight",
            Boolean,
            "Whether a CORS preflight passes unjudged; `false` unless given.",
        ),
        Key::new(ClaimRule, "claim", String(Form::Pointer), "The JSON Pointer to the claim.")
            .needed("write a JSON Pointer, as in `claim = \"/department\"`"),
        Key::new(ClaimRule, "equals", Scalar, "The claim is this."),
        Key::new(ClaimRule, "one_of", Scalars, "The claim is one of these."),
        Key::new(ClaimRule, "contains", Scalar, "The claim is an array with this element."),
        Key::new(ClaimRule, "prefix", String(ANY), "The claim is a string that begins so."),
        Key::new(ClaimRule, "exists", Boolean, "The claim is there (`true`), or it is not (`false`)."),
        Key::new(Store, "known", SLOTS, "How many verified credentials are remembered; 10000 unless given."),
        Key::new(Store, "refused", SLOTS, "How many refused credentials are remembered; 2000 unless given."),
        Key::new(
            Store,
            "replay",
            SLOTS,
            "How many tokens of `single_use` issuers are remembered; 100000 unless given.",
        ),
        Key::new(Store, "off", Boolean, "Whether no verified or refused credential is remembered at all."),
        Key::new(
            Limit,
            "failures",
            Integer(1, limits::FAILURES_MAX),
            "How many failures a caller has at once, before the answer is 429.",
        )
        .needed("write `failures = 20`"),
        Key::new(
            Limit,
            "per",
            Duration(1, limits::FAILURES_PER_MAX),
            "In which time the failures are given back, evenly; 1h at most.",
        )
        .needed("write `per = \"1m\"`"),
        Key::new(
            Limit,
            "by",
            OneOrMoreChoices(names::<LimitedBy>),
            "What failures are counted by: `peer` (the address), `credential`, or both (default).",
        ),
        Key::new(
            Revoked,
            "file",
            String(ANY),
            "The path of the file of revocations, TOML or JSON by its name.",
        )
        .needed("write `file = \"revoked.toml\"`"),
        Key::new(
            Trace,
            "proxy_status",
            String(Form::HopName),
            "The name of this gateway, which every refusal then tells in `Proxy-Status`.",
        ),
        Key::new(
            Trace,
            "details",
            Boolean,
            "Whether `Proxy-Status` tells the reason, where `disclosure` allows it; `false` unless given.",
        ),
        Key::new(
            Trace,
            "key",
            Table(TraceKey),
            "The secret that this service shares with the gateways before or behind it, for trace markers.",
        ),
        Key::new(TraceKey, "file", String(ANY), "The path of the file with the secret: 32 to 256 bytes.")
            .needed("write `key = { file = \"trace.key\" }`"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_stands_twice_in_a_section() {
        for section in Section::ALL {
            let mut names: Vec<_> = section.keys().map(|key| key.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{section:?}");
        }
    }

    #[test]
    fn every_key_is_explained_in_one_sentence() {
        for key in KEYS {
            assert!(key.doc.ends_with('.') && !key.doc.contains('\n'), "{}", key.name);
        }
    }

    #[test]
    fn the_defaults_that_the_sentences_name_are_the_real_ones() {
        assert_eq!((limits::LEEWAY_DEFAULT, limits::LEEWAY_MAX, limits::CREDENTIAL_DEFAULT), (30, 300, 8192));
        assert_eq!(
            (limits::KEYS_REFRESH_DEFAULT, limits::KEYS_REFRESH_MIN, limits::KEYS_REFRESH_MAX),
            (600, 60, 86_400)
        );
        assert_eq!((limits::KEYS_STALE_DEFAULT, limits::KEYS_STALE_MAX), (86_400, 30 * 86_400));
        assert_eq!((limits::KNOWN_DEFAULT, limits::REFUSED_DEFAULT), (10_000, 2_000));
        assert_eq!((limits::REPLAY_DEFAULT, limits::FAILURES_PER_MAX), (100_000, 3_600));
        assert_eq!((limits::TRACE_KEY_MIN, limits::TRACE_KEY_MAX), (32, 256));
    }
}
