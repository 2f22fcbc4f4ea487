//! What was presented: none, one or several credentials, in the `Authorization` field and well-formed or not.

use super::{corp_issuer, policy, with};
use crate::case::{File, SVC_A, allow, get, open, refuse};
use crate::mint::{Token, corp};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    vec![field(), size()]
}

fn field() -> File {
    let mut f = File::orders("credential");
    let t = corp().text();
    let any = || get("/any");
    let malformed = refuse("credential_malformed");
    let ambiguous = refuse("credentials_ambiguous");
    let other = refuse("scheme_unsupported");
    let missing = refuse("credential_missing");

    f.case("missing", "B-ERR-02 H-401-01 B-CHAL-01 9.1/missing reason/credential_missing", any(), &missing);
    let r = any().with("Accept", "*/*").with("X-Authorization", &format!("Bearer {t}"));
    f.case("missing-among-other-fields", "B-ERR-02 reason/credential_missing", r, &missing);
    let r = any().with("Proxy-Authorization", &format!("Bearer {t}"));
    f.case("missing-though-the-proxy-got-one", "H-407-02", r, &missing);

    f.case("present", "B-SEND-01", any().auth(&format!("Bearer {t}")), &allow(SVC_A));
    f.case("scheme-in-lower-case", "H-GRAM-01", any().auth(&format!("bearer {t}")), &allow(SVC_A));
    f.case("scheme-in-upper-case", "H-GRAM-01", any().auth(&format!("BEARER {t}")), &allow(SVC_A));
    f.case("several-spaces", "H-GRAM-02", any().auth(&format!("Bearer    {t}")), &allow(SVC_A));
    f.case(
        "white-space-around-the-value",
        "H-GRAM-02",
        any().auth(&format!(" \tBearer {t} \t")),
        &allow(SVC_A),
    );
    let r = any().with("AUTHORIZATION", &format!("Bearer {t}"));
    f.case("field-name-in-upper-case", "H-GRAM-01", r, &allow(SVC_A));
    let r = any().with("authorization", &format!("Bearer {t}"));
    f.case("field-name-in-lower-case", "H-GRAM-01", r, &allow(SVC_A));

    for (name, value) in [
        ("scheme-basic", "Basic dTpw"),
        ("scheme-basic-alone", "Basic"),
        ("scheme-dpop", "DPoP abc"),
        ("scheme-digest", "Digest username=\"a\", realm=\"b, Bearer x\", uri=\"/any\""),
        ("scheme-negotiate", "Negotiate YII="),
        ("scheme-api-key", "ApiKey k"),
        ("scheme-longer-than-bearer", "Bearers abc"),
        ("scheme-sigv4", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host;date, Signature=00"),
    ] {
        f.case(name, "B-ERR-02 9.1/scheme reason/scheme_unsupported", any().auth(value), &other);
    }
    // A token has only characters that the name of a scheme may have.
    f.case("token-without-scheme", "H-GRAM-02 9.1/scheme reason/scheme_unsupported", any().auth(&t), &other);
    let r = any().auth(&format!("Token {t}"));
    f.case("scheme-of-another-name-with-a-good-token", "reason/scheme_unsupported", r, &other);

    for (name, value) in [
        ("scheme-alone", "Bearer".to_owned()),
        ("scheme-and-a-space", "Bearer ".to_owned()),
        ("empty-value", String::new()),
        ("white-space-only", " \t ".to_owned()),
        ("tab-after-the-scheme", format!("Bearer\t{t}")),
        ("tab-after-another-scheme", "Basic\tdTpw".to_owned()),
        ("colon-after-the-scheme", format!("Bearer: {t}")),
        ("equals-after-the-scheme", format!("Bearer={t}")),
        ("quotes-around-the-token", format!("Bearer \"{t}\"")),
        ("braces-around-the-token", format!("Bearer {{{t}}}")),
        ("space-in-the-token", format!("Bearer {}", t.replacen('.', ". ", 1))),
        ("words-after-the-token", format!("Bearer {t} trailing")),
        ("comma-in-the-token", "Bearer abc,def".to_owned()),
        ("comma-after-the-token", format!("Bearer {t},")),
        ("percent-in-the-token", format!("Bearer {}", t.replacen('.', "%2E", 1))),
        ("letter-outside-ascii", format!("Bearer {t}\u{e9}")),
        ("padding-before-the-end", format!("Bearer {}", t.replacen('.', "=.", 1))),
        ("padding-alone", "Bearer =".to_owned()),
        ("scheme-twice", format!("Bearer Bearer {t}")),
        ("scheme-twice-alone", "Bearer Bearer".to_owned()),
        ("scheme-twice-alone-in-other-case", "bearer BEARER".to_owned()),
        ("parameters-in-place-of-a-token", "Bearer token=\"abc\"".to_owned()),
    ] {
        f.case(
            name,
            "H-GRAM-02 H-GRAM-03 9.1/malformed-field reason/credential_malformed",
            any().auth(&value),
            &malformed,
        );
    }

    let two = |a: &str, b: &str| any().auth(a).auth(b);
    let bearer = format!("Bearer {t}");
    f.case(
        "two-lines-with-one-token",
        "H-GRAM-13 B-SEND-03 9.1/ambiguous reason/credentials_ambiguous",
        two(&bearer, &bearer),
        &ambiguous,
    );
    f.case("two-lines-with-two-schemes", "H-GRAM-13", two(&bearer, "Basic dTpw"), &ambiguous);
    f.case("two-lines-with-two-schemes-turned", "H-GRAM-13", two("Basic dTpw", &bearer), &ambiguous);
    f.case("two-lines-and-the-second-empty", "H-GRAM-13", two(&bearer, ""), &ambiguous);
    f.case("two-lines-and-the-first-empty", "H-GRAM-13", two("", &bearer), &ambiguous);
    let r = any().with("authorization", &bearer).with("X-Between", "1").with("AUTHORIZATION", "Bearer x");
    f.case("two-lines-in-two-spellings", "H-GRAM-13", r, &ambiguous);
    for (name, value) in [
        ("joined-with-comma-and-space", format!("{bearer}, {bearer}")),
        ("joined-with-a-comma", format!("{bearer},{bearer}")),
        ("joined-with-another-scheme", format!("{bearer}, Basic dTpw")),
        ("joined-with-another-scheme-first", format!("Basic dTpw, {bearer}")),
        ("joined-with-a-scheme-alone", format!("{bearer}, Bearer")),
        ("joined-past-an-empty-element", format!("{bearer}, , {bearer}")),
        ("joined-with-a-tab", format!("{bearer},\tDPoP x")),
        ("joined-three-times", format!("{bearer}, {bearer}, {bearer}")),
    ] {
        f.case(
            name,
            "H-GRAM-07 H-GRAM-13 9.1/ambiguous reason/credentials_ambiguous",
            any().auth(&value),
            &ambiguous,
        );
    }

    f.case("not-looked-at-where-anyone-is-let-in", "", get("/open"), &open());
    f.case("broken-where-anyone-is-let-in", "", get("/open").auth("Bearer {").auth("Basic"), &open());
    let r = get("/open").bearer(&corp().scratched());
    f.case("forged-where-anyone-is-let-in", "", r, &open());
    f
}

/// A credential of exactly the length that the policy allows, and of one byte more.
fn size() -> File {
    let limited = |limit: usize| {
        let policy =
            policy(json!({"corp": corp_issuer(json!({}))}), json!([{"path": "/any", "accept": "corp"}]));
        with(policy, json!({"max_credential": limit}))
    };
    let mut f = File::new("credential/size", limited(1024));
    let too_large = refuse("credential_too_large");
    let letters = |count: usize| format!("Bearer {}", "a".repeat(count));
    let exact = padded(1024);
    f.case("as-long-as-the-limit", "H-4XX-01", get("/any").bearer(&exact), &allow(SVC_A));
    f.case(
        "one-byte-over-the-limit",
        "H-4XX-01 reason/credential_too_large",
        get("/any").bearer(&padded(1025)),
        &too_large,
    );
    f.case(
        "no-token-but-as-long-as-the-limit",
        "H-4XX-01",
        get("/any").auth(&letters(1024)),
        &refuse("token_malformed"),
    );
    f.case(
        "no-token-and-over-the-limit",
        "H-4XX-01 reason/credential_too_large",
        get("/any").auth(&letters(1025)),
        &too_large,
    );
    let r = get("/any").auth(&format!("Basic {}", "a".repeat(2000)));
    f.case("other-scheme-and-over-the-limit", "", r, &refuse("scheme_unsupported"));
    let r = get("/any").auth(&format!("Bearer {{{}", "a".repeat(2000)));
    f.case("malformed-and-over-the-limit", "", r, &refuse("credential_malformed"));
    let r = get("/any").auth(&letters(2000)).auth("Bearer a");
    f.case("two-lines-and-over-the-limit", "", r, &refuse("credentials_ambiguous"));
    let r = get("/any").auth(&format!("Bearer          {}", exact.text()));
    f.case("spaces-do-not-count", "H-4XX-01", r, &allow(SVC_A));
    f
}

/// A good token of this length.
fn padded(len: usize) -> Token {
    let of = |kid: usize, pad: usize| {
        corp().claim("pad", json!("p".repeat(pad))).header("note", json!("n".repeat(kid)))
    };
    let all = (0..4).flat_map(|note| (0..len).map(move |pad| (note, pad)));
    // Three bytes more are four characters more: the right ones are near the difference.
    let near = all.filter(|(_, pad)| pad * 4 / 3 + 460 > len && pad * 4 / 3 < len);
    near.map(|(note, pad)| of(note, pad)).find(|token| token.len() == len).unwrap_or_else(corp)
}
