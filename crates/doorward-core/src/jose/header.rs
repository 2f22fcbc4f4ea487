//! The protected header: what it must have, what it may have, and what in it is never trusted.

use crate::key::Algorithm;
use crate::reason::Reason;
use crate::wire::json::{self, Member, Str, Value};

/// The parameters of a JOSE header that a verifier acts on.
///
/// `jku`, `x5u`, `jwk` and `x5c` are not among them: they let the sender choose the key
/// ([RFC 8725, section 3.10]). They are ignored like every unknown parameter.
///
/// [RFC 8725, section 3.10]: https://www.rfc-editor.org/rfc/rfc8725#section-3.10
#[derive(Clone, Copy, Default)]
pub(crate) struct Header<'t> {
    pub(crate) alg: Option<Str<'t>>,
    pub(crate) typ: Option<Str<'t>>,
    pub(crate) kid: Option<Str<'t>>,
    crit: Option<Value<'t>>,
    b64: Option<Value<'t>>,
}

impl<'t> Header<'t> {
    /// Parses a decoded header.
    ///
    /// `AlgorithmRefused` for `alg: none` in any case, whatever else is wrong; else `TokenMalformed` for what is not a
    /// JSON object without duplicates, a known parameter of the wrong type, and `b64` that is not `true`
    /// ([RFC 7797, section 7]).
    ///
    /// [RFC 7797, section 7]: https://www.rfc-editor.org/rfc/rfc7797#section-7
    #[inline(always)]
    pub(crate) fn parse(text: &'t [u8], members: &mut [Member]) -> Result<Self, Reason> {
        let mut header = Self::default();
        let mut well_typed = true;
        let all = json::scan(text, members, |name, value| {
            let string = value.as_str();
            let slot = match name_of(name) {
                "alg" => &mut header.alg,
                "typ" => &mut header.typ,
                "kid" => &mut header.kid,
                "crit" => return header.crit = Some(value),
                "b64" => return header.b64 = Some(value),
                _ => return,
            };
            well_typed &= string.is_some();
            *slot = string;
        });
        all.map_err(|_| Reason::TokenMalformed)?;
        if header.alg.is_some_and(|alg| is_ignoring_case(alg, "none")) {
            return Err(Reason::AlgorithmRefused);
        }
        if !well_typed || !matches!(header.b64, None | Some(Value::Bool(true))) {
            return Err(Reason::TokenMalformed);
        }
        Ok(header)
    }

    /// The algorithm by name, if it is one that we know; a token without one has none that could be accepted.
    pub(crate) fn algorithm(&self) -> Option<Algorithm> {
        let alg = self.alg?;
        match alg.plain() {
            Some(plain) => Algorithm::from_name(plain),
            None => Algorithm::ALL.into_iter().find(|algorithm| alg == *algorithm.name()),
        }
    }

    /// Whether the algorithm uses a shared secret, even where its exact name is unknown to us.
    pub(crate) fn is_hmac(&self) -> bool {
        self.alg.is_some_and(|alg| alg.starts_with("HS"))
    }

    /// Whether every extension in `crit` is understood ([RFC 7515, section 4.1.11]).
    ///
    /// The only one that we know is `b64`, with its default and if the header has it; a list that is empty, names it twice
    /// or is no list says nothing that could be understood. One pass decides, however long the list is.
    ///
    /// [RFC 7515, section 4.1.11]: https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
    pub(crate) fn check_crit(&self) -> Result<(), Reason> {
        let Some(crit) = self.crit else { return Ok(()) };
        let mut names = crit.elements();
        let only_b64 = names.next().and_then(|name| name.as_str()).is_some_and(|name| name == *"b64");
        if only_b64 && names.next().is_none() && self.b64.is_some() {
            Ok(())
        } else {
            Err(Reason::CriticalHeaderUnknown)
        }
    }

