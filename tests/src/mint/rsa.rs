//! RSA signatures of the mint: the encodings of RFC 8017, sections 8.1 and 9, with a salt that is derived from the message.

use num_bigint::BigUint;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// A private key as two numbers.
pub(crate) struct RsaKey {
    pub(crate) n: Vec<u8>,
    pub(crate) d: Vec<u8>,
}

/// A hash function by the digits of an algorithm's name.
#[derive(Clone, Copy)]
pub(crate) struct Hash(pub(crate) &'static str);

impl Hash {
    fn of(self, message: &[u8]) -> Vec<u8> {
        match self.0 {
            "384" => Sha384::digest(message).to_vec(),
            "512" => Sha512::digest(message).to_vec(),
            _ => Sha256::digest(message).to_vec(),
        }
    }

    /// The DER prefix of a DigestInfo (RFC 8017, section 9.2).
    fn prefix(self) -> [u8; 19] {
        let (kind, len) = match self.0 {
            "384" => (2, 48),
            "512" => (3, 64),
            _ => (1, 32),
        };
        [0x30, 17 + len, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, kind, 5, 0, 4, len]
    }
}

impl RsaKey {
    /// RSASSA-PKCS1-v1_5.
    pub(crate) fn pkcs1(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let digest = hash.of(message);
        let tail = [&hash.prefix()[..], &digest].concat();
        let mut encoded = vec![0, 1];
        encoded.resize(self.n.len() - tail.len() - 1, 0xff);
        encoded.push(0);
        encoded.extend(tail);
        self.power(&encoded)
    }

    /// RSASSA-PSS with a salt as long as the hash.
    pub(crate) fn pss(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let digest = hash.of(message);
        let salt = hash.of(&[b"salt", &digest[..]].concat());
        let h = hash.of(&[&[0; 8], &digest[..], &salt].concat());
        let mut block = vec![0; self.n.len() - 2 * h.len() - 2];
        block.push(1);
        block.extend(&salt);
        for (byte, mask) in block.iter_mut().zip(mask(hash, &h, self.n.len())) {
            *byte ^= mask;
        }
        if let Some(first) = block.first_mut() {
            *first &= 0x7f;
        }
        block.extend(h);
        block.push(0xbc);
        self.power(&block)
    }

    fn power(&self, encoded: &[u8]) -> Vec<u8> {
        let number = |bytes: &[u8]| BigUint::from_bytes_be(bytes);
        let signature = number(encoded).modpow(&number(&self.d), &number(&self.n)).to_bytes_be();
        let mut padded = vec![0; self.n.len() - signature.len()];
        padded.extend(signature);
        padded
    }
}

/// MGF1 (RFC 8017, appendix B.2.1).
fn mask(hash: Hash, seed: &[u8], len: usize) -> Vec<u8> {
    let blocks = (0_u32..).map(|counter| hash.of(&[seed, &counter.to_be_bytes()[..]].concat()));
    blocks.flatten().take(len).collect()
}
