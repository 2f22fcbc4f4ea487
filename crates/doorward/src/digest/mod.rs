//! Keyed digests of credentials: what the stores know them by.
//!
//! The store of known credentials holds no credential, only 128 bits made from each under a key that this process drew for
//! itself. Whoever finds two messages with one digest, one of them somebody's credential, is let in as that somebody. So
//! what follows is the argument that nobody does.
//!
//! # Who attacks, and with what
//!
//! Anybody who can send requests, knows this source, chooses credentials one after the other, and sees how each was
//! answered and how long that took. A hit is told from a miss by its time, so equality with an entry that is there is
//! visible; where in a table an entry lies may show in times as well. The key and the digests themselves are not visible:
//! they are in no message, no log and no `Debug`. Whoever reads this process's memory needs no collision.
//!
//! # The function
//!
//! [LightMAC](light_mac) over AES-128 with two independent keys, on an encoding that is injective: the domain, how many
//! parts there are, how long each is, then the parts. AES is taken to be a pseudorandom permutation, and nothing else is
//! assumed. Let V be the sum that goes through the last AES.
//!
//! * **Collisions.** The last step is a permutation, so two digests are equal where two V are. If two messages differ in
//!   the last piece only, their V differ for certain. Otherwise some lane occurs in one of them and not in the other, since
//!   lanes are numbered; given the AES of all other lanes, the V are equal for one value of this lane's, of at least
//!   2^128 - 2n that are left, with n lanes to a message. 64 KiB, the longest credential there may be, are n = 5,465 lanes,
//!   so a pair collides with a probability of 2^-128, whatever its length.
//! * **What can be learnt on the way.** As long as no two V have been equal, the digests are the images of distinct values
//!   under a permutation that is used nowhere else: distinct random numbers that say nothing about the first key. Choosing
//!   the next message after the answers to the last is therefore no better than choosing all of them beforehand, even if
//!   every digest were published.
//! * **In numbers.** 2^24 entries and 2^40 attempts are 2^64 comparisons: one of them succeeds with a probability of 2^-64.
//!   The credentials in the store are each other's with 2^-81. If all digests were published and any two of the 2^40
//!   attempts were to collide, that would happen with 2^-49. To these comes the advantage over AES-128 itself: a search
//!   for its key, 2^-88 after 2^40 guesses.
//!
//! # Why not the obvious
//!
//! * **A universal hash alone** (GHASH, POLYVAL, Poly1305) is linear in the message, and for chosen messages in its key. A
//!   few bits of some outputs, as the place of an entry in a table gives away, are equations in the key; with 128 of them
//!   collisions can be computed. Its output has to be hidden by a pseudorandom function, as the last AES here hides V. With
//!   one, POLYVAL is sound too, and as fast; but its bound grows with the message, to 2^-52 where we have 2^-64, and it
//!   would be a second primitive.
//! * **AES-GCM without a plaintext under a fixed nonce** (GMAC) is just that: GHASH, plus a constant that cancels out between
//!   two tags.
//! * **A weak key**: POLYVAL under h = 0 is 0 for all messages. AES has no such key. What the proof needs is that the two
//!   keys are independent, so a source of randomness that gives twice the same is refused.
//! * **A fast hash with a seed** (wyhash, foldhash, AHash) has no claim to be hard to collide. **SipHash-2-4-128** and
//!   **HighwayHash** claim it, without a proof; the first takes a third longer. **AEGIS** would take less than half the
//!   time, without a proof either, and in C where the processor is to be asked at run time. SHA-256 and BLAKE3 take two to
//!   four times as long.
//!
//! The numbers are in `benches/README.md`. Without AES in hardware the same digests come from constant-time code that is
//! twenty-five times slower: more than an HMAC, less than any signature.

mod light_mac;

use core::fmt;
use doorward_core::store::{Digest, Digester, Domain};
use light_mac::LightMac;
use zeroize::Zeroizing;

/// Makes digests under a key of its own, which nobody ever sees and which goes with it.
///
/// One is made per engine. Its digests mean nothing to another, nor to another process; a child after a fork has its
/// parent's key, and a copy of its stores.
pub(crate) struct CredentialDigester {
    mac: LightMac,
}

impl CredentialDigester {
    /// Draws a key from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// If the operating system gives no randomness, or something that cannot be any.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut())?;
        Self::with_key(&key)
    }

    fn with_key(key: &[u8; 32]) -> Result<Self, getrandom::Error> {
        match key.as_chunks() {
            ([lanes, last], []) if lanes != last => Ok(Self { mac: LightMac::new(lanes, last) }),
            _ => Err(getrandom::Error::UNEXPECTED),
        }
    }
}

