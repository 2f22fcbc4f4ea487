//! Challenges and the other header fields of refusals, byte for byte.

use super::{corp_issuer, policy, with};
use crate::case::{Expect, File, NOW, SVC_A, get, refuse, send};
use crate::mint::{Token, corp};
use serde_json::{Value, json};

const METADATA: &str = "https://api.example/.well-known/oauth-protected-resource";

fn tables(top: Value) -> Value {
    let routes = json!([
        {"path": "/any", "accept": "corp", "methods": ["GET"]},
        {"path": "/scoped", "accept": "corp", "scopes": ["b:read", "a:read"]},
        {"path": "/either", "accept": "corp", "scopes": ["a:read"], "any_scope": ["c", "a:read", "d"]},
        {"path": "/strong", "accept": "corp", "acr": ["urn:example:gold", "silver"], "max_auth_age": "15m", "scopes": ["pay"]},
        {"path": "/role", "accept": "corp", "roles": ["clerk"]},
    ]);
    let policy = with(policy(json!({"corp": corp_issuer(json!({}))}), routes), top);
    let keep = |(name, value): (&String, &Value)| (!value.is_null()).then(|| (name.clone(), value.clone()));
    Value::Object(policy.as_object().into_iter().flatten().filter_map(keep).collect())
}

fn line(expect: &Expect, value: &str) -> Expect {
    expect.clone().headers(&[("WWW-Authenticate", value)])
}

pub(super) fn files() -> Vec<File> {
    vec![bare(), disclosing(), full(), advertised(), quoted()]
}

fn expired() -> Token {
    corp().claim("exp", json!(NOW - 3600))
}

/// The default: nothing but what the protocol asks for.
fn bare() -> File {
    let mut f = File::new("challenge/bare", tables(json!({"realm": null, "disclosure": null})));
    let e = refuse("credential_missing");
    f.case(
        "bare-missing",
        "B-ERR-02 H-401-01 H-GRAM-10 9.1/missing",
        get("/any"),
        &line(&e, "Bearer realm=\"doorward\""),
    );
    f.case(
        "bare-missing-does-not-name-scopes",
        "B-ERR-02 9.1/missing",
        get("/scoped"),
        &line(&e, "Bearer realm=\"doorward\""),
    );
    let e = refuse("scheme_unsupported");
    f.case(
        "bare-other-scheme",
        "B-ERR-02 9.1/scheme",
        get("/any").auth("Basic dTpw"),
        &line(&e, "Bearer realm=\"doorward\""),
    );
    let invalid = "Bearer realm=\"doorward\", error=\"invalid_token\"";
    f.case(
        "bare-malformed",
        "B-ERR-01 B-ERR-03 9.1/malformed-field",
        get("/any").auth("Bearer"),
        &line(&refuse("credential_malformed"), invalid),
    );
    f.case(
        "bare-expired",
        "B-ERR-01 B-ERR-04 9.1/expired",
        get("/any").bearer(&expired()),
        &line(&refuse("token_expired"), invalid),
    );
    f.case(
        "bare-forged",
        "B-ERR-01 B-ERR-04 9.1/bad-signature",
        get("/any").bearer(&corp().scratched()),
        &line(&refuse("signature_invalid"), invalid),
    );
    f.case(
        "bare-ambiguous",
        "B-ERR-01 9.1/ambiguous",
        get("/any").auth("Bearer a").auth("Bearer a"),
        &line(&refuse("credentials_ambiguous"), "Bearer realm=\"doorward\", error=\"invalid_request\""),
    );
    f.case(
        "bare-scope",
        "B-ERR-01 9.1/scope",
        get("/scoped").bearer(&corp()),
        &line(
            &refuse("scope_insufficient"),
            "Bearer realm=\"doorward\", error=\"insufficient_scope\", scope=\"b:read a:read\"",
        ),
    );
    f.case("bare-step-up", "X-SU-01 9.1/step-up", get("/strong").bearer(&corp()), &line(&refuse("step_up_required"), "Bearer realm=\"doorward\", error=\"insufficient_user_authentication\", acr_values=\"urn:example:gold silver\", max_age=\"900\""));
    f.case(
        "bare-role",
        "H-403-01 9.1/policy",
        get("/role").bearer(&corp()),
        &refuse("role_missing").headers(&[]),
    );
    f.case("bare-unmatched", "H-403-01", get("/nowhere"), &refuse("route_unmatched").headers(&[]));
    f.case("bare-method", "H-403-01", send("POST", "/any"), &refuse("method_refused").headers(&[]));
    f.case("bare-path", "H-400-01", get("/any//x"), &refuse("path_ambiguous").headers(&[]));
    f.case(
        "bare-too-large",
        "H-4XX-01",
        get("/any").auth(&format!("Bearer {}", "a".repeat(8193))),
        &refuse("credential_too_large").headers(&[]),
    );
    f
}

