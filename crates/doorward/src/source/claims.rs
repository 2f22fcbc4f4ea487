//! The claims that a service asked for, as issuers take them: the JSON text of [OpenID Connect Core, section 5.5].
//!
//! [OpenID Connect Core, section 5.5]: https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter

use doorward_core::wire::base64url;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The JSON text of `claims`, which Microsoft Entra writes in base64 into its challenges, of either alphabet; what holds no JSON
/// object is left as it is.
pub(super) fn text(claims: &str) -> Cow<'_, str> {
    decoded(claims).map_or(Cow::Borrowed(claims), Cow::Owned)
}

fn decoded(claims: &str) -> Option<String> {
    let letters = claims.trim_end_matches('=').bytes().map(|byte| match byte {
        b'+' => b'-',
        b'/' => b'_',
        other => other,
    });
    let letters: Vec<u8> = letters.collect();
    let mut bytes = vec![0; letters.len()];
    let bytes = base64url::decode(&letters, &mut bytes).ok()?;
    let text = core::str::from_utf8(bytes).ok()?;
    serde_json::from_str::<Map<String, Value>>(text).ok()?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn claims_in_base64_are_the_json_in_it() {
        for (claims, json) in [
            ("eyJhIjoxfQ", r#"{"a":1}"#),
            ("eyJhIjoxfQ==", r#"{"a":1}"#),
            ("eyJhIjoiPz8/Pz4+Pj4ifQ==", r#"{"a":"????>>>>"}"#),
            ("eyJhIjoiPz8_Pz4-Pj4ifQ", r#"{"a":"????>>>>"}"#),
            (r#"{"a":1}"#, r#"{"a":1}"#),
            ("", ""),
            ("MQ", "MQ"),
            ("eyJhIjoxf", "eyJhIjoxf"),
            ("eyJhIjo", "eyJhIjo"),
            ("not base64", "not base64"),
        ] {
            assert_eq!(text(claims), json, "{claims}");
        }
    }
}
