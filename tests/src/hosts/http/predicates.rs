//! The rules of `exceptions.json` as code: each tells by the request alone whether a server answers it by itself.

use super::wire::Wire;
use doorward::report::Report;

/// Tells whether a rule is about a request.
pub(super) type Predicate = fn(&Request<'_>) -> bool;

/// What a predicate may look at: nothing of what the server did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'c> {
    pub(super) wire: &'c Wire,
    /// What the façade says of it.
    pub(super) expected: &'c Report,
    /// What it says of the request as the server hands it over.
    pub(super) handed_over: &'c Report,
}

/// The rules by their names in the file. Where several apply, the first one in the file counts.
pub(super) const PREDICATES: &[(&str, Predicate)] = &[
    ("control-character", |request| control_in_target(request.wire) || control_in_field(request.wire)),
    ("control-character-in-target", |request| control_in_target(request.wire)),
    ("fragment-in-target", |request| request.wire.target.contains(&b'#')),
    ("letter-outside-ascii-in-target", |request| !request.wire.target.is_ascii()),
    ("authorization-twice", |request| request.wire.values("authorization").count() > 1),
    ("authorization-empty-beside-another", |request| {
        handed_over_otherwise(request) && request.wire.values("authorization").any(<[u8]>::is_empty)
    }),
    ("content-type-joined", |request| {
        handed_over_otherwise(request) && request.wire.values("content-type").count() > 1
    }),
    ("authorization-joined", |request| {
        // Lines that are joined may be refused for another reason; none must be let in for it.
        let twice = request.wire.values("authorization").count() > 1;
        handed_over_otherwise(request) && twice && !request.handed_over.is_allow()
    }),
    ("method-in-other-letters", |request| {
        !request.wire.method.bytes().all(|byte| byte.is_ascii_uppercase() || b"_-".contains(&byte))
    }),
    ("target-without-path", |request| !request.wire.target.starts_with(b"/") && request.wire.target != b"*"),
    ("target-without-slash", |request| {
        is_asterisk(request.wire)
            || after_origin(&request.wire.target).is_some_and(|rest| rest.starts_with(b"?"))
    }),
    ("target-of-no-form", |request| {
        let target = &request.wire.target;
        !target.starts_with(b"/") && (after_origin(target).is_none() || has_dots_in_a_row(target))
    }),
    ("target-of-no-form-of-http", |request| {
        let target = &request.wire.target;
        !target.starts_with(b"/") && !is_asterisk(request.wire) && !is_http_url(target)
    }),
    ("target-of-another-scheme", |request| {
        let target = request.wire.target.to_ascii_lowercase();
        let is_http = target.starts_with(b"http://") || target.starts_with(b"https://");
        after_origin(&target).is_some() && !is_http && handed_over_otherwise(request)
    }),
    ("percent-encoding-broken", |request| decoded(&request.wire.target).is_none()),
    ("path-above-the-root", |request| {
        decoded(&request.wire.target).is_some_and(|path| is_above_the_root(&path))
    }),
    ("trace-marker", |request| {
        handed_over_otherwise(request) && request.wire.values("x-doorward-trace").next().is_some()
    }),
    ("path-not-as-judged", |request| {
        request.expected.is_allow() && path(&request.wire.target) != request.expected.path.as_bytes()
    }),
];

/// Whether the decision on what the server hands over is another one than that on what was sent.
fn handed_over_otherwise(request: &Request<'_>) -> bool {
    request.expected.to_json() != request.handed_over.to_json()
}

/// Whether it is, or begins like, the one target that is no path (RFC 9112, section 3.2.4).
fn is_asterisk(wire: &Wire) -> bool {
    wire.method == "OPTIONS" && wire.target.starts_with(b"*")
}

/// Whether the host of an absolute URL has an empty label inside.
fn has_dots_in_a_row(target: &[u8]) -> bool {
    let rest = after_origin(target).map_or(0, <[u8]>::len);
    let origin = target.get(..target.len().saturating_sub(rest)).unwrap_or_default();
    origin.windows(2).any(|two| two == b"..")
}