/// The reason's code in `error_description`, and never anything of the caller's.
fn disclosing() -> File {
    let mut f = File::new("challenge/disclosing", tables(json!({})));
    let e = refuse("credential_missing");
    f.case("disclosing-missing", "B-ERR-02 9.1/missing", get("/any"), &line(&e, "Bearer realm=\"orders\""));
    f.case(
        "disclosing-expired",
        "B-ERR-04 9.1/expired",
        get("/any").bearer(&expired()),
        &line(
            &refuse("token_expired"),
            "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"token_expired\"",
        ),
    );
    f.case(
        "disclosing-ambiguous",
        "B-ERR-01 9.1/ambiguous",
        get("/any").auth("Bearer a").auth("Bearer a"),
        &line(
            &refuse("credentials_ambiguous"),
            "Bearer realm=\"orders\", error=\"invalid_request\", error_description=\"credentials_ambiguous\"",
        ),
    );
    f.case("disclosing-scope", "B-ERR-01 9.1/scope", get("/scoped").bearer(&corp()), &line(&refuse("scope_insufficient"), "Bearer realm=\"orders\", error=\"insufficient_scope\", error_description=\"scope_insufficient\", scope=\"b:read a:read\""));
    f.case("disclosing-scope-all-and-any", "B-CHAL-02 9.1/scope", get("/either").bearer(&corp()), &line(&refuse("scope_insufficient"), "Bearer realm=\"orders\", error=\"insufficient_scope\", error_description=\"scope_insufficient\", scope=\"a:read c d\""));
    f.case("disclosing-step-up", "X-SU-01 9.1/step-up", get("/strong").bearer(&corp()), &line(&refuse("step_up_required"), "Bearer realm=\"orders\", error=\"insufficient_user_authentication\", error_description=\"step_up_required\", acr_values=\"urn:example:gold silver\", max_age=\"900\""));
    let evil = corp().header("kid", json!("x\", error=\"none\r\nSet-Cookie: a=b"));
    f.case(
        "disclosing-nothing-of-the-callers-kid",
        "B-ERR-04 H-GRAM-12",
        get("/any").bearer(&evil),
        &line(
            &refuse("key_unknown"),
            "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"key_unknown\"",
        ),
    );
    let evil = corp().claim("iss", json!("\r\nX: y"));
    f.case(
        "disclosing-nothing-of-the-callers-issuer",
        "B-ERR-04 H-GRAM-12",
        get("/any").bearer(&evil),
        &line(
            &refuse("issuer_untrusted"),
            "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"issuer_untrusted\"",
        ),
    );
    f
}

