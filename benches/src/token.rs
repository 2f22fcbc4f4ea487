//! Access tokens of RFC 9068, made to a length.

use crate::policy::{AUDIENCE, ISSUER};
use crate::suite::KID;
use doorward_core::wire::base64url::{encode, encoded_len};

/// The length of the tokens in bytes; those with longer signatures have the shortest payload and are longer.
pub const LEN: usize = 700;

/// 2100-01-01: peers read the clock of the machine.
const FAR: u64 = 4_102_444_800;

/// 2023-11-14, before which no machine runs this.
const PAST: u64 = 1_700_000_000;

/// What differs between the tokens.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The `alg` of the header.
    pub alg: String,
    /// The `typ` of the header.
    pub typ: &'static str,
    /// The `kid` of the header.
    pub kid: String,
    /// The `iss`.
    pub issuer: String,
    /// The `aud`.
    pub audience: String,
    /// The `exp`.
    pub expires: u64,
    /// The `scope`.
    pub scope: String,
    /// The `jti`.
    pub id: u64,
    /// The `sub` and the `client_id`.
    pub subject: String,
}

impl Draft {
    /// A token that is let in.
    #[must_use]
    pub fn good(alg: &str) -> Self {
        Self {
            alg: alg.to_owned(),
            typ: "at+jwt",
            kid: KID.to_owned(),
            issuer: ISSUER.to_owned(),
            audience: AUDIENCE.to_owned(),
            expires: FAR,
            scope: "orders:read orders:write".to_owned(),
            id: 0x0b7d_1f6c_2a9e_4835,
            subject: "svc-orders".to_owned(),
        }
    }

    /// The same, expired.
    #[must_use]
    pub fn expired(self) -> Self {
        Self { expires: PAST + 600, ..self }
    }

    /// The compact form, signed.
    #[must_use]
    pub fn sign(&self, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let Self { alg, typ, kid, .. } = self;
        let header = base64url(format!(r#"{{"alg":"{alg}","typ":"{typ}","kid":"{kid}"}}"#).as_bytes());
        let signature_len = base64url(&sign(b"any")).len();
        let room = LEN.saturating_sub(header.len() + signature_len + 2);
        // Three bytes make four characters; a single character is left over by no text.
        let room = room / 4 * 3 + (room % 4).saturating_sub(1);
        let signed = format!("{header}.{}", base64url(self.payload(room).as_bytes()));
        let signature = base64url(&sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    /// The claims, with groups up to the length wanted.
    fn payload(&self, len: usize) -> String {
        let Self { issuer, audience, expires, scope, id, subject, .. } = self;
        let mut payload = format!(
            r#"{{"iss":"{issuer}","aud":"{audience}","exp":{expires},"iat":{PAST},"jti":"{id:016x}","sub":"{subject}","client_id":"{subject}","scope":"{scope}""#
        );
        let fixed = r#","groups":["team-0000"]}"#.len();
        let more = r#","team-0000""#.len();
        if payload.len() + fixed > len {
            payload.push('}');
            return payload;
        }
        let spare = len - payload.len() - fixed;
        let mut groups = vec![format!("team-0000{}", "x".repeat(spare % more))];
        groups.extend((1..=spare / more).map(|number| format!("team-{number:04}")));
        payload.push_str(&format!(r#","groups":["{}"]}}"#, groups.join(r#"",""#)));
        payload
    }
}

/// base64url without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = vec![0; encoded_len(bytes.len())];
    encode(bytes, &mut text);
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Suite;

    #[test]
    fn base64url_is_what_the_core_decodes() {
        for len in 0..70_u8 {
            let bytes: Vec<u8> = (0..len).map(|i| i.wrapping_mul(73)).collect();
            let mut out = [0; 128];
            let text = base64url(&bytes);
            assert_eq!(doorward_core::wire::base64url::decode(text.as_bytes(), &mut out), Ok(&bytes[..]));
        }
    }

    #[test]
    fn tokens_have_their_length_where_the_signature_leaves_room() {
        for suite in Suite::all() {
            let token = Draft::good(suite.alg).sign(|message| suite.signer.sign(message));
            let expected = match suite.name {
                "RS256-3072" => 838..=838,
                "RS256-4096" => 1009..=1009,
                _ => LEN - 1..=LEN,
            };
            assert!(expected.contains(&token.len()), "{}: {}", suite.name, token.len());
        }
    }
}
