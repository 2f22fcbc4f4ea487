//! Types of tokens: what each profile takes for `typ`, and one issuer with two profiles.

use super::{corp_issuer, partner_issuer, policy};
use crate::case::{CART, File, ROBOT, SVC_A, allow, get, refuse};
use crate::mint::{Key, Token, corp, mesh, partner};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![types(), selected()]
}

fn types() -> File {
    let mut f = File::orders("profiles");
    let one = |token: Token| get("/any").bearer(&token);
    let refused = refuse("token_type_refused");
    for (case, typ) in [
        ("short", "at+jwt"),
        ("in-capitals", "AT+JWT"),
        ("in-full", "application/at+jwt"),
        ("in-full-and-mixed-case", "Application/At+JWT"),
    ] {
        f.case(
            &format!("rfc9068-{case}"),
            "J-9068-01 J-TYP-01",
            one(corp().header("typ", json!(typ))),
            &allow(SVC_A),
        );
    }
    for (case, typ) in [
        ("jwt", "JWT"),
        ("empty", ""),
        ("dpop-proof", "dpop+jwt"),
        ("logout-token", "logout+jwt"),
        ("security-event", "secevent+jwt"),
        ("transaction-token", "txntoken+jwt"),
        ("other-tree", "text/at+jwt"),
        ("twice-in-full", "application/application/at+jwt"),
        ("parameter", "at+jwt; v=1"),
        ("space-behind", "at+jwt "),
        ("prefix", "at+jw"),
        ("suffix", "at+jwts"),
    ] {
        f.case(
            &format!("rfc9068-refuses-{case}"),
            "J-9068-01 9.1/wrong-type reason/token_type_refused",
            one(corp().header("typ", json!(typ))),
            &refused,
        );
    }
    f.case("rfc9068-refuses-none", "J-9068-01 J-9068-07", one(corp().no_header("typ")), &refused);
    let id_token = corp().header("typ", json!("JWT")).claim("nonce", json!("n"));
    f.case("rfc9068-refuses-an-id-token", "J-9068-07 J-KIND-01 9.1/wrong-type", one(id_token), &refused);
    let r = one(corp().header_text("typ", r#""at\u002bjwt""#));
    f.case("rfc9068-with-an-escape", "J-TYP-01", r, &allow(SVC_A));
    for (case, text) in [("number", "1"), ("null", "null"), ("array", r#"["at+jwt"]"#)] {
        f.case(
            &format!("typ-{case}"),
            "J-TYP-01 reason/token_malformed",
            one(corp().header_text("typ", text)),
            &refuse("token_malformed"),
        );
    }
    f.case("cty-does-not-matter", "J-UNK-01", one(corp().header("cty", json!("JWT"))), &allow(SVC_A));

    f.case("jwt-none", "J-KIND-01", one(partner()), &allow(ROBOT));
    for (case, typ) in [("short", "JWT"), ("lower-case", "jwt"), ("in-full", "application/jwt")] {
        f.case(&format!("jwt-{case}"), "J-TYP-01", one(partner().header("typ", json!(typ))), &allow(ROBOT));
    }
    for (case, typ) in
        [("at-jwt", "at+jwt"), ("dpop-proof", "dpop+jwt"), ("empty", ""), ("logout-token", "logout+jwt")]
    {
        f.case(
            &format!("jwt-refuses-{case}"),
            "J-KIND-01 reason/token_type_refused",
            one(partner().header("typ", json!(typ))),
            &refused,
        );
    }

    f.case("svid-none", "W-J-02", one(mesh()), &allow(CART));
    for typ in ["JWT", "JOSE"] {
        f.case(
            &format!("svid-{}", typ.to_lowercase()),
            "W-J-02",
            one(mesh().header("typ", json!(typ))),
            &allow(CART),
        );
    }
    for (case, typ) in [
        ("lower-case", "jwt"),
        ("at-jwt", "at+jwt"),
        ("in-full", "application/JWT"),
        ("empty", ""),
        ("wit", "wit+jwt"),
    ] {
        f.case(
            &format!("svid-refuses-{case}"),
            "W-J-02 W-J-04 T-09 reason/token_type_refused",
            one(mesh().header("typ", json!(typ))),
            &refused,
        );
    }
    f
}

/// One issuer that sends access tokens and plain tokens: `typ` chooses, and the rules are those of the chosen one.
fn selected() -> File {
    let plain = partner_issuer(json!({
        "issuer": "https://idp.example",
        "algorithms": ["ES256"],
        "keys": {"inline": {"keys": [Key::P256("corp").named("ec-1", "ES256")]}},
    }));
    let policy = policy(
        json!({"access": corp_issuer(json!({})), "plain": plain}),
        json!([
            {"path": "/access", "accept": "access"},
            {"path": "/plain", "accept": "plain"},
            {"path": "/any", "accept": ["access", "plain"]},
        ]),
    );
    let mut f = File::new("profiles/selected", policy);
    let access = corp;
    let plain =
        || corp().alg(Key::P256("corp"), "ES256").header("kid", json!("ec-1")).header("typ", json!("JWT"));
    f.case("access-token", "J-KIND-01 T-09", get("/access").bearer(&access()), &allow(SVC_A));
    f.case("plain-token", "J-KIND-01 T-09", get("/plain").bearer(&plain()), &allow(SVC_A));
    let bare = plain().no_header("typ").no_claim("jti").no_claim("client_id");
    f.case("plain-token-needs-less", "J-KIND-01", get("/plain").bearer(&bare), &allow(SVC_A));
    f.case(
        "plain-token-for-the-other",
        "J-KIND-01 reason/issuer_refused",
        get("/access").bearer(&plain()),
        &refuse("issuer_refused").who(SVC_A),
    );
    f.case(
        "access-token-for-the-other",
        "J-KIND-01 reason/issuer_refused",
        get("/plain").bearer(&access()),
        &refuse("issuer_refused").who(SVC_A),
    );
    f.case(
        "access-token-called-plain",
        "J-KIND-01",
        get("/any").bearer(&access().header("typ", json!("JWT"))),
        &refuse("algorithm_refused"),
    );
    f.case(
        "plain-token-called-access",
        "J-KIND-01",
        get("/any").bearer(&plain().header("typ", json!("at+jwt"))),
        &refuse("algorithm_refused"),
    );
    f.case(
        "neither",
        "J-KIND-01",
        get("/any").bearer(&access().header("typ", json!("dpop+jwt"))),
        &refuse("token_type_refused"),
    );
    f
}
