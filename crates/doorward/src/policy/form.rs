//! The forms that strings of a policy must have.

use super::network::{self, Network, NetworkFault};
use super::{path, url};
use doorward_core::limits;

/// What a string must look like.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// Anything but the empty string.
    Any,
    /// What a challenge can quote: printable ASCII.
    Realm,
    /// The name of a gateway: printable ASCII, no longer than a host's.
    HopName,
    /// One scope.
    Scope,
    /// One authentication context class.
    Acr,
    /// A request method.
    Method,
    /// A JSON Pointer to a claim.
    Pointer,
    /// The name of a top-level claim.
    ClaimName,
    /// The pattern of a route.
    Path,
    /// A SPIFFE trust domain.
    TrustDomain,
    /// The URL of a metadata document.
    MetadataUrl,
    /// The URL of a key set. Its value may be a secret.
    KeysUrl,
    /// An address or a network.
    Network,
}

/// What a string should have been, and what would mend it.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Misfit {
    pub(super) expected: &'static str,
    /// What was found, where the text itself must not be shown.
    pub(super) found: Option<&'static str>,
    pub(super) help: Option<String>,
}

impl From<&'static str> for Misfit {
    fn from(expected: &'static str) -> Self {
        Self { expected, found: None, help: None }
    }
}

impl From<NetworkFault> for Misfit {
    fn from(fault: NetworkFault) -> Self {
        Self { expected: fault.expected, found: None, help: fault.help }
    }
}

impl Form {
    /// The regular expression of the form, as JSON Schema writes them; [`Form::check`] is stricter in places.
    pub(super) fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Realm => Some("^[ -~]+$"),
            Self::HopName => Some("^[ -~]{1,255}$"),
            Self::Scope => Some(r"^[!#-\[\]-~]+$"),
            Self::Acr => Some("^[!-~]+$"),
            Self::Method => Some("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"),
            Self::Pointer => Some("^(/([^~/]|~[01])*)+$"),
            Self::ClaimName => Some("^[^/]"),
            Self::Path => Some(path::PATTERN),
            Self::TrustDomain => Some("^[a-z0-9._-]{1,255}$"),
            Self::MetadataUrl | Self::KeysUrl => Some(url::PATTERN),
            Self::Network => Some(network::PATTERN),
        }
    }

    /// Whether the text has the form.
    ///
    /// # Errors
    ///
    /// What the text should have been.
    pub(super) fn check(self, text: &str) -> Result<(), Misfit> {
        let (fits, expected) = match self {
            Self::Any => (!text.is_empty(), "a string that is not empty"),
            Self::Realm => (every(text, |byte| (0x20..=0x7e).contains(&byte)), "printable ASCII characters"),
            Self::HopName => (
                text.len() <= limits::HOP_NAME && every(text, |byte| (0x20..=0x7e).contains(&byte)),
                "1 to 255 printable ASCII characters",
            ),
            Self::Scope => (every(text, is_scope), "one scope, in ASCII without space, `\"` and `\\`"),
            Self::Acr => {
                (every(text, |byte| byte.is_ascii_graphic()), "printable ASCII characters without space")
            }
            Self::Method => (every(text, is_token), "a request method such as `GET`"),
            Self::Pointer => return pointer(text),
            Self::ClaimName => return claim_name(text),
            Self::Path => return path::check(text).map_err(Misfit::from),
            Self::TrustDomain => (
                text.len() <= 255 && every(text, is_trust_domain),
                "a trust domain of 1 to 255 characters `a` to `z`, `0` to `9`, `.`, `_` and `-`",
            ),
            Self::MetadataUrl => {
                (url::check(text).is_ok(), "an https URL without fragment, or an http URL of this host")
            }
            Self::KeysUrl => {
                let hidden = |(expected, found)| Misfit { expected, found: Some(found), help: None };
                return url::check(text).map_err(hidden);
            }
            Self::Network => return text.parse::<Network>().map(|_| ()).map_err(Misfit::from),
        };
        if fits { Ok(()) } else { Err(expected.into()) }
    }
}

fn every(text: &str, rule: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(rule)
}

/// `scope-token = 1*( %x21 / %x23-5B / %x5D-7E )` ([RFC 6749, section 3.3])
///
/// [RFC 6749, section 3.3]: https://www.rfc-editor.org/rfc/rfc6749#section-3.3
fn is_scope(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}

