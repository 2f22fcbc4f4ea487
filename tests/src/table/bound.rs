//! Tokens that are bound to a key and come without a proof of it.

use crate::case::{CART, File, NOW, ROBOT, SVC_A, get, refuse};
use crate::mint::{Token, corp, mesh, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("bound");
    let one = |token: Token| get("/any").bearer(&token);
    let missing = || refuse("proof_missing");
    let jkt = json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"});
    let x5t = json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"});
    f.case(
        "to-a-key",
        "9.1/proof-missing reason/proof_missing",
        one(corp().claim("cnf", jkt.clone())),
        &missing().who(SVC_A),
    );
    f.case(
        "to-a-certificate",
        "9.1/proof-missing reason/proof_missing",
        one(corp().claim("cnf", x5t)),
        &missing().who(SVC_A),
    );
    f.case(
        "to-something-unknown",
        "reason/proof_missing",
        one(corp().claim("cnf", json!({"other": 1}))),
        &missing().who(SVC_A),
    );
    f.case("to-nothing", "reason/proof_missing", one(corp().claim("cnf", json!({}))), &missing().who(SVC_A));
    f.case(
        "plain-jwt",
        "reason/proof_missing",
        one(partner().claim("cnf", jkt.clone())),
        &missing().who(ROBOT),
    );
    f.case("svid", "reason/proof_missing", one(mesh().claim("cnf", jkt.clone())), &missing().who(CART));
    let bound = || corp().claim("cnf", jkt.clone());
    f.case("and-forged", "", one(bound().scratched()), &refuse("signature_invalid"));
    f.case("and-expired", "", one(bound().claim("exp", json!(NOW - 31))), &refuse("token_expired"));
    f.case(
        "and-of-another-issuer",
        "",
        get("/corp-only").bearer(&partner().claim("cnf", jkt.clone())),
        &refuse("issuer_refused").who(ROBOT),
    );
    f.case("and-without-scope", "", get("/v1/orders/7").bearer(&bound()), &missing().who(SVC_A));
    f.case("and-too-weak", "", get("/payments").bearer(&bound()), &missing().who(SVC_A));
    vec![f]
}
