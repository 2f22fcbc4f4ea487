//! When a token ends by its own word, if it is a JWT. Nothing is verified: this only tells when to look for the next one.

use doorward_core::time::UnixTime;
use doorward_core::wire::base64url;
use zeroize::Zeroizing;

/// The `exp` of a JWT, rounded to the past.
pub(super) fn read(token: &str) -> Option<UnixTime> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let mut room = Zeroizing::new(vec![0; claims.len()]);
    let claims = base64url::decode(claims.as_bytes(), &mut room).ok()?;
    let claims: serde_json::Value = serde_json::from_slice(claims).ok()?;
    let end = claims.get("exp")?;
    let seconds = end.as_i64().or_else(|| whole(end.as_f64()?))?;
    let end = UnixTime::from_seconds(seconds);
    (UnixTime::from_seconds(0)..=UnixTime::LATEST).contains(&end).then_some(end)
}

/// The whole seconds of a fraction.
fn whole(seconds: f64) -> Option<i64> {
    format!("{:.0}", seconds.floor()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn the_end_is_read_from_what_looks_like_a_jwt_and_from_nothing_else() {
        let token = |claims: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let end = |claims: &str| read(&token(claims)).map(UnixTime::seconds);
        assert_eq!(end(r#"{"exp":1900000000}"#), Some(1_900_000_000));
        assert_eq!(end(r#"{"exp":1900000000.9}"#), Some(1_900_000_000));
        for claims in ["", "{}", "[]", r#"{"exp":"1900000000"}"#, r#"{"exp":-1}"#, r#"{"exp":1e300}"#] {
            assert_eq!(end(claims), None, "{claims}");
        }
        for text in ["", "opaque", "a.b", "a.b.c", "a.b.c.d.e", "e30.{}.x"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
