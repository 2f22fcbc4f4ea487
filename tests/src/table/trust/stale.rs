//! Keys that cannot be renewed: they stay good up to a cap, an unknown one is nobody's fault meanwhile, and beyond the cap
//! nothing is known any more.

use super::super::{corp_issuer, fetched, mesh_issuer, partner_issuer, policy, with};
use super::{at, key, lasting, lasting_partner, loaded, own, partners, signed};
use crate::case::{CART, Expect, File, NOW, ROBOT, SVC_A, Step, allow, get, refuse};
use crate::mint::{Key, mesh};
use serde_json::json;

const PROVES: &str = "9.1/trust reason/trust_stale";
const DAY: i64 = 86_400;

pub(super) fn files() -> Vec<File> {
    vec![cap(), spans()]
}

fn too_old() -> Expect {
    refuse("trust_stale").wait(1).nobody().and("context", json!(null)).and("signal", json!("fault"))
}

/// A minute fresh, and two more minutes good.
fn cap() -> File {
    let table = policy(
        json!({
            "corp": fetched(corp_issuer(json!({})), json!({"refresh": "1m", "stale_for": "2m"})),
            "partner": fetched(partner_issuer(json!({})), json!({})),
        }),
        json!([
            {"path": "/any", "accept": ["corp", "partner"]},
            {"path": "/orders", "accept": "corp", "scopes": ["orders:read"]},
        ]),
    );
    let mut f = File::new("trust/stale", table);
    let good = || at(0, &lasting());
    for (case, later) in [("fresh", 59), ("stale", 60), ("almost-too-old", 179)] {
        f.case(&format!("key-{case}"), "9.1/trust", good().later(later).after(loaded()), &allow(SVC_A));
    }
    let r = good().at(json!(format!("{}.999999999", NOW + 179))).after(loaded());
    f.case("key-a-nanosecond-before-too-old", "9.1/trust", r, &allow(SVC_A));
    f.case("key-too-old", PROVES, good().later(180).after(loaded()), &too_old());
    f.case("key-much-too-old", PROVES, good().later(30 * DAY).after(loaded()), &too_old());

    // A known credential is no exception, and neither is one that was refused.
    let r = good().later(179).after(loaded()).after(good().later(1).asked());
    f.case("key-almost-too-old-and-known", "9.1/trust", r, &allow(SVC_A));
    let r = good().later(180).after(loaded()).after(good().later(1).asked_times(3));
    f.case("key-too-old-and-known", PROVES, r, &too_old());
    let scope = get("/orders").bearer(&lasting()).later(179);
    let r = get("/orders").bearer(&lasting()).later(180).after(loaded()).after(scope.asked());
    f.case("key-too-old-and-known-without-scope", PROVES, r, &too_old());
    for (case, token) in [
        ("forged", lasting().scratched()),
        ("unknown", signed("b", "ed-9")),
        ("expired", lasting().claim("exp", json!(NOW + 100))),
        ("for-another-audience", lasting().claim("aud", json!("https://other.example"))),
    ] {
        let r = at(180, &token).after(loaded());
        f.case(&format!("key-too-old-and-{case}"), PROVES, r, &too_old());
        let r = at(180, &token).after(loaded()).after(at(179, &token).asked());
        f.case(&format!("key-too-old-and-{case}-and-refused-before"), PROVES, r, &too_old());
    }
    let r = at(180, &lasting().header("typ", json!("JWT"))).after(loaded());
    f.case("key-too-old-and-another-type", "9.1/trust", r, &refuse("token_type_refused"));
    let r = get("/any").later(180).after(loaded());
    f.case("key-too-old-and-no-credential", "9.1/trust", r, &refuse("credential_missing"));

    // Between the two a key that we do not have may exist.
    let unknown = signed("b", "ed-9");
    let r = at(59, &unknown).after(loaded());
    f.case("unknown-to-fresh-keys", "reason/key_unknown", r, &refuse("key_unknown").wait(1).nobody());
    for (case, later) in [("stale", 60), ("almost-too-old", 179)] {
        f.case(&format!("unknown-to-{case}-keys"), PROVES, at(later, &unknown).after(loaded()), &too_old());
    }
    let r = at(100, &unknown).after(loaded()).after(at(59, &unknown).asked());
    f.case("unknown-to-stale-keys-and-asked-for-before", PROVES, r, &too_old());
    let nameless = signed("b", "").no_header("kid");
    f.case("unnamed-to-stale-keys", PROVES, at(100, &nameless).after(loaded()), &too_old());
    let r = at(100, &lasting().scratched()).after(loaded());
    f.case("forged-with-a-stale-key", "9.1/bad-signature", r, &refuse("signature_invalid"));
    let r = at(100, &lasting().claim("exp", json!(NOW + 60))).after(loaded());
    f.case("expired-with-a-stale-key", "9.1/expired", r, &refuse("token_expired").who(SVC_A));

    // Renewed, the span begins anew, and what was refused for our sake is let in.
    let again = |later: i64| Step::keys(later, "corp", &[own()]);
    for (case, later, e) in [("before", 349, allow(SVC_A)), ("after", 350, too_old())] {
        let r = good().later(later).after(loaded()).after(again(170));
        f.case(&format!("renewed-and-{case}-the-cap"), "9.1/trust", r, &e);
    }
    let r = good().later(501).after(loaded()).after(good().later(180).asked()).after(again(500));
    f.case("renewed-after-the-cap", "9.1/trust", r, &allow(SVC_A));
    let known = good().later(1).asked();
    let r = good().later(501).after(loaded()).after(known).after(good().later(300).asked()).after(again(500));
    f.case("renewed-after-the-cap-and-known-before", "9.1/trust", r, &allow(SVC_A));
    let r = at(501, &unknown).after(loaded()).after(at(100, &unknown).asked());
    let r = r.after(Step::keys(500, "corp", &[own(), key("b", "ed-9")]));
    f.case("renewed-with-what-was-unknown", "9.1/trust J-KEY-01", r, &allow(SVC_A));

    // Each issuer has its own time.
    let both = |later: i64| [loaded(), Step::keys(later, "partner", &[partners()])];
    let r = at(180, &lasting_partner()).after_all(both(0));
    f.case("another-issuers-keys-are-fresh", "W-B-03", r, &allow(ROBOT));
    f.case("another-issuers-keys-do-not-renew", "W-B-03", good().later(180).after_all(both(179)), &too_old());
    let old = || at(0, &lasting().claim("iat", json!(NOW - DAY)));
    let r = old().later(-3600).after(loaded());
    f.case("clock-went-back-an-hour", "9.1/trust", r, &allow(SVC_A));
    let r = old().later(-3600).after(loaded()).after(old().later(200).asked());
    f.case("clock-went-back-from-too-old", "9.1/trust", r, &allow(SVC_A));
    f
}

