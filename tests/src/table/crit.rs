//! Critical extensions and unencoded payloads.

use crate::case::{File, SVC_A, allow, get, refuse};
use crate::mint::{Token, corp};
use serde_json::json;

pub(super) fn files() -> Vec<File> {
    let mut f = File::orders("crit");
    let one = |token: Token| get("/any").bearer(&token);
    let crit = |text: &str| corp().header_text("crit", text);
    let unknown = refuse("critical_header_unknown");
    let malformed = refuse("token_malformed");
    let ext = |text: &str| crit(text).header("ext", json!(1));
    f.case(
        "unknown",
        "J-CRIT-01 9.1/unknown-crit reason/critical_header_unknown",
        one(ext(r#"["ext"]"#)),
        &unknown,
    );
    let r = crit(r#"["http://example.com/ext"]"#).header("http://example.com/ext", json!(true));
    f.case("unknown-with-a-long-name", "J-CRIT-01 reason/critical_header_unknown", one(r), &unknown);
    f.case("registered-name", "J-CRIT-01", one(crit(r#"["alg"]"#)), &unknown);
    f.case("registered-claim", "J-CRIT-01", one(crit(r#"["exp"]"#).header("exp", json!(1))), &unknown);
    f.case(
        "known-and-unknown",
        "J-CRIT-01",
        one(ext(r#"["b64","ext"]"#).header("b64", json!(true))),
        &unknown,
    );
    f.case("the-same-parameter-not-critical", "J-UNK-01", one(corp().header("ext", json!(1))), &allow(SVC_A));
    f.case("b64-as-usual", "J-B64-01", one(crit(r#"["b64"]"#).header("b64", json!(true))), &allow(SVC_A));
    for (case, text) in [
        ("empty", "[]"),
        ("string", r#""ext""#),
        ("null", "null"),
        ("object", r#"{"ext":1}"#),
        ("number-in-it", "[1]"),
        ("twice", r#"["ext","ext"]"#),
        ("twice-with-an-escape", r#"["ext","\u0065xt"]"#),
        ("not-in-the-header", r#"["other"]"#),
        ("in-the-header-and-not", r#"["ext","other"]"#),
    ] {
        f.case(
            &format!("form-{case}"),
            "J-CRIT-01 9.1/unknown-crit reason/critical_header_unknown",
            one(ext(text)),
            &unknown,
        );
    }
    f.case("b64-false", "J-B64-01 9.1/unknown-crit", one(corp().header("b64", json!(false))), &malformed);
    f.case(
        "b64-false-and-critical",
        "J-B64-01 9.1/unknown-crit",
        one(crit(r#"["b64"]"#).header("b64", json!(false))),
        &malformed,
    );
    f.case("b64-string", "J-B64-01", one(corp().header("b64", json!("true"))), &malformed);
    f.case("b64-critical-and-missing", "J-CRIT-01", one(crit(r#"["b64"]"#)), &unknown);
    f.case(
        "b64-critical-twice",
        "J-CRIT-01",
        one(crit(r#"["b64","b64"]"#).header("b64", json!(true))),
        &unknown,
    );
    f.case("b64-not-critical", "J-B64-01", one(corp().header("b64", json!(true))), &allow(SVC_A));
    f.case(
        "b64-with-an-escape",
        "J-B64-01",
        one(corp().edit_header(|h| h.replacen('{', r#"{"b6\u0034":false,"#, 1).into_bytes())),
        &malformed,
    );
    vec![f]
}
