//! Rules on claims: JSON Pointers, and every test.

use super::{corp_issuer, policy};
use crate::case::{File, SVC_A, allow, get, refuse};
use crate::mint::corp;
use serde_json::{Value, json};

/// One rule: the name of its path, the rule, claims that meet it, and claims that do not.
type Rule =
    (&'static str, Value, &'static [(&'static str, &'static str)], &'static [(&'static str, &'static str)]);

fn rules() -> Vec<Rule> {
    let claim = "/v";
    vec![
        (
            "equals-string",
            json!({"claim": claim, "equals": "sales"}),
            &[("same", r#""sales""#), ("escaped", r#""s\u0061les""#)],
            &[
                ("other", r#""sale""#),
                ("capitals", r#""Sales""#),
                ("longer", r#""sales ""#),
                ("array", r#"["sales"]"#),
                ("number", "1"),
                ("null", "null"),
                ("true", "true"),
            ],
        ),
        (
            "equals-number",
            json!({"claim": claim, "equals": 1}),
            &[
                ("same", "1"),
                ("fraction", "1.0"),
                ("exponent", "1e0"),
                ("shifted", "10e-1"),
                ("long", "1.000000000000000000000000"),
            ],
            &[
                ("two", "2"),
                ("minus", "-1"),
                ("string", r#""1""#),
                ("true", "true"),
                ("nearly", "1.0000000000000000000000001"),
                ("ten", "10"),
                ("array", "[1]"),
            ],
        ),
        (
            "equals-fraction",
            json!({"claim": claim, "equals": 2.5}),
            &[("same", "2.5"), ("exponent", "25e-1"), ("zero-behind", "2.50")],
            &[("other", "2.51"), ("whole", "2")],
        ),
        (
            "equals-zero",
            json!({"claim": claim, "equals": 0}),
            &[("same", "0"), ("minus", "-0"), ("fraction", "0.000"), ("exponent", "0e999999999999")],
            &[("one", "1"), ("tiny", "1e-400"), ("false", "false"), ("null", "null"), ("empty", r#""""#)],
        ),
        (
            "equals-beyond-doubles",
            json!({"claim": claim, "equals": 9_007_199_254_740_993_u64}),
            &[("same", "9007199254740993"), ("exponent", "9.007199254740993e15")],
            &[("neighbour", "9007199254740992"), ("other-neighbour", "9007199254740994")],
        ),
        (
            "equals-true",
            json!({"claim": claim, "equals": true}),
            &[("same", "true")],
            &[("false", "false"), ("string", r#""true""#), ("one", "1"), ("null", "null")],
        ),
        (
            "equals-false",
            json!({"claim": claim, "equals": false}),
            &[("same", "false")],
            &[("true", "true"), ("null", "null"), ("zero", "0"), ("empty", r#""""#)],
        ),
        (
            "one-of",
            json!({"claim": claim, "one_of": ["a", 2, true]}),
            &[("first", r#""a""#), ("second", "2.0"), ("third", "true")],
            &[
                ("none", r#""b""#),
                ("string-of-the-second", r#""2""#),
                ("false", "false"),
                ("array", r#"["a"]"#),
            ],
        ),
        (
            "contains-string",
            json!({"claim": claim, "contains": "ops"}),
            &[("alone", r#"["ops"]"#), ("last", r#"[1,null,"x","ops"]"#), ("escaped", r#"["\u006fps"]"#)],
            &[
                ("string-with-it", r#""devops""#),
                ("same-string", r#""ops""#),
                ("empty", "[]"),
                ("longer", r#"["devops"]"#),
                ("object", r#"{"ops":"ops"}"#),
                ("deeper", r#"[["ops"]]"#),
            ],
        ),
        (
            "contains-number",
            json!({"claim": claim, "contains": 7}),
            &[("same", "[1,7]"), ("fraction", "[7.0]")],
            &[("string", r#"["7"]"#), ("others", "[77,70]")],
        ),
        (
            "prefix",
            json!({"claim": claim, "prefix": "spiffe://prod.example/"}),
            &[
                ("longer", r#""spiffe://prod.example/a""#),
                ("same", r#""spiffe://prod.example/""#),
                ("escaped", r#""spiffe:\/\/prod.example\/a""#),
            ],
            &[
                ("shorter", r#""spiffe://prod.example""#),
                ("other", r#""spiffe://prod.exampl.e/""#),
                ("inside", r#""x spiffe://prod.example/""#),
                ("array", r#"["spiffe://prod.example/a"]"#),
                ("number", "1"),
            ],
        ),
        (
            "exists",
            json!({"claim": claim, "exists": true}),
            &[("string", r#""""#), ("null", "null"), ("false", "false"), ("object", "{}")],
            &[],
        ),
        (
            "exists-not",
            json!({"claim": claim, "exists": false}),
            &[],
            &[("string", r#""""#), ("null", "null"), ("false", "false")],
        ),
        (
            "pointer-deep",
            json!({"claim": "/v/a/b", "equals": "x"}),
            &[("there", r#"{"a":{"b":"x"}}"#), ("escaped", r#"{"\u0061":{"b":"x"}}"#)],
            &[
                ("above", r#"{"b":"x"}"#),
                ("string-between", r#"{"a":"x"}"#),
                ("in-an-array", r#"{"a":[{"b":"x"}]}"#),
                ("one-name", r#"{"a/b":"x"}"#),
            ],
        ),
        (
            "pointer-index",
            json!({"claim": "/v/1", "equals": "b"}),
            &[("second", r#"["a","b"]"#), ("member-of-that-name", r#"{"1":"b"}"#)],
            &[("first", r#"["b","a"]"#), ("short", r#"["a"]"#), ("empty", "[]")],
        ),
        (
            "pointer-index-with-zero",
            json!({"claim": "/v/01", "equals": "b"}),
            &[("member-of-that-name", r#"{"01":"b"}"#)],
            &[("second", r#"["a","b"]"#)],
        ),
        (
            "pointer-dash",
            json!({"claim": "/v/-", "exists": true}),
            &[("member-of-that-name", r#"{"-":1}"#)],
            &[("array", "[1,2]")],
        ),
        (
            "pointer-slash",
            json!({"claim": "/v/a~1b", "equals": 1}),
            &[("there", r#"{"a/b":1}"#), ("escaped", r#"{"a\/b":1}"#)],
            &[("two-levels", r#"{"a":{"b":1}}"#), ("literally", r#"{"a~1b":1}"#)],
        ),
        (
            "pointer-tilde",
            json!({"claim": "/v/m~0n", "equals": 1}),
            &[("there", r#"{"m~n":1}"#)],
            &[("literally", r#"{"m~0n":1}"#)],
        ),
        (
            "pointer-tilde-one",
            json!({"claim": "/v/~01", "equals": 1}),
            &[("there", r#"{"~1":1}"#)],
            &[("a-slash", r#"{"/":1}"#)],
        ),
        (
            "pointer-empty-name",
            json!({"claim": "/v/", "equals": 1}),
            &[("there", r#"{"":1}"#)],
            &[("itself", "1")],
        ),
    ]
}

pub(super) fn files() -> Vec<File> {
    let mut routes: Vec<_> = rules()
        .into_iter()
        .map(|(name, rule, ..)| json!({"path": format!("/{name}"), "accept": "corp", "require": [rule]}))
        .collect();
    routes.push(json!({"path": "/two", "accept": "corp", "require": [
        {"claim": "/a", "equals": 1}, {"claim": "/b", "exists": false},
    ]}));
    let mut f = File::new("rules", policy(json!({"corp": corp_issuer(json!({}))}), json!(routes)));
    for (name, rule, met, unmet) in rules() {
        let request = |text: &str| get(&format!("/{name}")).bearer(&corp().claim_text("v", text));
        for (case, text) in met {
            f.case(&format!("{name}-met-by-{case}"), "", request(text), &allow(SVC_A));
        }
        let pointer = rule.get("claim").cloned().unwrap_or_default();
        let refused = refuse("claim_refused").who(SVC_A).and("context", json!({"claim": pointer}));
        for (case, text) in unmet {
            f.case(
                &format!("{name}-not-met-by-{case}"),
                "9.1/policy reason/claim_refused",
                request(text),
                &refused,
            );
        }
        let absent = get(&format!("/{name}")).bearer(&corp());
        let expect = if name == "exists-not" { allow(SVC_A) } else { refused };
        f.case(&format!("{name}-without-the-claim"), "9.1/policy", absent, &expect);
    }
    let two = |a: u8| corp().claim("a", json!(a));
    f.case("two-rules-both-met", "", get("/two").bearer(&two(1)), &allow(SVC_A));
    f.case(
        "two-rules-first-not-met",
        "reason/claim_refused",
        get("/two").bearer(&two(2)),
        &refuse("claim_refused").who(SVC_A),
    );
    f.case(
        "two-rules-second-not-met",
        "reason/claim_refused",
        get("/two").bearer(&two(1).claim("b", json!(1))),
        &refuse("claim_refused").who(SVC_A).and("context", json!({"claim": "/b"})),
    );
    vec![f]
}
