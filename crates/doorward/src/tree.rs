//! The tree of path segments, while routes are put into it.

use crate::compile::{Pool, append, index};
use crate::error::LoadError;
use crate::policy::model::RouteModel;
use doorward_core::policy::{Edge, Node, segment_hash};
use doorward_core::text::Span;
use doorward_core::wire::path;
use std::collections::BTreeMap;

/// The deepest path of a route, in segments: matching recurses once for each.
const SEGMENTS: usize = 64;

/// A tree whose nodes are known by their index; the first is the root.
pub(crate) struct Tree {
    nodes: Vec<Draft>,
}

#[derive(Default)]
struct Draft {
    literals: BTreeMap<String, usize>,
    any: Option<usize>,
    tail: Vec<usize>,
    here: Vec<usize>,
}

impl Tree {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Draft::default()] }
    }

    /// Puts the path of a route into the tree.
    pub(crate) fn insert(
        &mut self,
        number: usize,
        route: &RouteModel,
        all: &[RouteModel],
    ) -> Result<(), LoadError> {
        let fault =
            |message: String| LoadError::new(format!("routes[{number}].path"), message).at(route.path.at);
        let pattern = route.path.value.strip_prefix('/').unwrap_or(&route.path.value);
        if pattern.split('/').count() > SEGMENTS {
            return Err(fault(format!("expected a path of at most {SEGMENTS} segments")));
        }
        let mut node = 0;
        let mut tail = false;
        for segment in pattern.split('/') {
            if segment.starts_with("{*") {
                tail = true;
                break;
            }
            let next = if segment.starts_with('{') {
                self.nodes.get(node).and_then(|draft| draft.any)
            } else {
                let literal = normal(segment).ok_or_else(|| {
                    fault(format!("expected segments that can be read in one way only, found `{segment}`"))
                })?;
                let fresh = self.nodes.len();
                let known =
                    self.nodes.get_mut(node).map(|draft| *draft.literals.entry(literal).or_insert(fresh));
                known.filter(|known| *known != fresh).or_else(|| {
                    self.nodes.push(Draft::default());
                    Some(fresh)
                })
            };
            node = match next {
                Some(next) => next,
                None => {
                    let fresh = self.nodes.len();
                    self.nodes.push(Draft::default());
                    if let Some(draft) = self.nodes.get_mut(node) {
                        draft.any = Some(fresh);
                    }
                    fresh
                }
            };
        }
        let Some(draft) = self.nodes.get_mut(node) else { return Ok(()) };
        let routes = if tail { &mut draft.tail } else { &mut draft.here };
        for other in routes.iter() {
            if let Some(earlier) = all.get(*other)
                && let Some(method) = shadowed(earlier, route)
            {
                return Err(fault(format!("routes[{other}] has the same path and takes {method} already")));
            }
        }
        routes.push(number);
        Ok(())
    }

    /// The tree as tables, parents before children; `order` gets the routes in the order in which they stand together.
    pub(crate) fn flatten(&self, pool: &mut Pool, order: &mut Vec<usize>) -> (Vec<Node>, Vec<Edge>) {
        let mut edges = Vec::new();
        let nodes = self.nodes.iter().map(|draft| {
            let mut literals: Vec<_> = draft
                .literals
                .iter()
                .map(|(text, node)| Edge {
                    hash: segment_hash(text),
                    segment: pool.text(text),
                    node: index(*node),
                })
                .collect();
            literals.sort_by_key(|edge| edge.hash);
            let edges = append(&mut edges, literals.into_iter());
            let mut group = |routes: &[usize]| -> Span { append(order, routes.iter().copied()) };
            Node { edges, any: draft.any.map(index), tail: group(&draft.tail), here: group(&draft.here) }
        });
        (nodes.collect(), edges)
    }
}

/// What of the later route's methods the earlier one takes already, so that the later one would never be asked.
fn shadowed(earlier: &RouteModel, later: &RouteModel) -> Option<String> {
    if earlier.methods.is_empty() {
        return Some("every method".to_owned());
    }
    later.methods.iter().find(|method| earlier.methods.contains(method)).map(|method| format!("`{method}`"))
}

/// A literal segment as requests are normalised, and with the characters as they are that may stand in a path so. Others
/// outside ASCII are written as requests must send them.
fn normal(segment: &str) -> Option<String> {
    let mut text = String::from("/");
    for byte in segment.bytes() {
        if byte.is_ascii() {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    let mut out = vec![0; text.len() + 1];
    let normal = path::normalise(&text, &mut out).ok()?.strip_prefix('/')?;
    let mut out = vec![0; normal.len()];
    let normal = path::decode_reserved(normal, &mut out).unwrap_or(normal);
    // A dot segment disappears, and a slash that was encoded is refused above: what is left is one segment.
    if normal.is_empty() && !segment.is_empty() { None } else { Some(normal.to_owned()) }
}

#[cfg(test)]
mod tests {
    use crate::compile::compile;
    use crate::policy::{Format, read};

    /// The faults of a policy with these routes, each given as path and methods.
    fn faults(routes: &[(&str, &str)]) -> Vec<String> {
        let mut text = String::new();
        for (path, methods) in routes {
            text.push_str(&format!("[[routes]]\npath = '{path}'\naccept = 'anyone'\n{methods}\n"));
        }
        let model = read(&text, Format::Toml).unwrap();
        compile(&model)
            .err()
            .map(|errors| errors.iter().map(ToString::to_string).collect())
            .unwrap_or_default()
    }

    #[test]
    fn a_route_that_could_never_be_asked_is_a_fault() {
        assert_eq!(
            faults(&[("/a/{x}", "methods = ['GET', 'PUT']"), ("/a/{y}", "methods = ['POST', 'PUT']")]),
            ["6:8: routes[1].path: routes[0] has the same path and takes `PUT` already"]
        );
        assert_eq!(
            faults(&[("/a", ""), ("/%61", "methods = ['GET']")]),
            ["6:8: routes[1].path: routes[0] has the same path and takes every method already"]
        );
        assert!(faults(&[("/a", "methods = ['GET']"), ("/a", "")]).is_empty(), "the rest may follow");
        assert!(faults(&[("/a/{x}", ""), ("/a/{*x}", ""), ("/a/", ""), ("/A/{x}", "")]).is_empty());
    }

    #[test]
    fn segments_that_can_be_read_in_two_ways_are_faults() {
        for path in ["/a/../b", "/a/./b", "/a%2Fb", "/a/..;x", "/a b", "/%zz"] {
            let faults = faults(&[(path, "")]);
            assert!(faults.iter().any(|fault| fault.contains("read in one way only")), "{path}: {faults:?}");
        }
        assert!(faults(&[("/caf\u{e9}", "")]).is_empty());
    }

    #[test]
    fn the_depth_of_paths_is_bounded() {
        assert!(faults(&[(&"/a".repeat(64), "")]).is_empty());
        assert_eq!(
            faults(&[(&"/a".repeat(65), "")]),
            ["2:8: routes[0].path: expected a path of at most 64 segments"]
        );
    }
}
