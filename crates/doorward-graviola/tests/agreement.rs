//! Random keys and tampered signatures: graviola and ring must say the same.
#![cfg(test)] // or the lints would not know the helpers as tests

use doorward_core::key::{Algorithm, Curve, Material, Provider, Verify};
use doorward_graviola::Graviola;
use doorward_ring::Ring;
use graviola::signing::rsa::{KeySize, SigningKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    RsaKeyPair,
};
use ring::{hmac, signature};

/// Both providers' answer to one signature.
fn holds(algorithm: Algorithm, material: &Material<'_>, message: &[u8], signature: &[u8]) -> bool {
    let graviola = Graviola::new().expect("a CPU that graviola supports").prepare(algorithm, material);
    let ring = Ring.prepare(algorithm, material);
    let graviola = graviola.expect("a good key").verify(message, signature).is_ok();
    let ring = ring.expect("a good key").verify(message, signature).is_ok();
    assert_eq!(
        graviola,
        ring,
        "{algorithm:?}, key {}, message {message:02x?}, signature {signature:02x?}",
        key_hex(material)
    );
    ring
}

fn key_hex(material: &Material<'_>) -> String {
    match material {
        Material::Rsa { n, e } => format!("n {n:02x?} e {e:02x?}"),
        Material::Ec { x, y, .. } => format!("x {x:02x?} y {y:02x?}"),
        Material::Ed25519 { x } => format!("x {x:02x?}"),
        Material::Symmetric { k } => format!("k {k:02x?}"),
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).unwrap();
    bytes
}

/// The good signature holds; with any one bit turned, another length, or another message it does not.
fn compare(algorithm: Algorithm, material: &Material<'_>, message: &[u8], signature: &[u8], bits: usize) {
    assert!(holds(algorithm, material, message, signature), "{algorithm:?}");
    let step = (signature.len() * 8 / bits).max(1);
    for bit in (0..signature.len() * 8).step_by(step) {
        let mut tampered = signature.to_vec();
        tampered[bit / 8] ^= 1 << (bit % 8);
        assert!(!holds(algorithm, material, message, &tampered), "{algorithm:?}, bit {bit}");
    }
    let half = signature.len() / 2;
    let edges = [
        Vec::new(),
        signature[1..].to_vec(),
        signature[..signature.len() - 1].to_vec(),
        signature[..half].to_vec(),
        [signature, &[0]].concat(),
        [&[0], signature].concat(),
        [signature, signature].concat(),
        vec![0; signature.len()],
        vec![0xff; signature.len()],
        [&vec![0; half], &signature[half..]].concat(),
        [&signature[..half], &vec![0; half]].concat(),
        [&signature[half..], &signature[..half]].concat(),
    ];
    for edge in edges {
        assert!(!holds(algorithm, material, message, &edge), "{algorithm:?}, {edge:02x?}");
    }
    for other in [&[][..], &message[1..], &[message, &[0]].concat()] {
        assert!(!holds(algorithm, material, other, signature), "{algorithm:?}, {other:02x?}");
    }
}

#[test]
fn hmac_agrees() {
    let hashes = [
        (Algorithm::HS256, hmac::HMAC_SHA256),
        (Algorithm::HS384, hmac::HMAC_SHA384),
        (Algorithm::HS512, hmac::HMAC_SHA512),
    ];
    for (algorithm, hash) in hashes {
        // Around each hash's block length, from which on the secret is hashed.
        for len in [1, 32, 63, 64, 65, 127, 128, 129, 200] {
            let (secret, message) = (random::<200>(), random::<300>());
            let tag = hmac::sign(&hmac::Key::new(hash, &secret[..len]), &message);
            compare(algorithm, &Material::Symmetric { k: &secret[..len] }, &message, tag.as_ref(), 64);
        }
    }
}

