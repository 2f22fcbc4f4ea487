//! From the tree to the model: proxies, stores, the limit on failures, and the file of revocations.

use super::document::Value;
use super::model::{ForwardedField, IssuerModel, Located, Network};
use super::names::LimitedBy;
use super::report::{Fields, Report, Spot};
use super::settings::{LimitBy, LimitModel, StoreModel};
use doorward_core::limits;

/// Reads `trusted_proxies` and `forwarded`, which says nothing where nobody is trusted.
pub(super) fn proxies<'t>(
    report: &mut Report<'t>,
    fields: Option<&Fields<'t>>,
) -> (Vec<Network>, ForwardedField) {
    let get = |name| fields.and_then(|fields| fields.get(name));
    let proxies = get("trusted_proxies").and_then(|spot| report.networks(spot));
    let forwarded = get("forwarded").and_then(|spot| report.choice(spot));
    if let Some(spot) = get("forwarded").filter(|_| forwarded.is_some())
        && fields.is_some_and(|fields| fields.lacks("trusted_proxies"))
    {
        let help = "name the proxies, as in `trusted_proxies = [\"10.0.0.0/8\"]`".to_owned();
        report.fault_with(spot, "expected `trusted_proxies` beside `forwarded`, found none", Some(help));
    }
    (proxies.unwrap_or_default(), forwarded.unwrap_or_default())
}

/// Reads `[store]`, and notes issuers whose tokens are taken once where there is no room to remember them.
pub(super) fn store<'t>(
    report: &mut Report<'t>,
    spot: Option<&Spot<'t>>,
    issuers: &[IssuerModel],
) -> StoreModel {
    let fields = spot.and_then(|spot| report.fields(spot));
    let get = |name| fields.as_ref().and_then(|fields| fields.get(name));
    let off = get("off").and_then(|spot| report.boolean(spot)).unwrap_or_default();
    let mut slots = |name| {
        let spot = get(name)?;
        if off && name != "replay" {
            report.fault(spot, format!("expected no `{name}` beside `off = true`, found one"));
        }
        report.integer(spot)
    };
    let known = slots("known");
    let refused = slots("refused");
    let replay = slots("replay");
    let single_use = issuers.iter().find(|issuer| issuer.single_use);
    if let (Some(spot), Some(0), Some(issuer)) = (get("replay"), replay, single_use) {
        let name = super::values::quoted(&issuer.name);
        let message = format!("expected room for the tokens of {name}, which are taken once only, found 0");
        report.fault_with(spot, message, Some("leave `replay` out instead".to_owned()));
    }
    let unless_off = |value: Option<usize>, default| if off { 0 } else { value.unwrap_or(default) };
    StoreModel {
        known: unless_off(known, limits::KNOWN_DEFAULT),
        refused: unless_off(refused, limits::REFUSED_DEFAULT),
        replay: single_use.map_or(0, |_| replay.unwrap_or(limits::REPLAY_DEFAULT)),
    }
}

/// Reads `[limit]`.
pub(super) fn limit<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Option<LimitModel> {
    let fields = report.fields(spot)?;
    let failures = fields.get("failures").and_then(|spot| report.integer(spot));
    let per = fields.get("per").and_then(|spot| report.duration(spot));
    let by = fields.get("by").and_then(|spot| report.choice_or_choices::<LimitedBy>(spot)).map(|by| {
        LimitBy { peer: by.contains(&LimitedBy::Peer), credential: by.contains(&LimitedBy::Credential) }
    });
    let failures = failures.and_then(|failures| u32::try_from(failures).ok())?;
    Some(LimitModel { failures, per: per?, by: by.unwrap_or_default() })
}

