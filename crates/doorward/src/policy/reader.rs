//! From the tree to the model: the policy as a whole.

use super::document::{Lines, Node, Value};
use super::keys::ROOT;
use super::model::PolicyModel;
use super::nearest::nearest;
use super::read_issuer;
use super::read_route;
use super::read_settings;
use super::read_trace;
use super::report::{Fields, Report, Spot};
use super::values::quoted;
use crate::error::LoadErrors;
use doorward_core::limits;
use doorward_core::time::Seconds;
use std::collections::HashMap;

/// The name that stands for every caller, known or not.
pub(super) const ANYONE: &str = "anyone";

/// Reads a policy.
///
/// # Errors
///
/// Everything in it that is wrong, as far as it can be told at once.
pub(super) fn read(root: &Node, lines: &Lines<'_>) -> Result<PolicyModel, LoadErrors> {
    let mut report = Report::new(lines);
    let root = Spot { node: root, place: String::new(), key: &ROOT };
    let model = policy(&mut report, &root);
    match LoadErrors::from_vec(report.into_faults()) {
        Some(errors) => Err(errors),
        None => Ok(model),
    }
}

/// What was read; where something is wrong, the report says so and the model holds a stand-in.
fn policy<'t>(report: &mut Report<'t>, root: &Spot<'t>) -> PolicyModel {
    let fields = report.fields(root);
    let get = |name| fields.as_ref().and_then(|fields| fields.get(name));
    let names = Names::new(fields.as_ref());
    let (trusted_proxies, forwarded) = read_settings::proxies(report, fields.as_ref());
    let issuers = get("issuers").map(|spot| read_issuer::read(report, spot)).unwrap_or_default();
    PolicyModel {
        realm: get("realm").and_then(|spot| report.string(spot)).unwrap_or_else(|| "doorward".to_owned()),
        leeway: get("leeway")
            .and_then(|spot| report.duration(spot))
            .unwrap_or(Seconds(limits::LEEWAY_DEFAULT)),
        disclosure: get("disclosure").and_then(|spot| report.choice(spot)).unwrap_or_default(),
        resource_metadata: get("resource_metadata").and_then(|spot| report.string(spot)),
        advertise_scope: get("advertise_scope").and_then(|spot| report.boolean(spot)).unwrap_or_default(),
        unmatched: get("unmatched").and_then(|spot| report.choice(spot)).unwrap_or_default(),
        max_credential: get("max_credential")
            .and_then(|spot| report.integer(spot))
            .unwrap_or(limits::CREDENTIAL_DEFAULT),
        trusted_proxies,
        forwarded,
        store: read_settings::store(report, get("store"), &issuers),
        limit: get("limit").and_then(|spot| read_settings::limit(report, spot)),
        revoked: get("revoked").and_then(|spot| read_settings::revoked(report, spot)),
        trace: get("trace").map(|spot| read_trace::read(report, spot)).unwrap_or_default(),
        issuers,
        routes: get("routes").map(|spot| read_route::read(report, spot, &names)).unwrap_or_default(),
    }
}

/// The names that routes may accept.
pub(super) struct Names<'t> {
    issuers: HashMap<&'t str, usize>,
    in_order: Vec<&'t str>,
    /// Names from sections that this build does not have: that they are there is the fault, not their use.
    later: Vec<&'t str>,
}

impl<'t> Names<'t> {
    fn new(fields: Option<&Fields<'t>>) -> Self {
        let mut names = Self { issuers: HashMap::new(), in_order: Vec::new(), later: Vec::new() };
        let Some(fields) = fields else { return names };
        for (index, (name, ..)) in
            fields.get("issuers").map(Spot::named).unwrap_or_default().iter().enumerate()
        {
            names.issuers.insert(name, index);
            names.in_order.push(name);
        }
        for spot in &fields.later {
            names.later.extend(spot.named().iter().map(|(name, ..)| *name));
        }
        names
    }

