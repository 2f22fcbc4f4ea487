//! The compact serialisation: parts, base64url, and what is no JWS at all.

use super::{corp_issuer, policy};
use crate::case::{File, SVC_A, allow, get, refuse};
use crate::mint::{Token, base64url, corp};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("token_form");
    let any = || get("/any");
    let malformed = refuse("token_malformed");
    let encrypted = refuse("token_encrypted");
    let t = corp().text();
    let parts: Vec<_> = t.split('.').map(str::to_owned).collect();
    let [header, claims, signature] = parts.as_slice() else { return Vec::new() };

    for (name, token) in [
        ("one-part", "abc".to_owned()),
        ("two-parts", format!("{header}.{claims}")),
        ("four-parts", format!("{t}.{signature}")),
        ("six-parts", format!("{t}.a.b.c")),
        ("seven-parts", "a.b.c.d.e.f.g".to_owned()),
        ("empty-parts", "..".to_owned()),
        ("empty-header", format!(".{claims}.{signature}")),
        ("empty-claims", format!("{header}..{signature}")),
        ("a-period-before", format!(".{t}")),
        ("a-period-after", format!("{t}.")),
        ("padded-signature", format!("{t}==")),
        ("plus-in-the-header", format!("+{t}")),
        ("slash-in-the-claims", format!("{header}./{claims}.{signature}")),
        ("tilde-in-the-signature", format!("{t}~")),
        ("impossible-length-of-the-header", format!("A.{claims}.{signature}")),
        ("impossible-length-of-the-claims", format!("{header}.AAAAA.{signature}")),
        ("impossible-length-of-the-signature", format!("{header}.{claims}.AAAAA")),
        ("truncated-in-the-claims", t.chars().take(header.len() + 40).collect()),
        ("opaque", "2YotnFZFEjr1zCsicMWpAA".to_owned()),
    ] {
        let r = any().auth(&format!("Bearer {token}"));
        f.case(name, "J-FMT-01 9.1/malformed-token reason/token_malformed", r, &malformed);
    }
    // Texts of both lengths that leave bits over: behind one byte four, behind two bytes two.
    for (tail, behind) in [(2, "one-byte"), (3, "two-bytes")] {
        for (part, name) in [(0, "header"), (1, "claims")] {
            let padded = |pad: usize| {
                corp().claim("pad", json!("x".repeat(pad))).header("pad", json!("x".repeat(pad)))
            };
            let length = |token: &Token| token.text().split('.').nth(part).map_or(0, str::len) % 4;
            let token = (0..3).map(padded).find(|token| length(token) == tail).unwrap_or_else(corp);
            let r = any().bearer(&token.loose(part));
            f.case(&format!("loose-bits-in-the-{name}-behind-{behind}"), "J-FMT-02", r, &malformed);
        }
    }
    f.case("loose-bits-in-the-signature", "J-FMT-02", any().bearer(&corp().loose(2)), &malformed);
    for (ours, theirs, name) in [("-", "+", "plus-for-minus"), ("_", "/", "slash-for-underscore")] {
        let token = |number: i32| corp().claim("jti", json!(format!("t-{number}"))).text();
        let with = (0..100).map(token).find(|text| text.rsplit('.').next().is_some_and(|s| s.contains(ours)));
        let (input, signature) = with.as_deref().and_then(|text| text.rsplit_once('.')).unwrap_or_default();
        let r = any().auth(&format!("Bearer {input}.{}", signature.replace(ours, theirs)));
        f.case(&format!("signature-with-{name}"), "J-FMT-01", r, &malformed);
    }
    let cut = corp().edit_signature(|signature| signature.into_iter().take(61).collect());
    f.case("signature-cut-by-three-bytes", "J-ALG-04", any().bearer(&cut), &refuse("signature_invalid"));
    f.case(
        "signature-empty",
        "J-FMT-01",
        any().bearer(&corp().signature(Vec::new())),
        &refuse("signature_invalid"),
    );

    let jwe = base64url(br#"{"alg":"RSA-OAEP-256","enc":"A256GCM","typ":"at+jwt"}"#);
    let token = format!("Bearer {jwe}.a2V5.aXY.dGV4dA.dGFn");
    f.case("encrypted", "J-NEST-01 9.1/wrong-type reason/token_encrypted", any().auth(&token), &encrypted);
    let dir = base64url(br#"{"alg":"dir","enc":"A256GCM"}"#);
    f.case(
        "encrypted-without-a-wrapped-key",
        "J-NEST-01 reason/token_encrypted",
        any().auth(&format!("Bearer {dir}..aXY.dGV4dA.dGFn")),
        &encrypted,
    );
    f.case(
        "five-parts-that-begin-like-a-jws",
        "J-NEST-01",
        any().auth(&format!("Bearer {t}.a.b")),
        &encrypted,
    );
    f.case("five-empty-parts", "J-NEST-01", any().auth("Bearer ...."), &encrypted);
    let wrapped = corp().edit_claims(|_| t.clone().into_bytes());
    f.case("a-token-in-a-token", "J-NEST-01 J-FMT-03", any().bearer(&wrapped), &malformed);
    vec![f, depth()]
}

/// How deep and how wide JSON may be.
fn depth() -> File {
    let policy = policy(json!({"corp": corp_issuer(json!({}))}), json!([{"path": "/any", "accept": "corp"}]));
    let mut f = File::new("token_form/limits", policy);
    let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let malformed = refuse("token_malformed");
    let claims = |levels| get("/any").bearer(&corp().claim_text("deep", &nested(levels)));
    f.case("as-deep-as-allowed", "", claims(31), &allow(SVC_A));
    f.case("one-level-too-deep", "reason/token_malformed", claims(32), &malformed);
    f.case("a-thousand-levels", "", claims(1000), &malformed);
    let header = |levels| get("/any").bearer(&corp().header_text("deep", &nested(levels)));
    f.case("header-as-deep-as-allowed", "", header(31), &allow(SVC_A));
    f.case("header-one-level-too-deep", "", header(32), &malformed);
    let wide = |count: usize| {
        let members: Vec<_> = (0..count).map(|i| format!("\"m{i}\":0")).collect();
        get("/any").bearer(&corp().claim_text("wide", &format!("{{{}}}", members.join(","))))
    };
    // Seven claims of the token stand before it, and the claim itself.
    f.case("as-many-members-as-allowed", "", wide(256 - 8), &allow(SVC_A));
    f.case("one-member-too-many", "", wide(256 - 7), &malformed);
    f
}
