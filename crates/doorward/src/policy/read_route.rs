//! From the tree to the model: routes and their claim rules.

use super::document::Value;
use super::keys::Section;
use super::model::{Accept, ClaimRule, ClaimTest, Delegation, Located, RouteModel};
use super::names::DelegationWord;
use super::reader::{ANYONE, Names};
use super::report::{Fields, Report, Spot};

/// Reads all routes.
pub(super) fn read<'t>(report: &mut Report<'t>, spot: &Spot<'t>, names: &Names<'t>) -> Vec<RouteModel> {
    let Value::Array(_) = &spot.node.value else {
        report.expected(spot, "an array of routes");
        return Vec::new();
    };
    spot.elements().iter().filter_map(|spot| route(report, spot, names)).collect()
}

/// The keys of a route that ask something of the caller, and can therefore not stand where anyone is let in.
const DEMANDS: [&str; 9] = [
    "scopes",
    "any_scope",
    "roles",
    "any_role",
    "roles_claim",
    "require",
    "acr",
    "max_auth_age",
    "delegation",
];

fn route<'t>(report: &mut Report<'t>, spot: &Spot<'t>, names: &Names<'t>) -> Option<RouteModel> {
    let fields = report.fields(spot)?;
    let at = report.at(spot);
    let path = fields.get("path").and_then(|spot| {
        let value = report.string(spot)?;
        Some(Located { value, at: report.at(spot) })
    });
    let accept = fields.get("accept").and_then(|spot| accept(report, spot, names));
    if accept == Some(Accept::Anyone) {
        for demand in DEMANDS.iter().filter_map(|name| fields.get(name)) {
            let message = format!("expected no `{}` where anyone is let in, found one", demand.key.name);
            let help = "credentials are not looked at here: name the issuers in `accept`".to_owned();
            report.fault_with(demand, message, Some(help));
        }
    }
    let mut strings = |name| fields.get(name).and_then(|spot| report.strings(spot)).unwrap_or_default();
    let methods = strings("methods");
    let scopes = strings("scopes");
    let any_scope = strings("any_scope");
    let roles = strings("roles");
    let any_role = strings("any_role");
    let acr = strings("acr");
    let roles_claim = fields.get("roles_claim").and_then(|spot| report.string(spot));
    let require = fields.get("require").map(|spot| require(report, spot)).unwrap_or_default();
    let max_auth_age = fields.get("max_auth_age").and_then(|spot| report.duration(spot));
    let delegation = fields.get("delegation").and_then(|spot| delegation(report, spot)).unwrap_or_default();
    let hidden = fields.get("hidden").and_then(|spot| report.boolean(spot)).unwrap_or_default();
    let cors_preflight =
        fields.get("cors_preflight").and_then(|spot| report.boolean(spot)).unwrap_or_default();
    Some(RouteModel {
        at,
        path: path?,
        methods,
        accept: accept?,
        scopes,
        any_scope,
        roles,
        any_role,
        roles_claim,
        require,
        acr,
        max_auth_age,
        delegation,
        hidden,
        cors_preflight,
    })
}

fn accept<'t>(report: &mut Report<'t>, spot: &Spot<'t>, names: &Names<'t>) -> Option<Accept> {
    match &spot.node.value {
        Value::String(name) if name == ANYONE => Some(Accept::Anyone),
        Value::String(_) => {
            let value = names.find(report, spot)?;
            Some(Accept::Issuers(vec![Located { value, at: report.at(spot) }]))
        }
        Value::Array(elements) if elements.is_empty() => {
            let help = "name the issuers, or write `accept = \"anyone\"` to let everyone in".to_owned();
            report.fault_with(spot, "expected at least one issuer, found an empty array", Some(help));
            None
        }
        Value::Array(_) => {
            let mut places = Vec::new();
            let issuers = report.different(spot, 1, |report, element| {
                if element.text() == Some(ANYONE) {
                    let help = "write `accept = \"anyone\"` to let everyone in".to_owned();
                    report.fault_with(element, "expected the name of an issuer, found `anyone`", Some(help));
                    return None;
                }
                let issuer = names.find(report, element)?;
                places.push(report.at(element));
                Some(issuer)
            })?;
            let located = issuers.into_iter().zip(places).map(|(value, at)| Located { value, at });
            Some(Accept::Issuers(located.collect()))
        }
        _ => {
            report.expected(spot, "names of issuers or `anyone`");
            None
        }
    }
}

