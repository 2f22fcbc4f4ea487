//! What a SPIFFE trust bundle says beside its keys: which edition it is, and when to ask again (SPIFFE Trust Domain and
//! Bundle, section 4.1).

use doorward_core::jose::jwk::JwkSet;
use doorward_core::key::FetchFault;
use doorward_core::time::Seconds;
use doorward_core::wire::Scratch;
use doorward_core::wire::json::{Member, Value, scan};

/// How often a bundle is asked for of which nobody says how long it may be kept, in seconds: five minutes (SPIFFE Trust Domain and Bundle, section 6.1).
const HINT_DEFAULT: u64 = 300;

/// A trust bundle's own members, and how many keys it has of each kind.
///
/// Bundles are never merged: one is the whole truth about one trust domain (SPIFFE Federation, section 4).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Bundle {
    /// `spiffe_sequence`, which grows with each edition.
    pub(crate) sequence: Option<u64>,
    /// `spiffe_refresh_hint`.
    pub(crate) refresh_hint: Option<Seconds>,
    /// How many certificates it has for verifying X.509-SVIDs.
    pub(crate) x509_svid: usize,
    /// How many keys it has for verifying JWT-SVIDs.
    pub(crate) jwt_svid: usize,
}

impl Bundle {
    /// Reads the members of a bundle from the text of a JWK Set.
    ///
    /// # Errors
    ///
    /// A sentence about the text: no strict JSON, no `keys`, a sequence or hint that is no whole number of seconds.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut members = vec![Member::default(); Scratch::MEMBERS];
        let set = JwkSet::parse(text.as_bytes(), &mut members)
            .map_err(|_| "expected a trust bundle: strict JSON with `keys`".to_owned())?;
        let mut bundle = Self::default();
        for key in set.iter() {
            match kind(key) {
                Some(Kind::X509Svid) => bundle.x509_svid = bundle.x509_svid.saturating_add(1),
                Some(Kind::JwtSvid) => bundle.jwt_svid = bundle.jwt_svid.saturating_add(1),
                None => {}
            }
        }
        let (mut sequence, mut hint) = (None, None);
        let scanned = scan(text.as_bytes(), &mut members, |name, value| {
            if name == *"spiffe_sequence" {
                sequence = Some(whole(value));
            } else if name == *"spiffe_refresh_hint" {
                hint = Some(whole(value));
            }
        });
        scanned.map_err(|_| "expected strict JSON".to_owned())?;
        let expected =
            |name: &str| format!("expected `{name}` to be a whole number, and found something else");
        bundle.sequence =
            sequence.map(|number| number.ok_or_else(|| expected("spiffe_sequence"))).transpose()?;
        let hint = hint.map(|number| number.ok_or_else(|| expected("spiffe_refresh_hint"))).transpose()?;
        bundle.refresh_hint = hint.map(Seconds);
        Ok(bundle)
    }

    /// When its publisher wants to be asked again, whose server says that it may be kept for so long: the publisher's word on this
    /// very bundle is worth more than what a server says of every page.
    // Inlined, it would be looked at before it is known whether there is a bundle: harmless, but memory checkers report it.
    #[inline(never)]
    pub(crate) fn lifetime(&self, server: Option<Seconds>) -> Seconds {
        self.refresh_hint.or(server).unwrap_or(Seconds(HINT_DEFAULT))
    }

    /// Whether it may take the place of the edition `current`.
    ///
    /// One without a sequence always may: the sequence is a SHOULD. So may one with the same: editions that differ in their
    /// keys have different sequences, and refusing a repeat would make every refresh a failure.
    ///
    /// # Errors
    ///
    /// [`FetchFault::Outdated`] for a lower sequence: an old edition, replayed or from a server that lags behind, which may
    /// have keys that were withdrawn since.
    pub(crate) fn may_replace(&self, current: Option<u64>) -> Result<(), (FetchFault, String)> {
        match (self.sequence, current) {
            (Some(found), Some(current)) if found < current => Err((
                FetchFault::Outdated,
                format!("expected a `spiffe_sequence` of at least {current}, found {found}"),
            )),
            _ => Ok(()),
        }
    }
}

