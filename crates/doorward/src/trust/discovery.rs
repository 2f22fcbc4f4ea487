//! Where an issuer's keys are, by its own metadata (OpenID Connect Discovery 1.0, section 4; [RFC 8414]).
//!
//! [RFC 8414]: https://www.rfc-editor.org/rfc/rfc8414

use super::address::Address;
use super::fetch::Failed;
use super::http::Http;
use doorward_core::key::FetchFault;
use doorward_core::wire::Scratch;
use doorward_core::wire::json::{Member, Value, scan};
use std::path::Path;
use std::time::Instant;

/// What is kept of an issuer's metadata.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Metadata {
    /// Where its keys are.
    pub(super) jwks_uri: String,
    /// Until when it need not be asked again.
    pub(super) good_until: Option<Instant>,
}

/// Asks the issuer for its metadata.
///
/// The well-known places are tried in order as long as an answer shows that nothing is there: a status from 400 to 499, a
/// redirect, or text that is no metadata, as sites answer that show a page for every path. An answer that names another
/// issuer ends the search, as does a provider that is down: what a later place says would then be a stranger's word.
///
/// # Errors
///
/// The first place's fault if nothing is at any, for that is where most issuers have it.
pub(super) fn find(http: &Http, issuer: &str, ca: Option<&Path>, until: Instant) -> Result<Metadata, Failed> {
    let jwks_uri = find_address("jwks_uri", http, issuer, ca, until)?;
    Ok(Metadata { jwks_uri, good_until: None })
}

/// Asks the issuer's metadata for another address than that of its keys, such as its `token_endpoint`; as [`find`] does.
pub(crate) fn find_address(
    member: &str,
    http: &Http,
    issuer: &str,
    ca: Option<&Path>,
    until: Instant,
) -> Result<String, Failed> {
    let address = Address::parse(issuer).map_err(|(fault, sentence)| Failed::new(fault, sentence))?;
    let mut first = None;
    for place in places(issuer) {
        let failed = match http.fetch(&place, ca, until) {
            Ok(fetched) => match read(member, &fetched.text, issuer, &address) {
                Ok(found) => return Ok(found),
                Err((fault, detail)) => Failed::new(fault, format!("{}: {detail}", address.host())),
            },
            Err(failed) => failed,
        };
        let goes_on = match failed.fault {
            // 408 and 429 come from whoever is there and has no time.
            FetchFault::Status => failed
                .status
                .is_some_and(|status| (400..500).contains(&status) && !matches!(status, 408 | 429)),
            FetchFault::Redirected | FetchFault::Malformed => true,
            _ => false,
        };
        if !goes_on {
            return Err(failed);
        }
        first.get_or_insert(failed);
    }
    Err(first.unwrap_or_else(|| Failed::new(FetchFault::Insecure, "expected a URL as issuer")))
}

/// Where an issuer's metadata may be: two places for one without a path, three for one with a path.
///
/// OpenID Connect appends to the path, [RFC 8414, section 3.1] inserts before it, and some servers insert for both.
///
/// [RFC 8414, section 3.1]: https://www.rfc-editor.org/rfc/rfc8414#section-3.1
fn places(issuer: &str) -> Vec<String> {
    const OPENID: &str = "/.well-known/openid-configuration";
    const OAUTH: &str = "/.well-known/oauth-authorization-server";
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    let after_scheme = issuer.find("://").and_then(|at| at.checked_add(3)).unwrap_or(0);
    let path = issuer.get(after_scheme..).and_then(|rest| rest.find('/'));
    match path.and_then(|at| issuer.split_at_checked(after_scheme.saturating_add(at))) {
        None => vec![format!("{issuer}{OPENID}"), format!("{issuer}{OAUTH}")],
        Some((host, path)) => {
            vec![format!("{issuer}{OPENID}"), format!("{host}{OAUTH}{path}"), format!("{host}{OPENID}{path}")]
        }
    }
}

