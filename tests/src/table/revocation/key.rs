//! Keys that are revoked: nothing that was signed with them counts.

use super::{PROVES, corps, one, revoked_key};
use crate::case::{File, NOW, ROBOT, SVC_A, Step, allow, refuse};
use crate::mint::{Key, corp, partner};
use serde_json::json;

pub(super) fn cases(f: &mut File) {
    let this = || corps(json!({"kid": "ed-1"}));
    f.case("key", PROVES, one(&corp()).after(this()), &revoked_key());
    f.case(
        "key-and-known",
        PROVES,
        one(&corp()).after(one(&corp()).asked_times(2)).after(this()),
        &revoked_key(),
    );
    let r = one(&corp()).after(this()).after(one(&corp()).asked_times(2));
    f.case("key-and-refused-before", PROVES, r, &revoked_key());
    let other = corp().claim("aud", json!("https://other.example"));
    let r = one(&corp()).after(one(&other).asked()).after(this());
    f.case("key-and-another-token-before", PROVES, r, &revoked_key());
    let nameless = || corp().no_header("kid");
    f.case("key-that-is-not-named", PROVES, one(&nameless()).after(this()), &revoked_key());
    let r = one(&nameless()).after(one(&nameless()).asked()).after(this());
    f.case("key-that-is-not-named-and-known", PROVES, r, &revoked_key());
    let escaped = corp().header_text("kid", r#""\u0065d-1""#);
    f.case("key-with-an-escape", PROVES, one(&escaped).after(this()), &revoked_key());
    let second = || corp().alg(Key::P256("corp"), "ES256").header("kid", json!("ec-1"));
    f.case("key-another", "9.1/revoked", one(&second()).after(this()), &allow(SVC_A));
    let r = one(&second()).after(one(&second()).asked()).after(this());
    f.case("key-another-and-known", "9.1/revoked", r, &allow(SVC_A));
    f.case(
        "key-in-other-case",
        "9.1/revoked J-KEY-01",
        one(&corp()).after(corps(json!({"kid": "ED-1"}))),
        &allow(SVC_A),
    );
    // Names of keys are their issuer's.
    let shared = || corp().alg(Key::P256("corp-shared"), "ES256").header("kid", json!("shared"));
    let revoke = |issuer: &str| Step::revoked(issuer, json!({"kid": "shared"}));
    f.case(
        "key-of-a-name-that-two-issuers-use",
        PROVES,
        one(&shared()).after(revoke("corp")),
        &revoked_key(),
    );
    f.case(
        "key-of-another-issuer",
        "9.1/revoked J-ISS-01",
        one(&partner()).after(revoke("corp")),
        &allow(ROBOT),
    );
    f.case(
        "key-of-another-issuer-turned",
        "9.1/revoked J-ISS-01",
        one(&shared()).after(revoke("partner")),
        &allow(SVC_A),
    );
    f.case("key-of-a-plain-jwt", PROVES, one(&partner()).after(revoke("partner")), &revoked_key());
    // Nothing is said of a key that did not sign it.
    let r = one(&corp().scratched()).after(this());
    f.case("key-and-forged", "9.1/bad-signature", r, &refuse("signature_invalid").nobody());
    let r = one(&corp().header("kid", json!("ed-9"))).after(corps(json!({"kid": "ed-9"})));
    f.case("key-that-is-unknown", "9.1/unknown-key", r, &refuse("key_unknown").nobody());
    // Whoever has the key wrote it, or may have, so that what it says of itself is of no interest.
    for (case, token) in [
        ("expired", corp().claim("exp", json!(NOW - 1000))),
        ("not-valid-yet", corp().claim("nbf", json!(NOW + 1000))),
        ("for-another-audience", other),
        ("without-a-claim", corp().no_claim("jti")),
    ] {
        f.case(&format!("key-and-{case}"), PROVES, one(&token).after(this()), &revoked_key());
        let r = one(&token).after(one(&token).asked()).after(this());
        f.case(&format!("key-and-{case}-and-refused-before"), PROVES, r, &revoked_key());
    }
    let ends = corp().claim("exp", json!(NOW - 100));
    let r = one(&ends).after(one(&ends).later(-110).asked()).after(this());
    f.case("key-and-known-and-expired-since", PROVES, r, &revoked_key());
}
