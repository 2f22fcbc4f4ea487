//! The table of decisions, one file of definitions for each theme. What is expected is written by hand from
//! the requirements (`tests/REQUIREMENTS.md`).

mod algorithm;
mod audience;
mod bound;
mod challenge;
mod claims;
mod cors;
mod credential;
mod crit;
mod delegation;
mod forgery;
mod hidden;
mod issuer;
mod json;
mod key;
mod limit;
mod order;
mod paths;
mod peer;
mod places;
pub(crate) mod policy_errors;
mod profiles;
mod repeat;
mod response;
mod revocation;
mod roles;
mod routes;
mod rules;
mod scopes;
mod single_use;
mod step_up;
mod svid;
mod times;
mod token_form;
mod trace_of_origin;
mod trust;

use crate::case::File;
use crate::mint::{Key, TRACE_KEY};
use serde_json::{Value, json};

/// Every file of the table.
pub(crate) fn files() -> Vec<File> {
    let themes = [
        algorithm::files(),
        audience::files(),
        bound::files(),
        challenge::files(),
        claims::files(),
        cors::files(),
        credential::files(),
        crit::files(),
        delegation::files(),
        forgery::files(),
        hidden::files(),
        issuer::files(),
        json::files(),
        key::files(),
        limit::files(),
        order::files(),
        paths::files(),
        peer::files(),
        places::files(),
        profiles::files(),
        repeat::files(),
        response::files(),
        revocation::files(),
        roles::files(),
        routes::files(),
        rules::files(),
        scopes::files(),
        single_use::files(),
        step_up::files(),
        svid::files(),
        times::files(),
        token_form::files(),
        trace_of_origin::files(),
        trust::files(),
    ];
    themes.into_iter().flatten().collect()
}

/// The key sets beside `policies/orders.toml`.
pub(crate) fn key_sets() -> [(&'static str, Value); 3] {
    let corp = [
        Key::Ed25519("corp").named("ed-1", "Ed25519"),
        Key::P256("corp").named("ec-1", "ES256"),
        Key::Rsa.named("rsa-1", "RS256"),
        Key::P256("corp-shared").named("shared", "ES256"),
    ];
    [
        ("corp", json!({"keys": corp})),
        ("partner", json!({"keys": [Key::P256("partner").named("shared", "ES256")]})),
        ("mesh", json!({"keys": [Key::P256("mesh").named("m-1", "ES256")]})),
    ]
}

/// The keys of trace markers beside policies, a good one and two that are none.
pub(crate) fn trace_keys() -> [(&'static str, String); 3] {
    let key = format!("{TRACE_KEY}\n");
    [("trace", key), ("trace-short", format!("{}\n", "k".repeat(31))), ("trace-long", "k".repeat(257))]
}

/// The issuer `corp` with its Ed25519 key, and what a file wants to be different.
fn corp_issuer(different: Value) -> Value {
    let key = Key::Ed25519("corp").named("ed-1", "Ed25519");
    let issuer = json!({
        "profile": "rfc9068",
        "issuer": "https://idp.example",
        "audience": ["https://api.example"],
        "algorithms": ["Ed25519"],
        "keys": {"inline": {"keys": [key]}},
    });
    with(issuer, different)
}

/// The issuer `partner` with its key, and what a file wants to be different.
fn partner_issuer(different: Value) -> Value {
    let key = Key::P256("partner").named("shared", "ES256");
    let issuer = json!({
        "profile": "jwt",
        "issuer": "https://partner.example",
        "audience": ["https://api.example"],
        "algorithms": ["ES256"],
        "keys": {"inline": {"keys": [key]}},
    });
    with(issuer, different)
}

/// The issuer `mesh` with its key, and what a file wants to be different.
fn mesh_issuer(different: Value) -> Value {
    let key = Key::P256("mesh").named("m-1", "ES256");
    let issuer = json!({
        "profile": "jwt-svid",
        "trust_domain": "prod.example",
        "audience": ["https://api.example"],
        "algorithms": ["ES256"],
        "keys": {"inline": {"keys": [key]}},
    });
    with(issuer, different)
}

/// An issuer whose keys are fetched, which in the table means that they come by a step, and how they are kept.
fn fetched(issuer: Value, kept: Value) -> Value {
    with(issuer, json!({"keys": with(json!({"url": "https://keys.example/jwks"}), kept)}))
}

/// A policy that discloses reasons, with these issuers and routes.
fn policy(issuers: Value, routes: Value) -> Value {
    json!({"realm": "orders", "disclosure": "reason", "issuers": issuers, "routes": routes})
}

/// An object with members of another put over its own.
pub(crate) fn with(mut base: Value, different: Value) -> Value {
    if let (Some(base), Value::Object(different)) = (base.as_object_mut(), different) {
        base.extend(different);
    }
    base
}
