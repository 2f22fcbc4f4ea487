//! From the tree to the model: issuers.

use super::document::Value;
use super::model::{IssuerModel, Profile, TokenIn};
use super::names::TokenPlace;
use super::read_keys;
use super::reader::ANYONE;
use super::report::{Fields, Report, Spot};
use super::values::quoted;
use crate::error::Position;
use doorward_core::key::{Algorithm, Algorithms, Family};
use std::collections::HashMap;

/// Reads all issuers.
pub(super) fn read<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Vec<IssuerModel> {
    let Value::Table(_) = &spot.node.value else {
        report.expected(spot, "a table of issuers");
        return Vec::new();
    };
    let mut entries = Vec::new();
    for (name, name_start, child) in spot.named() {
        let usable = !name.is_empty() && !name.contains(char::is_control);
        if !usable || name == ANYONE {
            let expected =
                if usable { "a name other than `anyone`" } else { "a name of printable characters" };
            let message = format!("expected {expected}, found {}", quoted(name));
            report.fault_at_name(&spot.place, name_start, message, None);
        }
        if let Some(issuer) = issuer(report, name, &child) {
            entries.push((issuer, child));
        }
    }
    conflicts(report, &entries);
    entries.into_iter().map(|(issuer, _)| issuer).collect()
}

fn issuer<'t>(report: &mut Report<'t>, name: &str, spot: &Spot<'t>) -> Option<IssuerModel> {
    let fields = report.fields(spot)?;
    let at = report.at(spot);
    let profile = fields.get("profile").and_then(|spot| report.choice::<Profile>(spot));
    let issuer = fields.get("issuer").and_then(|spot| report.string(spot));
    let trust_domain = fields.get("trust_domain").and_then(|spot| report.string(spot));
    let audience = fields.get("audience").and_then(|spot| report.string_or_strings(spot));
    let algorithms = fields.get("algorithms").and_then(|spot| algorithms(report, spot, profile));
    let keys = read_keys::read(report, &fields);
    let leeway = fields.get("leeway").and_then(|spot| report.duration(spot));
    let max_age = fields.get("max_age").and_then(|spot| report.duration(spot));
    let required_claims = fields.get("required_claims").and_then(|spot| report.strings(spot));
    let token_in = fields.get("token_in").and_then(|spot| token_in(report, spot));
    let single_use = fields.get("single_use").and_then(|spot| report.boolean(spot));
    let profile = profile?;
    fits_profile(report, spot, &fields, profile, audience.as_deref());
    if let Some(source) = &keys.source {
        read_keys::fits_issuer(report, &fields, source, issuer.as_deref(), algorithms);
    }
    Some(IssuerModel {
        name: name.to_owned(),
        at,
        profile,
        issuer,
        trust_domain,
        audience: audience.unwrap_or_default(),
        algorithms: algorithms?,
        keys: keys.source?,
        refresh: keys.refresh,
        stale_for: keys.stale_for,
        single_use: single_use.unwrap_or_default(),
        leeway,
        max_age,
        required_claims: required_claims.unwrap_or_default(),
        token_in: token_in.unwrap_or_default(),
    })
}

/// Notes keys that the profile needs, or that it has no use for.
fn fits_profile(
    report: &mut Report<'_>,
    spot: &Spot<'_>,
    fields: &Fields<'_>,
    profile: Profile,
    audience: Option<&[String]>,
) {
    let (needed, help) = match profile {
        Profile::Rfc9068 | Profile::Jwt => {
            ("issuer", "write the `iss` of its tokens, as in `issuer = \"https://idp.example\"`")
        }
        Profile::JwtSvid => {
            ("trust_domain", "write its trust domain, as in `trust_domain = \"prod.example\"`")
        }
    };
    let name = profile.name();
    if fields.lacks(needed) {
        let message = format!("missing key `{needed}`, which profile `{name}` needs");
        report.fault_with(spot, message, Some(help.to_owned()));
    }
    if let Some(spot) = fields.get("trust_domain").filter(|_| profile != Profile::JwtSvid) {
        report.fault(spot, format!("expected no `trust_domain` with profile `{name}`, found one"));
    }
    if let Some(spot) = fields.get("audience").filter(|_| profile != Profile::Jwt)
        && audience.is_some_and(<[String]>::is_empty)
    {
        let help = "only profile `jwt` may give up the check of the audience".to_owned();
        report.fault_with(spot, "expected at least one audience, found an empty array", Some(help));
    }
}