/// How long keys are kept: what is written, what is not, and the bounds.
fn spans() -> File {
    let lab = |name: &str, kept, more| {
        let issuer = corp_issuer(json!({"issuer": format!("https://{name}.example")}));
        with(fetched(issuer, kept), more)
    };
    let none = || json!({});
    let table = policy(
        json!({
            "usual": lab("usual", none(), none()),
            "never": lab("never", json!({"refresh": "2m", "stale_for": "0s"}), none()),
            "beside": lab("beside", json!({"refresh": "2m"}), json!({"stale_for": "3m"})),
            "short": lab("short", json!({"refresh": "1m", "stale_for": 1}), none()),
            "long": lab("long", none(), json!({"refresh": "1d", "stale_for": "30d"})),
            "mesh": fetched(mesh_issuer(json!({})), json!({"refresh": "20m", "stale_for": "1m"})),
        }),
        json!([{"path": "/any", "accept": ["usual", "never", "beside", "short", "long", "mesh"]}]),
    );
    let mut f = File::new("trust/spans", table);
    for (name, fresh, cap) in [
        ("usual", 600, 600 + DAY),
        ("never", 120, 120),
        ("beside", 120, 300),
        ("short", 60, 61),
        ("long", DAY, 31 * DAY),
    ] {
        let issuer = format!("https://{name}.example");
        let caller = json!({"issuer": issuer, "subject": "svc-a"});
        let good = || lasting().claim("iss", json!(issuer));
        let unknown = good().signed_by(Key::Ed25519("b")).header("kid", json!("ed-9"));
        let came = || Step::keys(0, name, &[own()]);
        let id = |case: &str| format!("{name}-{case}");
        let pending = refuse("key_unknown").wait(1);
        let let_in = allow(SVC_A).and("principal", caller);
        f.case(&id("still-fresh"), "reason/key_unknown", at(fresh - 1, &unknown).after(came()), &pending);
        f.case(&id("no-longer-fresh"), PROVES, at(fresh, &unknown).after(came()), &too_old());
        f.case(&id("still-good"), "9.1/trust", at(cap - 1, &good()).after(came()), &let_in);
        f.case(&id("no-longer-good"), PROVES, at(cap, &good()).after(came()), &too_old());
    }

    // A bundle says itself how long it lasts, within the policy's bounds.
    let bundle = |hint: Option<u64>| {
        let key = with(Key::P256("mesh").named("m-1", "ES256"), json!({"use": "jwt-svid"}));
        let hint = hint.map_or(json!({}), |hint| json!({"spiffe_refresh_hint": hint}));
        Step::set(0, "mesh", with(json!({"keys": [key], "spiffe_sequence": 7}), hint))
    };
    let cart = mesh().claim("exp", json!(NOW + DAY));
    for (case, hint, life) in [
        ("of-two-minutes", Some(120), 120),
        ("of-a-second", Some(1), 60),
        ("of-a-day", Some(86_400), 1200),
        ("of-none", None, 300),
    ] {
        let id = |what: &str| format!("hint-{case}-{what}");
        let r = at(life + 59, &cart).after(bundle(hint));
        f.case(&id("still-good"), "W-B-01 W-B-04", r, &allow(CART));
        let r = at(life + 60, &cart).after(bundle(hint));
        f.case(&id("no-longer-good"), "W-B-01 W-B-04 reason/trust_stale", r, &too_old());
    }
    f
}
