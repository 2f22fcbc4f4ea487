//! SPIFFE ids, as strict as the standard's text: lower-case trust domain, no empty or dot segments, no encoding.

use super::Malformed;
use crate::limits;

/// A SPIFFE id, checked (SPIFFE ID, section 2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SpiffeId<'t> {
    trust_domain: &'t str,
    path: &'t str,
}

impl<'t> SpiffeId<'t> {
    /// Parses the whole of `text`.
    ///
    /// # Errors
    ///
    /// [`Malformed`] for anything but `spiffe://`, a trust domain of `a-z 0-9 . - _` and, if any, a path of non-empty
    /// segments of `A-Z a-z 0-9 . - _` other than `.` and `..`, in at most [`limits::SPIFFE_ID`] bytes.
    pub fn parse(text: &'t str) -> Result<Self, Malformed> {
        let id = Self::split(text)?;
        if text.len() > limits::SPIFFE_ID {
            return Err(Malformed);
        }
        let Some(path) = id.path.strip_prefix('/') else { return Ok(id) };
        for segment in path.split('/') {
            let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
            if matches!(segment, "" | "." | "..") || !segment.bytes().all(legal) {
                return Err(Malformed);
            }
        }
        Ok(id)
    }

    /// The trust domain of `text`, whatever the path looks like: who would have to vouch for it.
    #[must_use]
    pub fn trust_domain_of(text: &'t str) -> Option<&'t str> {
        Self::split(text).ok().map(|id| id.trust_domain)
    }

    fn split(text: &'t str) -> Result<Self, Malformed> {
        let rest = text.strip_prefix("spiffe://").ok_or(Malformed)?;
        let end = rest.find('/').unwrap_or(rest.len());
        let (trust_domain, path) = rest.split_at_checked(end).ok_or(Malformed)?;
        if is_trust_domain(trust_domain) { Ok(Self { trust_domain, path }) } else { Err(Malformed) }
    }

    /// The trust domain's name.
    #[must_use]
    pub const fn trust_domain(&self) -> &'t str {
        self.trust_domain
    }

    /// The path with its leading slash; empty for the id of the trust domain itself.
    #[must_use]
    pub const fn path(&self) -> &'t str {
        self.path
    }
}

/// Whether `name` can be the name of a trust domain (SPIFFE ID, section 2.1).
#[must_use]
pub fn is_trust_domain(name: &str) -> bool {
    let legal = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_');
    (1..=255).contains(&name.len()) && name.bytes().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// W-ID-01 to W-ID-05.
    #[test]
    fn ids_are_strict() {
        let id = SpiffeId::parse("spiffe://prod.example/ns/a_B-1.x").unwrap();
        assert_eq!((id.trust_domain(), id.path()), ("prod.example", "/ns/a_B-1.x"));
        assert_eq!(SpiffeId::parse("spiffe://td").unwrap().path(), "");
        for bad in [
            "",
            "spiffe://",
            "SPIFFE://td/a",
            "spiffe://TD/a",
            "spiffe://td/",
            "spiffe://td//a",
            "spiffe://td/./a",
            "spiffe://td/..",
            "spiffe://td/a%41",
            "spiffe://td:1/a",
            "spiffe://u@td/a",
            "spiffe://td/a?b",
            "spiffe://td/a#b",
            "http://td/a",
            "spiffe:///a",
        ] {
            assert_eq!(SpiffeId::parse(bad), Err(Malformed), "{bad}");
        }
    }
}