/// The algorithms, which must ask for one kind of key.
///
/// With both kinds, a public key could pass for an HMAC secret, known to everybody ([RFC 8725, section 2.1]).
///
/// [RFC 8725, section 2.1]: https://www.rfc-editor.org/rfc/rfc8725#section-2.1
fn algorithms<'t>(report: &mut Report<'t>, spot: &Spot<'t>, profile: Option<Profile>) -> Option<Algorithms> {
    let unsigned = |text: &str| text.eq_ignore_ascii_case("none");
    if let Some(element) = spot.elements().iter().find(|element| element.text().is_some_and(unsigned)) {
        report.fault(
            element,
            "expected an algorithm that signs, found `none`, which lets anyone forge a token",
        );
        return None;
    }
    let listed: Vec<Algorithm> = report.choices(spot)?;
    let all = listed.iter().fold(Algorithms::NONE, |all, algorithm| all.with(*algorithm));
    let mut whole = true;
    if let Some(public) = all.iter().find(|algorithm| !algorithm.is_symmetric())
        && let Some(symmetric) = all.iter().find(|algorithm| algorithm.is_symmetric())
    {
        let (symmetric, public) = (symmetric.name(), public.name());
        report.fault_with(
            spot,
            format!(
                "expected one kind of key, found `{symmetric}` (shared secret) and `{public}` (public key)"
            ),
            Some("make them two issuers".to_owned()),
        );
        whole = false;
    }
    if profile == Some(Profile::JwtSvid) {
        for (algorithm, element) in listed.iter().zip(spot.elements()) {
            if !matches!(algorithm.family(), Family::Rsa | Family::Ec) {
                let name = algorithm.name();
                let message =
                    format!("expected an RS, PS or ES algorithm for profile `jwt-svid`, found `{name}`");
                report.fault(&element, message);
                whole = false;
            }
        }
    }
    whole.then_some(all)
}

fn token_in<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Option<TokenIn> {
    let places: Vec<TokenPlace> = report.choices(spot)?;
    Some(TokenIn {
        header: places.contains(&TokenPlace::Header),
        query: places.contains(&TokenPlace::Query),
        form: places.contains(&TokenPlace::Form),
    })
}

/// Notes issuers between which no token could choose, or whose keys could be taken for each other's.
fn conflicts(report: &mut Report<'_>, entries: &[(IssuerModel, Spot<'_>)]) {
    let mut by_issuer: HashMap<&str, Vec<&IssuerModel>> = HashMap::new();
    let mut by_trust_domain: HashMap<&str, &IssuerModel> = HashMap::new();
    for (issuer, spot) in entries {
        if let Some(iss) = issuer.issuer.as_deref() {
            let earlier = by_issuer.entry(iss).or_default();
            if let Some(message) = earlier.iter().find_map(|other| conflict(issuer, other)) {
                report.fault(spot, message);
            }
            earlier.push(issuer);
        }
        if let Some(domain) = issuer.trust_domain.as_deref()
            && let Some(other) = by_trust_domain.insert(domain, issuer)
        {
            let (line, name) = (other.at.line, quoted(&other.name));
            report.fault(
                spot,
                format!("expected each trust domain once, found that of {name} (line {line}) again"),
            );
        }
    }
}

fn conflict(issuer: &IssuerModel, other: &IssuerModel) -> Option<String> {
    let Position { line, .. } = other.at;
    let name = quoted(&other.name);
    if issuer.profile == other.profile {
        return Some(format!(
            "expected each `issuer` once per profile, found that of {name} (line {line}) again"
        ));
    }
    if issuer.profile != Profile::Rfc9068 && other.profile != Profile::Rfc9068 {
        // Both kinds have the same `typ`, so the order of sections would choose the rules.
        return Some(format!(
            "expected profiles that `typ` tells apart for one `issuer`, found that of {name} (line {line})"
        ));
    }
    (issuer.algorithms.is_symmetric() != other.algorithms.is_symmetric()).then(|| {
        format!("expected one kind of key for one `issuer`, found another than that of {name} (line {line})")
    })
}

