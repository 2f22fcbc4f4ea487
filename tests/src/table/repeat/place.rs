//! The same token elsewhere in the request, and routes that hide; with and without memory.

use super::{again, any};
use crate::case::{CART, File, NOW, ROBOT, SVC_A, allow, conceal, get, refuse, send};
use crate::mint::{Token, corp, mesh, partner};
use crate::table::{corp_issuer, mesh_issuer, partner_issuer, policy, with};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let table = policy(
        json!({
            "corp": corp_issuer(json!({})),
            "partner": partner_issuer(json!({"token_in": ["header", "query", "form"]})),
            "mesh": mesh_issuer(json!({"token_in": ["query"], "max_age": "1h", "leeway": "10s"})),
        }),
        json!([
            {"path": "/any", "accept": ["corp", "partner", "mesh"]},
            {"path": "/secret", "accept": ["corp", "partner"], "hidden": true},
        ]),
    );
    let mut kept = File::new("repeat/places", table.clone());
    let mut off = File::new("repeat/store_off", with(table, json!({"store": {"off": true}})));
    for (f, prefix) in [(&mut kept, "place"), (&mut off, "off")] {
        let id = |case: &str| format!("{prefix}-{case}");
        let query = |token: &Token| get(&format!("/any?access_token={}", token.text()));
        let form = |token: &Token| send("POST", "/any").form(&format!("access_token={}", token.text()));
        let private = allow(ROBOT).headers(&[("Cache-Control", "private")]);
        f.case(
            &id("query-after-header"),
            "B-SEND-02",
            query(&partner()).after(any(&partner()).asked()),
            &private,
        );
        f.case(
            &id("header-after-query"),
            "B-SEND-02",
            any(&partner()).after(query(&partner()).asked()),
            &allow(ROBOT),
        );
        f.case(
            &id("form-after-query"),
            "B-SEND-02",
            form(&partner()).after(query(&partner()).asked()),
            &private,
        );
        f.case(
            &id("query-after-form"),
            "B-SEND-02",
            again(&query(&partner())).after(form(&partner()).asked()),
            &private,
        );
        f.case(&id("form-again"), "B-SEND-02", again(&form(&partner())), &private);
        // Where its issuer takes no tokens there is none, however well it is known.
        let missing = refuse("credential_missing");
        f.case(
            &id("query-where-only-headers-count"),
            "B-SEND-02",
            query(&corp()).after(any(&corp()).asked()),
            &missing,
        );
        f.case(
            &id("form-where-only-headers-count"),
            "B-SEND-02",
            form(&corp()).after(any(&corp()).asked()),
            &missing,
        );
        let cart = mesh().claim("iat", json!(NOW)).claim("exp", json!(NOW + 9000));
        f.case(
            &id("header-where-only-queries-count"),
            "B-SEND-02",
            any(&cart).after(query(&cart).asked()),
            &missing,
        );
        let r = query(&cart).after(any(&cart).asked());
        f.case(
            &id("query-after-a-header-that-did-not-count"),
            "B-SEND-02",
            r,
            &allow(CART).headers(&[("Cache-Control", "private")]),
        );
        // A token that grows too old, with the issuer's own allowance.
        let aged = |then: i64, now: i64| query(&cart).later(now).after(query(&cart).later(then).asked());
        let e = allow(CART).headers(&[("Cache-Control", "private")]);
        f.case(&id("known-and-almost-too-old"), "", aged(0, 3609), &e);
        f.case(
            &id("known-and-too-old-since"),
            "reason/token_too_old",
            aged(0, 3610),
            &refuse("token_too_old").who(CART),
        );
        f.case(&id("too-old-and-the-clock-went-back"), "", aged(3610, 3609), &e);
        let secret = |token: &Token| get("/secret").bearer(token);
        f.case(&id("hidden-after-any"), "T-05", secret(&corp()).after(any(&corp()).asked()), &allow(SVC_A));
        let forged = corp().scratched();
        f.case(
            &id("hidden-and-forged-after-any"),
            "T-05",
            secret(&forged).after(any(&forged).asked()),
            &conceal("signature_invalid"),
        );
        let r = any(&forged).after(secret(&forged).asked());
        f.case(&id("forged-after-hidden"), "T-05", r, &refuse("signature_invalid"));
        f.case(
            &id("again-hidden-and-forged"),
            "T-05",
            again(&secret(&forged)),
            &conceal("signature_invalid"),
        );
    }
    vec![kept, off]
}
