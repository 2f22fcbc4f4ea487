//! What is worth knowing about a token before any key or policy is looked at.

use super::token::Token;
use doorward_core::key::Algorithm;
use doorward_core::limits;
use serde_json::Value;

/// Each a sentence, lower case, no full stop; none repeats more of the token than a name.
pub(super) fn of(token: &Token) -> Vec<String> {
    let mut hints: Vec<String> = token.stripped.iter().map(|what| (*what).to_owned()).collect();
    match token.parts {
        3 => {}
        5 => hints.push(
            "five parts: this is an encrypted token (JWE), and only signed ones are accepted (token_encrypted)"
                .to_owned(),
        ),
        1 => hints.push("no period: this is no JWT; perhaps an opaque token that only its issuer can read".to_owned()),
        parts => hints.push(format!("{parts} parts: a signed token has three (token_malformed)")),
    }
    if token.text.len() > limits::CREDENTIAL_DEFAULT {
        hints.push(format!(
            "{} bytes: longer than the default of max_credential, {} (credential_too_large)",
            token.text.len(),
            limits::CREDENTIAL_DEFAULT
        ));
    }
    for part in &token.loose {
        hints.push(format!(
            "the {part} is not as strict as it must be: duplicate members, or too many, or too deep (token_malformed)"
        ));
    }
    if let Ok(header) = &token.header {
        of_header(header, &mut hints);
    }
    if let Ok(claims) = &token.claims {
        of_claims(claims, &mut hints);
    }
    hints
}

fn of_header(header: &Value, hints: &mut Vec<String>) {
    let mut hint = |text: &str| hints.push(text.to_owned());
    match header.get("alg").and_then(Value::as_str) {
        Some(none) if none.eq_ignore_ascii_case("none") => {
            hint("`alg` is `none`: the token is not signed at all, and always refused (algorithm_refused)");
        }
        Some(name) => match Algorithm::from_name(name) {
            Some(algorithm) if algorithm.is_symmetric() => {
                hint("`alg` is an HMAC: whoever can verify this token can also make one");
            }
            Some(_) => {}
            None => hint("`alg` is none of the signature algorithms that are known here (algorithm_refused)"),
        },
        None => hint("no `alg`: no algorithm can be accepted (algorithm_refused)"),
    }
    let typ = header.get("typ").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    match typ.strip_prefix("application/").unwrap_or(&typ) {
        "at+jwt" => hint("`typ` is `at+jwt`: an access token for profile `rfc9068`"),
        "jwt" => hint("`typ` is `JWT`: for profile `jwt`; profile `rfc9068` refuses it (token_type_refused)"),
        "" => hint("no `typ`: for profile `jwt`; profile `rfc9068` refuses it (token_type_refused)"),
        "logout+jwt" | "secevent+jwt" | "dpop+jwt" => {
            hint("`typ` says that this is no access token (token_type_refused)")
        }
        _ => hint("`typ` is none that a profile asks for"),
    }
    if header.get("kid").is_none() {
        hint("no `kid`: the keys of the issuer that fit are tried one after the other");
    }
    if header.get("crit").is_some() {
        hint("`crit` names extensions that must be understood; none but `b64` is (critical_header_unknown)");
    }
    if ["jku", "x5u", "jwk", "x5c"].iter().any(|name| header.get(*name).is_some()) {
        hint("the header brings its own key: it is ignored, since the sender must not choose it");
    }
    if header.get("cty").is_some() {
        hint("`cty`: the payload may be a token inside the token, which is not looked into");
    }
}

fn of_claims(claims: &Value, hints: &mut Vec<String>) {
    let mut hint = |text: &str| hints.push(text.to_owned());
    let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    if subject.starts_with("spiffe://") {
        hint("`sub` is a SPIFFE id: for profile `jwt-svid`");
    } else if claims.get("iss").is_none() {
        hint("no `iss`: no issuer can vouch for it (issuer_untrusted)");
    }
    if claims.get("aud").is_none() {
        hint("no `aud`: it is meant for nobody in particular (audience_mismatch)");
    }
    if claims.get("exp").is_none() {
        hint("no `exp`: it would never end (claim_missing)");
    }
    if ["nonce", "at_hash", "c_hash"].iter().any(|name| claims.get(*name).is_some()) {
        hint("this looks like an id token, which is for the client and no access token");
    }
    if claims.get("cnf").is_some() {
        hint("`cnf`: it is bound to a key, and worthless without a proof of that key (proof_missing)");
    }
}