    /// The place of the issuer that the value names.
    pub(super) fn find(&self, report: &mut Report<'_>, spot: &Spot<'_>) -> Option<usize> {
        let Value::String(name) = &spot.node.value else {
            report.expected(spot, "the name of an issuer");
            return None;
        };
        let found = self.issuers.get(name.as_str()).copied();
        if found.is_none() && !self.later.contains(&name.as_str()) {
            // `anyone` opens the route: it is not offered for a name that merely looks a little like it.
            let open = name.to_lowercase().starts_with("any").then_some(ANYONE);
            let near = nearest(name, self.in_order.iter().copied().chain(open));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            report.fault_with(spot, format!("expected the name of an issuer, found {}", quoted(name)), help);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::{Accept, Unmatched};
    use super::super::sample::{fault, faults, issuer, model, route};
    use doorward_core::limits;
    use doorward_core::outcome::Disclosure;
    use doorward_core::time::Seconds;

    #[test]
    fn an_empty_policy_has_the_defaults_and_lets_nobody_in() {
        let policy = model("");
        assert_eq!(policy.realm, "doorward");
        assert_eq!(policy.leeway, Seconds(limits::LEEWAY_DEFAULT));
        assert_eq!(policy.disclosure, Disclosure::None);
        assert_eq!((policy.resource_metadata, policy.advertise_scope), (None, false));
        assert_eq!(policy.unmatched, Unmatched::Forbid);
        assert_eq!(policy.max_credential, limits::CREDENTIAL_DEFAULT);
        assert!(policy.issuers.is_empty() && policy.routes.is_empty());
    }

    #[test]
    fn every_key_of_the_top_is_heard() {
        let policy = model(
            "realm = \"a b\"\nleeway = 0\ndisclosure = \"reason\"\nresource_metadata = \"https://a.example/m\"\n\
             advertise_scope = true\nunmatched = \"hide\"\nmax_credential = 1_000\n",
        );
        assert_eq!((policy.realm.as_str(), policy.leeway), ("a b", Seconds(0)));
        assert_eq!((policy.disclosure, policy.unmatched), (Disclosure::Reason, Unmatched::Hide));
        assert_eq!(policy.resource_metadata.as_deref(), Some("https://a.example/m"));
        assert_eq!((policy.advertise_scope, policy.max_credential), (true, 1_000));
    }

    #[test]
    fn bounds_are_named() {
        assert_eq!(fault("leeway = \"5m1s\""), "leeway: expected a duration from `0s` to `5m`, found `5m1s`");
        assert_eq!(fault("leeway = -1"), "leeway: expected a duration from `0s` to `5m`, found `-1`");
        assert_eq!(
            fault("leeway = \"30\""),
            "leeway: expected a duration such as `30s` or `1h30m`, found `30`: did you mean `30s`?"
        );
        assert_eq!(
            fault("max_credential = 65537"),
            "max_credential: expected an integer from 512 to 65536, found 65537"
        );
        assert!(fault("max_credential = 511").contains("from 512"));
        assert!(fault("max_credential = -1").contains("found -1"));
    }

    #[test]
    fn a_name_that_is_none_of_the_list_gets_the_nearest() {
        assert_eq!(
            fault("disclosure = \"reasons\""),
            "disclosure: expected `none` or `reason`, found `reasons`: did you mean `reason`?"
        );
        assert_eq!(fault("unmatched = \"404\""), "unmatched: expected `forbid` or `hide`, found `404`");
    }

    #[test]
    fn what_a_challenge_quotes_is_checked() {
        assert_eq!(fault("realm = \"ä\""), "realm: expected printable ASCII characters, found `ä`");
        assert_eq!(
            fault("realm = \"\""),
            "realm: expected printable ASCII characters, found an empty string"
        );
        assert_eq!(
            fault("realm = \"a\\r\\nX: y\""),
            "realm: expected printable ASCII characters, found `a\\r\\nX: y`"
        );
        assert!(fault("resource_metadata = \"http://a.example/\"").contains("expected an https URL"));
    }

    #[test]
    fn every_fault_of_a_policy_is_reported_in_the_order_of_the_text() {
        assert_eq!(
            faults(&format!("relm = \"x\"\n{}leeway = \"soon\"\n", route("methods = \"GET\""))),
            [
                "unknown key `relm`: did you mean `realm`?",
                "routes[0].methods: expected an array, found a string: put it in `[` and `]`",
                "routes[0]: unknown key `leeway`: it belongs to the top of the policy or an issuer",
            ]
        );
    }

    #[test]
    fn sections_of_the_wrong_kind_are_refused() {
        assert_eq!(fault("issuers = []"), "issuers: expected a table of issuers, found an array");
        assert_eq!(fault("[routes]\npath = \"/\""), "routes: expected an array of routes, found a table");
        assert_eq!(fault("routes = [\"/\"]"), "routes[0]: expected a table, found a string");
        assert_eq!(fault("[issuers]\ncorp = 1"), "issuers.corp: expected a table, found an integer");
    }

    #[test]
    fn names_of_later_sections_are_no_second_fault() {
        let policy =
            format!("{}[certificates.mesh]\ntrust_domain = \"a\"\n", route("accept = [\"corp\", \"mesh\"]"));
        assert_eq!(fault(&policy), "`certificates` is not supported by this build yet");
    }

    #[test]
    fn routes_find_issuers_by_name_in_any_order() {
        let policy = format!("[[routes]]\npath = \"/\"\naccept = [\"corp\"]\n{}", issuer(""));
        let policy = model(&policy);
        let Accept::Issuers(issuers) = &policy.routes[0].accept else { panic!("an issuer") };
        assert_eq!((issuers[0].value, issuers[0].at.line, issuers[0].at.column), (0, 3, 11));
        assert_eq!(policy.issuers[0].at.line, 4);
    }
}
