//! Header and claims as JSON: strict, complete, and each name once.

use crate::case::{File, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp};

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("json");
    let one = |token: Token| get("/any").bearer(&token);
    let malformed = refuse("token_malformed");
    let begin = |with: &'static str| move |json: String| json.replacen('{', with, 1).into_bytes();
    let end = |with: &'static [u8]| move |json: String| [json.as_bytes(), with].concat();
    for (case, with) in [
        ("unknown-name-twice", r#"{"x":1,"x":1,"#),
        ("name-twice-with-an-escape", r#"{"x":1,"\u0078":1,"#),
        ("names-twice-below", r#"{"x":{"y":1,"y":1},"#),
        ("names-twice-in-an-array", r#"{"x":[{"y":1,"z":0,"y":1}],"#),
        ("empty-name-twice", r#"{"":1,"":1,"#),
        ("lone-high-surrogate", r#"{"x":"\ud800","#),
        ("lone-low-surrogate", r#"{"x":"\udc00","#),
        ("surrogates-turned", r#"{"x":"\udc00\ud800","#),
        ("lone-surrogate-in-a-name", r#"{"\ud800":1,"#),
        ("unknown-escape", r#"{"x":"\q","#),
        ("short-escape", r#"{"x":"\u00e","#),
        ("control-character", "{\"x\":\"a\u{1}\","),
        ("line-break-in-a-string", "{\"x\":\"a\n\","),
        ("leading-zero", r#"{"x":01,"#),
        ("plus-sign", r#"{"x":+1,"#),
        ("bare-point", r#"{"x":1.,"#),
        ("bare-exponent", r#"{"x":1e,"#),
        ("nan", r#"{"x":NaN,"#),
        ("single-quotes", "{'x':1,"),
        ("name-without-quotes", "{x:1,"),
        ("comment", "{/* x */"),
        ("two-commas", r#"{"x":1,,"#),
        ("missing-colon", r#"{"x" 1,"#),
        ("word-in-capitals", r#"{"x":True,"#),
    ] {
        f.case(
            &format!("claims-{case}"),
            "J-DUP-01 J-FMT-03 9.1/malformed-token reason/token_malformed",
            one(corp().edit_claims(begin(with))),
            &malformed,
        );
        f.case(
            &format!("header-{case}"),
            "J-DUP-01 J-FMT-03 9.1/malformed-token reason/token_malformed",
            one(corp().edit_header(begin(with))),
            &malformed,
        );
    }
    for (case, with) in [
        ("iss-twice", r#"{"iss":"https://idp.example","#),
        ("iss-twice-with-an-escape", r#"{"\u0069ss":"https://idp.example","#),
        ("iss-twice-and-another", r#"{"iss":"https://partner.example","#),
        ("exp-twice", r#"{"exp":9999999999,"#),
        ("sub-twice", r#"{"sub":"admin","#),
        ("aud-twice-with-an-escape", r#"{"a\u0075d":"x","#),
    ] {
        f.case(
            &format!("claims-{case}"),
            "J-DUP-01 9.1/unknown-crit reason/token_malformed",
            one(corp().edit_claims(begin(with))),
            &malformed,
        );
    }
    for (case, with) in [
        ("alg-twice", r#"{"alg":"ES256","#),
        ("alg-twice-and-alike", r#"{"alg":"Ed25519","#),
        ("alg-twice-with-an-escape", r#"{"\u0061lg":"ES256","#),
        ("kid-twice", r#"{"kid":"ed-2","#),
        ("typ-twice", r#"{"typ":"at+jwt","#),
    ] {
        f.case(
            &format!("header-{case}"),
            "J-DUP-01 9.1/unknown-crit reason/token_malformed",
            one(corp().edit_header(begin(with))),
            &malformed,
        );
    }
    for (case, with) in [
        ("trailing-brace", &b"}"[..]),
        ("trailing-word", b" x"),
        ("trailing-nul", b"\0"),
        ("second-object", b"{}"),
        ("trailing-comma", b","),
        ("invalid-utf-8-behind", b"\xff"),
    ] {
        f.case(
            &format!("claims-{case}"),
            "J-FMT-03 9.1/malformed-token",
            one(corp().edit_claims(end(with))),
            &malformed,
        );
        f.case(
            &format!("header-{case}"),
            "J-FMT-03 9.1/malformed-token",
            one(corp().edit_header(end(with))),
            &malformed,
        );
    }
    let inside = |byte: &'static [u8]| {
        move |json: String| [b"{\"x\":\"", byte, b"\",", json.trim_start_matches('{').as_bytes()].concat()
    };
    for (case, bytes) in [
        ("invalid-utf-8", &b"\xff"[..]),
        ("overlong-utf-8", b"\xc0\xaf"),
        ("surrogate-in-utf-8", b"\xed\xa0\x80"),
        ("cut-utf-8", b"\xe2\x82"),
    ] {
        f.case(&format!("claims-{case}"), "J-FMT-03", one(corp().edit_claims(inside(bytes))), &malformed);
        f.case(&format!("header-{case}"), "J-FMT-03", one(corp().edit_header(inside(bytes))), &malformed);
    }
    let mark = |json: String| [b"\xef\xbb\xbf", json.as_bytes()].concat();
    f.case("claims-byte-order-mark", "J-FMT-03", one(corp().edit_claims(mark)), &malformed);
    f.case("header-byte-order-mark", "J-FMT-03", one(corp().edit_header(mark)), &malformed);
    for (case, text) in [
        ("array", "[]"),
        ("string", "\"x\""),
        ("number", "1"),
        ("null", "null"),
        ("nothing", ""),
        ("white-space", "  "),
        ("half-an-object", "{\"iss\":\"https://idp.example\""),
    ] {
        f.case(
            &format!("claims-are-{case}"),
            "J-FMT-03",
            one(corp().edit_claims(|_| text.as_bytes().to_vec())),
            &malformed,
        );
        f.case(
            &format!("header-is-{case}"),
            "J-FMT-03",
            one(corp().edit_header(|_| text.as_bytes().to_vec())),
            &malformed,
        );
    }
    f.case(
        "claims-are-an-empty-object",
        "J-FMT-03 reason/issuer_untrusted",
        one(corp().edit_claims(|_| b"{}".to_vec())),
        &refuse("issuer_untrusted"),
    );
    f.case(
        "header-is-an-empty-object",
        "J-ALG-01",
        one(corp().edit_header(|_| b"{}".to_vec())),
        &refuse("token_type_refused"),
    );
    let spaced =
        |json: String| format!(" \t\r\n{} \n", json.replace(',', " ,\t").replace('{', "{ ")).into_bytes();
    f.case("claims-with-white-space", "J-FMT-03", one(corp().edit_claims(spaced)), &allow(SVC_A));
    f.case("header-with-white-space", "J-FMT-03", one(corp().edit_header(spaced)), &allow(SVC_A));
    let same = begin(
        r#"{"x":{"iss":1,"x":{"x":2}},"y":[{"a":1},{"a":1}],"Iss":1,"\ud83d\ude00":"\ud83d\ude00\/\b","#,
    );
    f.case(
        "claims-with-names-that-differ",
        "J-DUP-01 J-UNK-01",
        one(corp().edit_claims(same)),
        &allow(SVC_A),
    );
    vec![f]
}
