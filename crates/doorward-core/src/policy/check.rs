//! The one check of a policy's tables, after which reading them cannot go wrong.

use super::route::segment_hash;
use super::tables::{ClaimTest, Delegation, Edge, Profile, Scalar, Tables};
use crate::text::Span;
use core::fmt;

/// The table in which an index points nowhere, or whose order does not hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Inconsistent(&'static str);

impl fmt::Display for Inconsistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the compiled policy is inconsistent: {}", self.0)
    }
}

impl core::error::Error for Inconsistent {}

pub(super) fn check(tables: &Tables<'_>) -> Result<(), Inconsistent> {
    let t = tables;
    let text = |span: Span| span.text(t.pool).is_some();
    let list = |span: Span| span.get(t.texts).is_some();
    let scalar = |scalar: Scalar| match scalar {
        Scalar::String(span) | Scalar::Number(span) => text(span),
        Scalar::Bool(_) => true,
    };
    // Without its slash a pointer would mean the whole document.
    let pointer = |span: Span| span.text(t.pool).is_some_and(|text| text.starts_with('/'));
    let index = |at: u32, len: usize| usize::try_from(at).is_ok_and(|at| at < len);
    let must = |holds: bool, table: &'static str| if holds { Ok(()) } else { Err(Inconsistent(table)) };

    must(t.texts.iter().all(|span| text(*span)), "texts")?;
    let texts = [t.settings.resource_metadata, t.settings.trace.proxy_status];
    must(text(t.settings.realm) && texts.into_iter().flatten().all(text), "settings")?;
    must(
        t.issuers.iter().all(|issuer| {
            text(issuer.name)
                && text(issuer.display)
                && issuer.issuer.is_none_or(text)
                && issuer.trust_domain.is_none_or(text)
                && list(issuer.audience)
                && list(issuer.required_claims)
                // Only a plain JWT may be for anyone.
                && (!issuer.audience.is_empty() || issuer.profile == Profile::Jwt)
        }),
        "issuers",
    )?;
    let identifier = |i: &u32| issuer(t, *i).and_then(|issuer| issuer.issuer);
    must(sorted(t, t.by_issuer, identifier), "by_issuer")?;
    let trust_domain = |i: &u32| issuer(t, *i).and_then(|issuer| issuer.trust_domain);
    must(sorted(t, t.by_trust_domain, trust_domain), "by_trust_domain")?;
    must(!t.nodes.is_empty(), "nodes")?;
    for (at, node) in t.nodes.iter().enumerate() {
        let below =
            |child: u32| index(child, t.nodes.len()) && usize::try_from(child).is_ok_and(|child| child > at);
        let edges = node.edges.get(t.edges).ok_or(Inconsistent("edges"))?;
        // Children come after their parents, so that no walk can go in circles.
        must(
            node.any.is_none_or(below) && edges.iter().all(|edge| below(edge.node) && text(edge.segment)),
            "nodes",
        )?;
        let hashed = |edge: &Edge| edge.segment.text(t.pool).map(segment_hash) == Some(edge.hash);
        must(edges.iter().all(hashed) && edges.is_sorted_by_key(|edge| edge.hash), "edges")?;
        must(node.here.get(t.routes).is_some() && node.tail.get(t.routes).is_some(), "nodes")?;
    }
    must(t.accepts.iter().all(|at| index(*at, t.issuers.len())), "accepts")?;
    must(t.scalars.iter().all(|value| scalar(*value)), "scalars")?;
    must(
        t.rules.iter().all(|rule| {
            pointer(rule.claim)
                && match rule.test {
                    ClaimTest::Equals(value) | ClaimTest::Contains(value) => scalar(value),
                    ClaimTest::OneOf(span) => span.get(t.scalars).is_some(),
                    ClaimTest::Prefix(span) => text(span),
                    ClaimTest::Exists(_) => true,
                }
        }),
        "rules",
    )?;
    must(
        t.routes.iter().all(|route| {
            let lists =
                [route.methods, route.scopes, route.any_scope, route.roles, route.any_role, route.acr];
            lists.into_iter().all(list)
                && pointer(route.roles_claim)
                && route.accepts.get(t.accepts).is_some()
                && route.rules.get(t.rules).is_some()
                && !matches!(route.delegation, Delegation::Actors(actors) if !list(actors))
        }),
        "routes",
    )
}

fn issuer<'p>(tables: &Tables<'p>, at: u32) -> Option<&'p super::Issuer> {
    tables.issuers.get(usize::try_from(at).ok()?)
}

/// Whether every entry has a text, and the texts rise.
fn sorted(tables: &Tables<'_>, order: &[u32], key: impl Fn(&u32) -> Option<Span>) -> bool {
    let text = |at: &u32| key(at).and_then(|span| span.text(tables.pool));
    order.iter().all(|at| text(at).is_some()) && order.is_sorted_by_key(text)
}
