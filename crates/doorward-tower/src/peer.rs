//! Whose connection a request came by: what a policy's `limit` counts failed attempts by.

use core::net::IpAddr;
use http::Extensions;

/// The other end of the connection that a request came by, as an extension of the request.
///
/// A server of one's own inserts it for each request of a connection. It is the address of the *connection*, never what a
/// header field says: fields of proxies are read by the policy's `trusted_proxies`. For servers that tell it in a way of their
/// own there is [`DoorwardLayer::with_peer`](crate::DoorwardLayer::with_peer).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Peer(pub IpAddr);

/// How a layer learns of it.
pub(crate) type FindPeer = fn(&Extensions) -> Option<IpAddr>;

/// Without a word from whoever made the layer: our own extension.
pub(crate) fn told(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<Peer>().map(|peer| peer.0)
}