impl Digester for CredentialDigester {
    fn digest(&self, domain: Domain, parts: &[&[u8]]) -> Digest {
        let mut message = self.mac.message();
        encode(domain, parts, |piece| message.push(piece));
        let digest = u128::from_le_bytes(message.finish());
        let (high, low) = (digest >> 64, digest & u128::from(u64::MAX));
        [high, low].map(|half| u64::try_from(half).unwrap_or_default())
    }
}

impl fmt::Debug for CredentialDigester {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialDigester").finish_non_exhaustive()
    }
}

/// Says, piece by piece, what is hashed: it can be read back in one way only, since each number has a fixed width and
/// stands before what it counts.
fn encode(domain: Domain, parts: &[&[u8]], mut push: impl FnMut(&[u8])) {
    push(&[domain.number()]);
    push(&parts.len().to_le_bytes());
    for part in parts {
        push(&part.len().to_le_bytes());
    }
    for part in parts {
        push(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn digester(first: u8) -> CredentialDigester {
        CredentialDigester::with_key(&core::array::from_fn(|at| first + u8::try_from(at).unwrap())).unwrap()
    }

    /// Every list of at most three parts of at most two bytes, of three that matter: nothing, something, what ends a message.
    fn small_lists() -> Vec<Vec<Vec<u8>>> {
        let mut parts: Vec<Vec<u8>> = vec![vec![]];
        for first in [0, 1, 0x80] {
            parts.push(vec![first]);
            parts.extend([0, 1, 0x80].map(|second| vec![first, second]));
        }
        let mut lists: Vec<Vec<Vec<u8>>> = vec![vec![]];
        let mut longest = lists.clone();
        for _ in 0..3 {
            longest = longest
                .iter()
                .flat_map(|list| {
                    parts.iter().map(|part| [list.as_slice(), core::slice::from_ref(part)].concat())
                })
                .collect();
            lists.extend_from_slice(&longest);
        }
        lists
    }

    #[test]
    fn the_encoding_is_injective_and_so_are_the_digests() {
        let digester = digester(1);
        let (mut encodings, mut digests, mut count) = (HashSet::new(), HashSet::new(), 0);
        for list in small_lists() {
            let parts: Vec<&[u8]> = list.iter().map(Vec::as_slice).collect();
            for domain in Domain::ALL {
                let mut encoding = Vec::new();
                encode(domain, &parts, |piece| encoding.extend_from_slice(piece));
                assert!(encodings.insert(encoding), "{domain:?} {parts:?}");
                assert!(digests.insert(digester.digest(domain, &parts)), "{domain:?} {parts:?}");
                count += 1;
            }
        }
        assert_eq!(count, Domain::ALL.len() * (1 + 13 + 13 * 13 + 13 * 13 * 13));
    }

    #[test]
    fn what_is_hashed_can_be_read_back() {
        let parts: [&[u8]; 3] = [b"ab", b"", b"cde"];
        let mut encoding = Vec::new();
        encode(Domain::SingleUse, &parts, |piece| encoding.extend_from_slice(piece));
        let (domain, rest) = encoding.split_first().unwrap();
        let (count, mut rest) = rest.split_first_chunk().unwrap();
        let mut lengths = Vec::new();
        for _ in 0..usize::from_le_bytes(*count) {
            let (length, behind) = rest.split_first_chunk().unwrap();
            lengths.push(usize::from_le_bytes(*length));
            rest = behind;
        }
        let mut read = Vec::new();
        for length in lengths {
            let (part, behind) = rest.split_at(length);
            read.push(part);
            rest = behind;
        }
        assert_eq!((*domain, read.as_slice(), rest), (Domain::SingleUse.number(), &parts[..], &[][..]));
    }

    #[test]
    fn the_same_gives_the_same_and_every_byte_counts() {
        let digester = digester(1);
        let digest = |token: &[u8]| digester.digest(Domain::Bearer, &[b"authorization", token]);
        let mut token = vec![b'a'; 1000];
        let whole = digest(&token);
        assert_eq!(digest(&token), whole);
        for at in 0..token.len() {
            token[at] = b'b';
            assert_ne!(digest(&token), whole, "byte {at}");
            token[at] = b'a';
        }
    }

    #[test]
    fn two_digesters_have_two_keys() {
        let [one, two] = [(); 2].map(|()| CredentialDigester::new().unwrap());
        assert_ne!(one.digest(Domain::Peer, &[b"x"]), two.digest(Domain::Peer, &[b"x"]));
        assert_ne!(digester(1).digest(Domain::Peer, &[b"x"]), digester(2).digest(Domain::Peer, &[b"x"]));
    }

    #[test]
    fn randomness_that_is_none_is_refused() {
        assert_eq!(CredentialDigester::with_key(&[0; 32]).unwrap_err(), getrandom::Error::UNEXPECTED);
        assert!(CredentialDigester::with_key(&[7; 32]).is_err());
    }

    #[test]
    fn its_key_is_not_shown() {
        assert_eq!(format!("{:?}", digester(1)), "CredentialDigester { .. }");
    }
}
