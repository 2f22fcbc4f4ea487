//! Each route asks for its own, of known credentials too.

use super::{any, pay};
use crate::case::{File, ROBOT, Request, SVC_A, allow, get, open, refuse, send};
use crate::mint::{Token, corp, partner};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let known = |request: Request, token: &Token| request.after(any(token).asked_times(2));
    let read = corp().claim("scope", json!("orders:read"));
    let orders = |token: &Token| get("/v1/orders/7").bearer(token);
    f.case("known-where-scopes-are-asked-for", "9.1/scope", known(orders(&read), &read), &allow(SVC_A));
    let e = refuse("scope_insufficient").scope("orders:read").who(SVC_A);
    f.case("known-where-other-scopes-are-asked-for", "9.1/scope", known(orders(&corp()), &corp()), &e);
    let r = any(&corp()).after(orders(&corp()).asked());
    f.case("refused-where-scopes-are-asked-for-and-elsewhere", "9.1/scope", r, &allow(SVC_A));
    let r = send("DELETE", "/v1/orders/7").bearer(&read).after(orders(&read).asked());
    let e = refuse("scope_insufficient").scope("orders:read orders:write").who(SVC_A);
    f.case("known-with-another-method", "9.1/scope", r, &e);
    let r = known(get("/corp-only").bearer(&partner()), &partner());
    f.case("known-where-its-issuer-is-not-accepted", "", r, &refuse("issuer_refused").who(ROBOT));
    let r = any(&partner()).after(get("/corp-only").bearer(&partner()).asked());
    f.case("refused-for-its-issuer-and-elsewhere", "", r, &allow(ROBOT));
    let e = refuse("step_up_required").acr("urn:example:gold urn:example:silver").max_age(300).who(SVC_A);
    f.case("known-where-more-is-asked-for", "9.1/step-up", known(pay(&corp()), &corp()), &e);
    f.case(
        "known-and-no-route",
        "",
        known(get("/nowhere").bearer(&corp()), &corp()),
        &refuse("route_unmatched").nobody(),
    );
    let r = known(send("PUT", "/v1/orders/7").bearer(&corp()), &corp());
    f.case("known-and-another-method", "", r, &refuse("method_refused").nobody());
    f.case("known-and-open", "", known(get("/open").bearer(&corp()), &corp()), &open());
    let e = refuse("audience_mismatch").who(SVC_A);
    let other = corp().claim("aud", json!("https://other.example"));
    f.case(
        "refused-and-elsewhere",
        "9.1/wrong-audience",
        orders(&other).after(any(&other).asked_times(2)),
        &e,
    );
    let forged = corp().scratched();
    let r = orders(&forged).after(any(&forged).asked_times(2));
    f.case("forged-and-elsewhere", "9.1/bad-signature", r, &refuse("signature_invalid"));
}
