//! The scenes of the demo: one request for each thing that can go wrong, and a few that go well.

use super::keys::{Keys, Signer};
use doorward::UnixTime;
use ring::error::Unspecified;
use serde_json::{Value, json};

/// One request.
pub(super) struct Scene {
    /// A short name, also of its file.
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// The request as it goes over the wire.
    pub(super) request: String,
}

const ORDER: &str = "GET /v1/orders/7";

/// Makes a request from its line and its credential fields.
fn scene(name: &'static str, title: &'static str, line: &str, credentials: &[String]) -> Scene {
    let mut request = format!("{line} HTTP/1.1\r\nHost: api.example\r\n");
    for credentials in credentials {
        request.push_str(&format!("Authorization: {credentials}\r\n"));
    }
    request.push_str("\r\n");
    Scene { name, title, request }
}

/// Every scene, with tokens that fit `now`.
pub(super) fn all(keys: &Keys, now: UnixTime) -> Result<Vec<Scene>, Unspecified> {
    let now = now.seconds();
    let with = |changes: Value| claims(now, &changes);
    let bearer = |signer: Signer, changes: Value| {
        keys.token(signer, "at+jwt", &with(changes)).map(|token| vec![format!("Bearer {token}")])
    };
    let plain = |signer: Signer, changes: Value| {
        keys.token(signer, "JWT", &with(changes)).map(|token| vec![format!("Bearer {token}")])
    };
    let good = || bearer(Signer::Es256, json!({}));
    let forged = good()?.concat();
    let forged = swap_claims(&forged, &with(json!({ "sub": "svc-root" })));
    let cut = good()?.concat();
    let cut = cut.rsplit_once('.').map_or(cut.as_str(), |(kept, _)| kept).to_owned();
    let batch = json!({ "iss": "https://batch.example", "sub": "nightly" });
    let past = json!({ "iat": now - 7200, "exp": now - 3600 });
    let soon = json!({ "nbf": now + 900, "exp": now + 4500 });
    let elsewhere = json!({ "aud": "https://billing.example" });
    let stranger = json!({ "iss": "https://idp.invalid" });
    let weak = json!({ "acr": "urn:example:password", "auth_time": now - 30, "sub": "ada" });
    let endless = json!({ "exp": null });
    Ok(vec![
        scene("allowed", "a good token", ORDER, &good()?),
        scene("shared-secret", "a job's token, by shared secret", ORDER, &plain(Signer::Hs256, batch)?),
        scene("public", "no credential, but a public route", "GET /healthz", &[]),
        scene("missing", "no credential", ORDER, &[]),
        scene(
            "other-scheme",
            "a password where a token is asked for",
            ORDER,
            &["Basic YWRhOmxvdmVsYWNl".into()],
        ),
        scene("half-a-field", "the scheme without a token", ORDER, &["Bearer".into()]),
        scene("two-lines", "two Authorization lines", ORDER, &[good()?, good()?].concat()),
        scene("cut-off", "a token that was cut off", ORDER, &[cut]),
        scene("expired", "a token that expired an hour ago", ORDER, &bearer(Signer::Ed25519, past)?),
        scene("not-yet-valid", "a token from a clock that is ahead", ORDER, &bearer(Signer::Rs256, soon)?),
        scene("other-audience", "a token for another service", ORDER, &bearer(Signer::Rs256, elsewhere)?),
        scene("other-issuer", "a token of nobody we know", ORDER, &bearer(Signer::Stranger, stranger)?),
        scene(
            "unknown-key",
            "a token under a key not published",
            ORDER,
            &bearer(Signer::Stranger, json!({}))?,
        ),
        scene("forged-claims", "a signed token, claims exchanged", ORDER, &[forged]),
        scene("alg-none", "a token that is not signed", ORDER, &bearer(Signer::Nobody, json!({}))?),
        scene(
            "public-key-as-secret",
            "HMAC with our public key as secret",
            ORDER,
            &bearer(Signer::PublicKeyAsSecret, json!({}))?,
        ),
        scene(
            "id-token",
            "an id token in place of an access token",
            ORDER,
            &plain(Signer::Es256, json!({}))?,
        ),
        scene("endless", "a token that never ends", ORDER, &bearer(Signer::Es256, endless)?),
        scene("too-little-scope", "a token that may read, on a write", "POST /v1/orders", &good()?),
        scene("step-up", "a password login, on a refund", "POST /v1/refunds", &bearer(Signer::Es256, weak)?),
        scene("no-role", "no admin, on an admin's path", "GET /v1/admin/keys", &good()?),
        scene("no-route", "a path that no route names", "GET /v2/orders/7", &good()?),
        scene("other-method", "a method that the route does not take", "DELETE /v1/orders/7", &good()?),
        scene("two-readings", "a path with an encoded slash", "GET /v1/orders/7%2F..%2Fadmin", &good()?),
    ])
}

/// The claims of a good token with some changed; `null` takes one away.
fn claims(now: i64, changes: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://idp.example", "sub": "svc-billing", "client_id": "svc-billing",
        "aud": "https://api.example", "scope": "orders:read",
        "iat": now - 60, "exp": now + 3600, "jti": "demo",
    });
    if let (Some(claims), Some(changes)) = (claims.as_object_mut(), changes.as_object()) {
        for (name, value) in changes {
            claims.insert(name.clone(), value.clone());
        }
        claims.retain(|_, value| !value.is_null());
    }
    claims
}

/// The same token with other claims under the old signature.
fn swap_claims(token: &str, claims: &Value) -> String {
    let claims = crate::base64url::base64url(claims.to_string().as_bytes());
    match (token.split_once('.'), token.rsplit_once('.')) {
        (Some((header, _)), Some((_, signature))) => format!("{header}.{claims}.{signature}"),
        _ => token.to_owned(),
    }
}