/// Whether it is a plain URL of HTTP, perhaps with a user.
fn is_http_url(target: &[u8]) -> bool {
    let target = String::from_utf8_lossy(target).to_ascii_lowercase();
    let rest = target.strip_prefix("https://").or_else(|| target.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let (user, host) = rest.split_once('@').unwrap_or(("", rest));
        let is_user = |letter: char| letter.is_ascii_alphanumeric() || r"-_.!~*'()%;:&=+$,".contains(letter);
        let rest = if user.chars().all(is_user) { host } else { rest };
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        !authority.ends_with(':') && after_origin(format!("http://{rest}").as_bytes()).is_some()
    })
}

fn control_in_target(wire: &Wire) -> bool {
    wire.target.iter().any(u8::is_ascii_control)
}

fn control_in_field(wire: &Wire) -> bool {
    let is_control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
    wire.fields.iter().any(|(_, value)| value.iter().any(is_control))
}

/// What follows scheme, host and port of a plain absolute URL.
pub(super) fn after_origin(target: &[u8]) -> Option<&[u8]> {
    let text = core::str::from_utf8(target).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at_checked(end)?;
    let is_host = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-');
    let is_literal = |host: &str| {
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).is_some_and(|host| !host.is_empty())
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (authority, ""),
    };
    let whole = scheme.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && scheme.chars().all(is_scheme)
        && !host.is_empty()
        && (host.chars().all(is_host) || is_literal(host))
        && port.bytes().all(|byte| byte.is_ascii_digit());
    whole.then_some(rest.as_bytes())
}

/// The target up to its query.
fn path(target: &[u8]) -> &[u8] {
    target.split(|byte| *byte == b'?').next().unwrap_or_default()
}

/// The path with its percent-encodings undone; nothing where one is broken or stands for NUL.
fn decoded(target: &[u8]) -> Option<Vec<u8>> {
    let target = after_origin(target).unwrap_or(target);
    let path = target.split(|byte| b"?#".contains(byte)).next().unwrap_or_default();
    let mut bytes = path.iter().copied();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        decoded.push(match byte {
            b'%' => u8::try_from(digit()? * 16 + digit()?).ok().filter(|byte| *byte != 0)?,
            byte => byte,
        });
    }
    Some(decoded)
}

/// Whether dot segments lead out of the root; slashes in a row are one.
fn is_above_the_root(path: &[u8]) -> bool {
    let mut depth = 0_usize;
    for segment in path.split(|byte| *byte == b'/') {
        match segment {
            b"" | b"." => {}
            b".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return true,
            },
            _ => depth += 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absolute_url_is_told_from_what_only_looks_like_one() {
        for (target, rest) in
            [("https://a.b:8/x?y", "/x?y"), ("ftp://a", ""), ("http://[::1]:80/", "/"), ("h+1://a?b", "?b")]
        {
            assert_eq!(after_origin(target.as_bytes()), Some(rest.as_bytes()), "{target}");
        }
        for target in ["/a", "a", "https:///a", "https://u@h/a", "https:/a", "https://a\\b/", "1:/a", "*"] {
            assert_eq!(after_origin(target.as_bytes()), None, "{target}");
        }
    }

    #[test]
    fn dot_segments_are_counted_as_they_are_decoded() {
        let above = |path: &str| decoded(path.as_bytes()).is_some_and(|path| is_above_the_root(&path));
        assert!(above("/../a") && above("/a/%2e%2E/../b") && above("/a//../../b") && above("/%2e."));
        assert!(!above("/a/../b") && !above("/a?/../..") && !above("/..."));
        assert_eq!(decoded(b"/%zz"), None);
        assert_eq!(decoded(b"/%0"), None);
        assert_eq!(decoded(b"/%00"), None);
    }
}
