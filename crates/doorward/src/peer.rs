//! The address of a peer, from the texts in which servers tell it.

use core::net::{IpAddr, SocketAddr};

/// Reads the address of a connection's other end as servers write it: alone, with a port, in brackets, with a zone.
///
/// `None` for anything else, a socket's path among it: then nobody's attempts are counted together.
///
/// ```
/// assert_eq!(doorward::peer("[2001:db8::1]:4711"), "2001:db8::1".parse().ok());
/// assert_eq!(doorward::peer("fe80::1%eth0"), "fe80::1".parse().ok());
/// assert_eq!(doorward::peer("unix:"), None);
/// ```
#[must_use]
pub fn peer(text: &str) -> Option<IpAddr> {
    if let Ok(with_port) = text.parse::<SocketAddr>() {
        return Some(with_port.ip());
    }
    let inside = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let address = inside.split_once('%').map_or(inside, |(address, _)| address);
    address.parse().ok()
}
