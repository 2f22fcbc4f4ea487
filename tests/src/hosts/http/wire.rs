//! A case's request as the bytes of an HTTP/1.1 message, or what of it no such message can carry.

use doorward::raw_request::RawRequest;

/// What no HTTP/1.1 message can carry: each a rule of `exceptions.json`, decided by the case alone.
pub(super) const CANNOT_CARRY: &[&str] =
    &["before", "response", "method", "target", "field-name", "field-value", "outer-whitespace"];

/// The authority of requests whose target names none.
const AUTHORITY: &str = "api.example";

/// A request that HTTP/1.1 can carry.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    pub(super) method: String,
    pub(super) target: Vec<u8>,
    pub(super) authority: String,
    pub(super) fields: Vec<(String, Vec<u8>)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Wire {
    /// The message of a request, or the rule by which there is none.
    pub(super) fn of(request: &RawRequest) -> Result<Self, &'static str> {
        let method = token(&request.method).ok_or("method")?;
        // The parts of a request line are told apart by white space, and a message begins with no empty one.
        if request.url.is_empty() || request.url.iter().any(|byte| b" \t\r\n\x0b\x0c\0".contains(byte)) {
            return Err("target");
        }
        let mut fields = Vec::new();
        for (name, value) in &request.headers {
            let name = token(name).ok_or("field-name")?;
            if value.iter().any(|byte| b"\r\n\0".contains(byte)) {
                return Err("field-value");
            }
            let outer = |byte: Option<&u8>| byte.is_some_and(|byte| b" \t".contains(byte));
            if outer(value.first()) || outer(value.last()) {
                return Err("outer-whitespace");
            }
            fields.push((name, value.clone()));
        }
        let (authority, target) = origin_form(&request.url);
        Ok(Self { method, target, authority, fields, body: request.body.clone() })
    }

    /// The message.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut bytes = format!("{} ", self.method).into_bytes();
        bytes.extend(&self.target);
        bytes.extend(format!(" HTTP/1.1\r\nHost: {}\r\n", self.authority).into_bytes());
        for (name, value) in &self.fields {
            bytes.extend(format!("{name}: ").into_bytes());
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
        if let Some(body) = &self.body {
            bytes.extend(format!("Content-Length: {}\r\n", body.len()).into_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(self.body.iter().flatten());
        bytes
    }

    /// The request that a host finds in the message.
    pub(super) fn raw(&self) -> RawRequest {
        let raw = RawRequest::new(self.method.as_str(), self.target.as_slice());
        let add = |raw: RawRequest, (name, value): &(String, Vec<u8>)| {
            raw.with_header(name.as_str(), value.as_slice())
        };
        let mut raw = self.fields.iter().fold(raw, add);
        raw.body.clone_from(&self.body);
        raw
    }

    /// The target's query with its question mark, if it has one.
    pub(super) fn query(&self) -> &[u8] {
        let at = self.target.iter().position(|byte| *byte == b'?').unwrap_or(self.target.len());
        self.target.get(at..).unwrap_or_default()
    }

    /// The values of all lines with this name.
    pub(super) fn values<'w>(&'w self, name: &'w str) -> impl Iterator<Item = &'w [u8]> {
        let named = self.fields.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_slice())
    }
}

/// A token of RFC 9110, section 5.6.2.
fn token(bytes: &[u8]) -> Option<String> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    (!bytes.is_empty() && bytes.iter().all(is_token)).then(|| String::from_utf8_lossy(bytes).into_owned())
}

/// An absolute URL as a client would send it to a server: the authority in `Host`, the rest as the target. Whatever is
/// not plainly one is sent as it is.
fn origin_form(url: &[u8]) -> (String, Vec<u8>) {
    let text = core::str::from_utf8(url).unwrap_or_default();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | ':');
    match rest.find('/').and_then(|at| rest.split_at_checked(at)) {
        Some((authority, target)) if !authority.is_empty() && authority.chars().all(plain) => {
            (authority.to_owned(), target.as_bytes().to_vec())
        }
        _ => (AUTHORITY.to_owned(), url.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(url: &str, value: &str) -> Result<String, &'static str> {
        let request = RawRequest::new("GET", url).with_header("Authorization", value);
        Wire::of(&request).map(|wire| String::from_utf8(wire.bytes()).unwrap())
    }

    #[test]
    fn a_url_is_sent_as_clients_send_it() {
        let sent = |url: &str| sent(url, "x").unwrap().lines().take(2).collect::<Vec<_>>().join("|");
        assert_eq!(sent("https://api.example:8443/a?b"), "GET /a?b HTTP/1.1|Host: api.example:8443");
        assert_eq!(sent("/a//b?c#d"), "GET /a//b?c#d HTTP/1.1|Host: api.example");
        assert_eq!(sent("https://u@h/a"), "GET https://u@h/a HTTP/1.1|Host: api.example");
        assert_eq!(sent("ftp://h/a"), "GET ftp://h/a HTTP/1.1|Host: api.example");
    }

    #[test]
    fn what_cannot_be_carried_is_named() {
        assert_eq!(sent("/a b", "x"), Err("target"));
        assert_eq!(sent("", "x"), Err("target"));
        assert_eq!(sent("/", "a\rb"), Err("field-value"));
        assert_eq!(sent("/", "a "), Err("outer-whitespace"));
        assert_eq!(Wire::of(&RawRequest::new("G T", "/")).err(), Some("method"));
        assert_eq!(Wire::of(&RawRequest::new("GET", "/").with_header("a b", "")).err(), Some("field-name"));
    }
}
