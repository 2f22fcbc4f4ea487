//! Who is at the other end: the connection's address, or whom a trusted proxy speaks for.

use super::tables::{ForwardedField, Tables};
use crate::request::Request;
use crate::wire::forwarded;
use core::net::IpAddr;

/// The address whose attempts count together: of the last hop that is not ours, and of the connection where nobody in
/// between is trusted. `None` where the host tells no address.
///
/// What a hop says is believed only if it is a trusted proxy, so a caller can write what it likes into the field: the first
/// proxy of ours adds the caller's address behind it. Where that proxy names something that is no address, it counts itself.
pub(crate) fn peer(tables: &Tables<'_>, request: &Request<'_>) -> Option<IpAddr> {
    let mut at = request.peer?.to_canonical();
    let trusted = |address: IpAddr| tables.trusted_proxies.iter().any(|network| network.contains(address));
    let field = tables.settings.forwarded;
    let mut lines = request.values_from_last(field.name());
    // What a hop says of the one before it is worth as much as the hop.
    while trusted(at) {
        let Some(line) = lines.next() else { break };
        let end = match field {
            ForwardedField::XForwardedFor => back(forwarded::x_forwarded_for(line), &mut at, trusted),
            ForwardedField::Forwarded => back(forwarded::forwarded(line), &mut at, trusted),
        };
        if end {
            break;
        }
    }
    Some(at)
}

/// Goes back along the hops of a line, the last first, as far as they are ours; whether that was the end of what can be believed.
fn back(
    hops: impl Iterator<Item = Option<IpAddr>>,
    at: &mut IpAddr,
    trusted: impl Fn(IpAddr) -> bool,
) -> bool {
    for hop in hops {
        // Whoever names something that is no address counts itself.
        let Some(hop) = hop else { return true };
        *at = hop.to_canonical();
        if !trusted(*at) {
            return true;
        }
    }
    false
}

/// What attempts of an address are counted by: all of it for IPv4, and for IPv6 the 64 bits of the network, since whoever
/// has one address there has all of them ([RFC 4291, section 2.5.1]).
///
/// [RFC 4291, section 2.5.1]: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.1
pub(crate) fn counted(address: IpAddr) -> ([u8; 8], usize) {
    let mut bytes = [0; 8];
    let len = match address {
        IpAddr::V4(address) => {
            let octets = address.octets();
            bytes.iter_mut().zip(octets).for_each(|(to, from)| *to = from);
            octets.len()
        }
        IpAddr::V6(address) => {
            bytes.iter_mut().zip(address.octets()).for_each(|(to, from)| *to = from);
            bytes.len()
        }
    };
    (bytes, len)
}
