//! What a keyed digest of a credential costs: the façade's beside every other function that was weighed for it.
#![forbid(unsafe_code)]
#![expect(clippy::expect_used, reason = "a benchmark whose set-up fails has nothing to say but why")]

/// The façade's own file, since nobody outside of it may make digests.
#[path = "../../../crates/doorward/src/digest/mod.rs"]
mod digest;

use aes::cipher::{Array, BlockCipherEncrypt};
use aes::{Aes128, Block};
use core::hint::black_box;
use core::time::Duration;
use digest::CredentialDigester;
use doorward_benches::measure::{Action, in_turns};
use doorward_core::store::{Digester, Domain};
use std::process::ExitCode;

const USAGE: &str = "usage: digests [--quick]
       prints nanoseconds for one keyed digest, the least of many turns; `ours` is the one that is in use";

/// Lengths of what is digested, in bytes.
const LENGTHS: [usize; 5] = [100, 300, 700, 1500, 8000];

const KEY: [u8; 32] = *b"nobody's key, thirty-two bytes..";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let each = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => Duration::from_millis(400),
        ["--quick"] => Duration::from_millis(60),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    let functions = Functions::new();
    let mut table: Vec<(&str, String)> = Vec::new();
    for length in LENGTHS {
        let message: Vec<u8> = b"Wards and doors. ".iter().copied().cycle().take(length).collect();
        let (names, mut actions): (Vec<_>, Vec<_>) = functions.all(&message).into_iter().unzip();
        for (at, (name, sample)) in names.into_iter().zip(in_turns(&mut actions, each)).enumerate() {
            if table.len() <= at {
                table.push((name, String::new()));
            }
            if let Some((_, line)) = table.get_mut(at) {
                line.push_str(&format!("{:>8.0}", sample.least));
            }
        }
    }
    println!("{:<36}{}", "bytes", LENGTHS.map(|length| format!("{length:>8}")).concat());
    table.iter().for_each(|(name, line)| println!("{name:<36}{line}"));
    let mut keys: [Action<'_>; 1] = [Box::new(|| {
        black_box(CredentialDigester::new().expect("the system gives randomness"));
    })];
    in_turns(&mut keys, each)
        .iter()
        .for_each(|sample| println!("{:<36}{:>8.0}", "ours, a new key", sample.least));
    ExitCode::SUCCESS
}

/// Every function with its key.
struct Functions {
    ours: CredentialDigester,
    sha2: sha2::Sha256,
    ring: ring::digest::Context,
    hmac: ring::hmac::Key,
    cmac: cmac::Cmac<Aes128>,
    pmac: pmac::Pmac<Aes128>,
    polyval: polyval::Polyval,
    aes: Aes128,
    ring_gcm: ring::aead::LessSafeKey,
    graviola_gcm: graviola::aead::AesGcm,
    aegis: aegis::aegis128l::Aegis128LMac<16>,
}

