//! Networks of IP addresses, as a policy names its proxies.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use core::str::FromStr;
use doorward_core::policy as tables;

/// One address, or all addresses that begin with the same bits ([RFC 4632, section 3.1], [RFC 4291, section 2.3]).
///
/// An IPv4 address that came in over an IPv6 socket (`::ffff:192.0.2.1`, [RFC 4291, section 2.5.5.2]) is the IPv4 address
/// that it stands for, both in a network's text and in what is looked for in it. So `::/0` holds no IPv4 address.
///
/// ```
/// use doorward::policy::Network;
///
/// let network: Network = "10.0.0.0/8".parse()?;
/// assert!(network.contains("10.1.2.3".parse().unwrap()));
/// assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// assert_eq!("10.0.0.1/8".parse::<Network>().unwrap_err().help.as_deref(), Some("did you mean `10.0.0.0/8`?"));
/// # Ok::<(), doorward::policy::NetworkFault>(())
/// ```
///
/// [RFC 4632, section 3.1]: https://www.rfc-editor.org/rfc/rfc4632#section-3.1
/// [RFC 4291, section 2.3]: https://www.rfc-editor.org/rfc/rfc4291#section-2.3
/// [RFC 4291, section 2.5.5.2]: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Network {
    /// Its address is never a mapped one, and has no bits behind the prefix.
    inner: tables::Network,
}

/// Why a text names no network.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NetworkFault {
    /// What it should have been.
    pub expected: &'static str,
    /// What was probably meant.
    pub help: Option<String>,
}

impl fmt::Display for NetworkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}", self.expected)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, ": {help}"))
    }
}

impl core::error::Error for NetworkFault {}

/// The regular expression of what [`Network::from_str`] takes, as JSON Schema writes it; reading is stricter.
pub(super) const PATTERN: &str = "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$";

impl Network {
    /// Whether the address lies in the network.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.inner.contains(address)
    }
}

impl From<Network> for tables::Network {
    fn from(network: Network) -> Self {
        network.inner
    }
}

/// How many bits an address has.
const fn width(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

/// The address without the bits behind the prefix; `None` if it has fewer bits than that.
fn cut(address: IpAddr, prefix: u8) -> Option<IpAddr> {
    let behind = u32::from(width(address).checked_sub(prefix)?);
    Some(match address {
        IpAddr::V4(address) => {
            Ipv4Addr::from_bits(address.to_bits() & u32::MAX.checked_shl(behind).unwrap_or(0)).into()
        }
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & u128::MAX.checked_shl(behind).unwrap_or(0)).into()
        }
    })
}

impl FromStr for Network {
    type Err = NetworkFault;

    /// Reads an address, or one with `/` and the number of bits that count.
    ///
    /// # Errors
    ///
    /// Text of another form, a number of bits that the address does not have, and bits behind the prefix that are not zero.
    fn from_str(text: &str) -> Result<Self, NetworkFault> {
        let fault = |expected| NetworkFault { expected, help: None };
        let form = "an IP address or a network such as `10.0.0.0/8`";
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let written: IpAddr = address.parse().map_err(|_| fault(form))?;
        let width_fault = match written {
            IpAddr::V4(_) => "an IPv4 network with a prefix of 0 to 32 bits",
            IpAddr::V6(_) => "an IPv6 network with a prefix of 0 to 128 bits",
        };
        let prefix = match bits {
            None => width(written),
            Some(bits) if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                return Err(fault(form));
            }
            Some(bits) => {
                bits.parse().ok().filter(|bits| *bits <= width(written)).ok_or_else(|| fault(width_fault))?
            }
        };
        // A prefix that ends within the mapping's own bits leaves an IPv6 network; `cut` then finds bits behind it.
        let mapped = written.is_ipv6() && written.to_canonical().is_ipv4();
        let (address, prefix) = match prefix.checked_sub(MAPPING).filter(|_| mapped) {
            Some(prefix) => (written.to_canonical(), prefix),
            None => (written, prefix),
        };
        let first = cut(address, prefix).ok_or_else(|| fault(width_fault))?;
        let network = Self { inner: tables::Network { address: first, bits: prefix } };
        if first == address {
            return Ok(network);
        }
        let help = Some(format!("did you mean `{network}`?"));
        Err(NetworkFault { expected: "a network without bits behind its prefix", help })
    }
}