fn delegation<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Option<Delegation> {
    match &spot.node.value {
        Value::String(_) => Some(match report.choice(spot)? {
            DelegationWord::Allow => Delegation::Allow,
            DelegationWord::Refuse => Delegation::Refuse,
        }),
        Value::Array(elements) if elements.is_empty() => {
            let help = "write `delegation = \"refuse\"` to let no actor in".to_owned();
            report.fault_with(spot, "expected at least one actor, found an empty array", Some(help));
            None
        }
        Value::Array(_) => {
            report.different(spot, 1, |report, element| report.any_string(element)).map(Delegation::Actors)
        }
        _ => {
            report.expected(spot, "`allow`, `refuse` or an array of actors");
            None
        }
    }
}

fn require<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Vec<ClaimRule> {
    let Value::Array(_) = &spot.node.value else {
        report.expected(spot, "an array of rules");
        return Vec::new();
    };
    spot.elements().iter().filter_map(|spot| claim_rule(report, spot)).collect()
}

fn claim_rule<'t>(report: &mut Report<'t>, spot: &Spot<'t>) -> Option<ClaimRule> {
    let fields = report.fields(spot)?;
    let at = report.at(spot);
    let claim = fields.get("claim").and_then(|spot| report.string(spot));
    let test = claim_test(report, spot, &fields);
    Some(ClaimRule { at, claim: claim?, test: test? })
}

