//! Public keys as PEM, which libraries of other languages take.

use crate::signer::Public;
use doorward_core::key::Curve;

/// `id-Ed25519` ([RFC 8410, section 4]).
///
/// [RFC 8410, section 4]: https://www.rfc-editor.org/rfc/rfc8410#section-4
const ED25519: [u8; 7] = [0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70];

/// `rsaEncryption` with its NULL ([RFC 3279, section 2.3.1]).
///
/// [RFC 3279, section 2.3.1]: https://www.rfc-editor.org/rfc/rfc3279#section-2.3.1
const RSA: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// `id-ecPublicKey` over P-256 ([RFC 5480, section 2.1.1]).
///
/// [RFC 5480, section 2.1.1]: https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1
const P256: [u8; 21] = [
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07,
];

/// The key as a `SubjectPublicKeyInfo`. `None` for secrets, and for curves that no table of ours compares in PEM.
#[must_use]
pub fn public(key: &Public) -> Option<String> {
    let (algorithm, bits) = match key {
        Public::Rsa { n, e } => (&RSA[..], element(0x30, &[integer(n), integer(e)].concat())),
        Public::Ec { curve: Curve::P256, x, y } => (&P256[..], [&[4][..], x, y].concat()),
        Public::Ed25519(x) => (&ED25519[..], x.clone()),
        Public::Ec { .. } | Public::Secret(_) => return None,
    };
    let bits = element(0x03, &[&[0][..], &bits].concat());
    let der = element(0x30, &[algorithm, &bits].concat());
    let text = base64(&der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    Some(format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n")))
}

/// A number of DER, which has a zero in front where it would read as negative.
fn integer(number: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if number.first().is_some_and(|byte| byte & 0x80 != 0) { &[0] } else { &[] };
    element(0x02, &[sign, number].concat())
}

/// Tag, length and content of DER.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let len = content.len().to_be_bytes();
    let digits: Vec<u8> = len.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match (digits.as_slice(), u8::try_from(digits.len())) {
        ([short], _) if *short < 0x80 => out.push(*short),
        ([], _) => out.push(0),
        (long, count) => {
            out.push(0x80 | count.expect("a length of a few bytes"));
            out.extend(long);
        }
    }
    out.extend(content);
    out
}

/// base64 with padding.
fn base64(bytes: &[u8]) -> String {
    let mut text = crate::token::base64url(bytes).replace('-', "+").replace('_', "/");
    text.extend(core::iter::repeat_n('=', text.len().next_multiple_of(4) - text.len()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suite::Suite;

    #[test]
    fn keys_have_the_length_that_their_kind_has() {
        let lengths =
            Suite::all().into_iter().map(|suite| (suite.name, public(&suite.public).map(|pem| pem.len())));
        for (name, len) in lengths {
            let expected = match name {
                "RS256-2048" | "PS256" => Some(451),
                "RS256-3072" => Some(625),
                "RS256-4096" => Some(800),
                "ES256" => Some(178),
                "Ed25519" => Some(113),
                _ => None,
            };
            assert_eq!(len, expected, "{name}");
        }
    }
}