enum Kind {
    X509Svid,
    JwtSvid,
}

/// What a key of the bundle is for; `None` for those that must be ignored (SPIFFE Trust Domain and Bundle, section 4.2).
fn kind(key: Value<'_>) -> Option<Kind> {
    let purpose = key.member("use")?.as_str()?;
    key.member("kty")?.as_str()?;
    if purpose == *"jwt-svid" {
        key.member("kid")?.as_str()?;
        Some(Kind::JwtSvid)
    } else if purpose == *"x509-svid" {
        // X509-SVID, section 6: the first certificate of `x5c` is the one, and without any the entry is ignored.
        let first = key.member("x5c")?.elements().next()?.as_str()?;
        first.bytes().next()?;
        Some(Kind::X509Svid)
    } else {
        None
    }
}

/// A number without sign, fraction and exponent.
fn whole(value: Value<'_>) -> Option<u64> {
    match value {
        Value::Number(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(members: &str) -> Result<Bundle, String> {
        Bundle::read(&format!(r#"{{"keys":[]{members}}}"#))
    }

    #[test]
    fn sequence_and_hint_are_read() {
        let bundle = read(r#","spiffe_sequence":18446744073709551615,"spiffe_refresh_hint":60"#).unwrap();
        assert_eq!((bundle.sequence, bundle.refresh_hint), (Some(u64::MAX), Some(Seconds(60))));
        assert_eq!(bundle.lifetime(Some(Seconds(90))), Seconds(60));
        let silent = read("").unwrap();
        assert_eq!([silent.lifetime(Some(Seconds(90))), silent.lifetime(None)], [Seconds(90), Seconds(300)]);
    }

    #[test]
    fn what_is_no_whole_number_is_a_fault() {
        for bad in ["-1", "1.0", "1e3", "\"1\"", "null", "18446744073709551616", "{}"] {
            assert!(read(&format!(r#","spiffe_sequence":{bad}"#)).is_err(), "{bad}");
            assert!(read(&format!(r#","spiffe_refresh_hint":{bad}"#)).is_err(), "{bad}");
        }
        assert!(read(r#","spiffe_sequence":1,"spiffe_sequence":2"#).is_err());
        assert!(Bundle::read(r#"{"spiffe_sequence":1}"#).is_err());
    }

    #[test]
    fn a_lower_sequence_is_outdated_and_nothing_else_is() {
        let bundle = |sequence| Bundle { sequence, ..Bundle::default() };
        for (found, current, may) in [
            (Some(4), Some(5), false),
            (Some(5), Some(5), true),
            (Some(6), Some(5), true),
            (None, Some(5), true),
            (Some(0), None, true),
            (None, None, true),
        ] {
            let answer = bundle(found).may_replace(current);
            assert_eq!(answer.is_ok(), may, "{found:?} after {current:?}");
            assert!(answer.is_ok() || matches!(answer, Err((FetchFault::Outdated, _))));
        }
    }

    #[test]
    fn entries_are_counted_by_what_they_are_for_and_others_are_ignored() {
        let text = r#"{"keys":[
            {"use":"jwt-svid","kty":"EC","kid":"a"},
            {"use":"jwt-svid","kty":"EC"},
            {"use":"x509-svid","kty":"EC","x5c":["MIIB","ignored"]},
            {"use":"x509-svid","kty":"RSA","x5c":["MIIB"]},
            {"use":"x509-svid","kty":"EC","x5c":[]},
            {"use":"x509-svid","kty":"EC","x5c":[""]},
            {"use":"X509-SVID","kty":"EC","x5c":["MIIB"]},
            {"use":"wit-svid","kty":"EC","kid":"b"},
            {"use":"x509-svid","x5c":["MIIB"]},
            {"kty":"EC","kid":"c"}]}"#;
        let bundle = Bundle::read(text).unwrap();
        assert_eq!((bundle.x509_svid, bundle.jwt_svid), (2, 1));
    }
}
