//! From what a policy says to the tables that the core decides by.

use crate::error::{LoadError, LoadErrors};
use crate::policy::model::{
    Accept, ClaimTest as Test, Delegation as Delegated, IssuerModel, LimitModel, PolicyModel, RouteModel,
    Scalar as Single,
};
use crate::tree::Tree;
use doorward_core::policy::{
    AsTables, ClaimTest, Delegation, Edge, Issuer, Limit, Network, Node, Route, Rule, Scalar, Settings,
    Tables, Trace,
};
use doorward_core::request::Places;
use doorward_core::store::Rate;
use doorward_core::text::Span;
use doorward_core::wire::field;
use std::collections::HashMap;

/// A compiled policy that owns its tables.
#[derive(Debug)]
pub(crate) struct Compiled {
    settings: Settings,
    pool: Pool,
    issuers: Vec<Issuer>,
    by_issuer: Vec<u32>,
    by_trust_domain: Vec<u32>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    routes: Vec<Route>,
    accepts: Vec<u32>,
    rules: Vec<Rule>,
    scalars: Vec<Scalar>,
    trusted_proxies: Vec<Network>,
}

impl AsTables for Compiled {
    fn as_tables(&self) -> Tables<'_> {
        Tables {
            settings: self.settings,
            pool: &self.pool.text,
            texts: &self.pool.lists,
            issuers: &self.issuers,
            by_issuer: &self.by_issuer,
            by_trust_domain: &self.by_trust_domain,
            nodes: &self.nodes,
            edges: &self.edges,
            routes: &self.routes,
            accepts: &self.accepts,
            rules: &self.rules,
            scalars: &self.scalars,
            trusted_proxies: &self.trusted_proxies,
        }
    }
}

/// Compiles a policy.
///
/// # Errors
///
/// Faults that only show when routes are held against each other: paths that cannot be normalised, and routes that could
/// never apply.
pub(crate) fn compile(model: &PolicyModel) -> Result<Compiled, LoadErrors> {
    let mut pool = Pool::default();
    let settings = Settings {
        realm: pool.text(&model.realm),
        resource_metadata: model.resource_metadata.as_deref().map(|url| pool.text(url)),
        disclosure: model.disclosure,
        advertise_scope: model.advertise_scope,
        unmatched: model.unmatched,
        max_credential: index(model.max_credential),
        forwarded: model.forwarded,
        limit: model.limit.map(limit),
        trace: trace(model, &mut pool),
    };
    let issuers: Vec<_> =
        model.issuers.iter().map(|issuer| compile_issuer(issuer, model, &mut pool)).collect();
    let sorted = |key: fn(&IssuerModel) -> Option<&String>| {
        let mut order: Vec<_> = model
            .issuers
            .iter()
            .enumerate()
            .filter_map(|(at, issuer)| key(issuer).map(|text| (text, at)))
            .collect();
        order.sort();
        order.into_iter().map(|(_, at)| index(at)).collect::<Vec<_>>()
    };
    let by_issuer = sorted(|issuer| issuer.issuer.as_ref());
    let by_trust_domain = sorted(|issuer| issuer.trust_domain.as_ref());

    let mut compiled = Compiled {
        settings,
        pool,
        issuers,
        by_issuer,
        by_trust_domain,
        nodes: Vec::new(),
        edges: Vec::new(),
        routes: Vec::new(),
        accepts: Vec::new(),
        rules: Vec::new(),
        scalars: Vec::new(),
        trusted_proxies: model.trusted_proxies.iter().map(|network| (*network).into()).collect(),
    };
    let mut tree = Tree::new();
    let mut errors: Vec<LoadError> = Vec::new();
    for (number, route) in model.routes.iter().enumerate() {
        if let Err(error) = tree.insert(number, route, &model.routes) {
            errors.push(error);
        }
    }
    if let Some(errors) = LoadErrors::from_vec(errors) {
        return Err(errors);
    }
    let routes = &mut Vec::new();
    (compiled.nodes, compiled.edges) = tree.flatten(&mut compiled.pool, routes);
    for number in routes.iter() {
        if let Some(route) = model.routes.get(*number) {
            let route = compiled.compile_route(*number, route);
            compiled.routes.push(route);
        }
    }
    Ok(compiled)
}

fn limit(model: LimitModel) -> Limit {
    Limit {
        rate: Rate { failures: model.failures, per: model.per },
        by_peer: model.by.peer,
        by_credential: model.by.credential,
    }
}

/// What refusals tell of where they come from. The name of the gateway is a Token where it can be one, and a String otherwise
/// ([RFC 9209, section 2]).
///
/// [RFC 9209, section 2]: https://www.rfc-editor.org/rfc/rfc9209#section-2
fn trace(model: &PolicyModel, pool: &mut Pool) -> Trace {
    let name = model.trace.proxy_status.as_deref().map(|name| {
        let (first, rest) = (name.bytes().take(1), name.bytes().skip(1));
        let mut first = first.map(|byte| byte.is_ascii_alphabetic() || byte == b'*');
        let mut rest = rest.map(|byte| field::is_tchar(byte) || matches!(byte, b':' | b'/'));
        if first.all(|fits| fits) && rest.all(|fits| fits) {
            name.to_owned()
        } else {
            format!("\"{}\"", name.replace('\\', r"\\").replace('"', "\\\""))
        }
    });
    Trace {
        proxy_status: name.map(|name| pool.text(&name)),
        details: model.trace.details,
        leeway: model.leeway,
    }
}

