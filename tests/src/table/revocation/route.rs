//! Revocations where nobody must see them, where keys come later than they do, and where two sections share an issuer.

use super::{PROVES, corps, revoked};
use crate::case::{Expect, File, Request, SVC_A, Step, allow, conceal, get, refuse};
use crate::mint::{Key, Token, corp, partner};
use crate::table::{corp_issuer, fetched, partner_issuer, policy};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![routes(), sections()]
}

fn routes() -> File {
    let table = policy(
        json!({
            "corp": corp_issuer(json!({"token_in": ["header", "query"]})),
            "partner": fetched(partner_issuer(json!({})), json!({})),
        }),
        json!([
            {"path": "/any", "accept": ["corp", "partner"]},
            {"path": "/secret", "accept": ["corp", "partner"], "hidden": true},
        ]),
    );
    let mut f = File::new("revocation/routes", table);
    let this = || corps(json!({"jti": "t-1"}));
    let secret = || get("/secret").bearer(&corp());
    f.case("hidden", "T-05 9.1/revoked", secret().after(this()), &conceal("token_revoked"));
    let r = secret().after(secret().asked()).after(this());
    f.case("hidden-and-known", "T-05 9.1/revoked", r, &conceal("token_revoked"));
    let query = || get(&format!("/any?access_token={}", corp().text()));
    f.case("in-the-query", PROVES, query().after(this()), &revoked(SVC_A));
    f.case("in-the-query-and-known", PROVES, query().after(query().asked()).after(this()), &revoked(SVC_A));
    let by_key = || Step::revoked("partner", json!({"kid": "shared"}));
    let keys = |later: i64| Step::keys(later, "partner", &[Key::P256("partner").named("shared", "ES256")]);
    let robot = |later: i64| -> Request { get("/any").bearer(&partner()).later(later) };
    let e = refuse("trust_unavailable").wait(1);
    f.case("key-that-has-not-come", "9.1/trust", robot(0).after(by_key()), &e);
    let e: Expect = refuse("token_revoked").nobody();
    f.case("key-that-came-later", PROVES, robot(1).after(by_key()).after(keys(0)), &e);
    f.case(
        "key-that-came-again",
        PROVES,
        robot(21).after(keys(0)).after(robot(1).asked()).after(by_key()).after(keys(20)),
        &e,
    );
    let gone = refuse("key_unknown").wait(10).nobody();
    let r = robot(21).after(keys(0)).after(robot(1).asked()).after(by_key()).after(Step::keys(
        20,
        "partner",
        &[],
    ));
    f.case("key-that-is-gone", "9.1/unknown-key", r, &gone);
    // Another one in its place takes the name over, and the revocation with it.
    let other = partner().signed_by(Key::P256("b"));
    let r = get("/any").bearer(&other).later(21).after(keys(0)).after(by_key());
    let r = r.after(Step::keys(20, "partner", &[Key::P256("b").named("shared", "ES256")]));
    f.case("key-whose-name-another-has", PROVES, r, &e);
    f.case("nothing", "9.1/revoked", secret().alone(), &allow(SVC_A));
    f
}

/// Access tokens and other tokens of one issuer, each by a section of its own.
fn sections() -> File {
    let idp = json!({"issuer": "https://idp.example", "algorithms": ["Ed25519"]});
    let key = Key::Ed25519("corp").named("ed-1", "Ed25519");
    let others = crate::table::with(idp, json!({"keys": {"inline": {"keys": [key]}}}));
    let table = policy(
        json!({"access": corp_issuer(json!({})), "others": partner_issuer(others)}),
        json!([{"path": "/any", "accept": ["access", "others"]}]),
    );
    let mut f = File::new("revocation/sections", table);
    let other = || corp().header("typ", json!("JWT"));
    let one = |token: &Token| get("/any").bearer(token);
    let by = |name: &str, what: serde_json::Value| Step::revoked(name, what);
    for (kind, what) in [
        ("jti", json!({"jti": "t-1"})),
        ("subject", json!({"subject": "svc-a"})),
        ("time", json!({"issued_before": crate::case::NOW})),
    ] {
        let id = |case: &str| format!("section-{kind}-{case}");
        let r =
            |token: &Token, name: &str| one(token).after(one(token).asked()).after(by(name, what.clone()));
        f.case(&id("of-access-tokens"), PROVES, r(&corp(), "access"), &revoked(SVC_A));
        f.case(&id("of-the-others"), PROVES, r(&other(), "others"), &revoked(SVC_A));
        f.case(&id("of-the-others-only"), "9.1/revoked", r(&corp(), "others"), &allow(SVC_A));
        f.case(&id("of-access-tokens-only"), "9.1/revoked", r(&other(), "access"), &allow(SVC_A));
        f.case(&id("of-all-and-access"), PROVES, r(&corp(), "https://idp.example"), &revoked(SVC_A));
        f.case(&id("of-all-and-others"), PROVES, r(&other(), "https://idp.example"), &revoked(SVC_A));
    }
    let key = json!({"kid": "ed-1"});
    let e = super::revoked_key();
    f.case("section-key-of-all", PROVES, one(&other()).after(by("https://idp.example", key.clone())), &e);
    f.case("section-key-of-another", "9.1/revoked", one(&other()).after(by("access", key)), &allow(SVC_A));
    f
}
