//! base64url without padding, both ways, apart from the code under test.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte))
            << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let letter = ALPHABET.get(bits >> (18 - 6 * at) & 63).copied().unwrap_or_default();
            text.push(char::from(letter));
        }
    }
    text
}

/// The bytes of `text`, without a look at its form.
pub(crate) fn decode(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter).unwrap_or_default();
        bits = bits << 6 | u32::try_from(value).unwrap_or_default();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 255).unwrap_or_default());
        }
        bits &= (1 << count) - 1;
    }
    bytes
}

/// The same text with its last character moved by one, so that only bits change that no byte needs.
pub(crate) fn with_loose_bits(text: &str) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if let Some(last) = letters.last_mut() {
        let at = ALPHABET.iter().position(|known| char::from(*known) == *last).unwrap_or_default();
        *last = char::from(ALPHABET.get(at + 1).copied().unwrap_or_default());
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_agree() {
        for text in ["", "Zg", "Zm8", "Zm9v", "_-8", "Zm9vYmFy"] {
            assert_eq!(encode(&decode(text)), text);
        }
        assert_eq!(encode(b"foob"), "Zm9vYg");
        assert_eq!(with_loose_bits("Zm9vYg"), "Zm9vYh");
    }
}