/// How many bits `::ffff:0:0/96` has before those of the IPv4 address.
const MAPPING: u8 = 96;

impl From<IpAddr> for Network {
    /// The network of one address.
    fn from(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { inner: tables::Network { address, bits: width(address) } }
    }
}

impl fmt::Display for Network {
    /// As it is read: the address alone where all of its bits count.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tables::Network { address, bits } = self.inner;
        if bits == width(address) { write!(f, "{address}") } else { write!(f, "{address}/{bits}") }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        network.parse::<Network>().unwrap().contains(address.parse().unwrap())
    }

    #[test]
    fn a_network_holds_what_begins_with_its_bits() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.128/25", "192.0.2.128", "192.0.2.127"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("::1", "::1", "::2"),
            ("fe80::/10", "febf::1", "fec0::1"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
        ] {
            assert!(holds(network, inside), "{inside} in {network}");
            assert!(!holds(network, outside), "{outside} not in {network}");
        }
    }

    #[test]
    fn a_mapped_address_is_the_address_that_it_stands_for() {
        assert!(holds("10.0.0.0/8", "::ffff:10.0.0.1"));
        assert!(holds("::ffff:10.0.0.0/104", "10.0.0.1"));
        assert!(holds("::ffff:0:0/96", "192.0.2.1"), "every IPv4 address");
        assert!(!holds("::/0", "::ffff:10.0.0.1"), "a network of IPv6 holds no IPv4 address");
        assert_eq!("::ffff:10.0.0.1".parse::<Network>(), "10.0.0.1".parse());
        assert_eq!(Network::from("::ffff:10.0.0.1".parse::<IpAddr>().unwrap()).to_string(), "10.0.0.1");
    }

    #[test]
    fn bits_behind_the_prefix_are_a_fault_that_names_the_network() {
        for (text, meant) in [
            ("10.0.0.1/8", "10.0.0.0/8"),
            ("192.0.2.255/31", "192.0.2.254/31"),
            ("10.0.0.0/0", "0.0.0.0/0"),
            ("2001:db8::1/64", "2001:db8::/64"),
            ("::ffff:10.0.0.1/104", "10.0.0.0/8"),
            ("::ffff:10.0.0.0/64", "::/64"),
        ] {
            let fault = text.parse::<Network>().unwrap_err();
            assert_eq!(fault.help, Some(format!("did you mean `{meant}`?")), "{text}");
            assert_eq!(meant.parse::<Network>().unwrap().to_string(), meant);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["10.0.0.0/8", "192.0.2.1", "0.0.0.0/0", "2001:db8::/32", "::1", "::/0"] {
            assert_eq!(text.parse::<Network>().unwrap().to_string(), text);
        }
        assert_eq!("192.0.2.1/32".parse::<Network>().unwrap().to_string(), "192.0.2.1");
        assert_eq!("2001:0DB8::0/128".parse::<Network>().unwrap().to_string(), "2001:db8::");
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "/",
            "/8",
            "10.0.0.0/",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/+8",
            "10.0.0.0/8/8",
            "10.0.0/8",
            "10.0.0.0/ 8",
            " 10.0.0.0",
            "010.0.0.0",
            "10.0.0.0:80",
            "[::1]",
            "::1%lo",
            "fe80::1%eth0",
            "localhost",
            "10.0.0.0/255.0.0.0",
            "10.0.0.0/99999999999",
            "*",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
        let fault = |text: &str| text.parse::<Network>().unwrap_err().to_string();
        assert_eq!(fault("10.0.0.0/33"), "expected an IPv4 network with a prefix of 0 to 32 bits");
        assert_eq!(fault("proxy"), "expected an IP address or a network such as `10.0.0.0/8`");
    }
}