/// The address that `member` gives.
///
/// # Errors
///
/// Metadata that is not strict JSON or lacks `issuer` or `member`; an `issuer` that is not the one that was asked, letter
/// for letter ([RFC 8414, section 3.3]); an address elsewhere than behind https, or on a loopback host where the issuer is on one.
///
/// [RFC 8414, section 3.3]: https://www.rfc-editor.org/rfc/rfc8414#section-3.3
fn read(member: &str, text: &str, issuer: &str, address: &Address) -> Result<String, (FetchFault, String)> {
    let malformed = |sentence: &str| (FetchFault::Malformed, sentence.to_owned());
    let mut members = vec![Member::default(); Scratch::MEMBERS];
    let (mut named, mut keys) = (None, None);
    let scanned = scan(text.as_bytes(), &mut members, |name, value| {
        if name == *"issuer" {
            named = Some(value);
        } else if name == *member {
            keys = Some(value);
        }
    });
    scanned.map_err(|_| malformed("expected metadata: strict JSON without duplicate members"))?;
    let named = named.and_then(string).ok_or_else(|| malformed("expected metadata with an `issuer`"))?;
    if named != issuer {
        let sentence = "expected metadata of the issuer that was asked, found another's";
        return Err((FetchFault::IssuerMismatch, sentence.to_owned()));
    }
    let lacking = || malformed(&format!("expected metadata with a `{member}`"));
    let keys = keys.and_then(string).ok_or_else(lacking)?;
    let place =
        Address::parse(&keys).map_err(|(fault, sentence)| (fault, format!("`{member}`: {sentence}")))?;
    if !place.is_tls() && !address.is_loopback() {
        let sentence = format!(
            "expected https for `{member}`, found http on a loopback host though the issuer is elsewhere"
        );
        return Err((FetchFault::Insecure, sentence));
    }
    Ok(keys)
}

fn string(value: Value<'_>) -> Option<String> {
    String::from_utf8(value.as_str()?.bytes().collect()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_well_known_parts_are_appended_and_inserted() {
        let root = [
            "https://idp.example/.well-known/openid-configuration",
            "https://idp.example/.well-known/oauth-authorization-server",
        ];
        assert_eq!(places("https://idp.example"), root);
        assert_eq!(places("https://idp.example/"), root);
        let tenant = [
            "https://idp.example:8443/a/b/.well-known/openid-configuration",
            "https://idp.example:8443/.well-known/oauth-authorization-server/a/b",
            "https://idp.example:8443/.well-known/openid-configuration/a/b",
        ];
        assert_eq!(places("https://idp.example:8443/a/b"), tenant);
        assert_eq!(places("https://idp.example:8443/a/b/"), tenant);
    }

    fn read_for(issuer: &str, text: &str) -> Result<String, FetchFault> {
        read("jwks_uri", text, issuer, &Address::parse(issuer).unwrap()).map_err(|(fault, _)| fault)
    }

    #[test]
    fn metadata_of_another_issuer_is_discarded_whole() {
        let text = |issuer: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"https://idp.example/k"}}"#);
        let asked = "https://idp.example/a";
        assert_eq!(read_for(asked, &text(asked)), Ok("https://idp.example/k".to_owned()));
        assert_eq!(
            read_for(asked, &text("https:\\/\\/idp.example/\\u0061")),
            Ok("https://idp.example/k".to_owned())
        );
        for other in [
            "https://idp.example/a/",
            "https://idp.example",
            "https://IDP.example/a",
            "https://idp.example/b",
            "http://idp.example/a",
            "",
        ] {
            assert_eq!(read_for(asked, &text(other)), Err(FetchFault::IssuerMismatch), "{other}");
        }
    }

    #[test]
    fn metadata_is_strict_json_with_both_members() {
        let asked = "https://idp.example";
        for text in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"issuer":"https://idp.example"}"#,
            r#"{"jwks_uri":"https://idp.example/k"}"#,
            r#"{"issuer":"https://idp.example","jwks_uri":null}"#,
            r#"{"issuer":["https://idp.example"],"jwks_uri":"https://idp.example/k"}"#,
            r#"{"issuer":"https://idp.example","issuer":"https://idp.example","jwks_uri":"https://a.example"}"#,
            r#"{"issuer":"https://idp.example","jwks_uri":"https://a.example","jwks_uri":"https://a.example"}"#,
        ] {
            assert_eq!(read_for(asked, text), Err(FetchFault::Malformed), "{text}");
        }
    }

    #[test]
    fn keys_are_behind_https_or_on_the_loopback_host_of_a_loopback_issuer() {
        let text = |issuer: &str, keys: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{keys}"}}"#);
        for (issuer, keys, fine) in [
            ("https://idp.example", "https://keys.example/k?v=1", true),
            ("https://idp.example", "http://idp.example/k", false),
            ("https://idp.example", "http://127.0.0.1/k", false),
            ("https://idp.example", "http://localhost/k", false),
            ("https://idp.example", "https://user:p@idp.example/k", false),
            ("https://idp.example", "/k", false),
            ("http://127.0.0.1:1", "http://127.0.0.1:2/k", true),
            ("http://localhost:1", "http://[::1]:2/k", true),
            ("http://localhost:1", "http://idp.example/k", false),
        ] {
            let expected = if fine { Ok(keys.to_owned()) } else { Err(FetchFault::Insecure) };
            assert_eq!(read_for(issuer, &text(issuer, keys)), expected, "{issuer} {keys}");
        }
    }
}
