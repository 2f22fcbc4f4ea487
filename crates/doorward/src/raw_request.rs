//! A request that owns its bytes, for whatever keeps requests for later: tests, replays, logs.

use core::net::IpAddr;
use doorward_core::request::{Field, Request};

/// A request as it was sent: fields in order, repeats kept.
#[derive(Clone, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct RawRequest {
    /// The method.
    pub method: Vec<u8>,
    /// The target: origin form or an absolute URL.
    pub url: Vec<u8>,
    /// Names and values of the field lines.
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// The content, if there is any.
    pub body: Option<Vec<u8>>,
    /// The address of the connection's other end, if it is known.
    pub peer: Option<IpAddr>,
}

impl RawRequest {
    /// A request with this method and target, and nothing else.
    #[must_use]
    pub fn new(method: impl Into<Vec<u8>>, url: impl Into<Vec<u8>>) -> Self {
        Self { method: method.into(), url: url.into(), ..Self::default() }
    }

    /// The same with one more field line.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The same from this address.
    #[must_use]
    pub fn with_peer(mut self, peer: IpAddr) -> Self {
        self.peer = Some(peer);
        self
    }

    /// Lends the request to `with`. All memory is there before `with` begins, so that a decision made in it can be seen
    /// to allocate nothing.
    pub fn lend<R>(&self, with: impl FnOnce(&Request<'_>) -> R) -> R {
        let fields: Vec<Field<'_>> =
            self.headers.iter().map(|(name, value)| Field::new(name, value)).collect();
        let request = Request::new(&self.method, &self.url, &fields);
        let request = self.peer.map_or(request, |peer| request.with_peer(peer));
        match &self.body {
            Some(body) => with(&request.with_body(body)),
            None => with(&request),
        }
    }
}

impl core::fmt::Debug for RawRequest {
    /// Shows the shape only: target, fields and body may hold credentials.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RawRequest")
            .field("headers", &self.headers.len())
            .field("body", &self.body.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}