/// Every parameter that there is.
fn full() -> File {
    let mut f = File::new("challenge/metadata", tables(json!({"resource_metadata": METADATA})));
    let m = format!("resource_metadata=\"{METADATA}\"");
    f.case(
        "metadata-missing",
        "X-PRM-01 B-ERR-02 9.1/missing",
        get("/any"),
        &line(&refuse("credential_missing"), &format!("Bearer realm=\"orders\", {m}")),
    );
    f.case(
        "metadata-other-scheme",
        "X-PRM-01 9.1/scheme",
        get("/any").auth("Basic x"),
        &line(&refuse("scheme_unsupported"), &format!("Bearer realm=\"orders\", {m}")),
    );
    f.case(
        "metadata-expired",
        "X-PRM-01 9.1/expired",
        get("/any").bearer(&expired()),
        &line(
            &refuse("token_expired"),
            &format!(
                "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"token_expired\", {m}"
            ),
        ),
    );
    f.case("metadata-untrusted-issuer", "X-PRM-01 9.1/untrusted-issuer", get("/any").bearer(&corp().claim("iss", json!("x"))), &line(&refuse("issuer_untrusted"), &format!("Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"issuer_untrusted\", {m}")));
    f.case("metadata-audience", "X-PRM-01 9.1/wrong-audience", get("/any").bearer(&corp().claim("aud", json!("x"))), &line(&refuse("audience_mismatch"), &format!("Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"audience_mismatch\", {m}")));
    f.case("metadata-scope", "X-PRM-01 9.1/scope", get("/scoped").bearer(&corp()), &line(&refuse("scope_insufficient"), &format!("Bearer realm=\"orders\", error=\"insufficient_scope\", error_description=\"scope_insufficient\", scope=\"b:read a:read\", {m}")));
    f.case("metadata-step-up", "X-PRM-01 X-SU-01 9.1/step-up", get("/strong").bearer(&corp()), &line(&refuse("step_up_required"), &format!("Bearer realm=\"orders\", error=\"insufficient_user_authentication\", error_description=\"step_up_required\", {m}, acr_values=\"urn:example:gold silver\", max_age=\"900\"")));
    f.case(
        "metadata-role",
        "H-403-01",
        get("/role").bearer(&corp()),
        &refuse("role_missing").who(SVC_A).headers(&[]),
    );
    f
}

/// Scopes for those who come without a credential, and for nobody else.
fn advertised() -> File {
    let top = json!({"advertise_scope": true, "resource_metadata": METADATA});
    let mut f = File::new("challenge/advertised", tables(top));
    let m = format!("resource_metadata=\"{METADATA}\"");
    let missing = refuse("credential_missing");
    f.case(
        "advertised-missing",
        "B-ERR-02 9.1/missing",
        get("/scoped"),
        &line(&missing, &format!("Bearer realm=\"orders\", scope=\"b:read a:read\", {m}")),
    );
    f.case(
        "advertised-missing-all-and-any",
        "B-CHAL-02 9.1/missing",
        get("/either"),
        &line(&missing, &format!("Bearer realm=\"orders\", scope=\"a:read c d\", {m}")),
    );
    f.case(
        "advertised-missing-where-none-is-asked",
        "9.1/missing",
        get("/any"),
        &line(&missing, &format!("Bearer realm=\"orders\", {m}")),
    );
    f.case(
        "advertised-other-scheme",
        "9.1/scheme",
        get("/scoped").auth("Basic x"),
        &line(&refuse("scheme_unsupported"), &format!("Bearer realm=\"orders\", {m}")),
    );
    f.case(
        "advertised-expired",
        "9.1/expired",
        get("/scoped").bearer(&expired()),
        &line(
            &refuse("token_expired"),
            &format!(
                "Bearer realm=\"orders\", error=\"invalid_token\", error_description=\"token_expired\", {m}"
            ),
        ),
    );
    f
}

/// A realm that has to be escaped.
fn quoted() -> File {
    let mut f = File::new("challenge/quoted", tables(json!({"realm": "the \"orders\" \\ desk, a=b"})));
    let realm = r#"realm="the \"orders\" \\ desk, a=b""#;
    f.case(
        "quoted-missing",
        "H-GRAM-06 H-GRAM-11",
        get("/any"),
        &line(&refuse("credential_missing"), &format!("Bearer {realm}")),
    );
    f.case(
        "quoted-expired",
        "H-GRAM-06 H-GRAM-11",
        get("/any").bearer(&expired()),
        &line(
            &refuse("token_expired"),
            &format!("Bearer {realm}, error=\"invalid_token\", error_description=\"token_expired\""),
        ),
    );
    f
}
