//! The policies that are decided by.

/// The issuer of the tokens.
pub const ISSUER: &str = "https://idp.example";

/// The service that decides.
pub const AUDIENCE: &str = "https://api.example";

/// One issuer with one key, one route.
#[must_use]
pub fn single(alg: &str, jwk: &str) -> String {
    with(&[issuer("corp", ISSUER, alg, jwk)], &[route("/v1/orders/{id}", "corp")])
}

/// The same policy with stores that remember so many credentials of either kind: the others remember nothing, so that what is
/// timed is the whole decision.
#[must_use]
pub fn remembering(policy: &str, credentials: u64) -> String {
    policy.replace(
        r#""store":{"off":true}"#,
        &format!(r#""store":{{"known":{credentials},"refused":{credentials}}}"#),
    )
}

/// One issuer, and a number of routes with two segments of their own each.
#[must_use]
pub fn many_routes(routes: usize, alg: &str, jwk: &str) -> String {
    let routes: Vec<_> = (0..routes).map(|number| route(&many_route_path(number, "{id}"), "corp")).collect();
    with(&[issuer("corp", ISSUER, alg, jwk)], &routes)
}

/// The path of one of many routes.
#[must_use]
pub fn many_route_path(number: usize, id: &str) -> String {
    format!("/team-{}/orders-{number}/{id}", number % 100)
}

/// A number of issuers with a key each, and one route that takes them all.
#[must_use]
pub fn many_issuers(issuers: usize, alg: &str, jwk: &str) -> String {
    let names: Vec<_> = (0..issuers).map(|number| format!("corp-{number}")).collect();
    let issuers: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(number, name)| issuer(name, &many_issuers_id(number), alg, jwk))
        .collect();
    with(&issuers, &[route("/v1/orders/{id}", &names.join(r#"",""#))])
}

/// The identifier of one of many issuers.
#[must_use]
pub fn many_issuers_id(number: usize) -> String {
    format!("https://idp-{number:04}.example")
}

fn with(issuers: &[String], routes: &[String]) -> String {
    format!(
        r#"{{"realm":"orders","disclosure":"reason","store":{{"off":true}},"issuers":{{{}}},"routes":[{}]}}"#,
        issuers.join(","),
        routes.join(",")
    )
}

fn issuer(name: &str, id: &str, alg: &str, jwk: &str) -> String {
    let alg = if alg == "EdDSA" { "Ed25519" } else { alg };
    format!(
        r#""{name}":{{"profile":"rfc9068","issuer":"{id}","audience":["{AUDIENCE}"],"algorithms":["{alg}"],"keys":{{"inline":{{"keys":[{jwk}]}}}}}}"#
    )
}

fn route(path: &str, accept: &str) -> String {
    format!(r#"{{"path":"{path}","methods":["GET","HEAD"],"accept":["{accept}"],"scopes":["orders:read"]}}"#)
}