#[cfg(test)]
mod tests {
    use super::super::key_source::KeySource;
    use super::super::sample::{fault, faults, issuer, model, section};
    use super::*;
    use doorward_core::time::Seconds;

    const SVID: &str = "profile = \"jwt-svid\"\ntrust_domain = \"prod.example\"";

    /// A jwt-svid issuer without `issuer`, and these lines.
    fn svid(name: &str, lines: &str) -> String {
        section(name, &format!("{SVID}\n{lines}")).replace("issuer = \"https://idp.example\"\n", "")
    }

    #[test]
    fn every_key_of_an_issuer_is_heard() {
        let lines = "leeway = \"5s\"\nmax_age = \"1h\"\nrequired_claims = [\"jti\"]\n\
                     token_in = [\"form\", \"header\"]\nalgorithms = [\"EdDSA\", \"Ed25519\", \"ES256\"]";
        let issuer = &model(&issuer(lines)).issuers[0];
        assert_eq!((issuer.name.as_str(), issuer.profile), ("corp", Profile::Rfc9068));
        assert_eq!(issuer.issuer.as_deref(), Some("https://idp.example"));
        assert_eq!(issuer.audience, ["https://api.example"]);
        assert_eq!(issuer.algorithms, Algorithms::NONE.with(Algorithm::Ed25519).with(Algorithm::ES256));
        assert_eq!((issuer.leeway, issuer.max_age), (Some(Seconds(5)), Some(Seconds(3_600))));
        assert_eq!(issuer.required_claims, ["jti"]);
        assert_eq!(issuer.token_in, TokenIn { header: true, query: false, form: true });
        let KeySource::File { path, at } = &issuer.keys else { panic!("a file") };
        assert_eq!((path.as_str(), at.column), ("jwks.json", 17));
    }

    #[test]
    fn tokens_stand_in_the_header_unless_the_policy_says_otherwise() {
        assert_eq!(
            model(&issuer("")).issuers[0].token_in,
            TokenIn { header: true, query: false, form: false }
        );
        assert_eq!(
            fault(&issuer("token_in = []")),
            "issuers.corp.token_in: expected at least one element, found an empty array: leave `token_in` out instead"
        );
        assert!(fault(&issuer("token_in = [\"cookie\"]")).contains("expected `header`, `query` or `form`"));
    }

    #[test]
    fn a_missing_key_says_what_to_write() {
        let found = faults("[issuers.corp]\n");
        let keys: Vec<_> = found.iter().map(|fault| fault.split(": ").nth(1).unwrap()).collect();
        assert_eq!(
            keys,
            [
                "missing key `profile`",
                "missing key `audience`",
                "missing key `algorithms`",
                "missing key `keys`"
            ]
        );
        assert!(found[1].contains("only profile `jwt` may give up the check, with `audience = []`"));
    }

    #[test]
    fn a_misspelt_key_is_not_missing_too() {
        let policy = issuer("").replace("audience =", "audiense =");
        assert_eq!(fault(&policy), "issuers.corp: unknown key `audiense`: did you mean `audience`?");
        let policy = issuer("").replace("issuer =", "isuer =");
        assert_eq!(fault(&policy), "issuers.corp: unknown key `isuer`: did you mean `issuer`?");
    }

    #[test]
    fn profiles_ask_for_their_own_keys() {
        let without_issuer = |profile: &str| {
            issuer(&format!("profile = \"{profile}\"")).replace("issuer = \"https://idp.example\"\n", "")
        };
        assert!(
            fault(&without_issuer("rfc9068")).contains("missing key `issuer`, which profile `rfc9068` needs")
        );
        assert!(fault(&without_issuer("jwt")).contains("missing key `issuer`, which profile `jwt` needs"));
        assert!(fault(&without_issuer("jwt-svid")).contains("missing key `trust_domain`"));
        assert_eq!(
            fault(&issuer("trust_domain = \"a\"")),
            "issuers.corp.trust_domain: expected no `trust_domain` with profile `rfc9068`, found one"
        );
        assert!(fault(&issuer("profile = \"rfc9608\"")).contains("did you mean `rfc9068`?"));
        assert_eq!(model(&svid("mesh", "")).issuers[0].trust_domain.as_deref(), Some("prod.example"));
        assert!(model(&issuer(SVID)).issuers[0].issuer.is_some());
    }