impl Functions {
    fn new() -> Self {
        let short: [u8; 16] = *KEY.first_chunk().expect("the key is long enough");
        // A whole block of SHA-256 in front of the message, so that the key costs nothing later.
        let block = [KEY, KEY].concat();
        let gcm = ring::aead::UnboundKey::new(&ring::aead::AES_128_GCM, &short);
        let mut ring = ring::digest::Context::new(&ring::digest::SHA256);
        ring.update(&block);
        Self {
            ours: CredentialDigester::new().expect("the system gives randomness"),
            sha2: sha2::Digest::new_with_prefix(&block),
            ring,
            hmac: ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &KEY),
            cmac: cmac::KeyInit::new(&short.into()),
            pmac: pmac::KeyInit::new(&short.into()),
            polyval: polyval::Polyval::new(&short.into()),
            aes: aes::cipher::KeyInit::new(&short.into()),
            ring_gcm: ring::aead::LessSafeKey::new(gcm.expect("the key is as long as it must be")),
            graviola_gcm: graviola::aead::AesGcm::new(&short),
            aegis: aegis::aegis128l::Aegis128LMac::new(&short),
        }
    }

    /// What is timed, by name. All but ours digest the message alone and take its domain for granted.
    fn all<'a>(&'a self, message: &'a [u8]) -> Vec<(&'static str, Action<'a>)> {
        let message = move || black_box(message);
        vec![
            (
                "ours: LightMAC, three parts",
                Box::new(move || {
                    black_box(self.ours.digest(Domain::Bearer, &[b"epoch 01", b"header", message()]));
                }),
            ),
            (
                "ours: LightMAC, one part",
                Box::new(move || {
                    black_box(self.ours.digest(Domain::Bearer, &[message()]));
                }),
            ),
            (
                "POLYVAL, then AES",
                Box::new(move || {
                    black_box(self.polyval_then_aes(message()));
                }),
            ),
            (
                "GMAC (graviola), then AES",
                Box::new(move || {
                    let mut tag = [0; 16];
                    self.graviola_gcm.encrypt(&[0; 12], message(), &mut [], &mut tag);
                    black_box(self.hide(tag.into()));
                }),
            ),
            (
                "GMAC (ring), then AES",
                Box::new(move || {
                    let nonce = ring::aead::Nonce::assume_unique_for_key([0; 12]);
                    let tag = self.ring_gcm.seal_in_place_separate_tag(
                        nonce,
                        ring::aead::Aad::from(message()),
                        &mut [],
                    );
                    let tag = tag.expect("the message is short enough");
                    let tag: [u8; 16] = *tag.as_ref().first_chunk().expect("a tag has sixteen bytes");
                    black_box(self.hide(tag.into()));
                }),
            ),
            (
                "AES-CMAC",
                Box::new(move || {
                    let mut mac = self.cmac.clone();
                    cmac::Mac::update(&mut mac, message());
                    black_box(cmac::Mac::finalize(mac).into_bytes());
                }),
            ),
            (
                "AES-PMAC",
                Box::new(move || {
                    let mut mac = self.pmac.clone();
                    pmac::Mac::update(&mut mac, message());
                    black_box(pmac::Mac::finalize(mac).into_bytes());
                }),
            ),
            (
                "AEGIS-128L as a MAC (C)",
                Box::new(move || {
                    let mut mac = self.aegis.clone();
                    mac.update(message());
                    black_box(mac.finalize());
                }),
            ),
            (
                "SipHash-2-4-128",
                Box::new(move || {
                    black_box(siphasher::sip128::SipHasher24::new_with_keys(1, 2).hash(message()));
                }),
            ),
            (
                "HighwayHash-128",
                Box::new(move || {
                    let hasher = highway::HighwayHasher::new(highway::Key([1, 2, 3, 4]));
                    black_box(highway::HighwayHash::hash128(hasher, message()));
                }),
            ),
            (
                "SHA-256 behind a key (ring)",
                Box::new(move || {
                    let mut hash = self.ring.clone();
                    hash.update(message());
                    black_box(hash.finish());
                }),
            ),
            (
                "SHA-256 behind a key (sha2)",
                Box::new(move || {
                    let mut hash = self.sha2.clone();
                    sha2::Digest::update(&mut hash, message());
                    black_box(sha2::Digest::finalize(hash));
                }),
            ),
            (
                "HMAC-SHA-256 (ring)",
                Box::new(move || {
                    black_box(ring::hmac::sign(&self.hmac, message()));
                }),
            ),
            (
                "BLAKE3 with a key",
                Box::new(move || {
                    black_box(blake3::keyed_hash(&KEY, message()));
                }),
            ),
        ]
    }

    /// A block that holds the length, the end of the message and the whole chunks before it: four blocks at a time.
    fn polyval_then_aes(&self, message: &[u8]) -> Block {
        use polyval::universal_hash::UniversalHash;
        let mut hash = self.polyval.clone();
        let (chunks, tail) = message.as_chunks::<64>();
        let mut first = [0; 128];
        let head = [1_usize, message.len()].map(usize::to_le_bytes);
        let bytes = head.as_flattened().iter().chain(tail);
        first.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
        let used = if tail.len() > 48 { 128 } else { 64 };
        hash.update(Array::slice_as_chunks(first.get(..used).unwrap_or_default()).0);
        hash.update(Array::slice_as_chunks(chunks.as_flattened()).0);
        self.hide(hash.finalize())
    }

    /// What makes the output of a universal hash fit to be seen.
    fn hide(&self, mut block: Block) -> Block {
        self.aes.encrypt_block(&mut block);
        block
    }
}