#[test]
fn ecdsa_agrees() {
    let curves = [
        (Algorithm::ES256, Curve::P256, &ECDSA_P256_SHA256_FIXED_SIGNING),
        (Algorithm::ES384, Curve::P384, &ECDSA_P384_SHA384_FIXED_SIGNING),
    ];
    let rng = SystemRandom::new();
    for (algorithm, curve, signing) in curves {
        for _ in 0..8 {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(signing, &rng).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(signing, pkcs8.as_ref(), &rng).unwrap();
            let (x, y) = pair.public_key().as_ref()[1..].split_at(curve.coordinate_len());
            let message = random::<100>();
            let signature = pair.sign(&rng, &message).unwrap();
            compare(algorithm, &Material::Ec { curve, x, y }, &message, signature.as_ref(), 24);
        }
    }
}

#[test]
fn ed25519_agrees() {
    for _ in 0..8 {
        let pair = Ed25519KeyPair::from_seed_unchecked(&random::<32>()).unwrap();
        let message = random::<100>();
        let signature = pair.sign(&message);
        let x = pair.public_key().as_ref();
        compare(Algorithm::Ed25519, &Material::Ed25519 { x }, &message, signature.as_ref(), 512);
    }
}

/// DIFFERENCE: ring takes encodings above the field's prime and with the sign of a zero, graviola does not.
#[test]
fn ed25519_agrees_on_points_of_small_order_where_graviola_takes_them() {
    let provider = Graviola::new().expect("a CPU that graviola supports");
    // R is the identity and S zero: under a key of small order n, one message in n has this signature.
    let mut signature = [0; 64];
    signature[0] = 1;
    let encodings = [
        (true, [0, 0, 0]),
        (true, [0, 0, 0x80]),
        (true, [1, 0, 0]),
        (true, [0xec, 0xff, 0x7f]),
        (false, [1, 0, 0x80]),
        (false, [0xec, 0xff, 0xff]),
        (false, [0xed, 0xff, 0x7f]),
        (false, [0xed, 0xff, 0xff]),
        (false, [0xee, 0xff, 0x7f]),
        (false, [0xee, 0xff, 0xff]),
    ];
    for (is_canonical, [first, middle, last]) in encodings {
        let mut x = [middle; 32];
        (x[0], x[31]) = (first, last);
        let material = Material::Ed25519 { x: &x };
        assert_eq!(provider.prepare(Algorithm::Ed25519, &material).is_ok(), is_canonical, "{x:02x?}");
        assert!(Ring.prepare(Algorithm::Ed25519, &material).is_ok(), "{x:02x?}");
        if is_canonical {
            let held = |message| holds(Algorithm::Ed25519, &material, &[message], &signature);
            assert!((0..=255).any(held), "{x:02x?}");
        }
    }
}

#[test]
fn rsa_agrees() {
    let paddings: [(Algorithm, &'static dyn signature::RsaEncoding); 6] = [
        (Algorithm::RS256, &signature::RSA_PKCS1_SHA256),
        (Algorithm::RS384, &signature::RSA_PKCS1_SHA384),
        (Algorithm::RS512, &signature::RSA_PKCS1_SHA512),
        (Algorithm::PS256, &signature::RSA_PSS_SHA256),
        (Algorithm::PS384, &signature::RSA_PSS_SHA384),
        (Algorithm::PS512, &signature::RSA_PSS_SHA512),
    ];
    for size in [KeySize::Rsa2048, KeySize::Rsa3072] {
        let mut buffer = [0; 8192];
        let pair = SigningKey::generate(size).unwrap();
        let pair = RsaKeyPair::from_der(pair.to_pkcs1_der(&mut buffer).unwrap()).unwrap();
        let public = signature::RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
        let material = Material::Rsa { n: &public.n, e: &public.e };
        for (algorithm, padding) in paddings {
            let message = random::<100>();
            let mut signature = vec![0; public.n.len()];
            pair.sign(padding, &SystemRandom::new(), &message, &mut signature).unwrap();
            compare(algorithm, &material, &message, &signature, 32);
            let other = paddings.iter().filter(|(other, _)| *other != algorithm);
            for (other, _) in other {
                assert!(!holds(*other, &material, &message, &signature), "{algorithm:?} as {other:?}");
            }
        }
    }
}
