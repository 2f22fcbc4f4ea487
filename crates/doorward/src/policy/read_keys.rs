//! From the tree to the model: where an issuer's keys come from, and how long they are good.

use super::inline;
use super::key_source::KeySource;
use super::model::Located;
use super::report::{Fields, Report, Spot};
use super::url;
use doorward_core::key::Algorithms;
use doorward_core::limits;
use doorward_core::time::Seconds;

/// The keys that are each a source, of which there must be one.
const SOURCES: [&str; 4] = ["file", "inline", "url", "discovery"];

/// What an issuer says of its keys.
pub(super) struct IssuerKeys {
    /// Where they come from, if that could be read.
    pub(super) source: Option<KeySource>,
    /// How often they are fetched.
    pub(super) refresh: Seconds,
    /// How long they are used beyond that.
    pub(super) stale_for: Seconds,
}

/// Reads `keys`, and `refresh` and `stale_for`, which may stand inside of it or beside it.
pub(super) fn read<'t>(report: &mut Report<'t>, issuer: &Fields<'t>) -> IssuerKeys {
    let keys = issuer.get("keys").and_then(|spot| report.fields(spot).map(|fields| (spot, fields)));
    let inside = keys.as_ref().map(|(_, fields)| fields);
    let source = keys.as_ref().and_then(|(spot, fields)| source(report, spot, fields));
    let refresh = span(report, "refresh", issuer, inside, source.as_ref());
    let stale_for = span(report, "stale_for", issuer, inside, source.as_ref());
    IssuerKeys {
        source,
        refresh: refresh.unwrap_or(Seconds(limits::KEYS_REFRESH_DEFAULT)),
        stale_for: stale_for.unwrap_or(Seconds(limits::KEYS_STALE_DEFAULT)),
    }
}

fn source<'t>(report: &mut Report<'t>, spot: &Spot<'t>, fields: &Fields<'t>) -> Option<KeySource> {
    let given: Vec<_> = SOURCES.iter().filter(|name| fields.get(name).is_some()).collect();
    let ca = fields.get("ca").and_then(|spot| {
        let value = report.string(spot)?;
        Some(Located { value, at: report.at(spot) })
    });
    if let [first, second, ..] = given.as_slice() {
        report.fault(spot, format!("expected one source of keys, found `{first}` and `{second}`"));
        return None;
    }
    if given.is_empty() && SOURCES.iter().all(|name| fields.lacks(name)) {
        report.fault(spot, "expected one of `file`, `url`, `discovery` and `inline`, found none");
    }
    let source = if let Some(file) = fields.get("file") {
        report.string(file).map(|path| KeySource::File { path, at: report.at(file) })
    } else if let Some(inline) = fields.get("inline") {
        inline::jwks(report, inline).map(|json| KeySource::Inline { json, at: report.at(inline) })
    } else if let Some(url) = fields.get("url") {
        report.string(url).map(|text| KeySource::Url { url: text, ca, at: report.at(url) })
    } else {
        let discovery = fields.get("discovery")?;
        report.only_true(discovery).map(|()| KeySource::Discovery { ca, at: report.at(discovery) })
    };
    if let Some(source) = &source {
        refuse_unless_fetched(report, fields.get("ca"), source);
    }
    source
}

/// A span of fetching, from the one of its two places that gives it.
fn span(
    report: &mut Report<'_>,
    name: &str,
    issuer: &Fields<'_>,
    keys: Option<&Fields<'_>>,
    source: Option<&KeySource>,
) -> Option<Seconds> {
    let inside = keys.and_then(|fields| fields.get(name));
    let given = match (issuer.get(name), inside) {
        (Some(beside), Some(inside)) => {
            let line = report.at(inside).line;
            report.fault(beside, format!("expected `{name}` once, found it also in `keys` (line {line})"));
            // Both are read, so that whichever is kept is right.
            report.duration(inside);
            beside
        }
        (beside, inside) => beside.or(inside)?,
    };
    if let Some(source) = source {
        refuse_unless_fetched(report, Some(given), source);
    }
    report.duration(given)
}

