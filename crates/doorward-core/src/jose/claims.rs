//! The registered claims of a JWT as they stand in its payload, and how each is read.

use crate::principal::Principal;
use crate::reason::Reason;
use crate::time::UnixTime;
use crate::wire::json::{self, Member, Place, Str, Value};

macro_rules! claims {
    ($($name:ident $at:literal),+) => {
        impl<'t> Claims<'t> {
            /// Parses a decoded payload; `TokenMalformed` for what is not a JSON object without duplicates.
            #[inline(always)]
            pub(crate) fn parse(payload: &'t [u8], members: &mut [Member]) -> Result<Self, Reason> {
                let start = payload.as_ptr().addr();
                let mut places = Places::default();
                let text = json::scan(payload, members, |name, value| match name.plain() {
                    $(Some(stringify!($name)) => places[$at] = value.place_from(start),)+
                    Some(_) => {}
                    None => {
                        $(if name == *stringify!($name) { places[$at] = value.place_from(start); })+
                    }
                });
                Ok(Self { text: text.map_err(|_| Reason::TokenMalformed)?, places })
            }

            $(
                /// This claim, neither trusted nor typed.
                #[inline]
                pub(crate) fn $name(&self) -> Option<Value<'t>> {
                    Value::at_place(self.text, self.places[$at])
                }
            )+
        }
    };
}

/// A JWT's payload, and where in it the claims stand that the profiles speak of. None is trusted or typed yet.
///
/// Places instead of values: they are an eighth of the size, what a check does not look at is not taken apart, and they can be
/// remembered without what stands there.
#[derive(Clone, Copy, Default)]
pub(crate) struct Claims<'t> {
    /// The whole payload.
    pub(crate) text: &'t str,
    /// The place of each claim.
    pub(crate) places: Places,
}

/// The place of each claim that is picked out.
pub(crate) type Places = [Place; 14];

claims!(
    iss 0, sub 1, aud 2, exp 3, nbf 4, iat 5, jti 6, client_id 7, scope 8, scp 9, auth_time 10, acr 11, act 12, cnf 13
);

impl<'t> Claims<'t> {
    /// The whole payload as a value, for claims that are asked for by name.
    pub(crate) const fn all(&self) -> Value<'t> {
        Value::Object(self.text)
    }
}

/// A NumericDate: a number within the range of dates; strings are no numbers ([RFC 7519, section 2]).
///
/// [RFC 7519, section 2]: https://www.rfc-editor.org/rfc/rfc7519#section-2
pub(crate) fn time(claim: Value<'_>) -> Result<UnixTime, Reason> {
    match claim {
        Value::Number(number) => json::to_time(number).ok_or(Reason::ClaimMalformed),
        _ => Err(Reason::ClaimMalformed),
    }
}

/// Whether a claim is a string.
pub(crate) fn string(claim: Value<'_>) -> Result<Str<'_>, Reason> {
    claim.as_str().ok_or(Reason::ClaimMalformed)
}

/// Whether one of a string or an array of strings meets `wanted`; everything is looked at, so that a list with
/// anything else in it is malformed wherever that stands.
pub(crate) fn any_string(claim: Value<'_>, mut wanted: impl FnMut(Str<'_>) -> bool) -> Result<bool, Reason> {
    match claim {
        Value::String(string) => Ok(wanted(string)),
        Value::Array(_) => {
            let mut found = false;
            for element in claim.elements() {
                found |= wanted(string(element)?);
            }
            Ok(found)
        }
        _ => Err(Reason::ClaimMalformed),
    }
}

/// Whether a scope claim grants `scope`: a list of scopes in one string, separated by spaces
/// ([RFC 8693, section 4.2]), or, as some issuers write it, an array of them.
///
/// [RFC 8693, section 4.2]: https://www.rfc-editor.org/rfc/rfc8693#section-4.2
pub(crate) fn grants(claim: Value<'_>, scope: &str) -> Result<bool, Reason> {
    if let Value::String(list) = claim {
        return Ok(match list.plain() {
            Some(plain) => plain.split(' ').any(|granted| granted == scope),
            None => escaped_list_has(list, scope),
        });
    }
    any_string(claim, |granted| granted == *scope)
}

/// The same for a list with escapes in it, such as `\/`: one pass without a copy.
fn escaped_list_has(list: Str<'_>, scope: &str) -> bool {
    let mut wanted = scope.bytes();
    let mut same = true;
    for byte in list.bytes() {
        if byte == b' ' {
            if same && wanted.next().is_none() {
                return true;
            }
            wanted = scope.bytes();
            same = true;
        } else {
            same = same && wanted.next() == Some(byte);
        }
    }
    same && wanted.next().is_none()
}

impl<'d> Principal<'d> {
    /// Whether the credential grants `scope`, in `scope` or `scp`.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        ["/scope", "/scp"].into_iter().any(|claim| {
            let claim = self.claim(claim);
            claim.is_some_and(|claim| grants(claim, scope).unwrap_or(false))
        })
    }

    /// The claim at a JSON Pointer ([RFC 6901, section 4]).
    ///
    /// [RFC 6901, section 4]: https://www.rfc-editor.org/rfc/rfc6901#section-4
    #[must_use]
    pub fn claim(&self, pointer: &str) -> Option<Value<'d>> {
        json::pointer(Value::Object(self.claims), pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<T>(text: &str, check: impl Fn(Value<'_>) -> T) -> T {
        check(json::scan_value(text.as_bytes(), &mut [Member::default(); 8]).unwrap())
    }

    #[test]
    fn scopes_come_in_strings_and_arrays() {
        for claim in [
            r#""a orders:read b""#,
            r#""orders:read""#,
            r#"["a","orders:read"]"#,
            r#""a orders\u003aread""#,
            r#""orders:\u0072ead b""#,
            r#"["a b","orders\u003aread"]"#,
        ] {
            assert_eq!(with(claim, |c| grants(c, "orders:read")), Ok(true), "{claim}");
        }
        for claim in [
            r#""""#,
            r#""orders:readx""#,
            r#""xorders:read""#,
            r#""orders""#,
            r#""orders\u003area""#,
            r#""orders\u003areadx""#,
            "[]",
            r#"["ORDERS:READ", "x orders:read"]"#,
        ] {
            assert_eq!(with(claim, |c| grants(c, "orders:read")), Ok(false), "{claim}");
        }
        for claim in ["1", "null", r#"["orders:read",1]"#, r#"{"orders:read":1}"#] {
            assert_eq!(with(claim, |c| grants(c, "orders:read")), Err(Reason::ClaimMalformed), "{claim}");
        }
    }

    #[test]
    fn claims_are_found_by_value_of_their_name() {
        let text = br#"{"iss":"a","\u0061ud":["b"],"exp":1,"other":{"iss":"c"}}"#;
        let claims = Claims::parse(text, &mut [Member::default(); 8]).unwrap();
        assert!(claims.iss().unwrap().as_str().unwrap() == *"a");
        assert!(claims.aud().is_some() && claims.nbf().is_none());
        assert!(claims.all().member("other").is_some());
    }
}