/// `tchar` of [RFC 9110, section 5.6.2]
///
/// [RFC 9110, section 5.6.2]: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// The characters of a trust domain name (SPIFFE ID, section 2.1).
fn is_trust_domain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')
}

/// `json-pointer = *( "/" reference-token )` ([RFC 6901, section 3]), without the empty one: it is no claim.
///
/// [RFC 6901, section 3]: https://www.rfc-editor.org/rfc/rfc6901#section-3
fn pointer(text: &str) -> Result<(), Misfit> {
    if !text.starts_with('/') {
        let help = (!text.is_empty()).then(|| format!("did you mean `{}`?", pointer_from_name(text)));
        return Err(Misfit { expected: "a JSON Pointer such as `/department`", found: None, help });
    }
    if text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1'])) {
        Ok(())
    } else {
        Err("a JSON Pointer in which `~` is written `~0`".into())
    }
}

/// The pointer that somebody meant who wrote a name, or names with dots between them.
fn pointer_from_name(name: &str) -> String {
    let name = super::document::shown(name);
    if name.contains("://") {
        format!("/{}", name.replace('~', "~0").replace('/', "~1"))
    } else if name.contains('/') {
        format!("/{name}")
    } else {
        format!("/{}", name.replace('.', "/"))
    }
}

fn claim_name(text: &str) -> Result<(), Misfit> {
    match text.strip_prefix('/') {
        None => Form::Any.check(text),
        Some(name) => {
            let name = super::document::shown(name);
            let help = (!name.is_empty() && !name.contains('/')).then(|| format!("did you mean `{name}`?"));
            Err(Misfit { expected: "the name of a top-level claim", found: None, help })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(form: Form, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(form.check(text), Ok(()), "{text}");
        }
        for text in bad {
            assert!(form.check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn realm_scope_and_acr_fit_a_quoted_challenge() {
        table(Form::Realm, &["orders", "a \"b\" \\"], &["", "ä", "a\r\nb", "\u{7f}"]);
        let longest = "a".repeat(255);
        table(Form::HopName, &["edge-eu", "an \"edge\"", &longest], &["", "é", "a\r\nb", &"a".repeat(256)]);
        table(Form::Scope, &["orders:read", "!", "~", "#[]"], &["", "a b", "a\"", "a\\b", "ä"]);
        table(Form::Acr, &["urn:mace:silver", "0"], &["", "a b", "ä", "\t"]);
    }

    #[test]
    fn methods_are_tokens() {
        table(Form::Method, &["GET", "M-SEARCH", "get"], &["", "G T", "GET/", "GÉT"]);
    }

    #[test]
    fn pointers_begin_with_a_slash_and_escape_the_tilde() {
        table(Form::Pointer, &["/a", "/", "/a/0/b~1c~0d", "/ä"], &["", "a", "/~", "/~2", "/a~"]);
        let help = |text| Form::Pointer.check(text).unwrap_err().help.unwrap();
        assert_eq!(help("department"), "did you mean `/department`?");
        assert_eq!(help("realm_access.roles"), "did you mean `/realm_access/roles`?");
        assert_eq!(help("https://a.example/r"), "did you mean `/https:~1~1a.example~1r`?");
    }

    #[test]
    fn claim_names_are_not_pointers() {
        table(Form::ClaimName, &["sub", "https://a.example/r"], &["", "/sub", "/a/b"]);
        assert_eq!(Form::ClaimName.check("/sub").unwrap_err().help.unwrap(), "did you mean `sub`?");
    }

    #[test]
    fn trust_domains_are_lower_case_and_bounded() {
        let long = "a".repeat(255);
        let longer = "a".repeat(256);
        table(
            Form::TrustDomain,
            &["prod.example", "a_b-1", &long],
            &["", "Prod", "a/b", "spiffe://a", &longer],
        );
    }

    #[test]
    fn urls_are_https_or_loopback_and_those_of_keys_are_never_shown() {
        for form in [Form::MetadataUrl, Form::KeysUrl] {
            table(
                form,
                &["https://a.example/x", "http://localhost:1/"],
                &["", "http://a.example/", "https://u@a/"],
            );
        }
        assert_eq!(Form::MetadataUrl.check("https://u:p@a/").unwrap_err().found, None);
        assert_eq!(Form::KeysUrl.check("https://u:p@a/").unwrap_err().found, Some("one with them"));
    }
}