    #[test]
    fn only_a_plain_jwt_may_give_up_the_audience_and_only_by_saying_so() {
        let policy = model(&issuer("profile = \"jwt\"\naudience = []"));
        assert!(policy.issuers[0].audience.is_empty());
        assert!(fault(&issuer("audience = []")).contains("only profile `jwt` may give up"));
        assert!(fault(&svid("mesh", "audience = []")).contains("only profile `jwt` may give up"));
        assert!(
            fault(&issuer("profile = \"jwt\"").replace("audience", "#")).contains("missing key `audience`")
        );
        assert_eq!(model(&issuer("audience = \"api\"")).issuers[0].audience, ["api"]);
        assert!(fault(&issuer("audience = \"\"")).contains("found an empty string"));
        assert!(
            fault(&issuer("audience = [\"a\", \"a\"]")).contains("audience[1]: expected each element once")
        );
    }

    #[test]
    fn algorithms_are_known_and_of_one_kind() {
        let with = |list: &str| fault(&issuer(&format!("algorithms = {list}")));
        assert!(with("[\"RS265\"]").ends_with("did you mean `RS256`?"));
        assert!(with("[\"none\"]").contains("found `none`, which lets anyone forge a token"));
        assert!(with("[\"RS256\", \"None\"]").contains("algorithms[1]: expected an algorithm that signs"));
        assert!(with("[\"RS256\", \"RS256\"]").contains("found `RS256` again"));
        assert!(with("[]").ends_with("expected at least one element, found an empty array"));
        assert_eq!(
            with("[\"HS256\", \"RS256\"]"),
            "issuers.corp.algorithms: expected one kind of key, found `HS256` (shared secret) and `RS256` \
             (public key): make them two issuers"
        );
    }

    #[test]
    fn svids_are_signed_with_rsa_or_ecdsa() {
        model(&svid("mesh", "algorithms = [\"RS256\", \"PS512\", \"ES384\"]"));
        for list in ["[\"HS256\"]", "[\"Ed25519\"]"] {
            let found = fault(&svid("mesh", &format!("algorithms = {list}")));
            assert!(found.contains("algorithms[0]: expected an RS, PS or ES algorithm"), "{found}");
        }
    }

    #[test]
    fn names_that_routes_could_not_use_are_refused() {
        assert_eq!(
            fault(&section("anyone", "")),
            "issuers: expected a name other than `anyone`, found `anyone`"
        );
        assert!(fault(&section("\"\"", "")).contains("found an empty string"));
        assert!(fault(&section("\"a\\nb\"", "")).contains("found `a\\nb`"));
    }

    #[test]
    fn two_issuers_differ_in_what_tokens_choose_by() {
        let pair = |first: &str, second: &str| format!("{}{}", section("a", first), section("b", second));
        assert_eq!(
            fault(&pair("", "")),
            "issuers.b: expected each `issuer` once per profile, found that of `a` (line 1) again"
        );
        model(&pair("", "issuer = \"https://other.example\""));
        model(&pair("", "profile = \"jwt\""));
        assert_eq!(
            fault(&pair("", "profile = \"jwt\"\nalgorithms = [\"HS256\"]")),
            "issuers.b: expected one kind of key for one `issuer`, found another than that of `a` (line 1)"
        );
        assert_eq!(
            fault(&format!("{}{}", svid("a", ""), svid("b", ""))),
            "issuers.b: expected each trust domain once, found that of `a` (line 1) again"
        );
        assert_eq!(
            fault(&format!("{}{}", svid("a", ""), section("b", SVID))),
            "issuers.b: expected each trust domain once, found that of `a` (line 1) again"
        );
        model(&pair("", SVID));
        assert_eq!(
            fault(&pair("profile = \"jwt\"", SVID)),
            "issuers.b: expected profiles that `typ` tells apart for one `issuer`, found that of `a` (line 1)"
        );
    }
}
