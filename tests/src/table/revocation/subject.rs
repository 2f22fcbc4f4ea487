//! Subjects that are revoked, for ever or for a time.

use super::{PROVES, corps, one, revoked};
use crate::case::{CART, File, NOW, ROBOT, SVC_A, Step, allow};
use crate::mint::{corp, mesh, partner};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let all = || corps(json!({"subject": "svc-a"}));
    let until = |later: i64| corps(json!({"subject": "svc-a", "until": NOW + later}));
    let known = || one(&corp()).later(-10).asked();
    f.case("subject", PROVES, one(&corp()).after(all()), &revoked(SVC_A));
    f.case("subject-and-known", PROVES, one(&corp()).after(known()).after(all()), &revoked(SVC_A));
    let again = corp().claim("jti", json!("t-2")).claim("iat", json!(NOW));
    f.case("subject-and-a-newer-token", PROVES, one(&again).after(all()), &revoked(SVC_A));
    let escaped = corp().claim_text("sub", r#""svc\u002da""#);
    f.case("subject-with-an-escape", PROVES, one(&escaped).after(all()), &revoked(SVC_A));
    f.case("subject-until-later", PROVES, one(&corp()).after(until(1)), &revoked(SVC_A));
    f.case(
        "subject-until-later-and-known",
        PROVES,
        one(&corp()).after(known()).after(until(1)),
        &revoked(SVC_A),
    );
    f.case("subject-until-now", "9.1/revoked", one(&corp()).after(until(0)), &allow(SVC_A));
    f.case(
        "subject-until-now-and-known",
        "9.1/revoked",
        one(&corp()).after(known()).after(until(0)),
        &allow(SVC_A),
    );
    let r = one(&corp()).after(until(0)).after(known());
    f.case("subject-until-now-and-refused-before", "9.1/revoked", r, &allow(SVC_A));
    let r = one(&corp()).after(known()).after(until(0)).after(known());
    f.case("subject-until-now-and-known-and-refused-before", "9.1/revoked", r, &allow(SVC_A));
    let r = one(&corp())
        .at(json!(format!("{NOW}.5")))
        .after(corps(json!({"subject": "svc-a", "until": format!("{NOW}.75")})));
    f.case("subject-until-later-in-this-second", PROVES, r, &revoked(SVC_A));
    let dated = json!({"subject": "svc-a", "until": "2026-11-22T23:43:52+01:00"});
    f.case("subject-until-a-written-date", PROVES, one(&corp()).after(corps(dated.clone())), &revoked(SVC_A));
    f.case(
        "subject-past-a-written-date",
        "9.1/revoked",
        one(&corp()).later(1).after(corps(dated)),
        &allow(SVC_A),
    );
    // Of two entries the one that revokes more holds.
    for (case, first, second) in [
        ("for-ever-and-until-then", all(), until(-5)),
        ("until-then-and-for-ever", until(-5), all()),
        ("until-then-and-longer", until(-5), until(5)),
        ("longer-and-until-then", until(5), until(-5)),
    ] {
        f.case(&format!("subject-{case}"), PROVES, one(&corp()).after(first).after(second), &revoked(SVC_A));
    }
    let other = corp().claim("sub", json!("svc-b"));
    let svc_b = (SVC_A.0, "svc-b");
    f.case("subject-another", "9.1/revoked", one(&other).after(all()), &allow(svc_b));
    f.case(
        "subject-that-begins-alike",
        "9.1/revoked",
        one(&corp()).after(corps(json!({"subject": "svc"}))),
        &allow(SVC_A),
    );
    // A caller is issuer and subject together.
    let namesake = partner().claim("sub", json!("svc-a"));
    f.case(
        "subject-of-another-issuer",
        "9.1/revoked J-SUB-01",
        one(&namesake).after(all()),
        &allow((ROBOT.0, "svc-a")),
    );
    let r = one(&corp()).after(Step::revoked("partner", json!({"subject": "svc-a"})));
    f.case("subject-of-another-issuer-turned", "9.1/revoked J-SUB-01", r, &allow(SVC_A));
    for (case, name) in
        [("section", "mesh"), ("trust-domain", "prod.example"), ("id", "spiffe://prod.example")]
    {
        let r =
            one(&mesh()).after(one(&mesh()).asked()).after(Step::revoked(name, json!({"subject": CART.1})));
        f.case(&format!("subject-of-a-domain-by-its-{case}"), PROVES, r, &revoked(CART));
    }
    let nobody = partner().no_claim("sub");
    let r = one(&nobody).after(Step::revoked("partner", json!({"subject": "robot-7"})));
    f.case("subject-of-a-token-without-one", "9.1/revoked", r, &allow((ROBOT.0, "")));
}