fn compile_issuer(issuer: &IssuerModel, model: &PolicyModel, pool: &mut Pool) -> Issuer {
    let name = pool.text(&issuer.name);
    // A trust domain is an issuer by its name.
    let display = issuer.issuer.as_ref().or(issuer.trust_domain.as_ref()).unwrap_or(&issuer.name);
    Issuer {
        name,
        issuer: issuer.issuer.as_deref().map(|text| pool.text(text)),
        trust_domain: issuer.trust_domain.as_deref().map(|text| pool.text(text)),
        display: pool.text(display),
        profile: issuer.profile,
        audience: pool.list(&issuer.audience),
        algorithms: issuer.algorithms,
        leeway: issuer.leeway.unwrap_or(model.leeway),
        max_age: issuer.max_age,
        required_claims: pool.list(&required_claims(issuer)),
        places: places(issuer),
        single_use: issuer.single_use,
    }
}

/// The claims that its tokens must have: a token that is taken once is known by its `jti`.
fn required_claims(issuer: &IssuerModel) -> Vec<String> {
    let mut claims = issuer.required_claims.clone();
    if issuer.single_use && !claims.iter().any(|claim| claim == "jti") {
        claims.push("jti".to_owned());
    }
    claims
}

fn places(issuer: &IssuerModel) -> Places {
    let place = issuer.token_in;
    Places { header: place.header, query: place.query, form: place.form }
}

impl Compiled {
    fn compile_route(&mut self, number: usize, route: &RouteModel) -> Route {
        let accepted: &[_] = match &route.accept {
            Accept::Anyone => &[],
            Accept::Issuers(issuers) => issuers,
        };
        let nowhere = Places { header: false, query: false, form: false };
        let tables = accepted.iter().filter_map(|issuer| self.issuers.get(issuer.value));
        let places = tables.fold(nowhere, |places, issuer| places.or(issuer.places));
        let accepts = append(&mut self.accepts, accepted.iter().map(|issuer| index(issuer.value)));
        let rules: Vec<_> = route
            .require
            .iter()
            .map(|rule| Rule { claim: self.pool.text(&rule.claim), test: self.compile_test(&rule.test) })
            .collect();
        let pool = &mut self.pool;
        Route {
            number: index(number),
            methods: pool.list(&route.methods),
            anyone: route.accept == Accept::Anyone,
            accepts,
            places,
            scopes: pool.list(&route.scopes),
            any_scope: pool.list(&route.any_scope),
            roles: pool.list(&route.roles),
            any_role: pool.list(&route.any_role),
            roles_claim: pool.text(route.roles_claim.as_deref().unwrap_or(ROLES_CLAIM)),
            rules: append(&mut self.rules, rules.into_iter()),
            acr: pool.list(&route.acr),
            max_auth_age: route.max_auth_age,
            delegation: match &route.delegation {
                Delegated::Allow => Delegation::Allow,
                Delegated::Refuse => Delegation::Refuse,
                Delegated::Actors(actors) => Delegation::Actors(pool.list(actors)),
            },
            hidden: route.hidden,
            cors_preflight: route.cors_preflight,
        }
    }

    fn compile_test(&mut self, test: &Test) -> ClaimTest {
        let pool = &mut self.pool;
        let mut scalar = |value: &Single| match value {
            Single::String(text) => Scalar::String(pool.text(text)),
            Single::Number(text) => Scalar::Number(pool.text(text)),
            Single::Boolean(value) => Scalar::Bool(*value),
        };
        match test {
            Test::Equals(value) => ClaimTest::Equals(scalar(value)),
            Test::OneOf(values) => {
                let values: Vec<_> = values.iter().map(scalar).collect();
                ClaimTest::OneOf(append(&mut self.scalars, values.into_iter()))
            }
            Test::Contains(value) => ClaimTest::Contains(scalar(value)),
            Test::Prefix(text) => ClaimTest::Prefix(pool.text(text)),
            Test::Exists(exists) => ClaimTest::Exists(*exists),
        }
    }
}

/// Where roles are unless a route says otherwise ([RFC 9068, section 2.2.3.1]).
///
/// [RFC 9068, section 2.2.3.1]: https://www.rfc-editor.org/rfc/rfc9068#section-2.2.3.1
const ROLES_CLAIM: &str = "/roles";

/// The characters of all texts, each text once, and the lists of them.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    text: String,
    known: HashMap<String, Span>,
    lists: Vec<Span>,
}

impl Pool {
    pub(crate) fn text(&mut self, text: &str) -> Span {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let span = Span { start: index(self.text.len()), len: index(text.len()) };
        self.text.push_str(text);
        self.known.insert(text.to_owned(), span);
        span
    }

    fn list(&mut self, texts: &[String]) -> Span {
        let spans: Vec<_> = texts.iter().map(|text| self.text(text)).collect();
        append(&mut self.lists, spans.into_iter())
    }
}

/// Puts `items` at the end of a table and says where they are.
pub(crate) fn append<T>(table: &mut Vec<T>, items: impl Iterator<Item = T>) -> Span {
    let start = table.len();
    table.extend(items);
    Span { start: index(start), len: index(table.len() - start) }
}

/// An index as the tables hold it. A policy of four billion entries does not fit into memory; if it did, the check of
/// the tables would refuse what this saturates.
pub(crate) fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