fn claim_test<'t>(report: &mut Report<'t>, spot: &Spot<'t>, fields: &Fields<'t>) -> Option<ClaimTest> {
    let tests: Vec<_> =
        Section::ClaimRule.keys().map(|key| key.name).filter(|name| *name != "claim").collect();
    let given: Vec<_> = tests.iter().filter_map(|name| fields.get(name)).collect();
    let [test] = given.as_slice() else {
        if !given.is_empty() || tests.iter().all(|name| fields.lacks(name)) {
            let found = match given.len() {
                0 => "none".to_owned(),
                _ => {
                    given.iter().map(|spot| format!("`{}`", spot.key.name)).collect::<Vec<_>>().join(" and ")
                }
            };
            let tests = tests.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            report.fault(spot, format!("expected one of {tests}, found {found}"));
        }
        return None;
    };
    match test.key.name {
        "equals" => report.scalar(test).map(ClaimTest::Equals),
        "one_of" => report.scalars(test).map(ClaimTest::OneOf),
        "contains" => report.scalar(test).map(ClaimTest::Contains),
        "prefix" => report.string(test).map(ClaimTest::Prefix),
        "exists" => report.boolean(test).map(ClaimTest::Exists),
        _ => {
            report.expected(test, "a test that this build knows");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::Scalar;
    use super::super::sample::{fault, faults, model, route};
    use super::*;
    use doorward_core::time::Seconds;

    fn read_route(lines: &str) -> RouteModel {
        model(&route(lines)).routes.remove(0)
    }

    fn rule(rule: &str) -> String {
        fault(&route(&format!("require = [{rule}]")))
    }

    #[test]
    fn a_route_asks_for_nothing_that_it_does_not_say() {
        let route = read_route("");
        assert_eq!((route.path.value.as_str(), route.path.at.column), ("/", 8));
        let lists =
            [&route.methods, &route.scopes, &route.any_scope, &route.roles, &route.any_role, &route.acr];
        assert!(lists.iter().all(|list| list.is_empty()));
        assert!(route.require.is_empty() && route.roles_claim.is_none() && route.max_auth_age.is_none());
        assert_eq!(route.delegation, Delegation::Allow);
        assert!(!route.hidden && !route.cors_preflight);
    }

    #[test]
    fn every_key_of_a_route_is_heard() {
        let route = read_route(
            "methods = [\"GET\", \"HEAD\"]\nscopes = [\"b\", \"a\"]\nany_scope = [\"c\"]\nroles = [\"d e\"]\n\
             any_role = [\"f\"]\nroles_claim = \"/realm_access/roles\"\nacr = [\"gold\"]\nmax_auth_age = 0\n\
             delegation = [\"gateway\"]\nhidden = true\ncors_preflight = true",
        );
        assert_eq!(route.methods, ["GET", "HEAD"]);
        assert_eq!(route.scopes, ["b", "a"]);
        assert_eq!((route.any_scope, route.roles), (vec!["c".to_owned()], vec!["d e".to_owned()]));
        assert_eq!((route.any_role, route.acr), (vec!["f".to_owned()], vec!["gold".to_owned()]));
        assert_eq!(route.roles_claim.as_deref(), Some("/realm_access/roles"));
        assert_eq!(route.max_auth_age, Some(Seconds(0)));
        assert_eq!(route.delegation, Delegation::Actors(vec!["gateway".to_owned()]));
        assert!(route.hidden && route.cors_preflight);
    }

    #[test]
    fn accept_says_who() {
        assert_eq!(read_route("accept = \"anyone\"").accept, Accept::Anyone);
        let Accept::Issuers(issuers) = read_route("accept = [\"corp\"]").accept else { panic!("an issuer") };
        assert_eq!((issuers.len(), issuers[0].value, issuers[0].at.column), (1, 0, 11));
        assert_eq!(
            fault(&route("").replace("accept", "#")),
            "routes[0]: missing key `accept`: name the issuers, or write `accept = \"anyone\"` to let everyone in"
        );
        assert!(fault(&route("accept = []")).contains("expected at least one issuer"));
        assert!(
            fault(&route("accept = [\"corp\", \"anyone\"]"))
                .contains("accept[1]: expected the name of an issuer")
        );
        assert!(fault(&route("accept = [\"corp\", \"corp\"]")).contains("found `corp` again"));
        assert!(fault(&route("accept = \"any_one\"")).ends_with("did you mean `anyone`?"));
        assert!(
            fault(&route("accept = [1]"))
                .contains("accept[0]: expected the name of an issuer, found an integer")
        );
        assert!(fault(&route("accept = \"none\"")).ends_with("found `none`"));
        assert!(fault(&route("accept = true")).contains("expected names of issuers or `anyone`"));
    }

    #[test]
    fn where_anyone_is_let_in_nothing_can_be_asked() {
        for demand in [
            "scopes = [\"a\"]",
            "any_scope = [\"a\"]",
            "roles = [\"a\"]",
            "any_role = [\"a\"]",
            "roles_claim = \"/a\"",
            "require = [{ claim = \"/a\", exists = true }]",
            "acr = [\"a\"]",
            "max_auth_age = \"1h\"",
            "delegation = \"refuse\"",
        ] {
            let found = fault(&route(&format!("accept = \"anyone\"\n{demand}")));
            assert!(found.contains("where anyone is let in"), "{found}");
        }
        read_route("accept = \"anyone\"\nmethods = [\"GET\"]\nhidden = true\ncors_preflight = true");
    }

    #[test]
    fn lists_hold_each_entry_once_and_in_its_form() {
        assert_eq!(
            fault(&route("methods = [\"GET\", \"PO ST\"]")),
            "routes[0].methods[1]: expected a request method such as `GET`, found `PO ST`"
        );
        assert!(fault(&route("methods = []")).ends_with("leave `methods` out instead"));
        assert!(fault(&route("scopes = [\"a b\"]")).contains("expected one scope"));
        assert!(
            fault(&route("scopes = [\"a\", \"b\", \"a\"]")).contains("scopes[2]: expected each element once")
        );
        assert!(fault(&route("roles = [\"\"]")).contains("found an empty string"));
        assert!(fault(&route("acr = [\"a b\"]")).contains("without space"));
        assert_eq!(faults(&route("scopes = [1, \"\"]")).len(), 2);
        read_route("scopes = []");
    }

    #[test]
    fn paths_are_checked_where_they_stand() {
        assert_eq!(
            fault(&route("path = \"/{a}/{a}\"")),
            "routes[0].path: expected a path with each name once, found `/{a}/{a}`"
        );
    }

    #[test]
    fn delegation_is_a_word_or_a_list_of_actors() {
        assert_eq!(read_route("delegation = \"refuse\"").delegation, Delegation::Refuse);
        assert!(fault(&route("delegation = \"refused\"")).ends_with("did you mean `refuse`?"));
        assert!(fault(&route("delegation = []")).contains("expected at least one actor"));
        assert!(fault(&route("delegation = [\"a\", \"a\"]")).contains("found `a` again"));
        assert!(fault(&route("delegation = false")).contains("`allow`, `refuse` or an array of actors"));
    }

    #[test]
    fn each_test_of_a_claim_has_its_value() {
        let route = read_route(
            "require = [\n{ claim = \"/a\", equals = \"\" },\n{ claim = \"/b/0\", one_of = [1, -2.5e3, true, \"x\"] },\n\
             { claim = \"/c\", contains = 7 },\n{ claim = \"/d\", prefix = \"p\" },\n{ claim = \"/e\", exists = false },\n]",
        );
        let tests: Vec<_> = route.require.iter().map(|rule| rule.test.clone()).collect();
        let number = |text: &str| Scalar::Number(text.to_owned());
        assert_eq!(
            tests,
            [
                ClaimTest::Equals(Scalar::String(String::new())),
                ClaimTest::OneOf(vec![
                    number("1"),
                    number("-2.5e3"),
                    Scalar::Boolean(true),
                    Scalar::String("x".to_owned())
                ]),
                ClaimTest::Contains(number("7")),
                ClaimTest::Prefix("p".to_owned()),
                ClaimTest::Exists(false),
            ]
        );
        assert_eq!(route.require[1].claim, "/b/0");
        assert!(route.require[0].at.line < route.require[4].at.line);
    }

    #[test]
    fn a_claim_rule_has_one_pointer_and_one_test() {
        assert!(rule("{ claim = \"department\", exists = true }").ends_with("did you mean `/department`?"));
        assert!(rule("{ claim = \"/~2\", exists = true }").contains("`~` is written `~0`"));
        assert_eq!(
            rule("{ claim = \"/a\" }"),
            "routes[0].require[0]: expected one of `equals`, `one_of`, `contains`, `prefix`, `exists`, found none"
        );
        assert!(
            rule("{ claim = \"/a\", exists = true, equals = 1 }").ends_with("found `equals` and `exists`")
        );
        assert!(rule("{ exists = true }").contains("missing key `claim`"));
        assert!(
            rule("{ claim = \"/a\", equal = 1 }").ends_with("unknown key `equal`: did you mean `equals`?")
        );
        assert!(
            rule("{ claim = \"/a\", equals = inf }").contains("expected a string, a number or a truth value")
        );
        assert!(rule("{ claim = \"/a\", equals = [1] }").contains("found an array"));
        assert!(rule("{ claim = \"/a\", one_of = [] }").contains("expected at least one element"));
        assert!(rule("{ claim = \"/a\", one_of = [1, 1] }").contains("once"));
        assert!(rule("{ claim = \"/a\", prefix = \"\" }").contains("found an empty string"));
    }
}