/// Notes a key that only says something where keys are fetched.
fn refuse_unless_fetched(report: &mut Report<'_>, spot: Option<&Spot<'_>>, source: &KeySource) {
    let why = match source {
        KeySource::File { .. } => "keys from a file, which is watched for change",
        KeySource::Inline { .. } => "keys in the policy itself",
        KeySource::Url { .. } | KeySource::Discovery { .. } => return,
    };
    if let Some(spot) = spot {
        report.fault(spot, format!("expected no `{}` with {why}, found one", spot.key.name));
    }
}

/// Notes what does not fit keys that are fetched.
pub(super) fn fits_issuer(
    report: &mut Report<'_>,
    fields: &Fields<'_>,
    source: &KeySource,
    issuer: Option<&str>,
    algorithms: Option<Algorithms>,
) {
    if !source.is_fetched() {
        return;
    }
    if let Some(spot) = fields.get("algorithms")
        && let Some(secret) = algorithms.and_then(|all| all.iter().find(|algorithm| algorithm.is_symmetric()))
    {
        // Whoever can read the URL could sign.
        let message =
            format!("expected a public-key algorithm with keys that are fetched, found `{}`", secret.name());
        report.fault_with(spot, message, Some("a shared secret stands in a file".to_owned()));
    }
    if !matches!(source, KeySource::Discovery { .. }) {
        return;
    }
    let Some(spot) = fields.get("issuer") else {
        if let Some(spot) = fields.get("keys")
            && fields.get("trust_domain").is_some()
        {
            let help = "write the `iss` of its tokens, as in `issuer = \"https://idp.example\"`".to_owned();
            report.fault_with(
                spot,
                "missing key `issuer`, at which discovery looks for the keys",
                Some(help),
            );
        }
        return;
    };
    let Some(issuer) = issuer else { return };
    // RFC 8414, section 2: the identifier "has no query or fragment components".
    let fault = url::check(issuer)
        .err()
        .or_else(|| issuer.contains('?').then_some(("a URL without query", "one with a query")));
    if let Some((expected, found)) = fault {
        let help = "name the keys with `url` instead of `discovery`".to_owned();
        report.fault_with(spot, format!("expected {expected} for discovery, found {found}"), Some(help));
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{fault, faults, issuer, model};
    use super::*;

    fn with(keys: &str) -> String {
        issuer(&format!("keys = {{ {keys} }}"))
    }

    const URL: &str = "url = \"https://idp.example/jwks\"";

    #[test]
    fn keys_come_from_exactly_one_source() {
        assert_eq!(
            fault(&with("")),
            "issuers.corp.keys: expected one of `file`, `url`, `discovery` and `inline`, found none"
        );
        assert_eq!(
            fault(&with("file = \"a\", inline = {}")),
            "issuers.corp.keys: expected one source of keys, found `file` and `inline`"
        );
        assert_eq!(
            fault(&with(&format!("discovery = true, {URL}, ca = \"a\""))),
            "issuers.corp.keys: expected one source of keys, found `url` and `discovery`"
        );
        assert_eq!(fault(&with("ca = \"a\"")), fault(&with("")));
        assert_eq!(
            fault(&with("discovery = false")),
            "issuers.corp.keys.discovery: expected `true`, found `false`: leave `discovery` out instead"
        );
    }

    #[test]
    fn fetched_keys_have_defaults_and_are_heard() {
        let issuer = model(&with(URL)).issuers.remove(0);
        let KeySource::Url { url, ca, at } = &issuer.keys else { panic!("a url") };
        assert_eq!((url.as_str(), ca, at.column), ("https://idp.example/jwks", &None, 16));
        assert_eq!((issuer.refresh, issuer.stale_for), (Seconds(600), Seconds(86_400)));

        let issuer = model(&with("discovery = true, ca = \"ca.pem\", refresh = \"1m\", stale_for = 0"))
            .issuers
            .remove(0);
        let KeySource::Discovery { ca: Some(ca), .. } = &issuer.keys else { panic!("discovery") };
        assert_eq!((ca.value.as_str(), ca.at.column), ("ca.pem", 33));
        assert_eq!((issuer.refresh, issuer.stale_for), (Seconds(60), Seconds(0)));
    }

    #[test]
    fn spans_stand_inside_of_keys_or_beside_them_but_not_in_both_places() {
        let lines = |inside: &str, beside: &str| issuer(&format!("keys = {{ {URL}{inside} }}\n{beside}"));
        let read = model(&lines(", stale_for = \"2h\"", "refresh = \"1h\""));
        assert_eq!((read.issuers[0].refresh, read.issuers[0].stale_for), (Seconds(3_600), Seconds(7_200)));
        assert_eq!(
            fault(&lines(", refresh = \"1h\"", "refresh = \"1h\"")),
            "issuers.corp.refresh: expected `refresh` once, found it also in `keys` (line 6)"
        );
        assert_eq!(faults(&lines(", refresh = \"1s\"", "refresh = \"1w\"")).len(), 3, "each is judged too");
    }

    #[test]
    fn spans_are_bounded() {
        let lines = |line: &str| fault(&issuer(&format!("keys = {{ {URL} }}\n{line}")));
        assert_eq!(
            lines("refresh = \"59s\""),
            "issuers.corp.refresh: expected a duration from `1m` to `1d`, found `59s`"
        );
        assert!(lines("refresh = \"1d1s\"").contains("from `1m` to `1d`"));
        assert!(lines("stale_for = \"30d1s\"").contains("from `0s` to `30d`"));
    }

    #[test]
    fn what_only_fetching_uses_is_refused_where_nothing_is_fetched() {
        assert_eq!(
            fault(&with("file = \"a\", refresh = \"1h\"")),
            "issuers.corp.keys.refresh: expected no `refresh` with keys from a file, which is watched for change, \
             found one"
        );
        assert_eq!(
            fault(&with("inline = {}, ca = \"a\"")),
            "issuers.corp.keys.ca: expected no `ca` with keys in the policy itself, found one"
        );
        assert!(
            fault(&issuer("stale_for = \"1h\""))
                .contains("stale_for: expected no `stale_for` with keys from")
        );
    }

    #[test]
    fn shared_secrets_are_never_fetched() {
        for source in [URL, "discovery = true"] {
            assert_eq!(
                fault(&issuer(&format!("algorithms = [\"HS512\"]\nkeys = {{ {source} }}"))),
                "issuers.corp.algorithms: expected a public-key algorithm with keys that are fetched, found `HS512`: \
                 a shared secret stands in a file"
            );
        }
    }

    #[test]
    fn urls_of_keys_are_safe_and_never_shown() {
        for (url, says) in [
            (
                "http://idp.example/",
                "expected an https URL, or an http URL of this host, found an http URL of another host",
            ),
            ("https://u:hunter2@a.example/", "expected a URL without user and password, found one with them"),
            ("https://a.example/#hunter2", "expected a URL without fragment, found one with a fragment"),
            ("hunter2", "expected an https URL, found a string that begins otherwise"),
        ] {
            let found = fault(&with(&format!("url = \"{url}\"")));
            assert_eq!(found, format!("issuers.corp.keys.url: {says}"));
        }
        model(&with("url = \"http://127.0.0.1:9/jwks\""));
        let shown = format!("{:?}", model(&with("url = \"https://a.example/jwks?key=hunter2\"")));
        assert!(shown.contains("https://a.example/jwks") && !shown.contains("hunter2"));
    }

    #[test]
    fn discovery_needs_an_issuer_that_is_a_url() {
        let at = |iss: &str| fault(&issuer(&format!("issuer = \"{iss}\"\nkeys = {{ discovery = true }}")));
        assert_eq!(
            at("corp"),
            "issuers.corp.issuer: expected an https URL for discovery, found a string that begins otherwise: name \
             the keys with `url` instead of `discovery`"
        );
        assert!(at("http://idp.example").contains("found an http URL of another host"));
        assert!(at("https://idp.example?a=b").contains("expected a URL without query for discovery"));
        model(&issuer("issuer = \"http://localhost:8080\"\nkeys = { discovery = true }"));
        // For JWT-SVIDs the issuer may be left out elsewhere.
        let svid = "profile = \"jwt-svid\"\ntrust_domain = \"prod.example\"\nkeys = { discovery = true }";
        let policy = issuer(svid).replace("issuer = \"https://idp.example\"\n", "");
        assert!(fault(&policy).starts_with("issuers.corp.keys: missing key `issuer`, at which discovery"));
        model(&issuer(svid));
        let rfc9068 = issuer("keys = { discovery = true }").replace("issuer = \"https://idp.example\"\n", "");
        assert!(fault(&rfc9068).contains("which profile `rfc9068` needs"), "said once");
    }
}
