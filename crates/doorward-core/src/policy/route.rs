//! Which route governs a request: the most specific path first, then the method.

use super::tables::{Edge, Node, Route, Tables};
use crate::request::{Request, field_names};
use crate::text::Span;
use crate::wire::field;
use crate::wire::path::split_at_byte;

/// Proof that a route lets the request through without a look at credentials: only this module can make one.
#[derive(Clone, Copy, Debug)]
pub struct LetThrough(());

/// What a path and a method lead to.
#[derive(Clone, Copy, Debug)]
pub enum Matched<'p> {
    /// This route governs the request, and wants to know who the caller is.
    Route(&'p Route),
    /// This route is for anyone.
    Anyone(&'p Route, LetThrough),
    /// A CORS preflight request that this route lets pass unjudged.
    Preflight(&'p Route, LetThrough),
    /// The path has routes, and none takes the method; `hidden` if all of them hide.
    MethodRefused {
        /// Whether all routes of the path are hidden.
        hidden: bool,
    },
    /// No route governs the path.
    None,
}

impl Matched<'_> {
    /// Whether what is found wants to be taken for nothing.
    #[must_use]
    pub const fn is_hidden(&self) -> bool {
        match self {
            Self::Route(route) | Self::Anyone(route, _) | Self::Preflight(route, _) => route.hidden,
            Self::MethodRefused { hidden } => *hidden,
            Self::None => false,
        }
    }

    /// Whether another path leads to the very same.
    #[must_use]
    pub fn agrees_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Route(one), Self::Route(other))
            | (Self::Anyone(one, _), Self::Anyone(other, _))
            | (Self::Preflight(one, _), Self::Preflight(other, _)) => one.number == other.number,
            (Self::MethodRefused { hidden: one }, Self::MethodRefused { hidden: other }) => one == other,
            (Self::None, Self::None) => true,
            _ => false,
        }
    }
}

impl<'p> Tables<'p> {
    /// Finds the route for a normalised path and a method.
    ///
    /// Segment by segment a literal is more specific than `{name}`, and that than `{*rest}`. The path decides first and
    /// alone: where its most specific routes do not take the method, no less specific one is asked.
    #[must_use]
    pub fn route(&self, request: &Request<'_>, path: &str) -> Matched<'p> {
        let routes = path.strip_prefix('/').and_then(|path| self.walk(self.nodes.first()?, path));
        let routes = routes.unwrap_or_default().of(self.routes);
        if routes.is_empty() {
            return Matched::None;
        }
        let lists = |route: &&Route| {
            self.list(route.methods).iter().any(|method| method.as_bytes() == request.method)
        };
        if request.method == b"OPTIONS"
            && let Some(route) = routes.iter().find(|route| route.cors_preflight)
            && request.values(field_names::ACCESS_CONTROL_REQUEST_METHOD).next().is_some()
            // Who writes a rule for OPTIONS itself wants it judged.
            && routes.iter().find(lists).is_none_or(|own| own.cors_preflight)
        {
            return Matched::Preflight(route, LetThrough(()));
        }
        // What is no method is none of "all methods" either.
        let any = |route: &Route| route.methods.is_empty() && field::is_token(request.method);
        match routes.iter().find(|route| any(route) || lists(route)) {
            Some(route) if route.anyone => Matched::Anyone(route, LetThrough(())),
            Some(route) => Matched::Route(route),
            None => Matched::MethodRefused { hidden: routes.iter().all(|route| route.hidden) },
        }
    }

    /// The routes for what is left of a path below `node`.
    ///
    /// Recursion is as deep as the policy's longest path, and each node is met at most once: a request chooses which
    /// branches are walked, never how many there are.
    fn walk(&self, node: &Node, path: &str) -> Option<Span> {
        let (segment, more) = match split_at_byte(path, b'/') {
            Some((segment, more)) => (segment, Some(more)),
            None => (path, None),
        };
        let down = |child: u32| {
            let child = self.nodes.get(usize::try_from(child).ok()?)?;
            match more {
                Some(more) => self.walk(child, more),
                None => Some(child.here).filter(|routes| !routes.is_empty()),
            }
        };
        let literal = self.edge(node.edges.of(self.edges), segment).and_then(|edge| down(edge.node));
        // A name stands for a segment, and an empty segment is none.
        let any = || node.any.filter(|_| !segment.is_empty()).and_then(down);
        literal.or_else(any).or(Some(node.tail).filter(|routes| !routes.is_empty()))
    }

    fn edge(&self, edges: &'p [Edge], segment: &str) -> Option<&'p Edge> {
        let hash = segment_hash(segment);
        let first = edges.partition_point(|edge| edge.hash < hash);
        let same = edges.get(first..)?.iter().take_while(|edge| edge.hash == hash);
        same.into_iter().find(|edge| self.text(edge.segment) == segment)
    }
}

/// The hash by which literal segments are sorted: FNV-1a. The policy's author chooses what is in the table, a request
/// only what is looked up, so collisions cannot be provoked.
#[must_use]
pub const fn segment_hash(segment: &str) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut rest = segment.as_bytes();
    while let [byte, tail @ ..] = rest {
        // Widening, as a constant can do it.
        hash = (hash ^ u32::from_le_bytes([*byte, 0, 0, 0])).wrapping_mul(0x0100_0193);
        rest = tail;
    }
    hash
}