    /// Whether `typ` is one of these media types.
    ///
    /// Compared without case, and with `application/` where there is no slash ([RFC 7515, section 4.1.9]).
    ///
    /// [RFC 7515, section 4.1.9]: https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9
    pub(crate) fn typ_is(&self, wanted: &str) -> bool {
        let Some(typ) = self.typ else { return false };
        if is_ignoring_case(typ, wanted) {
            return true;
        }
        let lower = typ.bytes().map(|byte| byte.to_ascii_lowercase());
        lower.eq(b"application/".iter().copied().chain(wanted.bytes()))
    }
}

/// Whether the value is `wanted`, which is in lower case.
fn is_ignoring_case(value: Str<'_>, wanted: &str) -> bool {
    match value.plain() {
        Some(plain) => plain.eq_ignore_ascii_case(wanted),
        None => value.bytes().map(|byte| byte.to_ascii_lowercase()).eq(wanted.bytes()),
    }
}

/// The name where it can be one that we know: those have no escapes unless somebody plays tricks, and then it is
/// compared letter by letter.
fn name_of(name: Str<'_>) -> &str {
    match name.plain() {
        Some(plain) => plain,
        None => {
            ["alg", "typ", "kid", "crit", "b64"].into_iter().find(|known| name == **known).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Header<'_>, Reason> {
        Header::parse(text.as_bytes(), &mut [Member::default(); 16])
    }

    /// J-TYP-01.
    #[test]
    fn typ_is_a_media_type() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
            let text = std::format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#);
            assert!(parse(&text).unwrap().typ_is("at+jwt"), "{typ}");
        }
        for typ in ["JWT", "at+jwt ", "text/at+jwt", "", "application/application/at+jwt"] {
            let text = std::format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#);
            assert!(!parse(&text).unwrap().typ_is("at+jwt"), "{typ}");
        }
    }

    /// J-ALG-03: `none` in any case and any spelling comes before every other fault.
    #[test]
    fn alg_none_is_refused_first() {
        for text in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"NoNe","b64":false}"#,
            r#"{"\u0061lg":"n\u006fne","kid":5}"#,
            r#"{"alg":"none","crit":[]}"#,
        ] {
            assert_eq!(parse(text).err(), Some(Reason::AlgorithmRefused), "{text}");
        }
    }

    /// J-CRIT-01, J-B64-01.
    #[test]
    fn crit_and_b64_are_strict() {
        for bad in [
            r#"{"alg":"RS256","b64":false}"#,
            r#"{"alg":"RS256","b64":false,"crit":["b64"]}"#,
            r#"{"alg":"RS256","b64":"true"}"#,
            r#"{"alg":1}"#,
            r#"{"alg":"RS256","kid":1}"#,
            r#"{"alg":"RS256","typ":null}"#,
            r#"{"alg":"RS256","alg":"RS256"}"#,
        ] {
            assert_eq!(parse(bad).err(), Some(Reason::TokenMalformed), "{bad}");
        }
        for crit in [
            "[]",
            "\"b64\"",
            "null",
            "[1]",
            r#"["x"]"#,
            r#"["alg"]"#,
            r#"["b64","b64"]"#,
            r#"["b64","x"]"#,
            r#"["x","b64"]"#,
        ] {
            let text = std::format!(r#"{{"alg":"RS256","b64":true,"x":1,"crit":{crit}}}"#);
            assert_eq!(parse(&text).unwrap().check_crit(), Err(Reason::CriticalHeaderUnknown), "{crit}");
        }
        let absent = r#"{"alg":"RS256","crit":["b64"]}"#;
        assert_eq!(parse(absent).unwrap().check_crit(), Err(Reason::CriticalHeaderUnknown));
        assert_eq!(parse(r#"{"alg":"RS256","crit":["b64"],"b64":true}"#).unwrap().check_crit(), Ok(()));
    }

    #[test]
    fn algorithms_are_named_exactly() {
        assert_eq!(parse(r#"{"alg":"EdDSA"}"#).unwrap().algorithm(), Some(Algorithm::Ed25519));
        assert_eq!(parse(r#"{"alg":"RS\u003256"}"#).unwrap().algorithm(), Some(Algorithm::RS256));
        assert_eq!(parse(r#"{"alg":"rs256"}"#).unwrap().algorithm(), None);
        assert_eq!(parse("{}").unwrap().algorithm(), None);
    }
}