/// Reads `[revoked]`.
pub(super) fn revoked<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Option<Located<String>> {
    if let Value::String(_) = &spot.node.value {
        let help = "write `revoked = { file = \"revoked.toml\" }`".to_owned();
        report.fault_with(spot, "expected a table, found a string", Some(help));
        return None;
    }
    report.file_of(spot)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{fault, faults, issuer, model};
    use super::super::{Format, read};
    use super::*;
    use doorward_core::time::Seconds;

    #[test]
    fn nobody_is_trusted_and_nothing_is_limited_unless_the_policy_says_so() {
        let policy = model("");
        assert!(policy.trusted_proxies.is_empty() && policy.limit.is_none() && policy.revoked.is_none());
        assert_eq!(policy.forwarded, ForwardedField::XForwardedFor);
        assert_eq!(policy.store, StoreModel { known: 10_000, refused: 2_000, replay: 0 });
    }

    #[test]
    fn every_setting_is_heard() {
        let policy = model(
            "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\nforwarded = \"forwarded\"\n\
             store = { known = 0, refused = 16_777_216, replay = 5 }\n\
             limit = { failures = 10_000, per = \"1h\", by = \"peer\" }\nrevoked = { file = \"r.toml\" }\n",
        );
        assert_eq!(policy.trusted_proxies, ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()]);
        assert_eq!(policy.forwarded, ForwardedField::Forwarded);
        assert_eq!((policy.store.known, policy.store.refused), (0, 1 << 24));
        let by = LimitBy { peer: true, credential: false };
        assert_eq!(policy.limit, Some(LimitModel { failures: 10_000, per: Seconds(3_600), by }));
        let revoked = policy.revoked.unwrap();
        assert_eq!((revoked.value.as_str(), revoked.at.line, revoked.at.column), ("r.toml", 5, 20));
    }

    #[test]
    fn json_says_the_same() {
        let json = r#"{ "trusted_proxies": ["10.0.0.0/8"], "store": { "off": true },
            "limit": { "failures": 20, "per": "1m", "by": ["credential"] }, "revoked": { "file": "r.json" } }"#;
        let toml = "trusted_proxies = ['10.0.0.0/8']\n[store]\noff = true\n[limit]\nfailures = 20\nper = 60\n\
                    by = 'credential'\n[revoked]\nfile = 'r.json'\n";
        let (json, toml) = (read(json, Format::Json).unwrap(), model(toml));
        assert_eq!(
            (&json.trusted_proxies, json.store, json.limit),
            (&toml.trusted_proxies, toml.store, toml.limit)
        );
        assert_eq!(json.revoked.unwrap().value, toml.revoked.unwrap().value);
        assert_eq!(json.store, StoreModel { known: 0, refused: 0, replay: 0 });
    }

    #[test]
    fn failures_are_counted_by_both_unless_the_policy_says_otherwise() {
        let by = |line: &str| model(&format!("[limit]\nfailures = 1\nper = 1\n{line}")).limit.unwrap().by;
        assert_eq!(by(""), LimitBy { peer: true, credential: true });
        assert_eq!(by("by = ['credential', 'peer']"), by(""));
        assert_eq!(by("by = 'credential'"), LimitBy { peer: false, credential: true });
        let found = |line: &str| fault(&format!("[limit]\nfailures = 1\nper = 1\n{line}"));
        assert_eq!(
            found("by = 'pear'"),
            "limit.by: expected `peer` or `credential`, found `pear`: did you mean `peer`?"
        );
        assert!(found("by = ['peer', 'peer']").contains("found `peer` again"));
        assert!(found("by = []").contains("at least one element"));
    }

    #[test]
    fn a_limit_needs_both_numbers_within_bounds() {
        assert_eq!(
            faults("[limit]\n"),
            [
                "limit: missing key `failures`: write `failures = 20`",
                "limit: missing key `per`: write `per = \"1m\"`"
            ]
        );
        let found =
            |failures: &str, per: &str| fault(&format!("[limit]\nfailures = {failures}\nper = {per}\n"));
        assert_eq!(found("0", "'1m'"), "limit.failures: expected an integer from 1 to 10000, found 0");
        assert!(found("10_001", "'1m'").contains("from 1 to 10000"));
        assert_eq!(found("1", "0"), "limit.per: expected a duration from `1s` to `1h`, found `0`");
        assert!(found("1", "'1h1s'").contains("from `1s` to `1h`"));
    }

    #[test]
    fn the_forwarded_field_needs_somebody_to_believe() {
        assert_eq!(
            fault("forwarded = \"forwarded\""),
            "forwarded: expected `trusted_proxies` beside `forwarded`, found none: name the proxies, as in \
             `trusted_proxies = [\"10.0.0.0/8\"]`"
        );
        assert!(fault("trusted_proxies = []").contains("leave `trusted_proxies` out instead"));
        assert!(
            fault("trusted_proxie = ['::1']\nforwarded = 'forwarded'")
                .contains("did you mean `trusted_proxies`?")
        );
        assert!(
            fault("trusted_proxies = ['::1']\nforwarded = 'x-real-ip'")
                .contains("`x-forwarded-for` or `forwarded`")
        );
    }

    #[test]
    fn proxies_are_networks() {
        let found = |text: &str| fault(&format!("trusted_proxies = ['{text}']"));
        assert_eq!(
            found("10.0.0.1/8"),
            "trusted_proxies[0]: expected a network without bits behind its prefix, found `10.0.0.1/8`: did you mean \
             `10.0.0.0/8`?"
        );
        assert!(found("10.0.0.0/33").contains("expected an IPv4 network with a prefix of 0 to 32 bits"));
        assert!(found("proxy.example").contains("expected an IP address or a network such as `10.0.0.0/8`"));
        assert_eq!(
            fault("trusted_proxies = ['10.0.0.0/8', '::ffff:10.0.0.0/104']"),
            "trusted_proxies[1]: expected each element once, found `::ffff:10.0.0.0/104` again"
        );
    }

    #[test]
    fn stores_are_bounded_and_off_means_off() {
        assert_eq!(
            fault("[store]\nknown = 16_777_217"),
            "store.known: expected an integer from 0 to 16777216, found 16777217"
        );
        assert!(fault("[store]\nreplay = -1").contains("from 0 to 16777216"));
        assert_eq!(model("[store]\noff = true").store, StoreModel { known: 0, refused: 0, replay: 0 });
        assert_eq!(model("[store]\noff = false\nknown = 7").store.known, 7);
        assert_eq!(
            fault("[store]\noff = true\nknown = 7"),
            "store.known: expected no `known` beside `off = true`, found one"
        );
        assert!(fault("[store]\noff = true\nrefused = 0").contains("expected no `refused`"));
    }

    #[test]
    fn used_tokens_are_remembered_where_an_issuer_asks_for_it_and_only_there() {
        let replay = |lines: &str, store: &str| model(&format!("{store}\n{}", issuer(lines))).store.replay;
        assert_eq!(replay("single_use = true", ""), 100_000);
        assert_eq!(replay("single_use = true", "store = { off = true }"), 100_000, "not a matter of `off`");
        assert_eq!(replay("single_use = true", "store = { replay = 7, off = true }"), 7);
        assert_eq!(replay("single_use = false", "store = { replay = 7 }"), 0);
        assert!(
            model(&issuer("single_use = true")).issuers[0].single_use
                && !model(&issuer("")).issuers[0].single_use
        );
        assert_eq!(
            fault(&format!("store = {{ replay = 0 }}\n{}", issuer("single_use = true"))),
            "store.replay: expected room for the tokens of `corp`, which are taken once only, found 0: leave `replay` \
             out instead"
        );
    }

    #[test]
    fn the_revoked_are_in_a_file() {
        assert_eq!(fault("[revoked]"), "revoked: missing key `file`: write `file = \"revoked.toml\"`");
        assert_eq!(
            fault("revoked = 'r.toml'"),
            "revoked: expected a table, found a string: write `revoked = { file = \"revoked.toml\" }`"
        );
    }
}
